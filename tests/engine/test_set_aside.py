"""What a basket sets aside: nobody else can use it, its own orders can, and it is free again when it is not needed."""

import random
from collections import Counter

import pytest
from msgspec.structs import replace

from hts.model.conditional import WatchTerms
from hts.model.denials import Rule
from hts.model.enums import Side
from hts.model.intents import ControlWork, StartBasket, WatchHoldings
from hts.model.records import OrderEntered, WorkStarted
from hts.model.views import AccountView, PositionView
from hts.model.work import BasketLine, BasketSpec, WorkAct
from tests.engine.floor import BOTH as VENUES
from tests.engine.floor import Floor, a_floor, book, replay, status, trade
from tests.engine.kit import fee, replies, views
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS, a_replace_intent, an_instrument, an_intent

OTHER = "000660"
ISSUES = (SYMBOL, OTHER)
MINUTE = 60_000_000_000
TEN = BasketLine(symbol=SYMBOL, side=Side.BUY, qty=10, px=71_000)
TWENTY = BasketLine(symbol=OTHER, side=Side.BUY, qty=20)  # meets 71,000 at the KRX


def cost(value):
    return value + sum(fee(Side.BUY, value, an_instrument(), 0))


COST = cost(710_000) + cost(1_420_000)


def a_hall(cash=COST + 100_000):
    floor = a_floor(ISSUES, cash=cash)
    floor.tell(trade(71_000, symbol=OTHER), book("KRX", ((71_000, 500),), ((70_900, 500),), symbol=OTHER))
    return floor


def a_holder(qty=10):
    """A hall whose account holds shares of the first issue."""
    floor = a_hall(cash=3_000_000)
    floor.intent(an_intent("h", qty=qty, px=71_000))
    (number, *_) = floor.orders[0]
    floor.accept(number)
    floor.fill(number, qty, 71_000)
    return floor


def start(floor, *lines, request_id="k1", **fields):
    effects = floor.intent(StartBasket(request_id=request_id, account=ACCOUNT, lines=lines, **fields))
    (outcome,) = replies(effects)
    assert outcome.accepted, outcome
    return effects


def state(floor):
    return floor.desk.engine.core.state


def money(floor):
    return next(one for one in state(floor).ledger.all_money() if one.account == ACCOUNT)


def aside(floor):
    return state(floor).aside.cash(ACCOUNT, "KRW")


def held(floor):
    return sum(int(order.held) for order in state(floor).orders)


def refused(floor, request_id="x", **fields):
    (outcome,) = replies(floor.intent(an_intent(request_id, **fields)))
    return (outcome.denial.rule, outcome.denial.figure, outcome.denial.limit) if outcome.denial else None


def control(floor, act, request_id="c1", work_id=1):
    return floor.intent(ControlWork(request_id=request_id, account=ACCOUNT, work_id=work_id, act=act))


def sell(qty, px=70_900):
    return BasketLine(symbol=SYMBOL, side=Side.SELL, qty=qty, px=px)


def test_another_order_cannot_take_the_money_of_lines_that_are_not_placed_yet():
    floor = a_hall()
    effects = start(floor, TEN, TWENTY, minutes=5)
    (view,) = [view for view in views(effects) if isinstance(view, AccountView)]
    assert (view.reserved, view.buying_power) == (COST, 100_000)
    assert held(floor) == cost(2 * 70_900) + cost(4 * 70_900)
    assert aside(floor) == COST - held(floor)
    assert refused(floor, qty=2, px=71_000) == (Rule.CASH, cost(142_000), 100_000)
    assert refused(floor, "y", qty=1, px=71_000) is None


def test_the_basket_itself_is_placed_to_the_last_won():
    floor = a_hall(cash=COST)
    start(floor, TEN, TWENTY)
    assert [(order[2], order[3]) for order in floor.orders] == [("BUY", 10), ("BUY", 20)]
    assert (aside(floor), held(floor), money(floor).buying_power) == (0, COST, 0)


