import msgspec
import pytest

from hts.desk.ranking import EXPECTED, KINDS, NAMES, SCOPES, Breadth, Ranking, moved_text
from hts.desk.texts import LANGUAGES
from hts.model.enums import Market, Phase
from tests.desk.scene import NAVER_ISSUE, a_book, a_trade
from tests.desk.test_screener_universe import Desk
from tests.support.desk_feed import texts


def issue(symbol, **changes):
    return msgspec.structs.replace(NAVER_ISSUE, symbol=symbol, base_px=200_000, **changes)


@pytest.fixture
def desk():
    """Up 5 %, down 3 %, flat, never traded, an ETF up 1 % on the other market."""
    desk = Desk(
        issue("UP", prev_volume=1_000),
        issue("DOWN", prev_volume=100),
        issue("FLAT", prev_volume=50),
        issue("QUIET"),
        issue("ETF", is_etf=True, market=Market.KOSDAQ, prev_volume=10_000),
    )
    desk.frame(
        a_trade("UP", px=210_000, open_px=201_000, cum_qty=500, cum_value=9, qty=4),
        a_trade("UP", px=210_000, open_px=201_000, cum_qty=500, cum_value=9, qty=2, side="2"),
        a_trade("DOWN", px=194_000, open_px=190_000, cum_qty=900, cum_value=7, qty=3, side="2"),
        a_trade("FLAT", px=200_000, open_px=200_000, cum_qty=100, cum_value=8, qty=3),
        a_trade("ETF", px=202_000, open_px=199_000, cum_qty=50, cum_value=99, qty=3),
    )
    return desk


def ranked(desk, kind, scope="all"):
    table = Ranking(texts())
    table.choose(kind, scope)
    table.update(desk.universe, desk.market)
    return [table.row(i).symbol for i in range(len(table))]


@pytest.mark.parametrize(
    ("kind", "symbols"),
    [
        ("rise", ["UP", "ETF"]),
        ("fall", ["DOWN"]),
        ("volume", ["DOWN", "UP", "FLAT", "ETF"]),
        ("value", ["ETF", "UP", "FLAT", "DOWN"]),
        ("surge", ["DOWN", "FLAT", "UP", "ETF"]),  # 900, 200, 50, 0.5 %
        ("strength", ["UP"]),  # nothing was sold of the others, nothing bought of DOWN
        ("gap_up", ["UP"]),
        ("gap_down", ["DOWN", "ETF"]),
        (EXPECTED, []),
    ],
)
def test_each_ranking_by_its_figure(desk, kind, symbols):
    assert ranked(desk, kind) == symbols


@pytest.mark.parametrize(("scope", "symbols"), [("kospi", ["UP"]), ("kosdaq", []), ("etf", ["ETF"])])
def test_a_scope_keeps_etfs_apart(desk, scope, symbols):
    assert ranked(desk, "rise", scope) == symbols


def test_a_call_ranks_by_what_it_expects(desk):
    for symbol, px in (("DOWN", 204_000), ("QUIET", 190_000), ("UP", 0)):
        desk.market.on_quote(a_book(symbol, phase=Phase.OPEN_CALL, expected_px=px, expected_qty=5))
    desk.market.on_quote(a_book("FLAT", expected_px=260_000))  # no call
    table = Ranking(texts())
    table.choose(EXPECTED, "all")
    table.update(desk.universe, desk.market)
    rows = [table.row(i) for i in range(len(table))]
    assert [(row.symbol, row.px, row.bp) for row in rows] == [("DOWN", 204_000, 200), ("QUIET", 190_000, -500)]


def test_a_row_tells_its_figures(desk):
    table = Ranking(texts())
    table.update(desk.universe, desk.market)
    row = table.row(0)
    assert (row.rank, row.change, row.bp, row.qty, row.surge, row.strength_bp, row.gap_bp) == (
        1,
        10_000,
        500,
        500,
        500,
        20_000,
        50,
    )
    assert table.breadth == Breadth(up=2, down=1, flat=1)


def test_places_won_are_counted_from_when_they_were_remembered(desk):
    table = Ranking(texts())
    table.update(desk.universe, desk.market)
    first = [table.row(i).moved for i in range(2)]
    table.remember()
    desk.frame(a_trade("ETF", px=220_000), a_trade("FLAT", px=215_000))
    table.update(desk.universe, desk.market)
    moved = {table.row(i).symbol: table.row(i).moved for i in range(3)}
    table.choose("fall", "all")
    table.choose("rise", "all")
    table.update(desk.universe, desk.market)
    assert (first, moved) == ([0, 0], {"ETF": 1, "FLAT": 0, "UP": -2})
    assert table.row(0).moved == 0


def test_places_won_as_text():
    assert [moved_text(3), moved_text(-2), moved_text(0)] == ["+3", "−2", ""]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ranking_and_scope_has_its_words(language):
    words = texts(language)
    assert [name for name in NAMES if not words.has(f"ranking.kind.{name}")] == []
    assert [scope for scope in SCOPES if not words.has(f"ranking.scope.{scope}")] == []
    assert len(KINDS) == len(NAMES) - 1


def test_turnover_of_several_currencies_is_compared_in_won():
    yen, dollar = issue("YEN", currency="JPY", px_decimals=1), issue("DOLLAR", currency="USD", px_decimals=4)
    desk = Desk(issue("WON"), yen, dollar, rates={"JPY": 9.5, "USD": 1_400.0})
    for symbol, value in (("WON", 10_000), ("YEN", 20_000), ("DOLLAR", 90_000)):
        desk.frame(a_trade(symbol, cum_value=value))  # 10,000 won, 2,000 yen, 9 dollars
    assert ranked(desk, "value") == ["YEN", "DOLLAR", "WON"]


def test_scopes_without_issues_are_stepped_over(desk):
    table, seen = Ranking(texts()), []
    for _ in range(4):
        table.choose("rise", table.next_scope(desk.universe))
        seen.append(table.scope)
    table.choose("rise", "nasdaq")
    assert (seen, table.next_scope(desk.universe)) == (["kospi", "kosdaq", "etf", "all"], "etf")
