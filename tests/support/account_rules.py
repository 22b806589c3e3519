"""The account rules as the program reads them."""

import tomllib
from decimal import Decimal
from functools import cache

from hts.rules.account_rules import AccountRules
from tests.support.market_rules import ROOT


@cache
def account_tables() -> dict:
    folder = ROOT / "resources" / "market"
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        for path in sorted(folder.glob("*.toml"))
    }


@cache
def account_rules() -> AccountRules:
    return AccountRules.parse(account_tables())
