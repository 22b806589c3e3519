from fractions import Fraction

import pytest

from hts.base.errors import ConfigError
from hts.model.enums import Market, Side
from hts.model.units import Px
from hts.rules import foreign_costs, index_products
from hts.rules.foreign_rules import VENUES, ForeignRules
from hts.rules.index_contracts import contract_instruments
from hts.rules.isin import is_valid
from tests.support.foreign_rules import foreign_rules, foreign_tables
from tests.support.market_rules import market_rules, market_tables, recorded_facts

RULES = foreign_rules()
DAY = 20261124


def test_every_fact_names_a_known_source_and_a_confidence():
    sources = set(market_tables()["sources"]["S"])
    rows = [
        row
        for table in foreign_tables().values()
        for group in table.values()
        if isinstance(group, list)
        for row in group
        if isinstance(row, dict)
    ]
    assert len(rows) > 100
    assert [row for row in rows if not set(row.get("src", ["missing"])) <= sources] == []
    assert [row for row in rows if row.get("conf") not in {"high", "med", "low", "own"}] == []


@pytest.mark.parametrize("venue", VENUES)
def test_every_venue_lists_issues_that_can_trade(venue):
    issues = RULES.instruments(venue, DAY)
    assert len(issues) == {"TSE": 35, "JNX": 35, "ODX": 35, "NASDAQ": 37, "OSE": 7}[venue]
    assert len({issue.symbol for issue in issues}) == len(issues)
    for issue in issues:
        assert is_valid(issue.isin), issue
        assert issue.lower_px < issue.base_px < issue.upper_px, issue
        assert all(issue.ticks.is_valid(px) for px in (issue.base_px, issue.upper_px, issue.lower_px)), issue


def test_the_same_issue_in_tokyo_and_on_a_pts():
    tokyo, pts = ({i.symbol: i for i in RULES.instruments(venue, DAY)}["7203"] for venue in ("TSE", "JNX"))
    assert (tokyo.px_decimals, tokyo.lot, tokyo.currency, tokyo.market) == (1, 100, "JPY", Market.TSE)
    # 3,000 yen base, width 700.
    assert (tokyo.base_px, tokyo.upper_px, tokyo.lower_px) == (30_000, 37_000, 23_000)
    assert (pts.base_px, pts.upper_px, pts.lower_px) == (30_000, 37_000, 23_000)
    assert (tokyo.ticks.step_at(30_000), pts.ticks.step_at(30_000)) == (10, 1)


def test_base_prices_follow_the_closes():
    issues = {i.symbol: i for i in RULES.instruments("TSE", DAY, {"7203": Px(29_500)})}
    assert (issues["7203"].base_px, issues["7203"].upper_px) == (29_500, 34_500)  # width 500 below 3,000 yen
    assert RULES.instruments("NASDAQ", DAY, {"AAPL": Px(2_345_600)})[0].base_px == 2_345_600


def test_a_damaged_table_is_found_at_the_start():
    broken = dict(foreign_tables())
    broken["us_equities"] = {"ticks": []}
    with pytest.raises(ConfigError, match="market tables: complete ones expected"):
        ForeignRules.parse({**broken})


def test_sell_fees_in_the_united_states():
    fees = foreign_tables()["foreign_fees"]
    value = Fraction(26_000)  # a hundred shares at 260 dollars
    # 26,000 x 20.60 / 1e6 = 0.5356 -> 0.54; the activity fee has its holiday.
    assert foreign_costs.us_sell_fees_usd(fees, Side.SELL, value, 100, DAY) == Fraction(54, 100)
    # 2026-05: 0.54 + 100 x 0.000195 = 0.0195 -> 0.02.
    assert foreign_costs.us_sell_fees_usd(fees, Side.SELL, value, 100, 20260504) == Fraction(56, 100)
    # 2025-06: no section 31 fee; 100,000 x 0.000166 = 16.60, capped at 8.30.
    assert foreign_costs.us_sell_fees_usd(fees, Side.SELL, value, 100_000, 20250602) == Fraction(830, 100)
    assert foreign_costs.us_sell_fees_usd(fees, Side.BUY, value, 100, DAY) == 0


def test_settlement_days():
    fees = foreign_tables()["foreign_fees"]
    assert foreign_costs.settlement_date(fees, RULES.us_calendar, "NASDAQ", 20261125) == 20261127
    assert foreign_costs.settlement_date(fees, RULES.jp_calendar, "TSE", 20261120) == 20261125
    assert foreign_costs.settlement_date(fees, RULES.us_calendar, "NASDAQ", 20240520) == 20240522


def test_the_rules_answer_for_a_venue():
    assert RULES.settlement_date("ODX", 20261120) == 20261125
    assert RULES.sell_fees_usd(Side.SELL, Fraction(26_000), 100, DAY) == Fraction(54, 100)


def test_contracts_roll_when_their_last_day_is_over():
    future = foreign_tables()["index_derivatives"]["product"][0]
    calendar = RULES.jp_calendar
    # December 2026: second Friday the 11th, last trading day the 10th.
    listed = index_products.listed_contracts(future, calendar, 20261210)
    assert [c.month for c in listed] == [202612, 202703, 202706, 202709]
    assert (listed[0].last_date, listed[0].sq_date) == (20261210, 20261211)
    assert next(c.month for c in index_products.listed_contracts(future, calendar, 20261211)) == 202703


def test_an_option_chain_has_both_rights_around_the_index():
    option = foreign_tables()["index_derivatives"]["product"][3]
    chain = index_products.listed_contracts(option, RULES.jp_calendar, DAY)
    first = [c for c in chain if c.month == 202612]
    assert len(chain) == 2 * 17 * 2
    assert (first[0].symbol, first[-1].symbol) == ("K2O-202612-C680.0", "K2O-202612-P720.0")
    assert first[0].last_date == 20261210  # the second Thursday


def test_korean_contracts_are_instruments_too():
    table = foreign_tables()["index_derivatives"]
    calendar = market_rules().calendar
    found = {i.symbol: i for i in contract_instruments(table, calendar, "KRX_DERIV", DAY)}
    future = found["K2F-202612"]
    assert (future.px_decimals, future.base_px, future.ticks.steps) == (2, 70_000, (5,))
    assert (future.upper_px, future.lower_px) == (84_000, 56_000)  # 20 %
    # A call 20 points in the money; at the money a hundredth of the index of time.
    assert (found["K2O-202612-C680.0"].base_px, found["K2O-202612-C700.0"].base_px) == (2_200, 700)
    assert found["K2O-202612-P680.0"].base_px == 200
    assert len(found) == 4 + 2 * 17 * 2


def test_the_special_quotation_of_the_worked_case():
    worked = recorded_facts("derivatives")["ose"]["sq"]["worked"]
    found = index_products.special_quotation(worked["prices"], worked["weights"], Fraction(worked["divisor"]))
    assert found == Fraction(worked["sq"])
