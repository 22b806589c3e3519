"""No order passes that a naive restatement of all rules refuses, and none is refused that it lets pass.

Each draw starts from an order that everything lets pass and changes a few things at random, so that both answers are
met often and each rule decides alone now and then.
"""

from collections import Counter
from random import Random

import pytest

from hts.model.denials import Rule
from hts.model.enums import CashMargin, OrdType, Phase, SecurityType, Side, TimeInForce
from hts.model.scopes import FIRM, HaltCause, TradingState
from hts.risk.checks import FLOW_RULES, HARD_RULES, LIMIT_RULES, MONEY_RULES, Pass, check
from hts.risk.proposal import Act, Permissions
from tests.risk.kit import OF_ACCOUNT, OF_STRATEGY, a_guard, a_proposal, an_open_order, holding
from tests.risk.naive import reasons
from tests.support.books import a_deep_book
from tests.support.builders import SYMBOL, an_instrument

NOW = 100_000_000_000
MS = 1_000_000
RARELY = 0.05
DRAWS = 3_000
PX = (0, 10, 49_650, 49_700, 70_900, 71_050, 71_100, 72_000, 74_000, 92_300, 92_400)
QTY = (0, 1, 9, 10, 11, 50, 51, 100, 101, 1_000, 1_001, 71_000, 3_550_000, 5_000_000, 10**9)
LIMIT_VALUES = {
    "order_qty_max": (9, 10, 100),
    "order_value_max": (710_000, 10_000_000),
    "listed_share_bp": (1, 100),
    "average_volume_bp": (19, 20, 1_000),
    "price_band_bp": (1, 100, 300),
    "price_band_ticks": (1, 20),
    "collar_bp": (1, 10, 100),
    "collar_ticks": (1, 10),
    "market_walk_bp": (1, 10, 100),
    "orders_per_second": (1, 2, 3),
    "messages_per_second": (1, 3, 4),
    "working_orders_max": (1, 2, 3),
    "duplicate_window_ms": (50, 500),
    "burst_orders_max": (1, 2, 3),
    "stale_data_ms": (100, 5_000),
    "position_qty_max": (10, 50, 100),
    "gross_value_max": (3_550_000, 10_000_000),
    "net_value_max": (3_550_000, 10_000_000),
    "daily_loss_max": (1, 50_000),
}
BOOKS = (
    (),
    (a_deep_book([], [(70_900, 5), (70_400, 100)]),),
    (a_deep_book([(71_000, 5), (71_400, 100)], [(70_900, 5)]), a_deep_book([(71_100, 9)], [])),
)


class Dice:
    """Mostly the usual value, rarely one of the others."""

    def __init__(self, seed):
        self._rng = Random(seed)

    def rarely(self, usual, *others):
        return self._rng.choice(others) if self._rng.random() < RARELY else usual

    def any(self, *values):
        return self._rng.choice(values)


def a_drawn_guard(dice, scope):
    limits = {name: dice.rarely(0, *values) for name, values in LIMIT_VALUES.items()}
    guard = a_guard(scope, dice.rarely({}, {SYMBOL: "list"}), burst_window_ms=1_000, **limits)
    qty = dice.any(0, 0, 50, -50)
    if qty:
        holding(guard, qty, px=dice.any(70_000, 71_000, 72_000))
    for number in range(dice.any(0, 0, 1, 2, 3)):
        side, px = dice.any((Side.BUY, 70_800), (Side.SELL, 71_300), (Side.BUY, 0), (Side.SELL, 71_000))
        guard.exposure.move(None, an_open_order(number + 1, dice.any(1, 40, 100), side=side, px=px))
    for age in sorted((dice.any(1, 100, 999, 1_000) for _ in range(dice.any(0, 1, 2, 3))), reverse=True):
        guard.note_order((SYMBOL, Side.BUY, OrdType.LIMIT, 71_000, dice.any(10, 11)), NOW - age * MS)
    if dice.any(True, False):
        guard.note_cancel(NOW)
    state = dice.rarely(TradingState.ACTIVE, TradingState.REDUCING, TradingState.HALTED)
    guard.set_state(state, dice.any(HaltCause.PERSON, HaltCause.KILL_SWITCH), "")
    return guard


