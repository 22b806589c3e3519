"""Baskets in the running core: all or part, at once or by the minute, steered as one, and whole after a crash."""

import pytest
from msgspec.structs import replace

from hts.model.denials import Rule
from hts.model.enums import Side
from hts.model.intents import CancelAll, ControlWork, StartBasket
from hts.model.quotes import InstrumentDef
from hts.model.records import WorkStarted
from hts.model.reports import SessionUp
from hts.model.work import AlgoSpec, BasketLine, RouteSpec, WorkAct
from hts.wire.link.messages import encode_body
from tests.engine.floor import Floor, a_floor, book, trade, work_views
from tests.engine.kit import a_ready_desk, a_snapshot, mass_status_end, replies
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS, an_instrument

OTHER = "000660"
BOTH = (SYMBOL, OTHER)
MINUTE = 60_000_000_000
LINES = (
    BasketLine(symbol=SYMBOL, side=Side.BUY, qty=10),
    BasketLine(symbol=OTHER, side=Side.BUY, qty=20, px=71_000),
)


def basket(*lines, request_id="k1", **fields):
    return StartBasket(request_id=request_id, account=ACCOUNT, lines=lines or LINES, **fields)


def a_hall():
    floor = a_floor(BOTH)
    floor.tell(trade(71_000, symbol=OTHER), book("KRX", ((71_000, 500),), ((70_900, 500),), symbol=OTHER))
    return floor


def states(floor):
    return [work.state.value for work in floor.desk.engine.core.state.works]


def finish(floor, *numbers):
    for number in numbers:
        floor.accept(number)
        floor.fill(number, int(floor.order(number).order_qty), 71_000)


def test_a_list_is_placed_at_once_and_done_with_its_lines():
    floor = a_hall()
    (outcome,) = replies(floor.intent(basket()))
    assert outcome.accepted and states(floor) == ["running"] * 3
    assert [order[2:5] for order in floor.orders] == [("BUY", 10, 71_000), ("BUY", 20, 71_000)]
    assert [work.parent_id for work in floor.desk.engine.core.state.works] == [0, 1, 1]
    finish(floor, floor.orders[0][0])
    assert states(floor) == ["running", "done", "running"]
    effects = floor.accept(floor.orders[1][0])
    effects = [floor.fill(floor.orders[1][0], 20, 71_000), *effects]
    view = next(view for view in work_views(effects[0]) if view.work_id == 1)
    assert (view.cum_qty, view.qty, view.filled_value, view.state.value) == (30, 30, 30 * 71_000, "done")
    assert states(floor) == ["done"] * 3


def test_by_the_minute_each_line_is_a_twap_of_its_own():
    floor = a_hall()
    floor.intent(basket(minutes=5))
    specs = [work.spec for work in floor.desk.engine.core.state.works][1:]
    assert all(isinstance(spec, AlgoSpec) for spec in specs)
    assert {(spec.params.start_ns, spec.params.end_ns) for spec in specs} == {(TRADE_NS, TRADE_NS + 5 * MINUTE)}
    assert [order[2:5] for order in floor.orders] == [("BUY", 2, 70_900), ("BUY", 4, 70_900)]


def test_ratios_are_of_the_money_at_the_last_price_in_whole_lots():
    floor = a_hall()
    half = (
        BasketLine(symbol=SYMBOL, side=Side.BUY, ratio_ppm=500_000),
        BasketLine(symbol=OTHER, side=Side.BUY, ratio_ppm=250_000, px=70_000),
    )
    floor.intent(basket(*half, budget=2_000_000))
    assert [int(work.qty) for work in floor.desk.engine.core.state.works] == [14 + 7, 14, 7]


BAD = (*LINES, BasketLine(symbol="999999", side=Side.BUY, qty=1))


def test_all_or_nothing_refuses_for_one_line_and_names_it():
    floor = a_hall()
    (outcome,) = replies(floor.intent(basket(*BAD)))
    assert (outcome.denial.rule, outcome.denial.detail) == (Rule.UNKNOWN_SYMBOL, "999999")
    assert (states(floor), floor.orders) == ([], [])


