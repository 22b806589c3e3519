"""Bills of fees, whatever fills, breaks and corrections come in whatever order: each adds up, all goes back whole."""

import random
from collections import defaultdict
from fractions import Fraction

import pytest

from hts.model.enums import Side
from tests.engine.floor import BOTH, Floor
from tests.engine.kit import an_engine
from tests.engine.test_fees_by_venue import ADDED, AUCTION, CASH, REMOVED, UNKNOWN, a_paying_floor, money, with_set
from tests.support.builders import ACCOUNT, SYMBOL, an_intent


def terms_of(floor, one):
    core = floor.desk.engine.core
    return core.rates(ACCOUNT, core.state.listed[one.venue, SYMBOL], one.trade_date).terms


def bill_name(scope, one):
    return {"fill": (one.venue, one.exec_id), "order": one.order_id, "day": one.side}[scope]


def adds_up(floor, scope):
    """Each bill is what its fills make of it; what a bust would give back, and what is shown, is what was charged."""
    state, bills = floor.desk.engine.core.state, defaultdict(list)
    shown = {(view.venue, view.exec_id): (view.fee, view.tax) for view in state.fills}
    for one in state.ledger.day_fills():
        bills[bill_name(scope, one)].append(one)
        booked = state.orders.booked(one.venue, one.exec_id)
        assert (booked.fee, booked.tax) == shown[one.venue, one.exec_id] == (one.fee, one.tax)
    for fills in bills.values():
        exact = sum((terms_of(floor, one).exact(one.value, one.qty, one.liquidity) for one in fills), Fraction(0))
        assert sum(one.fee for one in fills) == terms_of(floor, fills[0]).bill(exact)
    assert money(floor).fees == sum(one.fee for one in state.ledger.day_fills())


def enter(dice, floor, number, orders):
    held = floor.desk.engine.core.state.ledger.qty(ACCOUNT, SYMBOL)
    side = Side.SELL if held >= 40 and dice.random() < 0.5 else Side.BUY
    px = 71_000 if side is Side.BUY else 71_100
    before = len(floor.orders)
    floor.intent(an_intent(f"q{number}", venue=dice.choice(BOTH), qty=30, px=px, side=side))
    if len(floor.orders) > before:
        orders.append(floor.orders[-1][0])
        floor.accept(orders[-1])


def undo(dice, floor, fills):
    order_id, exec_id, qty = fills.pop(dice.randrange(len(fills)))
    now = dice.choice((0, 0, qty - 1))
    said = dice.choice((UNKNOWN, ADDED, REMOVED)) if now else UNKNOWN
    floor.undo(order_id, exec_id, qty, qty=now, last_liquidity_ind=said)
    if now:
        fills.append((order_id, floor.exec_id, now))


@pytest.mark.parametrize("scope", ["fill", "order", "day"])
@pytest.mark.parametrize("seed", range(3))
def test_bills_add_up_and_go_back_whole(scope, seed):
    dice = random.Random(f"{scope}{seed}")
    more = {"at_least": dice.choice((0, 100, 1_000))} if scope != "fill" else {}
    more |= {"per_order": dice.choice((0, 30))} if scope == "order" else {}
    rules = with_set(fee={"mode": dice.choice(("down", "up", "half_up")), "scope": scope}, **more)
    floor: Floor = a_paying_floor("mine", rules)
    orders, fills = [], []
    for number in range(40):
        act = dice.randrange(5)
        if act == 0 or not orders:
            enter(dice, floor, number, orders)
        elif act in (1, 2):
            order_id = dice.choice(orders)
            qty = min(int(floor.order(order_id).leaves_qty) - 1, dice.randint(1, 5))
            if qty > 0:
                floor.fill(order_id, qty, liquidity=dice.choice((ADDED, REMOVED, AUCTION, UNKNOWN)))
                fills.append((order_id, floor.exec_id, qty))
        elif fills:
            undo(dice, floor, fills)
        adds_up(floor, scope)
    assert an_engine(floor.desk.journal, rules=rules, venues=BOTH).state_hash == floor.desk.engine.state_hash
    for order_id, exec_id, qty in fills:
        floor.undo(order_id, exec_id, qty)
    assert (money(floor).cash, money(floor).fees, money(floor).taxes) == (CASH, 0, 0)
