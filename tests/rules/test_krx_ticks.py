import pytest

from hts.rules.krx_ticks import tick_table
from tests.support.market_rules import market_tables, recorded_facts

TABLE = market_tables()["ticks_limits"]
DAY = 20261123


def test_steps_change_at_each_band_and_are_inclusive_at_its_start():
    ticks = tick_table(TABLE, is_etf=False, trading_date=DAY)
    at = [1, 1999, 2000, 4999, 5000, 19_990, 20_000, 49_999, 50_000, 199_999, 200_000, 499_999, 500_000, 9_000_000]
    assert [ticks.step_at(px) for px in at] == [1, 1, 5, 5, 10, 10, 50, 50, 100, 100, 500, 500, 1000, 1000]


def test_an_etf_has_two_bands_whatever_its_price():
    ticks = tick_table(TABLE, is_etf=True, trading_date=DAY)
    assert [ticks.step_at(px) for px in (1999, 2000, 80_000, 900_000)] == [1, 5, 5, 5]


def test_the_steps_before_the_reform_hold_until_the_day_before_it():
    old = tick_table(TABLE, is_etf=False, trading_date=20230124)
    new = tick_table(TABLE, is_etf=False, trading_date=20230125)
    assert [old.step_at(1500), new.step_at(1500), old.step_at(150_000), new.step_at(150_000)] == [5, 1, 500, 100]


def test_a_day_before_every_row_is_refused():
    with pytest.raises(LookupError, match="20010101"):
        tick_table(TABLE, is_etf=False, trading_date=20010101)


def test_moving_by_ticks_crosses_a_band_and_comes_back():
    ticks = tick_table(TABLE, is_etf=False, trading_date=DAY)
    assert [ticks.up(199_900), ticks.up(200_000), ticks.down(200_000), ticks.down(200_500)] == [
        200_000, 200_500, 199_900, 200_000,
    ]  # fmt: skip


def test_bands_are_the_recorded_ones():
    facts = recorded_facts("ticks_limits")["krx"]
    stock = tick_table(TABLE, is_etf=False, trading_date=DAY)
    etf = tick_table(TABLE, is_etf=True, trading_date=DAY)
    old = tick_table(TABLE, is_etf=False, trading_date=20230124)
    assert [list(band) for band in zip(stock.starts, stock.steps, strict=True)] == facts["stock_bands"]
    assert [list(band) for band in zip(etf.starts, etf.steps, strict=True)] == facts["etf_etn_bands"]
    assert [list(band) for band in zip(old.starts, old.steps, strict=True)] == facts[
        "old_stock_bands_before_2023_01_25"
    ]
