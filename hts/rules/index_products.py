"""Index futures and options as listed on a day: contract months, last trading days, strikes, and the SQ.

A future's symbol is its product and month, "NK225F-202612"; an option's adds right and strike, "K2O-202612-C700.0".
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

from msgspec import Struct

from hts.rules.calendar import Calendar
from hts.rules.dates import to_date, to_int
from hts.rules.krx_limits import exact

_THURSDAY, _FRIDAY = 3, 4


class Contract(Struct, frozen=True, kw_only=True):
    """One listed contract. `strike` None: a future. `sq_date`: the day whose prices settle it."""

    symbol: str
    product: str
    month: int  # YYYYMM
    last_date: int
    sq_date: int
    strike: Fraction | None = None
    is_call: bool = False


def listed_contracts(product: Mapping[str, Any], calendar: Calendar, trading_date: int) -> tuple[Contract, ...]:
    """The contracts of a product that trade on a day, nearest first."""
    found: list[Contract] = []
    month = trading_date // 100
    count = 0
    while count < product["listed"]:
        if month % 100 in product["months"]:
            last_date, sq_date = end_days(product["last_day"], calendar, month)
            if last_date >= trading_date:
                count += 1
                found += _of_month(product, month, last_date, sq_date)
        month = month + 1 if month % 100 < 12 else month + 89
    return tuple(found)


def end_days(rule: str, calendar: Calendar, month: int) -> tuple[int, int]:
    """(last trading day, settlement day) of a contract month."""
    if rule == "before_2nd_friday":
        friday = _open_day(calendar, _nth_weekday(month, _FRIDAY, 2))
        return calendar.previous_trading_day(friday), friday
    assert rule == "2nd_thursday", rule
    thursday = _open_day(calendar, _nth_weekday(month, _THURSDAY, 2))
    return thursday, thursday


def special_quotation(opening_prices: Sequence[int], weights: Sequence[Fraction | int], divisor: Fraction) -> Fraction:
    """The index of every constituent's opening price, each taken once however late it came."""
    total = sum(px * Fraction(weight) for px, weight in zip(opening_prices, weights, strict=True))
    return Fraction(total) / divisor


def _of_month(product: Mapping[str, Any], month: int, last_date: int, sq_date: int) -> list[Contract]:
    code = product["code"]
    if product["kind"] == "future":
        return [Contract(symbol=f"{code}-{month}", product=code, month=month, last_date=last_date, sq_date=sq_date)]
    step, each = exact(product["strike_step"]), product["strikes_each_way"]
    middle = round(exact(product["seed_px"]) / step)
    return [
        Contract(
            symbol=f"{code}-{month}-{right}{_decimal(strike)}",
            product=code,
            month=month,
            last_date=last_date,
            sq_date=sq_date,
            strike=strike,
            is_call=right == "C",
        )
        for strike in ((middle + at) * step for at in range(-each, each + 1))
        for right in "CP"
    ]


def _decimal(value: Fraction) -> str:
    tenths = value * 10
    assert tenths.denominator == 1, value
    return f"{int(tenths) // 10}.{int(tenths) % 10}"


def _open_day(calendar: Calendar, day: int) -> int:
    return day if calendar.is_trading_day(day) else calendar.previous_trading_day(day)


def _nth_weekday(month: int, weekday: int, number: int) -> int:
    first = to_date(month * 100 + 1)
    return to_int(first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1)))
