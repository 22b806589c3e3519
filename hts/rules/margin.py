"""Deposits, loans and maintenance by market and date, from margin.toml. Rates are exact fractions."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct

from hts.rules.dates import row_at
from hts.rules.krx_limits import exact

WHOLE = Fraction(1)
PPM = 1_000_000
REG_T = "us_margin"  # kinds of accounts whose purchases ask for a part in other words than Korea's
SHINYO = "jp_margin"


class Tier(Struct, frozen=True, kw_only=True):
    """A yearly rate that holds up to `days` of a loan."""

    days: int
    rate: Fraction


class LoanTerms(Struct, frozen=True, kw_only=True):
    """How a credit position is financed."""

    ratio: Fraction  # part of the purchase that is lent; 1 for short sales, whose proceeds stay with the lender
    day_basis: int
    method: str
    tiers: tuple[Tier, ...]
    term_days: int


class Misu(Struct, frozen=True, kw_only=True):
    """What follows an unpaid purchase."""

    freeze_days: int
    freeze_exempt_below: int
    late_rate: Fraction
    forced_sale_days: int
    discount: Fraction


class MarginRules(Struct, frozen=True, kw_only=True):
    """The margin table."""

    table: Mapping[str, Any]
    classes: Mapping[str, Fraction]
    found: dict[tuple[str, str, int], Fraction] = {}  # figures that were asked for: orders ask again and again

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "MarginRules":
        """From the parsed margin.toml."""
        classes = {symbol: exact(row["rate"]) for row in table["kr_class"] for symbol in row["symbols"]}
        known = {exact(rate) for row in table["kr_deposit"] for rate in row["rates"]}
        assert known.issuperset(classes.values()), f"rates of kr_deposit expected, found {sorted(classes.values())}"
        return cls(table=table, classes=classes)

    def number(self, kind: str, key: str, date: int) -> Fraction:
        """One figure of a dated row, "kr_loan" "maintenance"."""
        place = (kind, key, date)
        number = self.found.get(place)
        if number is None:
            number = self.found[place] = exact(row_at(self.table[kind], date)[key])
        return number

    def deposit_rate(self, symbol: str, date: int) -> Fraction:
        """위탁증거금률 of an issue."""
        rate = self.classes.get(symbol)
        return self.number("kr_deposit", "default", date) if rate is None else rate

    def misu(self, date: int) -> Misu:
        """The consequences of 미수."""
        row = row_at(self.table["kr_misu"], date)
        return Misu(
            freeze_days=row["freeze_days"],
            freeze_exempt_below=row["freeze_exempt_below"],
            late_rate=exact(row["late_rate"]),
            forced_sale_days=row["forced_sale_days"],
            discount=exact(row["discount"]),
        )

    def loan_terms(self, market: str, date: int, *, is_short: bool) -> LoanTerms:
        """Terms of a credit purchase or of borrowed shares in a market ("KR", "JP", "US")."""
        if market == "KR":
            row = row_at(self.table["kr_short" if is_short else "kr_loan"], date)
        else:
            row = row_at(self.table[market.lower()], date)
        tiers = row.get("short_tiers", row["tiers"]) if is_short else row["tiers"]
        return LoanTerms(
            ratio=exact(row["loan_ratio"]) if market == "KR" and not is_short else WHOLE,
            day_basis=row["day_basis"],
            method=row.get("method", "stepwise"),
            tiers=tuple(Tier(days=tier["days"], rate=exact(tier["rate"])) for tier in tiers),
            term_days=row.get("term_days", 0),
        )

    def maintenance(self, kind: str, date: int) -> Fraction:
        """The ratio below which a call is made: of loans in Korea, of position value in Japan and the US."""
        key = "maintenance_long" if kind == "us" else "maintenance"
        return self.number(kind, key, date)

    def needed_ppm(
        self, kind: str, symbol: str, date: int, *, leaves_unpaid: bool, is_credit: bool, is_short: bool
    ) -> int:
        """The part of an opening order's value that must be there when it is entered, by the kind of account."""
        if kind == REG_T:
            return in_ppm(self.number("us", "initial", date))
        if is_credit and kind == SHINYO:
            return in_ppm(self.number("jp", "initial", date))
        if is_credit and is_short:
            # The proceeds stay as collateral; what they do not cover is the borrower's own.
            return in_ppm(self.number("kr_short", "collateral", date) - 1)
        if is_credit:
            return PPM - in_ppm(self.number("kr_loan", "loan_ratio", date))
        return in_ppm(self.deposit_rate(symbol, date)) if leaves_unpaid else PPM


def in_ppm(rate: Fraction) -> int:
    """Millionths, which a rate of the table is a whole number of."""
    exactly = rate * PPM
    assert exactly.denominator == 1, rate
    return int(exactly)


def part_of_value(value: int, ppm: int) -> int:
    """So much of a value as must be there, up to the next unit."""
    return value if ppm == PPM else -(-value * ppm // PPM)
