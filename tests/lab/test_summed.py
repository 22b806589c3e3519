"""Fills that are known by an order's sums alone stand for the venue's where they come to the same, and only there."""

import pytest
from msgspec.structs import replace

from hts.lab.summed import as_summed
from hts.lab.told import Told
from hts.model.enums import ExecType, LastLiquidityInd, Side
from hts.model.units import ClOrdID
from hts.model.views_fill import FillView

LOST = {"KRX"}


def told(exec_id, px, qty, cl_ord_id=7, **fields):
    values = {"exec_ref_id": "0", "exec_type": ExecType.TRADE, "symbol": "A", "side": Side.BUY}
    liquidity = LastLiquidityInd.ADDED
    one = Told(
        venue="KRX",
        cl_ord_id=cl_ord_id,
        exec_id=str(exec_id),
        last_px=px,
        last_qty=qty,
        liquidity=liquidity,
        **values,
    )
    return replace(one, **fields)


def shown(exec_id, px, qty, order_id=7, **fields):
    fill = FillView(
        exec_id=exec_id,
        order_id=order_id,
        venue="KRX",
        account="M",
        symbol="A",
        side=Side.BUY,
        px=px,
        qty=qty,
        fee=0,
        tax=0,
        trade_ns=1,
    )
    return replace(fill, **fields)


def known(theirs, ours, venues=LOST):
    found = as_summed({(one.venue, one.exec_id): one for one in theirs}, ours, lambda one: one.cl_ord_id, venues)
    assert all(name == (one.venue, one.exec_id) for name, one in found.items())
    return [(one.exec_id, one.last_px, one.last_qty, one.liquidity.name) for one in found.values()]


THEIRS = [told(1, 100, 5), told(2, 101, 4), told(3, 102, 3)]


def test_the_two_that_were_not_told_are_the_one_of_the_sums():
    ours = [shown(1, 100, 5), shown(99, 101, 7)]  # 4 x 101 + 3 x 102 = 710, to the nearest step 7 x 101
    assert known(THEIRS, ours) == [("1", 100, 5, "ADDED"), ("99", 101, 7, "UNKNOWN")]


@pytest.mark.parametrize(
    ("ours", "venues"),
    [
        ([shown(1, 100, 5), shown(99, 101, 8)], LOST),  # more shares
        ([shown(1, 100, 5), shown(99, 102, 7)], LOST),  # another value
        ([shown(1, 100, 5), shown(99, 101, 7, order_id=8)], LOST),  # another order's
        ([shown(1, 100, 5), shown(99, 101, 7, symbol="B")], LOST),
        ([shown(1, 100, 5), shown(99, 101, 7, side=Side.SELL)], LOST),
        ([shown(1, 100, 5), shown(99, 101, 7)], {"NXT"}),  # whose numbers stand
        ([shown(1, 100, 5)], LOST),
    ],
)
def test_what_does_not_come_to_the_same_stays_as_the_venue_has_it(ours, venues):
    assert known(THEIRS, ours, venues) == known(THEIRS, [], set())


def test_a_fill_that_the_venue_told_is_not_hidden_by_the_sums():
    assert known([THEIRS[0]], [shown(1, 100, 5), shown(99, 101, 7)]) == [("1", 100, 5, "ADDED")]


def test_an_order_by_another_name_of_its_chain_is_found():
    theirs = {("KRX", "2"): told(2, 101, 4, cl_ord_id=12)}
    found = as_summed(theirs, [shown(99, 101, 4)], lambda _: ClOrdID(7), LOST)
    assert list(found) == [("KRX", "99")]
