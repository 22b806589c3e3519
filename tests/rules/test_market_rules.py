from fractions import Fraction

import pytest

from hts.app.tables import MARKET, load_folder
from hts.base.errors import ConfigError
from hts.model.enums import Phase
from hts.rules.account_rules import AccountRules
from hts.rules.market_rules import MarketRules
from tests.support.market_rules import market_rules, market_tables

RULES = market_rules()


def test_one_value_answers_for_a_day():
    day = RULES.calendar.next_trading_day(20261122)
    issues = RULES.instruments(day)
    assert day == 20261123
    assert len(issues) == 20
    assert RULES.schedule(day).steps[2].phase is Phase.CONTINUOUS
    assert [RULES.costs(issue, day).sell_tax for issue in (issues[0], issues[11])] == [Fraction(1, 500), 0]


def test_every_fact_names_a_known_source_and_a_confidence():
    sources = set(market_tables()["sources"]["S"])
    rows = [
        row
        for name, table in market_tables().items()
        if name != "sources"
        for group in table.values()
        if isinstance(group, list)
        for row in group
        if isinstance(row, dict)
    ]
    assert len(rows) > 35
    assert [row for row in rows if not set(row.get("src", ["missing"])) <= sources] == []
    assert [row for row in rows if row.get("conf") not in {"high", "med", "low", "own"}] == []


@pytest.mark.parametrize("name", ["fees", "foreign_fees"])
def test_without_a_table_of_fees_no_core_starts(name):
    tables = {other: table for other, table in load_folder(MARKET).items() if other != name}
    with pytest.raises(ConfigError, match=f"market tables: .*{name}.*restore the file"):
        MarketRules.parse(tables) if name == "fees" else AccountRules.parse(tables)


def test_fees_that_begin_only_later_are_found_at_the_start_too():
    tables = dict(market_tables())
    later = [{**row, "from": "2999-01-01"} for row in tables["fees"]["broker_fee"]]
    tables["fees"] = {**tables["fees"], "broker_fee": later}
    with pytest.raises(ConfigError, match="no rule holds on"):
        MarketRules.parse(tables)
