import pytest

from hts.desk.log import AGAIN_NS, LINES_MAX, LogTable, log_columns
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.table_columns import fitted
from hts.desk.toasts_log import toast_columns
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import Side
from hts.model.quotes import InstrumentDef
from hts.model.units import ClOrdID
from hts.model.views import NoticeView, OutcomeView
from tests.desk.scene import ACCOUNT, NAVER_ISSUE, NINE, an_order
from tests.support.desk_feed import texts

SECOND_NS = 1_000_000_000
ENTERED = an_order(7, Side.BUY, 84_200, 1).entered_ns


@pytest.fixture
def orders():
    return OrdersState(ACCOUNT)


@pytest.fixture
def table(orders):
    table = LogTable(texts("en"))
    table.take(orders, MarketState(), 0)
    return table


def notice(key="notice.latency", detail="48 ms", **changes):
    return NoticeView(**{"key": key, "detail": detail, "trade_ns": NINE, **changes})


def refusal(order_id=0):
    denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=84_200, limit=83_900, unit=Unit.PX)
    return OutcomeView(request_id="r", accepted=False, order_id=ClOrdID(order_id), denial=denial)


def rows(table):
    return [(row.trade_ns, row.kind, row.text) for row in map(table.row, range(len(table)))]


def test_lines_stand_newest_first_by_kind(orders, table):
    market = MarketState()
    market.on_quote(InstrumentDef(instrument=NAVER_ISSUE))
    orders.on_view(an_order(7, Side.BUY, 84_200, 1))
    orders.on_view(notice(is_warning=True))
    orders.on_view(notice("notice.price_alert", "NAVER 1"))
    orders.on_view(refusal(7))
    assert table.take(orders, market, NINE + 5)
    assert rows(table) == [
        (
            ENTERED,
            "refusal",
            "NAVER · Price 84,200 > upper limit 83,900. Enter at most the limit",
        ),
        (NINE, "alert", "NAVER 1"),
        (NINE, "warning", "Slow order: 48 ms"),
    ]


def test_nothing_is_taken_twice(orders, table):
    orders.on_view(notice())
    assert [table.take(orders, MarketState(), 1), table.take(orders, MarketState(), 1), len(table)] == [True, False, 1]


def test_kinds_and_words_pick(orders, table):
    for view in (notice(), notice(detail="other"), refusal(), notice(is_warning=True)):
        orders.on_view(view)
    table.take(orders, MarketState(), 9)
    counts = []
    for wanted, words in ((), ""), (("refusal",), ""), (("refusal", "warning"), ""), ((), "48 SLOW"), ((), "nothing"):
        table.set_filter(wanted, words)
        counts.append(len(table))
    assert (counts, table.unfiltered) == ([4, 1, 2, 2, 0], 4)


def test_only_so_many_lines_are_kept(orders, table):
    for i in range(LINES_MAX + 10):
        orders.on_view(notice(detail=str(i)))
    table.take(orders, MarketState(), 1)
    assert (len(table), table.row(0).number, table.row(LINES_MAX - 1).number) == (LINES_MAX, LINES_MAX + 9, 10)


def test_what_was_told_before_without_a_time_has_none(orders):
    orders.on_view(notice(trade_ns=0))
    table = LogTable(texts("en"))
    table.take(orders, MarketState(), 0)
    assert table.columns[0].text(table.row(0)) == "—"


def test_a_refusal_from_before_has_the_time_of_its_order(orders):
    orders.on_view(an_order(7, Side.BUY, 84_200, 1))
    orders.on_view(refusal(7))
    table = LogTable(texts("en"))
    table.take(orders, MarketState(), 0)
    assert rows(table)[0][0] == ENTERED > 0


def counted(table):
    return [(row.text, row.count, row.first_ns, row.trade_ns) for row in map(table.row, range(len(table)))]


def test_one_refusal_again_and_again_is_one_line_with_its_newest_figures(orders, table):
    first_ns = an_order(1, Side.BUY, 84_200, 1).entered_ns  # each a second after the one before
    sentence = "Quantity {} > limit per order 20,000. Split the order"
    for number in range(23):
        figure = 21_000 + number
        denial = Denial(rule=Rule.QTY_LIMIT, figure=figure, limit=20_000, unit=Unit.QTY)
        orders.on_view(an_order(number + 1, Side.BUY, 84_200, figure))
        orders.on_view(OutcomeView(request_id="r", accepted=False, order_id=ClOrdID(number + 1), denial=denial))
        table.take(orders, MarketState(), 0)
    orders.on_view(refusal())
    table.take(orders, MarketState(), first_ns + 60 * SECOND_NS)
    assert counted(table)[1:] == [(sentence.format("21,022"), 23, first_ns, first_ns + 22 * SECOND_NS)]
    assert table.columns[2].text(table.row(1)) == "×23  " + sentence.format("21,022")


def test_other_sides_other_rules_and_what_comes_later_have_lines_of_their_own(orders, table):
    orders.on_view(an_order(1, Side.BUY, 84_200, 1))
    orders.on_view(an_order(2, Side.SELL, 84_200, 1))
    for order_id in (1, 2):
        orders.on_view(refusal(order_id))
    for trade_ns in (NINE, NINE + AGAIN_NS, NINE + 2 * AGAIN_NS + 1):
        orders.on_view(notice(trade_ns=trade_ns))
    orders.on_view(notice("notice.price_alert", "NAVER 1"))
    orders.on_view(notice("notice.price_alert", "NAVER 1"))
    table.take(orders, MarketState(), NINE)
    assert [(row.kind, row.count) for row in map(table.row, range(len(table)))] == [
        *[("refusal", 1)] * 2,
        *[("alert", 1)] * 2,
        *[("notice", 1), ("notice", 2)],
    ]


def test_one_rule_for_another_reason_has_a_line_of_its_own(orders, table):
    for detail in ("conditional.refusal.distance", "conditional.refusal.past"):
        why = Denial(rule=Rule.CONDITION, detail=detail)
        orders.on_view(OutcomeView(request_id="r", accepted=False, order_id=ClOrdID(0), denial=why))
    table.take(orders, MarketState(), NINE)
    assert [row.count for row in map(table.row, range(len(table)))] == [1, 1]


def test_refusals_that_tell_no_issue_are_one_line_while_their_figures_are_the_same(orders, table):
    for figure in (21_000, 21_000, 30_000):
        why = Denial(rule=Rule.QTY_LIMIT, figure=figure, limit=20_000, unit=Unit.QTY)
        orders.on_view(OutcomeView(request_id="r", accepted=False, order_id=ClOrdID(0), denial=why))
    table.take(orders, MarketState(), NINE)
    assert [row.count for row in map(table.row, range(len(table)))] == [1, 2]


def test_a_line_that_is_told_again_goes_to_the_top_and_keeps_its_number(orders, table):
    for view in (notice(), notice(detail="other"), notice(trade_ns=NINE + 1)):
        orders.on_view(view)
    table.take(orders, MarketState(), 0)
    assert [(row.number, row.count) for row in map(table.row, range(len(table)))] == [(0, 2), (1, 1)]


@pytest.mark.parametrize(("columns", "key"), [(log_columns, "text"), (toast_columns, "title")])
def test_where_there_is_little_room_what_was_told_stays(columns, key):
    made = columns(texts("en"))
    for room in (800, 420, 285, 240):
        widths = dict(zip((column.key for column in made), fitted(made, {}, room, 0.95), strict=True))
        assert widths[key] > room // 4
