"""Which fee set and tier an account has on a day: its own choice, and what its books say it traded before."""

from collections.abc import Mapping
from typing import Any, Final

from hts.account.book import AccountBook
from hts.rules.fee_sets import PLAIN, FeePlan, row_of, tier_of, window

CURRENCY_OF: Final = {"KR": "KRW", "JP": "JPY", "US": "USD"}
MARKET_IN: Final = {currency: market for market, currency in CURRENCY_OF.items()}


def plan_on(book: AccountBook, table: Mapping[str, Any], account: str, market: str, date: int) -> FeePlan:
    """The plan in a market ("KR", "JP", "US"); `table` is the parsed fees.toml.

    What the day itself brings counts for none of its tiers, so the plan of a day stays what it is.
    """
    profile = book.profiles.get(account)
    if profile is None or not profile.fee_choices or market not in CURRENCY_OF:
        return PLAIN
    choice = profile.fees_on(date)
    row = row_of(table, choice.fee_set, market, date)
    if row is None:
        return PLAIN
    days = window(row, date)
    if days is None:
        return FeePlan(name=choice.fee_set)
    traded = book.turnover.between(account, CURRENCY_OF[market], *days)
    if choice.month == days[0] // 100:
        traded += choice.traded
    return FeePlan(name=choice.fee_set, tier=tier_of(row, traded, market))
