"""Quoting in the running core: around the basket's value, pulled when it is stale, hedged, watched, kept by a crash."""

import pytest
from msgspec.structs import replace

from hts.model.denials import Rule
from hts.model.enums import Phase, Side
from hts.model.intents import ControlWork, SetKillSwitch, StartQuoting
from hts.model.quoting import InavBasket, InavPart, Obligation, QuoteParams
from hts.model.views import NoticeView
from hts.model.work import WorkAct
from tests.engine.floor import a_floor, book, trade
from tests.engine.kit import replies, views
from tests.support.builders import ACCOUNT, SYMBOL, an_intent

FUND, PART, HEDGE = SYMBOL, "000660", "035420"
ALL = (FUND, PART, HEDGE)
S = 1_000_000_000
PARAMS = QuoteParams(half_spread_ppm=2_000, qty=100, inventory_max=400, skew_ppm=4_000)
DUTY = Obligation(spread_ppm_max=20_000, qty_min=50, react_s=300)
BASKET = InavBasket(parts=(InavPart(symbol=PART, qty=10),), unit_qty=10)


def quoting(request_id="q1", params=PARAMS, qty_max=10_000, **fields):
    return StartQuoting(
        request_id=request_id, account=ACCOUNT, symbol=FUND, params=params, obligation=DUTY, inav=BASKET,
        qty_max=qty_max, **fields,
    )  # fmt: skip


def value(floor, px, width=100):
    """The basket's part is quoted around a price."""
    return floor.tell(book("KRX", ((px + width, 500),), ((px - width, 500),), symbol=PART))


def a_provider(held=200, params=PARAMS, own_hedge=0, **fields):
    """A fund worth 71,000, 200 shares of it on hand, nobody else near."""
    floor = a_floor(ALL)
    floor.intent(an_intent("b1", px=71_000, qty=held))
    floor.accept(1)
    floor.fill(1, held)
    if own_hedge:
        floor.intent(an_intent("b2", symbol=HEDGE, px=71_000, qty=own_hedge))
        floor.accept(2)
        floor.fill(2, own_hedge)
    floor.tell(trade(71_000), book("KRX", ((71_500, 50),), ((70_500, 80),)))
    floor.tell(trade(71_000, symbol=HEDGE), book("KRX", ((71_000, 900),), ((70_900, 900),), symbol=HEDGE))
    value(floor, 71_000)
    floor.started = floor.intent(quoting(params=params, **fields))
    return floor


def quotes(floor):
    """(side, px, leaves) of what works, bids first."""
    working = [order for order in floor.desk.engine.core.state.orders if order.is_working]
    return sorted((order.side.name, int(order.px), int(order.leaves_qty)) for order in working)


def test_both_sides_stand_around_the_value_moved_against_the_inventory():
    floor = a_provider()
    # half of the inventory: 71,000 less 0.2 %: 70,858; 0.2 % around it, rounded away
    assert quotes(floor) == [("BUY", 70_700, 100), ("SELL", 71_000, 100)]
    assert floor.state(2) == ("running", "quoting.quoting")
    floor.accept(3, 4)
    value(floor, 71_020)
    assert len(floor.orders) == 3 and floor.amends == []  # near enough


def test_quotes_follow_the_value():
    floor = a_provider()
    floor.accept(3, 4)
    value(floor, 71_400)
    assert floor.amends == [(4, 71_400)]  # the bid would meet our own offer
    floor.replaced(4)
    assert floor.amends == [(4, 71_400), (3, 71_100)]


def test_a_fill_moves_both_quotes_and_fills_up_again():
    floor = a_provider()
    floor.accept(3, 4)
    floor.fill(3, 100)  # we hold 300: one per mille lower each 100
    assert floor.orders[3][2:5] == ("BUY", 100, 70_600)
    assert floor.amends == []  # 71,000 to 70,900 is one tick


def test_a_full_inventory_is_not_enlarged():
    floor = a_provider(held=400)
    assert quotes(floor) == [("SELL", 70_900, 100)]


def test_stale_values_pull_the_quotes_and_fresh_ones_bring_them_back():
    floor = a_provider()
    floor.accept(3, 4)
    floor.tell(book("KRX", (), ((70_000, 5),), symbol=PART))  # nobody offers the part
    assert sorted(floor.cancels) == [3, 4]
    assert floor.state(2) == ("running", "quoting.pulled.stale")
    floor.cancel(3)
    floor.cancel(4)
    value(floor, 71_000)
    assert len(floor.orders) == 5 and floor.state(2)[1] == "quoting.quoting"


def test_silence_of_the_feed_pulls_them_without_any_quote():
    floor = a_provider()
    floor.accept(3, 4)
    floor.desk.mono_ns += 4 * S
    floor.desk.trade_ns += 4 * S
    floor.desk.take(floor.desk.engine.on_timer("work", *floor.desk.at()))
    assert sorted(floor.cancels) == [3, 4]


def test_a_halt_of_the_fund_pulls_them():
    floor = a_provider()
    floor.accept(3, 4)
    floor.tell(book("KRX", (), (), phase=Phase.HALTED))
    assert floor.state(2)[1] == "quoting.pulled.phase"


