"""Algorithms in the running core: they place, follow, learn, pause, survive and end."""

import pytest

from hts.model.algo import AlgoKind, AlgoParams
from hts.model.denials import Rule
from hts.model.effects import RequestHistory
from hts.model.enums import OrdStatus, Phase, Side
from hts.model.intents import ControlWork, SetKillSwitch, StartAlgo
from hts.model.quotes import Bar
from hts.model.scopes import FIRM, Scope, ScopeKind
from hts.model.views import BarsView
from hts.model.work import WorkAct, WorkState
from tests.engine.floor import BOTH, Floor, a_floor, book, trade, work_views
from tests.engine.kit import replies
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS

S = 1_000_000_000


def algo(kind=AlgoKind.TWAP, **fields):
    values = {"algo_id": 0, "account": "", "symbol": SYMBOL, "side": Side.BUY, "qty": 100, "px": 71_100}
    values |= {"start_ns": TRADE_NS, "end_ns": TRADE_NS + 600 * S, "interval_ns": 60 * S}
    return StartAlgo(request_id="a1", account=ACCOUNT, params=AlgoParams(kind=kind, **values | fields))


def test_twap_places_its_slices_when_they_are_due():
    floor = a_floor()
    effects = floor.intent(algo())
    assert [len(view.points) for view in work_views(effects)] == [10]
    assert floor.orders == [(2, "NXT", "BUY", 10, 70_900, "DAY")]  # the shorter queue
    floor.accept(2)
    floor.pass_time(36 * S + 2, TRADE_NS + 36 * S + 2)
    assert floor.cancels == [2]
    floor.cancel(2)
    assert floor.orders[1][1:] == ("KRX", "BUY", 10, 71_000, "IOC")  # late: it takes the cheaper offer
    floor.accept(4)
    floor.fill(4, 10)
    floor.pass_time(24 * S, TRADE_NS + 60 * S + 4)
    assert floor.orders[2][2:4] == ("BUY", 10)


def test_a_child_follows_the_best_price():
    floor = a_floor()
    floor.intent(algo())
    floor.accept(2)
    floor.tell(book("NXT", asks=((71_100, 30),), bids=((71_000, 5),)))
    assert floor.amends == [(2, 71_000)]
    floor.replaced(2)
    floor.tell(book("NXT", asks=((71_100, 30),), bids=((71_000, 15),)))
    assert len(floor.amends) == 1


def test_iceberg_shows_piece_after_piece_until_done():
    floor = a_floor()
    floor.intent(algo(AlgoKind.ICEBERG, qty=25, display_qty=10, end_ns=0, px=70_900))
    for number, qty in ((2, 10), (3, 10), (4, 5)):
        assert floor.orders[-1][:4:3] == (number, qty)
        floor.accept(number)
        floor.fill(number, qty)
    assert floor.state(1) == ("done", "algo.end.filled")


def test_sniper_takes_when_the_offer_comes():
    floor = a_floor()
    floor.intent(algo(AlgoKind.SNIPER, px=70_500, min_qty=20, end_ns=0))
    assert floor.orders == []
    floor.tell(book("NXT", asks=((70_500, 40),), bids=()))
    assert floor.orders == [(2, "NXT", "BUY", 40, 70_500, "IOC")]


def test_pov_takes_its_part_of_what_others_traded():
    floor = a_floor()
    floor.intent(algo(AlgoKind.POV, participation_ppm=200_000))
    assert floor.orders == []
    floor.tell(trade(71_000, cum_qty=360_140))  # the first sight of KRX's day volume by somebody who looks
    floor.tell(trade(71_000, cum_qty=360_180))
    assert floor.orders == [(2, "KRX", "BUY", 10, 71_000, "IOC")]


def test_vwap_asks_for_history_and_starts_when_it_has_learnt():
    floor = a_floor()
    effects = floor.intent(algo(AlgoKind.VWAP))
    assert [e.symbol for e in effects if isinstance(e, RequestHistory)] == [SYMBOL]
    assert (floor.orders, floor.state(1)[0]) == ([], "waiting")
    midnight = TRADE_NS // (86_400 * S) * 86_400 * S
    days = [midnight - day * 86_400 * S for day in (2, 1)]
    bars = tuple(
        Bar(day + minute * 60 * S, 1, 1, 1, 1, 1_000 if minute < 300 else 3_000, 1)
        for day in days
        for minute in range(420)
    )
    view = BarsView(symbol=SYMBOL, timeframe_s=60, bars=bars, venue="KRX")
    floor.desk.take(floor.desk.engine.on_bars(view, *floor.desk.at()))
    assert floor.state(1) == ("running", "work.learnt")
    volumes = floor.work(1).spec.params.curve.volumes
    assert (volumes[0], volumes[-1], len(volumes)) == (5_000, 15_000, 84)
    assert len(floor.orders) == 1


def test_without_history_vwap_fails_and_says_so():
    floor = a_floor()
    floor.intent(algo(AlgoKind.VWAP))
    view = BarsView(symbol=SYMBOL, timeframe_s=60, bars=(), venue="KRX")
    floor.desk.take(floor.desk.engine.on_bars(view, *floor.desk.at()))
    assert floor.state(1) == ("failed", "work.end.no_history")


