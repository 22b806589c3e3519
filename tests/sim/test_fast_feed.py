"""The venue's FIX/FAST feed: a reader knows every book, from the beginning, late, and after losses."""

import random
import select
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from hts.app.fast_feed import load_feed_templates
from hts.app.venue_ports import venue_ports
from hts.io.ports import free_port_base
from hts.model.quotes import PhaseUpdate, TradeUpdate
from hts.sim.fast_feed import LINE
from hts.wire.fast.feed_reader import FeedReader, Hole
from hts.wire.fast.market_feed import DATAGRAM_MAX, IssueListed
from tests.sim.venue_shell import Shell

TEMPLATES = load_feed_templates()
ROOT = Path(__file__).resolve().parents[2]
OPEN_S = 9 * 3600 + 60


def a_shell(**changes):
    return Shell(fast=TEMPLATES, start_s=OPEN_S, intensity=1.0, **changes)


def taken(shell):
    """Datagrams of the feed since the last call."""
    found = [data for line, data in shell.datagrams if line == LINE]
    shell.datagrams.clear()
    return found


def differences(reader, shell):
    """Issues whose book the reader says it knows, and has wrong; what FAST does not carry left out."""
    wrong = []
    for symbol, book in reader.books.items():
        now = shell.venue.day.exchange.depth(symbol)
        if (book.levels, book.phase) != (now.levels, now.phase):
            wrong.append(symbol)
    return wrong


def test_from_the_beginning_every_book_is_known_and_stays_right():
    shell, reader = a_shell(), FeedReader(TEMPLATES)
    events = []
    for _ in range(40):
        shell.run(100)
        for data in taken(shell):
            assert len(data) <= DATAGRAM_MAX
            events += reader.receive_datagram(data)
        assert differences(reader, shell) == []
    instruments = shell.venue.day.exchange.instruments
    assert set(reader.books) == {instrument.symbol for instrument in instruments}
    assert {one.symbol for one in events if isinstance(one, IssueListed)} == set(reader.books)
    assert any(isinstance(one, TradeUpdate) for one in events)
    assert any(isinstance(one, PhaseUpdate) for one in events)
    assert reader.stats.missing == reader.stats.past == reader.stats.malformed == 0


@pytest.mark.parametrize("seed", range(3))
def test_after_losses_no_known_book_is_wrong_and_all_come_back(seed):
    shell, reader, dice = a_shell(), FeedReader(TEMPLATES), random.Random(seed)
    holes = 0
    for step in range(120):
        shell.run(100)
        for data in taken(shell):
            if step >= 60 or dice.random() < 0.9:
                holes += any(isinstance(one, Hole) for one in reader.receive_datagram(data))
        # A datagram that was lost just now is known to be missing only when the next one comes.
        if reader.next_seq == shell.venue.day.fast._writer.next_seq:
            assert differences(reader, shell) == []
    assert holes > 3
    assert set(reader.books) == {instrument.symbol for instrument in shell.venue.day.exchange.instruments}


def test_a_killed_venue_begins_a_new_session():
    shell, reader = a_shell(), FeedReader(TEMPLATES)
    shell.run(300)
    for data in taken(shell):
        reader.receive_datagram(data)
    before = reader.session
    shell.kill()
    shell.run(300)
    for data in taken(shell):
        reader.receive_datagram(data)
    assert (reader.session > before, reader.stats.restarts) == (True, 1)
    assert differences(reader, shell) == []
    assert reader.books


def test_without_templates_there_is_no_feed():
    shell = Shell(start_s=OPEN_S, intensity=1.0)
    shell.run(500)
    assert taken(shell) == []
    assert replace(shell.config, fast=TEMPLATES).fast is TEMPLATES


@pytest.mark.processes
def test_the_simulator_sends_it_on_its_port(tmp_path):
    base = free_port_base()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", venue_ports(base, "ODX").fix_fast))
        words = ["sim", "--json", "--home", str(tmp_path), "--venues", "ODX", "--port-base", str(base)]
        with subprocess.Popen([sys.executable, "-m", "hts.app", *words], cwd=ROOT, stdout=subprocess.PIPE) as process:
            try:
                assert b"FIX/FAST feed" in process.stdout.readline()
                reader = FeedReader(TEMPLATES)
                while len(reader.books) < 5:
                    assert select.select([line], [], [], 30)[0], "no datagram came"
                    reader.receive_datagram(line.recv(65_536))
                assert reader.stats.malformed == 0
            finally:
                process.terminate()
