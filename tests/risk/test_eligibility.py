"""The published table of venues, phases and types."""

import tomllib
from pathlib import Path

import pytest

from hts.base.errors import ConfigError
from hts.model.enums import OrdType, Phase, TimeInForce
from hts.model.venues import VENUES
from hts.risk.eligibility import Eligibility

RISK = Path(__file__).resolve().parents[2] / "resources" / "risk"
RAW = tomllib.loads((RISK / "eligibility.toml").read_text(encoding="utf-8"))
SOURCES = tomllib.loads((RISK.parent / "market" / "sources.toml").read_text(encoding="utf-8"))
TABLE = Eligibility.parse(RAW)


def takes(venue, phase, ord_type, time_in_force=TimeInForce.DAY):
    row = TABLE.row(venue, phase)
    return row is not None and (ord_type, time_in_force) in row.pairs


def test_every_venue_has_its_rows_and_each_row_its_source():
    assert TABLE.venues == set(VENUES)
    for row in RAW["allow"]:
        assert row["conf"] in {"high", "med", "low", "own"}
        assert set(row["src"]) <= set(SOURCES["S"])


@pytest.mark.parametrize(
    ("venue", "phase", "ord_type", "time_in_force", "allowed"),
    [
        ("KRX", Phase.CONTINUOUS, OrdType.MARKET, TimeInForce.FOK, True),
        ("KRX", Phase.OPEN_CALL, OrdType.MARKET, TimeInForce.IOC, False),
        ("KRX", Phase.OPEN_CALL, OrdType.LIMIT_OR_CLOSE, TimeInForce.DAY, True),
        ("KRX", Phase.CLOSE_CALL, OrdType.LIMIT_OR_CLOSE, TimeInForce.DAY, False),
        ("KRX", Phase.OPEN_CALL, OrdType.MIDPOINT, TimeInForce.DAY, False),
        ("KRX", Phase.CONTINUOUS, OrdType.BEST_OWN, TimeInForce.IOC, False),
        ("KRX", Phase.POST_CLOSE_PRICE, OrdType.MARKET, TimeInForce.DAY, False),
        ("KRX", Phase.CONTINUOUS, OrdType.STOP, TimeInForce.DAY, False),
        ("NXT", Phase.PRE_MARKET, OrdType.MARKET, TimeInForce.DAY, False),
        ("NXT", Phase.PRE_MARKET, OrdType.LIMIT, TimeInForce.GTX, True),
        ("TSE", Phase.CONTINUOUS, OrdType.LIMIT, TimeInForce.FOK, False),
        ("TSE", Phase.OPEN_CALL, OrdType.MARKET, TimeInForce.AT_OPEN, True),
        ("JNX", Phase.OPEN_CALL, OrdType.LIMIT, TimeInForce.DAY, False),
        ("NASDAQ", Phase.AFTER_MARKET, OrdType.MARKET, TimeInForce.DAY, False),
        ("OSE", Phase.CONTINUOUS, OrdType.LIMIT, TimeInForce.GTC, True),
    ],
)
def test_facts_of_the_venues(venue, phase, ord_type, time_in_force, allowed):
    assert takes(venue, phase, ord_type, time_in_force) == allowed


def test_no_short_sale_in_nextrades_pre_and_after_market():
    with_short = {phase for phase in Phase if (row := TABLE.row("NXT", phase)) and "short" in row.features}
    assert with_short == {Phase.CONTINUOUS}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"types": ["SOMETHING"]}, "allow[1]: expected a OrdType, found 'SOMETHING'"),
        ({"phases": ["NOON"]}, "expected a Phase, found 'NOON'"),
        ({"conditions": ["MAYBE"]}, "expected a TimeInForce, found 'MAYBE'"),
        ({"features": ["hidden"]}, "features: expected some of"),
    ],
)
def test_damaged_table_is_refused_by_name(change, said):
    row = {"venue": "KRX", "phases": ["CONTINUOUS"], "types": ["LIMIT"], "conditions": ["DAY"], **change}
    with pytest.raises(ConfigError, match="eligibility.toml") as refused:
        Eligibility.parse({"allow": [row]})
    assert said in str(refused.value)
