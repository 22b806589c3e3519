"""Brackets and groups: what is protected, when, and that no share is ever sold twice."""

import random

import pytest
from msgspec.structs import replace

from hts.algo.protection import (
    EndConditional,
    Entry,
    SendConditional,
    group_ends,
    is_gapped,
    is_orphan,
    on_true,
    open_qty,
    profit_orders,
    unprotected_qty,
)
from hts.model.conditional import ConditionalOrder, GapRule, PriceCondition
from hts.model.enums import OrdType, Side
from hts.model.instruments import TickTable
from hts.model.routing import CancelChild
from tests.algo.market import child

TICKS = TickTable(starts=(0,), steps=(10,))
STOP = ConditionalOrder(
    cond_id=7, account="P1", symbol="005930", condition=PriceCondition(is_above=False, px=9_000), side=Side.SELL,
    qty=100, protects=3, group_id=50,
)  # fmt: skip
PROFIT = replace(STOP, cond_id=8, ord_type=OrdType.LIMIT, px=11_000)


def sent(qty, px=0, ord_type=OrdType.MARKET, cond_id=7):
    return SendConditional(cond_id=cond_id, qty=qty, px=px, ord_type=ord_type)


def profit(qty):
    return sent(qty, 11_000, OrdType.LIMIT, 8)


def entry(cum_qty, *, done=False):
    return Entry(cum_qty=cum_qty, is_done=done)


PROFITS = {
    "nothing filled": (entry(0), (), ()),
    "first fill": (entry(30), (), (profit(30),)),
    "grows with the entry": (entry(80), (child(1, 30),), (profit(50),)),
    "is complete": (entry(100, done=True), (child(1, 30), child(2, 70)), ()),
    "partly taken": (entry(100, done=True), (child(1, 10, 20), child(2, 70)), ()),
    "one was cancelled by hand": (entry(100, done=True), (child(1, 0, 20), child(2, 40)), (profit(40),)),
    "never more than its own quantity": (entry(250), (), (profit(100),)),
}


@pytest.mark.parametrize("case", PROFITS.items(), ids=lambda case: case[0])
def test_the_profit_taker_grows_with_the_entry(case):
    filled, exits, wanted = case[1]
    assert profit_orders(PROFIT, filled, exits) == wanted