def test_the_obligation_is_watched_and_a_breach_is_counted_once():
    floor = a_provider()
    floor.accept(3, 4)
    floor.tell(book("KRX", (), ()))  # the others are gone; ours stand
    assert floor.state(2)[1] == "quoting.quoting"
    floor.tell(book("KRX", (), ((70_000, 5),), symbol=PART))
    floor.cancel(3)
    floor.cancel(4)
    floor.pass_time(200 * S)
    assert (floor.state(2)[1], floor.work(2).breaches) == ("quoting.pulled.stale", 0)
    floor.pass_time(101 * S)
    assert (floor.state(2)[1], floor.work(2).breaches) == ("quoting.breached", 1)
    floor.pass_time(50 * S)
    assert floor.work(2).breaches == 1


def test_the_hedge_is_sent_once():
    hedged = replace(PARAMS, hedge_qty=100, hedge_symbol=HEDGE, hedge_ratio_ppm=500_000)
    floor = a_provider(params=hedged, own_hedge=300)
    hedges = floor.desk.engine.core.state.works.parts_of(3)
    assert [(part.symbol, part.side, int(part.qty)) for part in hedges] == [(HEDGE, Side.SELL, 100)]
    (sold,) = [order for order in floor.orders if floor.order(order[0]).symbol == HEDGE][1:]
    assert sold[1:4] == ("KRX", "SELL", 100)
    floor.accept(sold[0])
    floor.fill(sold[0], 100, 70_900)
    floor.pass_time(11 * S)
    value(floor, 71_010)
    assert len(floor.desk.engine.core.state.works.parts_of(3)) == 1  # it is hedged


def test_a_refused_hedge_is_not_tried_without_end():
    floor = a_provider(params=replace(PARAMS, hedge_qty=100, hedge_symbol=HEDGE))  # nothing of it to sell
    parts = floor.desk.engine.core.state.works.parts_of(2)
    assert [part.state.value for part in parts] == ["failed"]
    assert quotes(floor) == [("BUY", 70_700, 100), ("SELL", 71_000, 100)]


def test_a_hedge_without_an_issue_is_told():
    floor = a_provider(params=replace(PARAMS, hedge_qty=100))
    told = [view for view in views(floor.started) if isinstance(view, NoticeView)]
    assert [(view.key, view.detail) for view in told] == [("notice.quoting_hedge", f"{FUND} -200")]


def test_the_cap_on_all_that_trades_ends_it():
    floor = a_provider(qty_max=150)
    assert quotes(floor) == [("BUY", 70_700, 100), ("SELL", 71_000, 50)]
    floor.accept(3, 4)
    floor.fill(3, 100)
    floor.fill(4, 50)
    assert floor.state(2) == ("done", "quoting.end.cap")
    assert len(floor.orders) == 3


def test_the_kill_switch_takes_them_back_for_good():
    floor = a_provider()
    floor.accept(3, 4)
    floor.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True))
    floor.cancel(3)
    floor.cancel(4)
    value(floor, 71_500)
    assert len(floor.orders) == 3 and floor.state(2)[0] == "ended"


def crashed_quoting(floor):
    floor.accept(3, 4)
    return "quoting.quoting"


def crashed_half_filled(floor):
    floor.accept(3, 4)
    floor.fill(3, 30)
    return "quoting.quoting"


def crashed_pulled(floor):
    floor.accept(3, 4)
    floor.tell(book("KRX", (), ((70_000, 5),), symbol=PART))
    floor.cancel(3)
    floor.cancel(4)
    return "quoting.pulled.stale"


def crashed_paused(floor):
    floor.accept(3, 4)
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=2, act=WorkAct.PAUSE))
    return "work.by_trader.pause"


@pytest.mark.parametrize(
    "reach", [crashed_quoting, crashed_half_filled, crashed_pulled, crashed_paused], ids=lambda f: f.__name__
)
def test_a_crash_in_every_state_quotes_nothing_twice(reach):
    floor = a_provider()
    assert reach(floor) == floor.state(2)[1]
    count = len(floor.orders)
    again = floor.restart()
    assert len(again.orders) == count
    assert again.work(2).state is floor.work(2).state
    again.tell(trade(71_000), book("KRX", ((71_500, 50),), ((70_500, 80),)))
    value(again, 71_000)
    by_side = [side for side, _, _ in quotes(again)]
    assert len(by_side) == len(set(by_side))  # never two on one side


def test_pause_takes_them_back_and_resume_quotes_again():
    floor = a_provider()
    crashed_paused(floor)
    assert sorted(floor.cancels) == [3, 4]
    floor.cancel(3)
    floor.cancel(4)
    floor.intent(ControlWork(request_id="c2", account=ACCOUNT, work_id=2, act=WorkAct.RESUME))
    assert len(floor.orders) == 5


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (quoting(params=replace(PARAMS, half_spread_ppm=0)), Rule.ALGO),
        (quoting(params=replace(PARAMS, qty=40)), Rule.ALGO),  # less than the obligation
        (quoting(params=replace(PARAMS, inventory_max=0)), Rule.ALGO),
        (quoting(qty_max=60), Rule.ALGO),
        (quoting(venue="TSE"), Rule.UNKNOWN_VENUE),
        (quoting(params=replace(PARAMS, hedge_symbol="999999")), Rule.UNKNOWN_SYMBOL),
    ],
)
def test_terms_that_cannot_be_are_refused(asked, rule):
    floor = a_floor(ALL)
    (outcome,) = replies(floor.intent(asked))
    assert (outcome.denial.rule, list(floor.desk.engine.core.state.works)) == (rule, [])


def test_a_fund_without_parts_is_refused():
    floor = a_floor(ALL)
    empty = replace(quoting(), inav=InavBasket(parts=(), unit_qty=1))
    assert replies(floor.intent(empty))[0].denial.detail == "quoting.refusal.terms"