def test_pause_takes_children_back_and_resume_goes_on():
    floor = a_floor()
    floor.intent(algo())
    floor.accept(2)
    floor.intent(ControlWork(request_id="c1", account=ACCOUNT, work_id=1, act=WorkAct.PAUSE))
    assert floor.cancels == [2]
    floor.cancel(2)
    assert len(floor.orders) == 1
    floor.intent(ControlWork(request_id="c2", account=ACCOUNT, work_id=1, act=WorkAct.RESUME))
    assert len(floor.orders) == 2


@pytest.mark.parametrize("kind", [AlgoKind.TWAP, AlgoKind.ICEBERG], ids=lambda kind: kind.value)
def test_an_algorithm_survives_a_crash_with_its_child_at_work(kind):
    floor = a_floor()
    floor.intent(algo(kind, display_qty=30))
    (number,) = [order[0] for order in floor.orders]
    floor.accept(number)
    floor.fill(number, 4)
    again = floor.restart()
    assert again.state(1)[0] == "running"
    assert again.orders == floor.orders
    left = again.order(number).leaves_qty
    again.fill(number, left)
    assert again.order(number).cum_qty == again.order(number).order_qty


def test_after_a_crash_nothing_is_asked_before_the_issue_is_listed():
    """The order session can be back before the feed: a child that the venue never saw is closed by then."""
    floor = a_floor()
    floor.intent(algo(AlgoKind.ICEBERG, display_qty=30))
    assert len(floor.orders) == 1
    again = Floor(floor.desk.journal, hears=False)
    for venue in BOTH:
        again.log_on(venue)
    assert again.order(2).ord_status is OrdStatus.CANCELED
    assert (again.state(1)[0], len(again.orders)) == ("running", 1)
    again.hear_lists()
    again.tell(trade(71_000, venue="KRX"), book("KRX", asks=((71_000, 50),), bids=((70_900, 80),)))
    assert len(again.orders) == 2


def test_a_halt_places_nothing_and_the_next_quote_goes_on():
    floor = a_floor()
    for venue in ("KRX", "NXT"):
        floor.tell(book(venue, phase=Phase.HALTED))
    floor.intent(algo())
    assert floor.orders == []
    floor.tell(book("KRX", asks=((71_000, 50),), bids=((70_900, 80),)))
    assert floor.orders[0][1:4] == ("KRX", "BUY", 10)


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"end_ns": TRADE_NS - 1, "start_ns": TRADE_NS - 9}, "window_past"),
        ({"end_ns": TRADE_NS}, "bad_window"),
        ({"kind": AlgoKind.POV, "participation_ppm": 0}, "bad_participation"),
        ({"kind": AlgoKind.POV, "participation_ppm": 1_000_001}, "bad_participation"),
        ({"kind": AlgoKind.PEG, "display_qty": -1}, "bad_display"),
        ({"kind": AlgoKind.PEG, "display_qty": 100_000}, "bad_display"),
        ({"kind": AlgoKind.ICEBERG, "display_qty": 0}, "bad_display"),
        ({"kind": AlgoKind.SNIPER, "px": 0}, "needs_price"),
        ({"px": 71_050}, "bad_tick"),
        ({"interval_ns": 1}, "bad_interval"),
        ({"randomise_pct": 51}, "bad_randomise"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_parameters_that_cannot_be_carried_out_are_denied(fields, detail):
    floor = a_floor()
    (outcome,) = replies(floor.intent(algo(**{"kind": AlgoKind.TWAP, **fields})))
    assert (outcome.denial.rule, outcome.denial.detail) == (Rule.ALGO, f"algo.refusal.{detail}")


@pytest.mark.parametrize(
    ("scope", "is_ended"),
    [
        (None, True),
        (FIRM, True),
        (Scope(kind=ScopeKind.SYMBOL, name=SYMBOL), True),
        (Scope(kind=ScopeKind.ACCOUNT, name=ACCOUNT), True),
        (Scope(kind=ScopeKind.SYMBOL, name="000660"), False),
        (Scope(kind=ScopeKind.ACCOUNT, name="another"), False),
    ],
    ids=str,
)
def test_a_kill_switch_ends_the_work_of_its_scope(scope, is_ended):
    floor = a_floor()
    floor.intent(algo())
    floor.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True, scope=scope))
    assert (floor.cancels == [2]) == is_ended
    (work,) = floor.desk.engine.core.state.works.active(ACCOUNT) or [None]
    assert (work is None or work.state is WorkState.ENDING) == is_ended


def test_a_child_that_fills_after_it_was_over_takes_back_what_took_its_place():
    floor = a_floor()
    floor.intent(algo(AlgoKind.ICEBERG, px=70_000, display_qty=60))
    floor.accept(2)
    floor.cancel(2)
    assert [order[3] for order in floor.orders] == [60, 60]
    floor.accept(3)
    floor.fill(2, 60)
    assert floor.cancels == [3]
    floor.cancel(3)
    assert [order[3] for order in floor.orders] == [60, 60, 40]
    newest = floor.orders[2][0]
    floor.accept(newest)
    floor.fill(newest, 40)
    assert floor.state(1) == ("done", "algo.end.filled")