TRUE = {
    "alone, at once": (STOP, None, (), (sent(100),)),
    "the entry has not filled": (STOP, entry(0), (), ()),
    "what has filled": (STOP, entry(40), (), (sent(40),)),
    "the profit-taker first comes back": (
        STOP, entry(100, done=True), (child(1, 60, 40),), (CancelChild(cl_ord_id=1, cause="conditional.cancel.stop"),),
    ),
    "waits for the cancel": (STOP, entry(100, done=True), (child(1, 60, 40, is_pending=True),), ()),
    "then what it left": (STOP, entry(100, done=True), (child(1, 0, 70),), (sent(30),)),
    "all was taken meanwhile": (
        STOP, entry(100, done=True), (child(1, 0, 100),),
        (EndConditional(cond_id=7, cause="conditional.end.closed"),),
    ),
    "all was taken, the entry still works": (STOP, entry(100), (child(1, 0, 100),), ()),
    "its own child works, the entry too": (STOP, entry(100), (child(1, 0, 70),), (), (child(2, 30),)),
    "the entry filled on": (STOP, entry(90), (child(1, 0, 50),), (sent(20),), (child(2, 0, 20),)),
    "all is sent": (
        STOP, entry(100, done=True), (child(1, 0, 70),),
        (EndConditional(cond_id=7, cause="conditional.end.sent"),), (child(2, 30),),
    ),
    "alone, once": (STOP, None, (), (), (child(2, 100),)),
    "a limit as given": (replace(STOP, ord_type=OrdType.LIMIT, px=8_900), entry(40), (),
                         (sent(40, 8_900, OrdType.LIMIT),)),
    "a limit from the trigger": (
        replace(STOP, ord_type=OrdType.LIMIT, px_offset_ticks=3), entry(40), (), (sent(40, 8_960, OrdType.LIMIT),),
    ),
    "a buy limit from the trigger": (
        replace(STOP, side=Side.BUY, ord_type=OrdType.LIMIT, px_offset_ticks=3, protects=0), None, (),
        (sent(100, 9_020, OrdType.LIMIT),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TRUE.items(), ids=lambda case: case[0])
def test_what_a_true_condition_sends(case):
    asked, filled, others, wanted, *own = case[1]
    assert on_true(asked, 8_995, TICKS, entry=filled, others=others, own=own[0] if own else ()) == wanted


def test_a_group_ends_with_its_first():
    others = (STOP, PROFIT, replace(PROFIT, cond_id=9, group_id=51))
    assert group_ends(STOP, others) == (EndConditional(cond_id=8, cause="conditional.end.group"),)
    assert group_ends(replace(STOP, group_id=0), others) == ()


GAPS = {
    "sends whatever comes": (STOP, 5_000, False),
    "within": (replace(STOP, gap_rule=GapRule.HOLD, gap_ticks=5), 8_950, False),
    "beyond": (replace(STOP, gap_rule=GapRule.HOLD, gap_ticks=5), 8_940, True),
    "buy within": (replace(STOP, side=Side.BUY, gap_rule=GapRule.HOLD, gap_ticks=5), 9_050, False),
    "buy beyond": (replace(STOP, side=Side.BUY, gap_rule=GapRule.HOLD, gap_ticks=5), 9_060, True),
}


@pytest.mark.parametrize("case", GAPS.items(), ids=lambda case: case[0])
def test_a_gap_beyond_the_limit_holds_the_order(case):
    asked, px, gapped = case[1]
    assert is_gapped(asked, 9_000, px, TICKS) is gapped


def test_an_orphan_has_nothing_to_protect():
    assert is_orphan(STOP, entry(0, done=True), ())
    assert is_orphan(STOP, entry(60, done=True), (child(1, 0, 60),))
    assert not is_orphan(STOP, entry(60, done=True), (child(1, 0, 50),))
    assert not is_orphan(STOP, entry(0), ())
    assert not is_orphan(replace(STOP, protects=0), None, ())


def test_exits_never_close_more_than_the_entry_under_any_order_of_reports():
    stops = 0
    for seed in range(2_000):
        dice = random.Random(seed)
        total = dice.randint(1, 200)
        filled, exits, own, triggered = Entry(cum_qty=0, is_done=False), [], set(), False
        stop, take = replace(STOP, qty=total), replace(PROFIT, qty=total)
        for _ in range(30):
            if not filled.is_done and dice.random() < 0.5:
                more = dice.randint(0, total - filled.cum_qty)
                filled = Entry(cum_qty=filled.cum_qty + more, is_done=filled.cum_qty + more == total)
            triggered = triggered or dice.random() < 0.1
            others = [one for one in exits if one.cl_ord_id not in own]
            mine = [one for one in exits if one.cl_ord_id in own]
            stopped = on_true(stop, 9_000, TICKS, entry=filled, others=others, own=mine)
            for action in stopped if triggered else profit_orders(take, filled, exits):
                if isinstance(action, SendConditional):
                    stops += triggered
                    if triggered:
                        own.add(len(exits) + 1)
                    exits.append(child(len(exits) + 1, action.qty))
                elif isinstance(action, CancelChild):
                    place = action.cl_ord_id - 1
                    exits[place] = replace(exits[place], is_pending=True)
            assert unprotected_qty(filled, exits) >= 0, seed
            for place, one in enumerate(exits):
                if one.is_done or dice.random() < 0.6:
                    continue
                if one.is_pending and dice.random() < 0.5:
                    exits[place] = replace(one, leaves_qty=0, is_done=True)
                    continue
                got = dice.randint(1, one.leaves_qty)
                left = one.leaves_qty - got
                exits[place] = replace(one, leaves_qty=left, cum_qty=one.cum_qty + got, is_done=left == 0)
            assert open_qty(filled, exits) >= 0, seed
    assert stops > 1_000
