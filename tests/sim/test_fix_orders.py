"""The venue's FIX order entry: what each request is answered with, and what a restart leaves as it was."""

import pytest

from hts.model.enums import Side
from tests.sim.fix_shell import OE, WALL_NS, FixClient, FixShell, logins
from tests.support.venue import SAMSUNG
from tests.support.wire_ums import an_order

PX = 272_000
TIME = "20261123-00:01:00"


def an_open_shell(**changes) -> FixShell:
    return FixShell(start_s=9 * 3600 + 60, **changes)


def a_trader(shell, comp_id="HTS01-OE44", conn=1) -> FixClient:
    client = shell.dial(OE, conn, FixClient(comp_id))
    assert client.session.is_up, shell.reasons
    return client


def order(name, side="1", px=PX, qty=10, *more):
    return ((11, name), (55, SAMSUNG), (54, side), (60, TIME), (38, qty), (40, "2"), (44, px), *more)


def request(name, orig, *more, side="1", qty=10):
    return ((41, orig), (11, name), (55, SAMSUNG), (54, side), (60, TIME), (38, qty), *more)


def words(client) -> list[tuple]:
    """(MsgType, ExecType or answer, ClOrdID, OrigClOrdID, OrdStatus, LastQty, LeavesQty, CumQty)."""
    return [
        (m.msg_type, m.text(150) or m.text(434) or m.text(531), m.text(11), m.text(41), m.text(39), m.integer(32),
         m.integer(151), m.integer(14))
        for m in client.messages
    ]  # fmt: skip


@pytest.mark.parametrize("comp_id", ["HTS01-OE44", "HTS01-OE50"])
def test_an_order_s_life_in_reports(comp_id):
    shell = an_open_shell()
    us, them = a_trader(shell, comp_id), shell.connect(9)
    shell.tell(us, "D", *order("a", qty=10), (59, "0"))
    them.send(an_order(1, px=PX, qty=4, side=Side.SELL), *shell.now)
    shell.pump()
    shell.tell(us, "G", *request("b", "a", (40, "2"), (44, PX - 500), qty=8))
    shell.tell(us, "F", *request("c", "b"))
    shell.tell(us, "F", *request("d", "b"))
    assert words(us) == [
        ("8", "0", "a", "", "0", 0, 10, 0),
        ("8", "F", "a", "", "1", 4, 6, 4),
        ("8", "5", "b", "a", "1", 0, 4, 4),
        ("8", "4", "c", "b", "4", 0, 0, 4),
        ("9", "1", "d", "b", "4", 0, 0, 0),
    ]
    fill = us.messages[1]
    assert (fill.text(31), fill.text(6), fill.text(17), fill.text(851)) == (str(PX), str(PX), "1", "1")
    assert (us.messages[2].text(44), us.messages[2].text(38)) == (str(PX - 500), "8")
    assert us.messages[4].text(58).startswith("TOO_LATE: ")


@pytest.mark.parametrize("comp_id", ["HTS01-OE44", "HTS01-OE50"])
def test_the_best_price_of_the_own_side_is_a_peg_that_does_not_move(comp_id):
    """FIX 4.4 has no ExecInst(18) T, so that both versions say it with PegMoveType(835)."""
    shell = an_open_shell()
    us = a_trader(shell, comp_id)
    shell.tell(us, "D", *order("bid", qty=5))
    own = ((11, "best"), (55, SAMSUNG), (54, "1"), (60, TIME), (38, 3), (40, "P"), (18, "R"), (835, 1))
    shell.tell(us, "D", *own)
    report = us.messages[-1]
    assert (report.text(11), report.text(40), report.text(18), report.text(835)) == ("best", "P", "R", "1")
    assert report.text(44) == str(PX)  # what the venue gave it


