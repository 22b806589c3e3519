"""Who is let in over FIX, and what a client that misbehaves meets."""

import pytest

from tests.sim.fix_shell import MD, OE, WALL_NS, FixClient
from tests.sim.test_fix_orders import an_open_shell, order, words
from tests.wire.fix.kit import a_frame

SECOND = 1_000_000_000


def test_sending_time_is_the_machine_s_and_transact_time_the_venue_s():
    shell = an_open_shell()
    us = shell.dial(OE, 1, FixClient("HTS01-OE44"))
    shell.tell(us, "D", *order("a"))
    message = us.messages[0]
    assert message.text(52).startswith("20270115-08:00:00"), "WALL_NS"
    assert message.text(60).startswith("20261123-00:01:00")


@pytest.mark.parametrize(
    ("client", "says"),
    [
        (FixClient("HTS01-OE44", password="wrong"), "the session's Password(554) expected, found another"),
        (FixClient("NOBODY-44"), "BeginString(8) and CompIDs of a session expected, found others"),
        (FixClient("HTS01-OE44", begin_string="FIXT.1.1"), "BeginString(8) and CompIDs of a session expected"),
        (FixClient("HTS01-MD44"), "BeginString(8) and CompIDs of a session expected, found others"),
    ],
    ids=["password", "stranger", "version", "port"],
)
def test_a_wrong_logon_is_closed_without_an_answer(client, says):
    shell = an_open_shell()
    shell.dial(OE, 1, client)
    assert not client.session.is_up
    assert (OE, 1) not in shell.fix
    assert says in shell.reasons[-1]


def test_a_second_connection_of_a_session_is_closed_and_the_first_goes_on():
    shell = an_open_shell()
    us = shell.dial(OE, 1, FixClient("HTS01-OE44"))
    shell.dial(OE, 2, FixClient("HTS01-OE44"))
    assert (OE, 2) not in shell.fix
    assert shell.reasons[-1].endswith("one connection of HTS01-OE44 expected, found a second one")
    shell.tell(us, "D", *order("a"))
    assert [w[1] for w in words(us)] == ["0"]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00" * 5000,
        b"8=FIX.4.4\x019=99999999\x01",
        a_frame("35=0|34=1|49=HTS01-OE44|56=KRX|"),
    ],
    ids=["http", "zeros", "length", "no logon"],
)
def test_other_bytes_are_closed_and_others_feel_nothing(data):
    shell = an_open_shell()
    us = shell.dial(OE, 1, FixClient("HTS01-OE44"))
    shell.venue.service_connected(OE, 2, shell.mono_ns)
    shell.venue.service_data(OE, 2, data, shell.mono_ns)
    out = shell.venue.outputs()
    assert out.closing_services == [(OE, 2)]
    assert out.services == []
    shell.tell(us, "D", *order("a"))
    assert [w[1] for w in words(us)] == ["0"]


def test_who_never_logs_on_is_closed_in_time():
    shell = an_open_shell()
    shell.venue.service_connected(MD, 7, shell.mono_ns)
    shell.mono_ns += 11 * SECOND
    shell.venue.on_timer(shell.mono_ns)
    assert shell.venue.outputs().closing_services == [(MD, 7)]


def test_who_falls_silent_is_tested_and_closed():
    shell = an_open_shell()
    us = shell.dial(OE, 1, FixClient("HTS01-OE44"))
    assert us.session.is_up
    for _ in range(90):
        shell.mono_ns += SECOND
        shell.venue.on_timer(shell.mono_ns)
    out = shell.venue.outputs()
    assert b"\x0135=1\x01" in out.services[0][2]
    assert out.closing_services == [(OE, 1)]


def test_a_logon_in_pieces_is_a_logon():
    shell = an_open_shell()
    client = FixClient("HTS01-OE50")
    shell.venue.service_connected(OE, 3, shell.mono_ns)
    client.session.connected(shell.mono_ns + WALL_NS, shell.mono_ns)
    for byte in client.session.data_to_send():
        shell.venue.service_data(OE, 3, bytes((byte,)), shell.mono_ns)
    shell.fix[OE, 3] = client
    shell.pump()
    assert client.session.is_up


def test_a_flood_is_throttled_like_any_member_s_and_others_trade_on():
    shell = an_open_shell()
    us = shell.dial(OE, 1, FixClient("HTS01-OE44"))
    other = shell.dial(OE, 2, FixClient("HTS01-OE50"))
    for number in range(80):
        us.say("D", *order(f"f{number}", px=271_000), now_ns=shell.mono_ns)
    shell.pump()
    shell.tell(other, "D", *order("o"))
    kinds = [w[1] for w in words(us)]
    assert (kinds.count("0"), kinds.count("8")) == (50, 30)
    assert us.messages[-1].text(58).startswith("THROTTLED: ")
    assert [w[1] for w in words(other)] == ["0"]
