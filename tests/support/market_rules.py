"""The market rules as the program reads them, and the recorded facts that they are checked against."""

import os
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from hts.rules.market_rules import TABLES, MarketRules

ROOT = Path(__file__).resolve().parents[2]


@cache
def market_tables() -> dict:
    folder = ROOT / "resources" / "market"
    return {
        name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)
        for name in (*TABLES, "sources")
    }


@cache
def market_rules() -> MarketRules:
    return MarketRules.parse(market_tables())


def recorded_facts(name: str) -> dict:
    """A table of the shared fact base; skips the test where it is not at hand."""
    folder = Path(os.environ.get("HTS_SHARED", ROOT.parent / "shared")) / "market"
    path = folder / f"{name}.toml"
    if not path.is_file():
        pytest.skip(f"{path} is absent; set HTS_SHARED to the folder with the recorded facts")
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
