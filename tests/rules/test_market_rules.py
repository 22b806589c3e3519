from fractions import Fraction

from hts.model.enums import Phase
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
