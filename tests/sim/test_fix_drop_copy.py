"""The FIX drop copy hears every execution of the member, over whatever protocol, once, and takes no requests."""

import pytest

from hts.model.enums import Side
from hts.model.reasons import Reason
from hts.sim.order_entry import MemberLogin
from hts.wire.ums import messages as ums
from hts.wire.ums.session import MessageReceived
from tests.sim.fix_shell import DC, OE, WALL_NS, FixClient, logins
from tests.sim.test_fix_orders import PX, TIME, an_open_shell, order, request
from tests.sim.venue_shell import MEMBERS
from tests.support.venue import SAMSUNG
from tests.support.wire_ums import PASSWORD, a_client, an_order


def copies(client) -> list[tuple]:
    return [(m.msg_type, m.text(150), m.text(11), m.text(41), m.text(17), m.text(797)) for m in client.messages]


@pytest.mark.parametrize("comp_id", ["HTS01-DC44", "HTS01-DC50"])
def test_copies_have_the_same_exec_id_and_the_client_s_names(comp_id):
    shell = an_open_shell()
    us, them, copy = shell.dial(OE, 1, FixClient("HTS01-OE44")), shell.connect(9), FixClient(comp_id)
    shell.dial(DC, 2, copy)
    shell.tell(us, "D", *order("mine"))
    them.send(an_order(7, px=PX, qty=4, side=Side.SELL), *shell.now)
    shell.pump()
    shell.tell(us, "G", *request("less", "mine", (40, "2"), (44, PX - 500), qty=8))
    originals = {m.text(17) for m in us.messages}
    found = copies(copy)
    assert [f[:4] for f in found] == [
        ("8", "0", "mine", ""), ("8", "0", "7", ""), ("8", "F", "mine", ""), ("8", "F", "7", ""),
        ("8", "5", "less", "mine"),
    ]  # fmt: skip
    assert {f[5] for f in found} == {"Y"}
    assert originals == {f[4] for f in found if f[2] != "7"}


def test_a_copy_that_was_away_and_a_venue_that_was_killed():
    shell = an_open_shell()
    us, copy = shell.dial(OE, 1, FixClient("HTS01-OE44")), FixClient("HTS01-DC44")
    shell.dial(DC, 2, copy)
    shell.tell(us, "D", *order("a"))
    shell.hang_up(DC, 2)
    shell.tell(us, "D", *order("b"))
    shell.kill()
    shell.dial(OE, 1, us)
    shell.dial(DC, 2, copy)
    shell.tell(us, "D", *order("c"))
    assert [c[2] for c in copies(copy)] == ["a", "b", "c"]


def test_the_kill_switch_is_news():
    shell = an_open_shell()
    them, copy = shell.connect(9), FixClient("HTS01-DC44")
    shell.dial(DC, 2, copy)
    them.send(an_order(1, px=PX, qty=4), *shell.now)
    them.send(ums.KillSwitchRequest(cl_ord_id=2, account="", on=True), *shell.now)
    shell.pump()
    assert [m.msg_type for m in copy.messages] == ["8", "8", "B"]
    assert copy.messages[2].text(148) == "kill switch on for all accounts: 1 orders cancelled"


def test_a_request_is_refused():
    shell = an_open_shell()
    copy = shell.dial(DC, 2, FixClient("HTS01-DC44"))
    shell.tell(copy, "D", *order("a"))
    assert [(m.msg_type, m.text(380)) for m in copy.messages] == [("j", "6")]
    assert shell.venue.day.exchange.order_state("HTS01-DC44") == ()


BOSS = {"drop_copies": logins("DC", copies_of="HTS01", may_cancel=True)}


def off(name, number, *more):
    """OrderCancelRequest(F) for the venue's own number of an order."""
    return ((41, "NONE"), (37, number), (11, name), (55, SAMSUNG), (54, "1"), (60, TIME), (38, 10), *more)


def a_boss(comp_id="HTS01-DC44", **changes):
    """Two sessions of the member with an order each, and one that copies and may cancel both."""
    shell = an_open_shell(fix=BOSS, **changes)
    us, them, boss = shell.dial(OE, 1, FixClient("HTS01-OE44")), shell.connect(9), FixClient(comp_id)
    shell.dial(DC, 2, boss)
    shell.tell(us, "D", *order("mine"), (1, "A"))
    them.send(an_order(7, px=PX - 500, qty=4, account="B"), *shell.now)
    shell.pump()
    numbers = {m.text(11): m.text(37) for m in boss.messages}
    boss.messages.clear()
    us.messages.clear()
    return shell, us, boss, numbers