@pytest.mark.parametrize("comp_id", ["HTS01-OE44", "HTS01-OE50"])
def test_the_limit_of_a_pegged_order_is_in_its_reports(comp_id):
    shell = an_open_shell()
    us = a_trader(shell, comp_id)
    shell.tell(us, "D", *order("mid", qty=5)[:5], (40, "P"), (18, "M"), (44, PX))
    shell.tell(us, "G", *request("less", "mid", (40, "P"), (18, "M"), (44, PX - 500), qty=4))
    assert [(m.text(11), m.text(150), m.text(40), m.text(44)) for m in us.messages] == [
        ("mid", "0", "P", str(PX)),
        ("less", "5", "P", str(PX - 500)),
    ]


def test_the_average_price_is_exact_to_four_more_digits():
    shell = an_open_shell()
    us = a_trader(shell)
    them = shell.connect(9)
    for number, (px, qty) in enumerate([(PX, 1), (PX + 500, 2)], start=1):
        them.send(an_order(number, px=px, qty=qty, side=Side.SELL), *shell.now)
    shell.pump()
    shell.tell(us, "D", *order("a", px=PX + 500, qty=3))
    assert [m.text(6) for m in us.messages] == ["0", str(PX), "272333.3333"]


def test_refusals_carry_code_and_words():
    shell = an_open_shell()
    us = a_trader(shell)
    shell.tell(us, "D", *order("tick", px=PX + 1))
    shell.tell(us, "D", *order("limit", px=PX * 2))
    shell.tell(us, "D", (11, "who"), (55, "XXX"), (54, "1"), (60, TIME), (38, 1), (40, "1"))
    shell.tell(us, "D", *order("tick"))
    shell.tell(us, "D", (11, "none"), (55, SAMSUNG), (54, "1"), (60, TIME), (38, 1), (40, "2"))
    shell.tell(us, "F", *request("x", "never"))
    shell.tell(us, "D", *order("n" * 65))
    found = [(m.msg_type, m.text(11)[:6], m.text(41), m.text(103) or m.text(102), m.text(58)) for m in us.messages]
    assert found == [
        ("8", "tick", "", "99", "BAD_TICK: price not on the tick grid"),
        ("8", "limit", "", "3", "PRICE_LIMIT: price outside the daily limits"),
        ("8", "who", "", "1", "UNKNOWN_SYMBOL: issue not listed"),
        ("8", "tick", "", "6", "DUPLICATE_CL_ORD_ID: ClOrdID used before"),
        ("8", "none", "", "99", "Price(44) of a limit order expected, found none"),
        ("9", "x", "never", "1", "UNKNOWN_ORDER: no order of that name"),
        ("8", "nnnnnn", "", "99", "tag 11: at most 64 bytes expected, found 65"),
    ]


def test_status_of_one_order_of_all_and_of_none():
    shell = an_open_shell()
    us = a_trader(shell)
    shell.tell(us, "AF", (584, "m0"), (585, "7"))
    shell.tell(us, "D", *order("a"))
    shell.tell(us, "D", *order("b", px=PX - 500))
    shell.tell(us, "H", (11, "a"), (55, SAMSUNG), (54, "1"), (790, "s1"))
    shell.tell(us, "H", (11, "zz"), (55, SAMSUNG), (54, "1"))
    shell.tell(us, "AF", (584, "m1"), (585, "7"))
    shell.tell(us, "AF", (584, "m2"), (585, "1"))
    found = [
        (m.msg_type, m.text(150), m.text(39), m.text(11), m.text(584), m.text(911), m.text(912)) for m in us.messages
    ]
    assert found == [
        ("8", "I", "8", "", "m0", "0", "Y"),
        ("8", "0", "0", "a", "", "", ""),
        ("8", "0", "0", "b", "", "", ""),
        ("8", "I", "0", "a", "", "", ""),
        ("8", "I", "8", "zz", "", "", ""),
        ("8", "I", "0", "a", "m1", "2", "N"),
        ("8", "I", "0", "b", "m1", "2", "Y"),
        ("j", "", "", "", "", "", ""),
    ]
    assert (us.messages[3].text(790), us.messages[4].text(103)) == ("s1", "5")


