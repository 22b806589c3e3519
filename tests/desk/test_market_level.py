"""Segments weighed by value, by hand."""

from msgspec.structs import replace

from hts.desk.market_level import EVERY_NS, LevelRow, MarketLevels, level_text
from hts.desk.screener_universe import Universe
from hts.model.enums import Market, SecurityType
from tests.desk.scene import NAVER, NINE, Scene, a_trade

BASE = Scene().market.instruments[NAVER]


def issue(symbol, base_px, shares, market=Market.KOSPI, **fields):
    wide = {"upper_px": base_px * 2, "lower_px": 1}
    return replace(BASE, symbol=symbol, base_px=base_px, listed_shares=shares, market=market, **wide, **fields)


def shown(*issues, trades=()):
    scene, universe, levels = Scene(*issues, language="en"), Universe(), MarketLevels()
    for symbol, px in trades:
        scene.market.on_quote(a_trade(symbol, px=px))
    universe.on_changes(scene.market, scene.market.drain())
    return scene, universe, levels


def test_a_segment_moves_by_what_its_issues_are_worth():
    big, small = issue("A", 1_000, 900), issue("B", 1_000, 100)
    other = issue("C", 500, 10, Market.KOSDAQ)
    scene, universe, levels = shown(big, small, other, trades=[("A", 1_010), ("B", 900)])
    # 900 x 1,010 + 100 x 900 = 999,000 of 1,000,000
    rows = levels.update(universe, NINE)
    assert rows == (
        LevelRow(segment="kospi", issues=2, bp=-10, up=1, down=1, currency="KRW"),
        LevelRow(segment="kosdaq", issues=1, bp=0, up=0, down=0, currency="KRW"),
    )
    assert level_text(rows[0], scene.texts).startswith("KOSPI: 2 issues weighed by value −0.10%, 1 up, 1 down.")


def test_funds_and_issues_without_shares_are_left_out():
    fund = issue("F", 1_000, 100, security_type=SecurityType.ETF)
    _, universe, levels = shown(issue("A", 1_000, 900), fund, issue("U", 1_000, 0), trades=[("F", 1_500), ("U", 1_500)])
    assert levels.update(universe, NINE) == (LevelRow(segment="kospi", issues=1, bp=0, up=0, down=0, currency="KRW"),)


def test_it_is_reckoned_at_most_once_a_second():
    scene, universe, levels = shown(issue("A", 1_000, 900))
    before = levels.update(universe, NINE)
    scene.market.on_quote(a_trade("A", px=1_100))
    universe.on_changes(scene.market, scene.market.drain())
    assert levels.update(universe, NINE + EVERY_NS - 1) is before
    assert levels.update(universe, NINE + EVERY_NS)[0].bp == 1_000
    assert levels.update(universe, NINE + 2 * EVERY_NS) is levels.rows