def said(client):
    return [(m.msg_type, m.text(150) or m.text(434) or m.text(531), m.text(11)) for m in client.messages]


@pytest.mark.parametrize("comp_id", ["HTS01-DC44", "HTS01-DC50"])
def test_a_session_that_may_cancels_orders_of_the_members_others(comp_id):
    shell, us, boss, numbers = a_boss(comp_id)
    shell.tell(boss, "F", *off("b1", numbers["mine"]))
    assert said(us) == [("8", "4", "mine")]
    assert (us.messages[0].text(58)[:8], us.messages[0].text(378)) == ("BY_PROXY", "8")
    assert said(boss) == [("8", "4", "mine")]
    shell.tell(boss, "F", *off("b2", numbers["7"]))
    assert said(boss)[1:] == [("8", "4", "7")]
    told = [event.message for event in shell.heard[9] if isinstance(event, MessageReceived)]
    assert told[-1].reason_code == Reason.BY_PROXY


def test_what_it_cannot_cancel_is_refused_by_name():
    shell, _, boss, numbers = a_boss()
    shell.tell(boss, "F", *off("b1", numbers["mine"]))
    boss.messages.clear()
    shell.tell(boss, "F", *off("b2", numbers["mine"]))
    shell.tell(boss, "F", *off("b3", 999_999_999))
    shell.tell(boss, "F", *off("b4", "no number"))
    shell.tell(boss, "D", *order("b5"))
    found = [(m.msg_type, m.text(11), m.text(58).partition(":")[0]) for m in boss.messages]
    assert found[:2] == [("9", "b2", "TOO_LATE"), ("9", "b3", "UNKNOWN_ORDER")]
    assert [one[0] for one in found[2:]] == ["9", "j"]


def test_orders_of_another_member_are_out_of_its_reach():
    shell, _, boss, numbers = a_boss(members=(*MEMBERS, MemberLogin(comp_id="HTS012", password=PASSWORD)))
    other = shell.connect(8, a_client(comp_id="HTS012"))
    other.send(an_order(1, px=PX - 1_000, qty=4), *shell.now)
    shell.pump()
    number = shell.venue.day.exchange.members["HTS012"].orders[0].venue_order_id
    shell.tell(boss, "F", *off("b1", number))
    shell.tell(boss, "q", (11, "b2"), (530, "7"), (60, TIME))
    assert said(boss)[0] == ("9", "1", "b1")
    assert len(shell.venue.day.exchange.members["HTS012"].working) == 1
    assert len(numbers) == 2


@pytest.mark.parametrize(("account", "gone"), [("", ["mine", "7"]), ("A", ["mine"]), ("B", ["7"])])
def test_a_mass_cancel_of_the_member_goes_by_account(account, gone):
    shell, _, boss, _ = a_boss()
    boss.session.send(
        "q", ((11, b"m"), (530, b"7"), (60, TIME.encode())), shell.mono_ns + WALL_NS, shell.mono_ns,
        ((50, account.encode()),) if account else (),
    )  # fmt: skip
    shell.pump()
    assert said(boss) == [*[("8", "4", name) for name in gone], ("r", "7", "m")]
    assert boss.messages[-1].integer(533) == len(gone)


@pytest.mark.parametrize("checkpoint_commands", [50_000, 2])
def test_a_venue_that_is_killed_carries_each_cancel_out_once(checkpoint_commands):
    shell, us, boss, numbers = a_boss(checkpoint_commands=checkpoint_commands)
    shell.tell(boss, "F", *off("b1", numbers["mine"]))
    shell.run(2000)
    before = shell.venue.day.exchange.state_hash()
    shell.kill()
    assert shell.venue.day.exchange.state_hash() == before
    shell.dial(OE, 1, us)
    shell.dial(DC, 2, boss)
    shell.tell(boss, "F", *off("b2", numbers["7"]))
    shell.tell(boss, "F", *off("b3", numbers["mine"]))
    assert said(boss) == [("8", "4", "mine"), ("8", "4", "7"), ("9", "1", "b3")]


def test_a_session_that_may_not_is_refused():
    shell = an_open_shell()
    boss = shell.dial(DC, 2, FixClient("HTS01-DC44"))
    shell.tell(boss, "F", *off("b1", 1))
    assert [(m.msg_type, m.text(380)) for m in boss.messages] == [("j", "6")]