def test_shares_to_be_sold_are_not_sold_by_anybody_else():
    floor = a_holder()
    effects = start(floor, sell(6, 71_000), minutes=6)
    assert [view.sellable_qty for view in views(effects) if isinstance(view, PositionView)] == [4]
    assert state(floor).orders.open_qty(ACCOUNT, SYMBOL, Side.SELL) == 1
    assert refused(floor, side=Side.SELL, qty=5, px=70_900) == (Rule.HOLDINGS, 5, 4)
    assert refused(floor, "y", side=Side.SELL, qty=4, px=70_900) is None
    second = StartBasket(request_id="k2", account=ACCOUNT, lines=(sell(1),), minutes=5)
    assert replies(floor.intent(second))[0].denial.rule is Rule.HOLDINGS


def test_what_comes_back_untraded_is_aside_again_and_what_trades_is_not():
    floor = a_hall()
    start(floor, TEN, TWENTY, minutes=5)
    first, second = (order[0] for order in floor.orders)
    before = aside(floor)
    floor.accept(first, second)
    floor.fill(first, 2)
    assert aside(floor) == before
    control(floor, WorkAct.PAUSE)
    floor.cancel(second)
    assert aside(floor) == before + cost(4 * 70_900)
    assert money(floor).reserved == aside(floor)


def test_shares_that_come_back_unsold_are_aside_again():
    floor = a_holder()
    start(floor, sell(6, 71_000), minutes=6)
    assert state(floor).aside.shares(ACCOUNT, SYMBOL) == 5
    number = floor.orders[-1][0]
    floor.accept(number)
    control(floor, WorkAct.PAUSE, work_id=2)
    floor.cancel(number)
    assert state(floor).aside.shares(ACCOUNT, SYMBOL) == 6
    control(floor, WorkAct.RESUME, "c2", work_id=2)
    number = floor.orders[-1][0]
    floor.accept(number)
    floor.fill(number, 1)
    floor.pass_time(10 * MINUTE)
    assert state(floor).aside.shares(ACCOUNT, SYMBOL) == 0


def test_what_a_hold_may_have_been_rounded_up_by_is_not_set_aside():
    floor = a_hall()
    start(floor, TEN, minutes=5)
    before, number = aside(floor), floor.orders[0][0]
    working = replace(floor.order(number), cum_qty=3, leaves_qty=7, reserved=700)  # up to one for each of three fills
    state(floor).aside.follow(2, working, replace(working, leaves_qty=0), state(floor).ledger)
    assert aside(floor) == before + 697


@pytest.mark.parametrize("act", [WorkAct.CANCEL, None])
def test_all_is_free_when_the_basket_ends(act):
    floor = a_hall()
    start(floor, TEN, TWENTY)
    numbers = [order[0] for order in floor.orders]
    floor.accept(*numbers)
    if act is not None:
        effects = control(floor, act)
        assert [view.account for view in views(effects) if isinstance(view, AccountView)] == [ACCOUNT]
        for number in numbers:
            floor.cancel(number)
    else:
        for number in numbers:
            floor.fill(number, int(floor.order(number).order_qty), 71_000)
    assert (aside(floor), money(floor).reserved, bool(state(floor).aside.pots)) == (0, 0, False)


def test_a_line_that_is_over_keeps_nothing_and_the_others_keep_theirs():
    floor = a_hall()
    start(floor, TEN, TWENTY, minutes=5)
    control(floor, WorkAct.CANCEL, work_id=2)
    first = floor.orders[0][0]
    floor.accept(first)
    floor.cancel(first)
    assert state(floor).works.find(2).is_over
    assert aside(floor) == cost(1_420_000) * 16 // 20
    control(floor, WorkAct.CANCEL, "c2")
    assert (aside(floor), money(floor).reserved) == (0, held(floor))


def test_a_trade_that_is_taken_back_asks_nothing_for_a_line_that_is_over():
    floor = a_hall(cash=2 * COST)
    start(floor, TEN, TWENTY, replace(TWENTY, qty=5), minutes=5)
    first, second, third = (order[0] for order in floor.orders)
    floor.accept(first, second, third)
    floor.fill(first, 2)
    control(floor, WorkAct.CANCEL, work_id=2)
    assert state(floor).works.find(2).is_over
    floor.undo(first, floor.exec_id, 2, leaves_qty=0)
    control(floor, WorkAct.CANCEL, "c2", work_id=3)
    floor.cancel(second)
    assert state(floor).works.find(3).is_over
    assert aside(floor) == cost(5 * 71_000) * 4 // 5
    assert Floor(floor.desk.journal, symbols=ISSUES).desk.engine.core.state.aside.plain() == state(floor).aside.plain()


