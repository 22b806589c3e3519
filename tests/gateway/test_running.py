"""What a core runs reaches each venue's log at logon, over each protocol, and can do the log no harm."""

import pytest

from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.model.requests import StartSession
from hts.sim.running import running_line
from tests.gateway.test_fix import Member as FixMember
from tests.gateway.test_ouch import Member as OuchMember
from tests.sim.test_fix_orders import an_open_shell
from tests.support.native_market import NativeMarket
from tests.support.soup import a_client, a_server, connect, events_of
from tests.support.wire_ums import LAYOUT, PASSWORD
from tests.support.wire_venue import Venue, a_member

RUNNING = "0.1.0+3f9ac2d1 0badcafe.deadbeef"


def test_a_native_korean_logon_says_it():
    venue = Venue()
    gateway = KrxUmsGateway(LAYOUT, UmsConfig(comp_id="HTS01", password=PASSWORD, running=RUNNING))
    gateway.send(StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=False), *venue.now)
    venue.entry.connected(1, *venue.now)
    gateway.connected(*venue.now)
    venue.entry.receive_data(1, gateway.data_to_send(), *venue.now)
    assert venue.entry.reasons() == [f"order entry: HTS01 logged on, running {RUNNING}"]
    ((_, answer),) = venue.entry.data_to_send()
    gateway.receive_data(answer, *venue.now)
    assert gateway.is_up


def test_a_member_that_says_nothing_is_logged_as_that():
    venue = Venue()
    venue.connect(1, a_member())
    assert venue.entry.reasons() == ["order entry: HTS01 logged on and does not say what it runs"]


@pytest.mark.parametrize("comp_id", ["HTS01-OE44", "HTS01-OE50"])
def test_a_fix_logon_says_it_in_each_version(comp_id):
    shell = an_open_shell()
    member = FixMember(shell, comp_id, running=RUNNING)
    member.start()
    assert member.gateway.is_up
    assert f"KRX FIX: {comp_id} logged on, running {RUNNING}" in shell.reasons


def test_a_fix_logon_with_a_wrong_password_is_not_believed_about_what_it_runs():
    shell = an_open_shell()
    FixMember(shell, running=RUNNING, password="wrong").start()
    assert not any(RUNNING in reason for reason in shell.reasons)


@pytest.mark.parametrize("venue", ["JNX", "NASDAQ"])
def test_an_ouch_login_is_followed_by_it_each_time(venue):
    market = NativeMarket(venue)
    member = OuchMember(market, running=RUNNING)
    member.start()
    line = f"order entry: HTS01 logged on, running {RUNNING}"
    assert market.orders.reasons() == [line]
    member.cut()
    member.wait()
    assert market.orders.reasons() == [line]


def test_a_flood_of_remarks_is_one_line():
    client, server = a_client(running=RUNNING), a_server()
    connect(client, server)
    for _ in range(1_000):
        server.receive_data(b"\x00\x04+hey", 0)
    assert [type(event).__name__ for event in events_of(server)] == ["LoggedOn", "Remarked"]
    assert client.is_up


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("", "HTS01 logged on and does not say what it runs"),
        ("1.0\nvenue: all is well", "HTS01 logged on, running 1.0?venue: all is well"),
        (b"\xff\x00" + b"x" * 100, "HTS01 logged on, running ??" + "x" * 62),
        ("한", "HTS01 logged on, running ?"),
        ("   ", "HTS01 logged on and does not say what it runs"),
    ],
)
def test_whatever_is_said_becomes_one_short_line(said, line):
    assert running_line("HTS01", said) == line
