import pytest

from hts.desk.log import LINES_MAX, LogTable
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import Side
from hts.model.quotes import InstrumentDef
from hts.model.units import ClOrdID
from hts.model.views import NoticeView, OutcomeView
from tests.desk.scene import ACCOUNT, NAVER_ISSUE, NINE, an_order
from tests.support.desk_feed import texts

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
