"""The message store: what survives, what is cut, what is refused, what is forgotten."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hts.base.errors import CorruptRecord, StorageError
from hts.io.files import FileStorage
from hts.wire.fix.events import MessageReceived
from hts.wire.fix.states import Role
from hts.wire.fix.store import FixStore
from tests.support.storage import MemoryStorage
from tests.wire.fix.kit import ORDER, START_NS, Side, exchange, frames

ROOT = Path(__file__).resolve().parents[3]


def numbers(store: FixStore) -> tuple[int, int, int]:
    return store.next_in_seq, store.next_out_seq, store.created_ns


def test_everything_is_there_again():
    storage = MemoryStorage()
    store = FixStore(storage, "s")
    store.reset(5)
    store.save_sent(1, None)
    store.save_sent(2, b"frame")
    store.save_in(7)
    again = FixStore(storage, "s")
    assert numbers(again) == numbers(store) == (7, 3, 5)
    assert (again.frame(1), again.frame(2)) == (None, b"frame")


def test_numbers_that_the_peer_has_and_we_have_lost_are_passed_over():
    storage = MemoryStorage()
    store = FixStore(storage, "s")
    store.save_sent(1, b"frame")
    store.skip_out(9)
    again = FixStore(storage, "s")
    assert (again.next_out_seq, again.frame(1), again.frame(8)) == (9, b"frame", None)


def test_a_session_may_outlive_its_storage():
    storage = MemoryStorage(room=25)
    with pytest.raises(StorageError):
        FixStore(MemoryStorage(room=0), "s").save_sent(1, b"frame")
    store = FixStore(storage, "s", outlives_storage=True)
    store.save_sent(1, b"frame")
    store.save_sent(2, b"more")
    store.save_in(5)
    assert (store.next_out_seq, store.next_in_seq, store.frame(2)) == (3, 5, b"more")
    assert FixStore(storage, "s").next_out_seq == 2  # what was torn is cut; the peer says what it waits for


def test_a_note_is_stored_with_its_frame_and_outlives_a_reset():
    storage = MemoryStorage()
    store = FixStore(storage, "s")
    store.save_sent(1, b"frame", note=41)
    assert FixStore(storage, "s").note == 41
    store.reset(9)
    assert FixStore(storage, "s").note == 41


def test_a_note_is_stored_without_a_frame_and_once():
    storage = MemoryStorage()
    store = FixStore(storage, "s")
    store.save_note(41)
    (name,) = storage.names()
    size = len(storage.read(name))
    store.save_note(41)
    assert len(storage.read(name)) == size
    assert FixStore(storage, "s").note == 41


def test_what_is_not_settled_is_received_again():
    storage = MemoryStorage()
    store = FixStore(storage, "s", settles=True)
    store.save_in(7)
    assert (store.next_in_seq, FixStore(storage, "s").next_in_seq) == (7, 1)
    store.settle()
    store.settle()
    assert FixStore(storage, "s").next_in_seq == 7


def test_a_reset_forgets_and_begins_a_segment():
    storage = MemoryStorage()
    store = FixStore(storage, "s")
    store.save_sent(1, b"old")
    store.reset(9)
    assert storage.names() == ["s-000000", "s-000001"]
    again = FixStore(storage, "s")
    assert numbers(again) == (1, 1, 9)
    assert again.frame(1) is None


def test_a_torn_record_is_cut_at_every_byte():
    storage = MemoryStorage()
    store = FixStore(storage, "s")
    store.save_sent(1, b"first")
    whole = len(storage.read("s-000000"))
    store.save_sent(2, b"second")
    data = storage.read("s-000000")
    for size in range(whole, len(data)):
        torn = MemoryStorage()
        torn.append("s-000000", data[:size])
        again = FixStore(torn, "s")
        assert (again.next_out_seq, len(torn.read("s-000000"))) == (2, whole)


def test_damage_before_the_end_is_refused():
    storage = MemoryStorage()
    store = FixStore(storage, "s")
    store.save_sent(1, b"first")
    store.save_sent(2, b"second")
    storage.flip("s-000000", 18)
    with pytest.raises(CorruptRecord, match="a whole record at byte 0 expected"):
        FixStore(storage, "s")


def test_only_so_many_bytes_are_kept_and_the_rest_is_a_gap():
    client = Side(Role.INITIATOR, store=FixStore(kept_bytes_max=400))
    client.connect()
    client.receive(client.peer(1, "A", "98=0|108=30|"))
    for _ in range(6):
        client.send("D", ORDER)
    found = frames(client.receive(client.peer(2, "2", "7=2|16=0|")))
    assert [f.split("|")[:2] for f in found] == [["35=4", "34=2"], *(["35=D", f"34={seq}"] for seq in (5, 6, 7))]


def test_a_restart_goes_on_with_the_same_numbers():
    storages = [MemoryStorage(), MemoryStorage()]
    client = Side(Role.INITIATOR, store=FixStore(storages[0]))
    venue = Side(Role.ACCEPTOR, store=FixStore(storages[1]))
    venue.connect()
    exchange(client, venue, client.connect())
    exchange(client, venue, client.send("D", ORDER))
    lost = client.send("D", ORDER)  # on its way when both processes end
    assert lost
    client, venue = (
        Side(Role.INITIATOR, store=FixStore(storages[0])),
        Side(Role.ACCEPTOR, store=FixStore(storages[1])),
    )
    venue.connect()
    exchange(client, venue, client.connect())
    assert [(e.seq, e.poss_dup) for e in venue.events if isinstance(e, MessageReceived)] == [(3, True)]


def test_a_message_that_was_not_finished_with_comes_again():
    storage = MemoryStorage()
    venue = Side(Role.ACCEPTOR, store=FixStore(storage)).logged_on()
    session = venue.session
    session.receive_data(venue.peer(2, "D", "11=1|55=X|54=1|60=20261123-00:00:00|40=1|"), START_NS, START_NS)
    session.receive_data(venue.peer(3, "0"), START_NS, START_NS)
    assert isinstance(session.next_event(), MessageReceived)
    assert FixStore(storage).next_in_seq == 2
    session.next_event()
    assert FixStore(storage).next_in_seq == 4


WRITER = """
import sys
from pathlib import Path
from hts.io.files import FileStorage
from hts.wire.fix.store import FixStore
store = FixStore(FileStorage(Path(sys.argv[1])))
while True:
    store.save_sent(store.next_out_seq, b"x" * 200)
    store.save_in(store.next_in_seq + 1)
    print(store.next_out_seq, store.next_in_seq, flush=True)
"""


@pytest.mark.processes
def test_the_store_survives_kill_9(tmp_path):
    expected = (1, 1)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as process:
            lines = [process.stdout.readline() for _ in range(50)]
            os.kill(process.pid, signal.SIGKILL)
            lines += process.stdout.read().splitlines()
        # The last line may be cut in the middle; the one before it was printed whole after its append.
        told = [tuple(map(int, line.split())) for line in lines[:-1]]
        assert told[0] >= expected
        store = FixStore(FileStorage(tmp_path))
        assert store.next_out_seq >= told[-1][0]
        assert store.next_in_seq >= told[-1][1]
        assert store.frame(store.next_out_seq - 1) == b"x" * 200
        expected = told[-1]