def test_what_a_basket_sells_over_minutes_pays_for_what_it_buys_and_only_the_rest_is_set_aside():
    floor = a_holder()
    free = money(floor).buying_power
    more = BasketLine(symbol=OTHER, side=Side.BUY, qty=free // 71_000 + 5)
    start(floor, sell(10), more, minutes=5)
    spec = state(floor).works.find(2).spec
    assert [one.cash for one in spec.aside] == [0, cost(71_000 * int(more.qty)) - 709_000]
    assert money(floor).buying_power == free - spec.aside[1].cash


def test_a_stop_sells_what_the_basket_leaves_to_it():
    floor = a_holder()
    start(floor, sell(6, 71_500), minutes=6)
    terms = WatchTerms(profit_ppm=20_000, loss_ppm=10_000)
    floor.intent(WatchHoldings(request_id="w", account=ACCOUNT, terms=terms))
    floor.tell(trade(70_200, at_ns=TRADE_NS + 1))
    assert floor.orders[-1][2:5] == ("SELL", 4, 0)


def test_a_forced_sale_comes_before_the_basket():
    floor = a_holder()
    start(floor, sell(6, 71_500), minutes=6)
    state(floor).book.forced["f"] = None  # as the night would plan it; only the key matters here
    assert refused(floor, side=Side.SELL, qty=9, px=70_900)[0] is Rule.HOLDINGS
    assert refused(floor, "f", side=Side.SELL, qty=9, px=70_900) is None


def test_a_child_is_amended_with_the_money_of_its_basket():
    floor = a_hall(cash=COST)
    start(floor, TEN, TWENTY, minutes=5)
    number = floor.orders[0][0]
    floor.accept(number)
    before = aside(floor)
    (outcome,) = replies(floor.intent(a_replace_intent(number, 71_000, 2)))
    assert outcome.accepted
    assert before - aside(floor) == cost(142_000) - cost(141_800)
    assert money(floor).buying_power == 0


def test_an_order_that_only_the_venue_remembers_takes_its_money_out_of_the_pot():
    floor = a_hall()
    start(floor, TEN, minutes=5)
    order = floor.order(floor.orders[0][0])
    journal = floor.desk.journal
    at = next(at for at, record in enumerate(journal) if isinstance(record, OrderEntered))
    torn = Floor(journal[:at], symbols=ISSUES)
    assert aside(torn) == cost(710_000)
    torn.log_on("KRX", status(order))
    assert (aside(torn), held(torn)) == (cost(710_000) - cost(141_800), cost(141_800))


def test_a_basket_of_an_older_journal_sets_nothing_aside():
    floor = a_hall()
    start(floor, TEN, TWENTY, minutes=5)
    journal = [
        replace(record, spec=BasketSpec(lines=record.spec.lines, minutes=5))
        if isinstance(record, WorkStarted) and isinstance(record.spec, BasketSpec)
        else record
        for record in floor.desk.journal
    ]
    old = Floor(journal, symbols=ISSUES)
    assert (aside(old), money(old).reserved) == (0, held(old))


def test_a_crash_between_two_lines_keeps_the_money_of_the_second():
    floor = a_hall()
    start(floor, TEN, replace(TWENTY, px=71_000))
    journal = floor.desk.journal
    parts = [at for at, record in enumerate(journal) if isinstance(record, WorkStarted)]
    torn = Floor(journal[: parts[2]], symbols=ISSUES)
    entered = any(isinstance(record, OrderEntered) for record in journal[: parts[2]])
    assert (entered, aside(torn)) == (False, COST)
    for venue in VENUES:
        torn.log_on(venue)
    assert (aside(torn), held(torn)) == (0, COST)
    assert refused(torn, qty=2, px=71_000) == (Rule.CASH, cost(142_000), 100_000)


# -- the sums, whatever happens


def _is_sound(floor):
    """The ledger holds what orders and pots hold, and never more than there is."""
    ledger, pots = money(floor), state(floor).aside
    assert ledger.reserved == held(floor) + aside(floor)
    working = [order for order in state(floor).orders if order.is_working]
    slack = sum(int(order.cum_qty) for order in working)  # a hold is rounded up at each fill
    assert ledger.buying_power >= -slack
    offered, kept = Counter(), {symbol: pots.shares(ACCOUNT, symbol) for symbol in ISSUES}
    for order in state(floor).orders:
        offered[order.symbol] += int(order.leaves_qty) if order.side is Side.SELL else 0
    for symbol in ISSUES:
        assert offered[symbol] + kept[symbol] <= state(floor).ledger.qty(ACCOUNT, symbol)
    assert pots.pots or not (aside(floor) or any(kept.values()))
    for basket_id, pot in pots.pots.items():
        lines = state(floor).works.find(basket_id).spec.lines
        for line, part_id, left in zip(lines, pot.parts, pot.left, strict=False):
            orders = [floor.order(number) for number in state(floor).works.find(part_id).children]
            placed = sum(int(order.cum_qty + order.leaves_qty) for order in orders)
            assert left in (0, int(line.qty) - placed)


def _act(dice, floor, number):
    """Something that happens: the venue answers, the market moves, time passes, somebody trades beside the basket."""
    working = [order for order in state(floor).orders if order.is_working]
    order = dice.choice(working) if working else None
    known = order is not None and order.venue_order_id
    what = dice.randrange(9)
    if what == 0:
        floor.tell(
            *(book("KRX", ((71_000 + dice.randint(-3, 3) * 100, 30),), ((70_500, 30),), symbol=s) for s in ISSUES)
        )
    elif what == 1:
        floor.pass_time(dice.choice((1, 20, 70)) * 1_000_000_000)
    elif what == 2:
        side = dice.choice(tuple(Side))
        floor.intent(an_intent(f"b{number}", side=side, qty=dice.randint(1, 9), px=71_000 + side.sign * 300))
    elif what == 3:
        control(floor, dice.choice((WorkAct.PAUSE, WorkAct.RESUME, WorkAct.RESUME)), f"c{number}", work_id=2)
    elif what == 4 and dice.random() < 0.3:
        work = dice.choice([work for work in state(floor).works if not work.is_over] or [None])
        if work is not None:
            control(floor, WorkAct.CANCEL, f"c{number}", work_id=work.work_id)
    elif order is not None and not order.venue_order_id:
        floor.accept(order.order_id) if dice.random() < 0.8 else floor.reject(order.order_id)
    elif known and what in (5, 6):
        floor.fill(order.order_id, dice.randint(1, int(order.leaves_qty)))
    elif known and (order.has_pending_cancel or what == 7):
        floor.cancel(order.order_id)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_held_is_never_more_than_there_is_and_a_replay_holds_the_same(seed):
    dice = random.Random(seed)
    floor = a_holder(qty=dice.randint(8, 20))
    lines = [
        sell(dice.randint(1, 8), dice.choice((0, 70_500, 71_000))),
        BasketLine(symbol=OTHER, side=Side.BUY, qty=dice.randint(1, 12), px=dice.choice((0, 71_000))),
        BasketLine(symbol=SYMBOL, side=Side.BUY, qty=dice.randint(1, 9)),
    ]
    dice.shuffle(lines)
    start(floor, *lines, minutes=dice.choice((0, 0, 3)), is_whole=False)
    for number in range(60):
        _act(dice, floor, number)
        _is_sound(floor)
    engine = floor.desk.engine
    assert replay(floor.desk.journal) == engine.state_hash
    image = Floor(symbols=ISSUES).desk.engine
    assert image.restore(engine.image(), engine.state_hash)
    assert image.core.state.aside.plain() == engine.core.state.aside.plain()
    _is_sound(Floor(floor.desk.journal, symbols=ISSUES))
