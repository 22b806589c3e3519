"""Fee sets: what a broker agreed with a customer instead of its plain rate, by market, venue, volume and date.

A set has rows by market and date in the parsed fees.toml. It names the broker's own rate, or rates by the value that
was traded in a window before (`tiers`), what depository and others take (`related_rate`), and whether what the venue
takes (`venue_fee`, by who rested, who took, and auctions) is passed on. Where a set has no row for a market or a day,
or its name is unknown, the plain rate holds.

A day's tier goes by what was traded before that day began, so no fill changes what another one costs:

    month          this calendar month's days before it
    month_before   the whole calendar month before
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from msgspec import Struct

from hts.rules.dates import add_days, parse_date, row_at
from hts.rules.fee_terms import FILL, ORDER, SCOPES, FeeRate, FeeTerms
from hts.rules.krx_limits import exact

MONTH, MONTH_BEFORE = WINDOWS = ("month", "month_before")
UNITS: Final = {"KR": 1, "JP": 1, "US": 100}  # smallest units of a market's currency in its own
KINDS: Final = ("added", "removed", "auction")
Row = Mapping[str, Any]


class FeePlan(Struct, frozen=True, kw_only=True):
    """Which set, and which of its tiers, an account has on a day. No name: the plain rate."""

    name: str = ""
    tier: int = 0


PLAIN: Final = FeePlan()


def names(table: Row) -> tuple[str, ...]:
    """The sets that can be chosen, in the order of the table."""
    return tuple(dict.fromkeys(str(row["name"]) for row in table.get("fee_set", ())))


def row_of(table: Row, name: str, market: str, date: int) -> Row | None:
    """The set's row of a market that holds on a day."""
    return _begun([row for row in table.get("fee_set", ()) if (row["name"], row["market"]) == (name, market)], date)


def window(row: Row, date: int) -> tuple[int, int] | None:
    """First and last day whose traded value decides the tier of a day; None where there are no tiers."""
    if "tiers" not in row:
        return None
    first = date // 100 * 100 + 1
    if row["window"] == MONTH:
        return first, add_days(date, -1)
    last = add_days(first, -1)
    return last // 100 * 100 + 1, last


def tier_of(row: Row, traded: int, market: str) -> int:
    """The highest tier whose bound the traded value reaches, in the currency's smallest unit; 0 is the first."""
    units, tiers = UNITS[market], row.get("tiers", ())
    return max((at for at, tier in enumerate(tiers) if traded >= tier["traded"] * units), default=0)


class MarketFees(Struct, frozen=True, kw_only=True):
    """What goes for all fees of a market: how they are rounded where a set does not say it, and by how much a tax makes
    the broker's own part bigger.
    """

    market: str  # "KR", "JP", "US"
    mode: str
    with_tax: Fraction


def fee_terms(table: Row, plan: FeePlan, of: MarketFees, venue: str, date: int) -> FeeTerms | None:
    """What a set charges for an issue at a venue; None where it says nothing."""
    row = row_of(table, plan.name, of.market, date) if plan.name else None
    if row is None:
        return None
    tiers, units = row.get("tiers", ()), UNITS[of.market]
    own = tiers[min(plan.tier, len(tiers) - 1)] if tiers else row
    base = exact(own["broker_rate"]) * of.with_tax + exact(row.get("related_rate", 0))
    rates = [FeeRate(rate=base)] * len(KINDS)
    if row["passes_venue"]:
        rates = [FeeRate(rate=base + at.rate, per_share=at.per_share) for at in venue_rates(table, venue, date, units)]
    fee = row.get("fee", {})
    return FeeTerms(
        added=rates[0],
        removed=rates[1],
        auction=rates[2],
        mode=fee.get("mode", of.mode),
        scope=fee.get("scope", FILL),
        at_least=int(exact(row.get("at_least", 0)) * units),
        per_order=int(exact(row.get("per_order", 0)) * units),
    )


def venue_rates(table: Row, venue: str, date: int, units: int) -> tuple[FeeRate, ...]:
    """What the venue itself takes of who rested, of who took, and in auctions; nothing where no row tells it."""
    row = _begun([row for row in table.get("venue_fee", ()) if row["venue"] == venue], date)
    if row is None:
        return (FeeRate(),) * len(KINDS)
    of_value = (exact(row.get(kind, 0)) for kind in KINDS)
    of_share = (exact(row.get(f"{kind}_per_share", 0)) * units for kind in KINDS)
    return tuple(FeeRate(rate=rate, per_share=share) for rate, share in zip(of_value, of_share, strict=True))


def check(table: Row) -> None:
    """Raises ValueError, naming the row, where a set cannot be what is meant."""
    for row in table.get("fee_set", ()):
        name, fee = f"fee set {row['name']} of {row['market']} from {row['from']}", row.get("fee", {})
        scope, extra = fee.get("scope", FILL), exact(row.get("per_order", 0))
        if scope not in SCOPES or fee.get("mode", "down") not in ("down", "up", "half_up"):
            raise ValueError(f"{name}: a scope of {', '.join(SCOPES)} and a mode expected, found {fee}")
        if (exact(row.get("at_least", 0)) and scope == FILL) or (extra and scope != ORDER):
            raise ValueError(f"{name}: a least is per order or day, a charge per order per order; found scope {scope}")
        if exact(row.get("at_least", 0)) < 0 or extra < 0:
            raise ValueError(f"{name}: a least and a charge of 0 or more expected")
        bounds = [tier["traded"] for tier in row.get("tiers", ())]
        if "tiers" in row and (bounds[:1] != [0] or bounds != sorted(set(bounds)) or row.get("window") not in WINDOWS):
            raise ValueError(f"{name}: tiers from 0 upwards and a window of {', '.join(WINDOWS)} expected")


def _begun(rows: list[Row], date: int) -> Row | None:
    return row_at(rows, date) if any(parse_date(row["from"]) <= date for row in rows) else None