def test_a_mass_cancel_ends_the_orders_of_an_issue_or_all():
    shell = an_open_shell()
    us = a_trader(shell)
    shell.tell(us, "D", *order("a"))
    shell.tell(us, "D", (11, "b"), (55, "000660"), (54, "1"), (60, TIME), (38, 1), (40, "2"), (44, 1_700_000))
    shell.tell(us, "q", (11, "q1"), (530, "1"), (55, SAMSUNG), (60, TIME))
    shell.tell(us, "q", (11, "q2"), (530, "7"), (60, TIME))
    shell.tell(us, "q", (11, "q3"), (530, "3"), (60, TIME))
    found = [(m.msg_type, m.text(150) or m.text(531), m.text(11), m.text(533)) for m in us.messages[2:]]
    assert found == [
        ("8", "4", "a", ""),
        ("r", "1", "q1", "1"),
        ("8", "4", "b", ""),
        ("r", "7", "q2", "1"),
        ("j", "", "", ""),
    ]


def test_pending_states_come_first_where_the_profile_says_so():
    shell = an_open_shell(fix={"orders": logins("OE", says_pending=True)})
    us = a_trader(shell)
    shell.tell(us, "D", *order("a"))
    shell.tell(us, "G", *request("b", "a", (40, "2"), (44, PX - 500)))
    shell.tell(us, "F", *request("c", "b"))
    assert words(us) == [
        ("8", "A", "a", "", "A", 0, 10, 0),
        ("8", "0", "a", "", "0", 0, 10, 0),
        ("8", "E", "b", "a", "E", 0, 10, 0),
        ("8", "5", "b", "a", "0", 0, 10, 0),
        ("8", "6", "c", "b", "6", 0, 10, 0),
        ("8", "4", "c", "b", "4", 0, 0, 0),
    ]


@pytest.mark.parametrize("is_on", [False, True])
def test_cancel_on_disconnect_as_the_profile_says(is_on):
    shell = an_open_shell(fix={"orders": logins("OE", cancel_on_disconnect=is_on)})
    us = a_trader(shell)
    shell.tell(us, "D", *order("a"))
    shell.hang_up(OE, 1)
    shell.dial(OE, 2, us)
    assert words(us)[1:] == ([("8", "4", "a", "", "4", 0, 0, 0)] if is_on else [])
    if is_on:
        assert (us.messages[1].text(378), us.messages[1].text(58)[:20]) == ("8", "CANCEL_ON_DISCONNECT")


def test_what_happened_while_away_is_told_at_the_next_logon():
    shell = an_open_shell()
    us, them = a_trader(shell), shell.connect(9)
    shell.tell(us, "D", *order("a"))
    shell.hang_up(OE, 1)
    them.send(an_order(1, px=PX, qty=10, side=Side.SELL), *shell.now)
    shell.pump()
    shell.dial(OE, 2, us)
    assert words(us) == [("8", "0", "a", "", "0", 0, 10, 0), ("8", "F", "a", "", "2", 10, 0, 10)]
    assert us.messages[1].is_set(43), "sent again, so a possible duplicate"


@pytest.mark.parametrize("checkpoint_commands", [50_000, 2])
def test_a_killed_venue_knows_numbers_names_and_orders(checkpoint_commands):
    shell = an_open_shell(checkpoint_commands=checkpoint_commands)
    us, them = a_trader(shell), shell.connect(9)
    for name in ("a", "b", "c"):
        shell.tell(us, "D", *order(name))
    shell.run(2000)
    shell.kill()
    them = shell.connect(9)
    them.send(an_order(7, px=PX, qty=10, side=Side.SELL), *shell.now)
    shell.pump()
    shell.dial(OE, 1, us)
    shell.tell(us, "F", *request("d", "b"))
    shell.tell(us, "D", *order("c"))
    assert [w[:4] for w in words(us)[3:]] == [
        ("8", "F", "a", ""),
        ("8", "4", "d", "b"),
        ("8", "8", "c", ""),
    ]
    assert us.logons == 2


