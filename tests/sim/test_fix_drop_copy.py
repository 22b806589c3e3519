"""The FIX drop copy hears every execution of the member, over whatever protocol, once, and takes no requests."""

import pytest

from hts.model.enums import Side
from hts.wire.ums import messages as ums
from tests.sim.fix_shell import DC, OE, FixClient
from tests.sim.test_fix_orders import PX, an_open_shell, order, request
from tests.support.wire_ums import an_order


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
