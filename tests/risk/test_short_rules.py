"""The floor of a short sale by the published table."""

import tomllib
from pathlib import Path

import pytest

from hts.base.errors import ConfigError
from hts.model.enums import SecurityType
from hts.risk.short_rules import ShortRules, Trading
from tests.support.builders import an_instrument

TABLE = Path(__file__).resolve().parents[2] / "resources" / "risk" / "short_sale.toml"
RULES = ShortRules.parse(tomllib.loads(TABLE.read_text(encoding="utf-8")))
ISSUE = an_instrument()  # base price 71,000, step 100


def floor(venue="KRX", issue=ISSUE, qty=10_000, **trading):
    return RULES.floor_px(venue, issue, Trading(**trading), qty)


@pytest.mark.parametrize(
    ("last_px", "different_px", "expected"),
    [
        (70_000, 69_900, 70_000),  # came from below: at the last price
        (70_000, 70_100, 70_100),  # came from above: one step higher
        (70_000, 0, 70_100),  # nothing different has traded yet
        (0, 0, 71_100),  # nothing has traded: above the base price
    ],
)
def test_korea_asks_for_an_uptick(last_px, different_px, expected):
    assert floor(last_px=last_px, different_px=different_px) == expected
    assert floor("NXT", last_px=last_px, different_px=different_px) == expected


def test_etfs_are_free_in_korea():
    assert floor(issue=an_instrument(security_type=SecurityType.ETF), last_px=70_000) == 0


@pytest.mark.parametrize(("low_px", "expected"), [(63_901, 0), (63_900, 65_100)])
def test_japan_asks_after_a_fall_of_a_tenth(low_px, expected):
    assert floor("TSE", last_px=65_000, different_px=65_100, low_px=low_px) == expected


@pytest.mark.parametrize("venue", ["TSE", "NASDAQ"])
def test_what_has_not_traded_has_not_fallen(venue):
    assert floor(venue, best_bid_px=65_000) == 0


@pytest.mark.parametrize(("qty", "expected"), [(5_000, 0), (5_001, 65_100)])
def test_fifty_lots_are_free_in_japan(qty, expected):
    issue = an_instrument(lot=100)
    assert floor("TSE", issue, qty, last_px=65_000, different_px=65_100, low_px=60_000) == expected


@pytest.mark.parametrize(
    ("low_px", "bid_px", "expected"), [(63_901, 65_000, 0), (63_900, 65_000, 65_100), (60_000, 0, 0)]
)
def test_the_us_asks_for_more_than_the_best_bid_after_a_fall(low_px, bid_px, expected):
    assert floor("NASDAQ", last_px=65_000, low_px=low_px, best_bid_px=bid_px) == expected


def test_a_venue_without_a_rule():
    assert floor("OSE", last_px=70_000) == 0


def test_damaged_table_is_refused_by_name():
    with pytest.raises(ConfigError, match="short_sale.toml: kind: expected one of uptick"):
        ShortRules.parse({"rule": [{"venues": ["KRX"], "kind": "downtick"}]})