def test_in_part_leaves_the_bad_line_out():
    floor = a_hall()
    (outcome,) = replies(floor.intent(basket(*BAD, is_whole=False)))
    assert outcome.accepted and len(floor.orders) == 2


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (basket(BasketLine(symbol=SYMBOL, side=Side.BUY, qty=0)), Rule.BAD_QTY),
        (basket(BasketLine(symbol=SYMBOL, side=Side.BUY, qty=1, px=70_955)), Rule.BAD_TICK),
        (basket(BasketLine(symbol=SYMBOL, side=Side.BUY, ratio_ppm=10), budget=1_000), Rule.BAD_QTY),
        (basket(minutes=-1), Rule.ALGO),
        (basket(minutes=391), Rule.ALGO),
        (basket(*LINES * 251), Rule.ALGO),
        (basket(BasketLine(symbol="1", side=Side.BUY, qty=1), is_whole=False), Rule.NOTHING_TO_DO),
    ],
)
def test_what_is_refused(asked, rule):
    floor = a_hall()
    (outcome,) = replies(floor.intent(asked))
    assert (outcome.denial.rule, states(floor)) == (rule, [])


def test_ratios_of_two_currencies_are_refused_and_shares_are_not():
    """A budget of so many won is no budget of so many cents."""
    desk, snapshot = a_ready_desk(), a_snapshot()
    apple = an_instrument("AAPL", currency="USD", px_decimals=2, base_px=26_000, upper_px=39_000, lower_px=13_000)
    quotes = (*snapshot.quotes, InstrumentDef(instrument=apple))
    desk.take(desk.engine.on_snapshot(replace(snapshot, quotes=quotes), *desk.at()))

    def lines(**fields):
        return [
            BasketLine(symbol=one, side=Side.BUY, px=px, **fields) for one, px in ((SYMBOL, 71_000), ("AAPL", 26_000))
        ]

    for is_whole in (True, False):
        halves = basket(*lines(ratio_ppm=500_000), budget=10**7, is_whole=is_whole, request_id=f"r{is_whole}")
        (outcome,) = replies(desk.intent(halves))
        assert (outcome.denial.rule, outcome.denial.detail) == (Rule.ALGO, "algo.refusal.currencies")
    (outcome,) = replies(desk.intent(basket(*lines(qty=1), minutes=5, request_id="shares")))
    assert outcome.denial.rule is Rule.CASH  # lines of shares are judged: this account has no dollars


def control(floor, act, request_id):
    floor.intent(ControlWork(request_id=request_id, account=ACCOUNT, work_id=1, act=act))


def test_pause_resume_and_cancel_reach_every_line():
    floor = a_hall()
    floor.intent(basket(minutes=5))
    numbers = [order[0] for order in floor.orders]
    floor.accept(*numbers)
    control(floor, WorkAct.PAUSE, "c1")
    assert states(floor) == ["paused"] * 3 and sorted(floor.cancels) == sorted(numbers)
    for number in numbers:
        floor.cancel(number)
    control(floor, WorkAct.RESUME, "c2")
    assert states(floor) == ["running"] * 3 and len(floor.orders) == 4
    floor.accept(*(order[0] for order in floor.orders[2:]))
    control(floor, WorkAct.CANCEL, "c3")
    for order in floor.orders[2:]:
        floor.cancel(order[0])
    assert states(floor) == ["ended"] * 3


def test_cancel_all_ends_the_basket_and_it_places_nothing_more():
    floor = a_hall()
    floor.intent(basket(minutes=5))
    floor.accept(*(order[0] for order in floor.orders))
    floor.intent(CancelAll(request_id="c", account=ACCOUNT))
    for order in floor.orders:
        floor.cancel(order[0])
    floor.pass_time(3 * MINUTE)
    assert states(floor) == ["ended"] * 3 and len(floor.orders) == 2