def an_issue(dice):
    return an_instrument(
        listed_shares=dice.rarely(10_000_000, 0, 1_000),
        prev_volume=dice.any(0, 5_000),
        lot=dice.rarely(1, 10),
        security_type=dice.rarely(SecurityType.COMMON_STOCK, SecurityType.FUTURE),
    )


def amended(dice, act):
    if act is not Act.AMEND:
        return {}
    old = {"old_px": dice.any(70_900, 71_000), "old_qty": dice.any(10, 10, 1_000)}
    return {"order_id": 1, "cum_qty": dice.rarely(0, 9, 10), **old}


def a_draw(dice):
    act = dice.any(Act.NEW, Act.NEW, Act.AMEND, Act.FLATTEN)
    side = dice.any(Side.BUY, Side.SELL)
    ord_type = dice.any(OrdType.LIMIT, OrdType.LIMIT, OrdType.MARKET)
    px = 0 if ord_type is OrdType.MARKET else 71_000
    usual = dice.rarely((px, 10), (10, 71_000), (49_700, 72_000))
    order = a_proposal(
        side=side,
        ord_type=ord_type,
        time_in_force=dice.rarely(TimeInForce.DAY, TimeInForce.IOC),
        px=dice.rarely(usual[0], *PX),
        qty=dice.rarely(usual[1], *QTY, *QTY),
        is_short=side is Side.SELL and act is not Act.FLATTEN and dice.rarely(False, True, True),
        credit=dice.rarely(CashMargin.CASH, CashMargin.MARGIN_OPEN),
        permissions=Permissions(
            margin=dice.any(True, False), short=dice.any(True, True, False), located_qty=dice.any(9, 10, 10**6)
        ),
        short_floor_px=dice.any(0, 71_000, 71_100),
        instrument=dice.rarely(an_issue(dice), None, an_issue(dice)),
        phase=dice.rarely(Phase.CONTINUOUS, Phase.OPEN_CALL, Phase.PAUSE, Phase.CLOSE_CALL),
        is_ready=dice.rarely(True, True, False),
        venue_up=dice.rarely(True, True, False),
        has_listing=dice.rarely(True, True, False),
        account_known=dice.rarely(True, True, False),
        reference_px=dice.any(0, 71_000, 72_000),
        md_age_ms=dice.any(5, 100, 101, 5_000, 5_001, -1),
        books=dice.any(*BOOKS),
        needed=dice.rarely(710_106, 10**7),
        buying_power=dice.rarely(10**9, 10**6, 710_105),
        sellable_qty=dice.any(10, 50, 10**6),
        unproved_qty=dice.rarely(0, 45),
        held_qty=dice.any(0, 50, -50),
        guards=tuple(a_drawn_guard(dice, scope) for scope in (OF_ACCOUNT, FIRM, OF_STRATEGY)),
        mono_ns=NOW,
        **amended(dice, act),
    )
    return order, act


def compare(seed):
    """How often each answer was given."""
    seen, dice = Counter(), Dice(seed)
    for number in range(DRAWS):
        order, act = a_draw(dice)
        expected, found = reasons(order, act), check(order, act)
        if isinstance(found, Pass):
            assert expected == set(), (seed, number)
            seen["passed"] += 1
        else:
            assert found.rule in expected, (seed, number)
            seen[found.rule] += 1
    return seen


@pytest.mark.parametrize("seed", range(2))
def test_check_and_the_naive_restatement_agree(seed):
    assert compare(seed)["passed"] > DRAWS // 20


def test_each_rule_decides_now_and_then():
    """A generator that never reaches a rule would prove nothing about it."""
    seen = sum((compare(seed) for seed in range(2, 6)), Counter())
    asked = {rule for one in (*HARD_RULES, *MONEY_RULES) for rule in one.rules}
    asked |= {one.rule for one in (*LIMIT_RULES, *FLOW_RULES)}
    assert asked - set(seen) == {Rule.VENUE_NOT_ELIGIBLE, Rule.SCOPES_FULL}  # see test_checks_state, test_guards