@pytest.mark.parametrize("checkpoint_commands", [50_000, 2])
def test_a_killed_venue_gives_no_order_the_number_of_a_mass_cancel(checkpoint_commands):
    shell = an_open_shell(checkpoint_commands=checkpoint_commands)
    us = a_trader(shell)
    shell.tell(us, "q", (11, "stop"), (530, "7"), (60, TIME))
    shell.run(2000)
    shell.kill()
    shell.dial(OE, 1, us)
    shell.tell(us, "D", *order("a"))
    body = ((11, b"stop"), (530, b"7"), (60, TIME.encode()))
    us.session.send("q", body, shell.mono_ns + WALL_NS, shell.mono_ns, ((97, b"Y"),))  # known: nothing comes of it
    shell.pump()
    assert [w[:3] for w in words(us)] == [("r", "7", "stop"), ("8", "0", "a")]


def test_a_crash_between_log_and_store_repeats_no_order():
    """The request is in the command log, the store of the session does not know it: the log wins."""
    shell = an_open_shell()
    us = a_trader(shell)
    us.say("D", *order("a"), now_ns=shell.mono_ns)
    data = us.session.data_to_send()
    shell.venue.service_data(OE, 1, data, shell.mono_ns)  # killed before its outputs were taken
    shell.kill()
    shell.dial(OE, 1, us)
    assert words(us) == [("8", "0", "a", "", "0", 0, 10, 0)]
    assert us.faults == []


def test_a_reset_by_the_client_begins_new_numbers_and_keeps_the_orders():
    shell = an_open_shell()
    us = a_trader(shell)
    shell.tell(us, "D", *order("a"))
    us.session.reset(shell.mono_ns + WALL_NS, shell.mono_ns)
    shell.pump()
    shell.tell(us, "D", *order("b"))
    shell.kill()
    shell.dial(OE, 1, us)
    shell.tell(us, "D", *order("c"))
    assert [w[1:3] for w in words(us)] == [("0", "a"), ("0", "b"), ("0", "c")]


def test_a_possible_resend_of_a_known_order_is_dropped():
    shell = an_open_shell()
    us = a_trader(shell)
    shell.tell(us, "D", *order("a"))
    for name in ("a", "b"):
        body = tuple((tag, str(value).encode()) for tag, value in order(name))
        us.session.send("D", body, shell.mono_ns + WALL_NS, shell.mono_ns, ((97, b"Y"),))
        shell.pump()
    assert [w[1:3] for w in words(us)] == [("0", "a"), ("0", "b")]


def test_a_new_day_logs_everyone_out_and_forgets_the_names():
    shell = FixShell(start_s=15 * 3600 + 29 * 60, speed_milli=100_000)
    us = a_trader(shell)
    shell.tell(us, "D", *order("a"))
    day = shell.venue.trading_date
    while shell.venue.trading_date == day:
        shell.run(500)
    assert not us.session.is_up
    again = shell.dial(OE, 5, FixClient("HTS01-OE44"))
    shell.tell(again, "D", *order("a"))
    assert words(again)[0][:3] == ("8", "0", "a")


def test_what_is_no_order_message_is_answered_with_a_business_reject():
    shell = an_open_shell()
    us = a_trader(shell)
    shell.tell(us, "V", (262, "1"), (263, "1"), (264, "0"), (267, "1"), (269, "0"), (146, "1"), (55, SAMSUNG))
    assert [(m.msg_type, m.text(372), m.text(380)) for m in us.messages] == [("j", "V", "3")]


def test_a_mass_cancel_that_names_an_account_leaves_the_others():
    shell = an_open_shell()
    us = a_trader(shell)
    for name in ("a", "b"):
        shell.tell(us, "D", *order(name), (1, name.upper()))
    us.messages.clear()
    header = ((50, b"B"),)
    us.session.send("q", ((11, b"m"), (530, b"7"), (60, TIME.encode())), shell.mono_ns + WALL_NS, shell.mono_ns, header)
    shell.pump()
    assert words(us) == [("8", "4", "b", "", "4", 0, 0, 0), ("r", "7", "m", "", "", 0, 0, 0)]
