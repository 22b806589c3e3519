"""The rules of the Japanese and US venues as the program reads them."""

import tomllib
from decimal import Decimal
from functools import cache

from hts.rules.foreign_rules import FOREIGN_TABLES, ForeignRules
from tests.support.market_rules import ROOT


@cache
def foreign_tables() -> dict:
    folder = ROOT / "resources" / "market"
    return {
        name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)
        for name in FOREIGN_TABLES
    }


@cache
def foreign_rules() -> ForeignRules:
    return ForeignRules.parse(foreign_tables())