def test_a_crash_while_it_works_changes_nothing():
    floor = a_hall()
    floor.intent(basket())
    finish(floor, floor.orders[0][0])
    floor.accept(floor.orders[1][0])
    again = floor.restart()
    assert states(again) == ["running", "done", "running"] and again.orders == floor.orders
    again.fill(again.orders[1][0], 20, 71_000)
    assert states(again) == ["done"] * 3


def test_a_crash_between_two_lines_starts_the_missing_one_once():
    floor = a_hall()
    floor.intent(basket())
    journal = floor.desk.journal
    parts = [at for at, record in enumerate(journal) if isinstance(record, WorkStarted)]
    torn = Floor(journal[: parts[2]], symbols=BOTH)  # the second line's record was lost, and all behind it
    for venue in ("KRX", "NXT"):
        torn.log_on(venue)
    works = list(torn.desk.engine.core.state.works)
    assert [(work.symbol, int(work.qty)) for work in works] == [("", 30), (SYMBOL, 10), (OTHER, 20)]
    assert all(isinstance(work.spec, RouteSpec) for work in works[1:])
    assert torn.restart().desk.engine.core.state.works.find(works[2].work_id) is not None


def restarted_without_a_book(before_part):
    """A core that comes back in the middle of a start: after the basket's record, or after that of its first line."""
    floor = a_hall()
    floor.intent(basket(BasketLine(symbol=SYMBOL, side=Side.BUY, qty=10)))
    journal = floor.desk.journal
    parts = [at for at, record in enumerate(journal) if isinstance(record, WorkStarted)]
    torn = Floor(journal[: parts[1] + (not before_part)], symbols=BOTH)
    for venue in ("KRX", "NXT"):
        torn.log_on(venue)
    assert (torn.orders, states(torn)) == ([], ["running"] * 2)
    return torn


@pytest.mark.parametrize("before_part", [True, False])
def test_a_line_at_the_market_waits_after_a_restart_for_the_first_books(before_part):
    torn = restarted_without_a_book(before_part)
    torn.tell(book("NXT", (), ((70_900, 10),)))
    assert (torn.orders, states(torn)) == ([], ["running"] * 2)  # the KRX has not spoken yet
    torn.tell(trade(71_000), book("KRX", ((71_000, 500),), ((70_900, 500),)))
    assert [order[2:5] for order in torn.orders] == [("BUY", 10, 71_000)]


def test_a_line_at_the_market_ends_when_no_first_book_has_anything_to_take():
    torn = restarted_without_a_book(before_part=False)
    for venue in ("NXT", "KRX"):
        torn.tell(book(venue, (), ((70_900, 10),)))
    assert (torn.orders, torn.state(2)) == ([], ("ended", "work.end.nothing_within_limit"))


def test_a_new_day_of_one_venue_starts_no_line_again():
    """Nextrade's day begins while the basket works at the KRX: the line that is done must still count."""
    floor = a_hall()
    floor.intent(basket())
    finish(floor, floor.orders[0][0])
    before = list(floor.orders)
    up = SessionUp(venue="NXT", epoch=2, trading_date=DATE, trade_ns=TRADE_NS, speed_milli=1000)
    asked = floor.desk.report(up)
    floor.desk.report(replace(mass_status_end(asked, 1, 0), venue="NXT"))
    floor.pass_time(MINUTE)
    assert (states(floor), floor.orders) == (["running", "done", "running"], before)


@pytest.mark.parametrize("minutes", [0, 5])
@pytest.mark.parametrize("qty", [10, 10**9, 10**14])
def test_figures_beyond_all_measure_are_refused_with_an_answer_that_can_travel(qty, minutes):
    line = BasketLine(symbol=SYMBOL, side=Side.BUY, qty=qty, px=10**14)
    (outcome,) = replies(a_hall().intent(basket(line, minutes=minutes)))
    assert not outcome.accepted
    assert encode_body(outcome)
