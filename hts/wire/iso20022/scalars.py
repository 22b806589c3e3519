"""Single values: their text in the document, and back, within the bounds of their type.

What the schema's types allow and we do not: a time zone on a date (which day would it be here?), fractions of a
microsecond. Both are refused with a clear line rather than changed in silence.
"""

import datetime as dt
import re
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from hts.wire.iso20022.amount import Amount

KINDS: Final = ("text", "code", "decimal", "amount", "date", "datetime", "flag", "empty", "const")
_CURRENCY: Final = re.compile("[A-Z]{3}")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})")
_DATE: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_FLAGS: Final = {"true": True, "false": False, "1": True, "0": False}


class ScalarType(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of [type]."""

    name: str
    kind: str
    length: int = 0
    pattern: str = ""
    codes: tuple[str, ...] = ()
    digits: int = 0
    fraction: int = 0
    text: str = ""


class BadValue(ValueError):  # noqa: N818  the writer and the reader make errors of it
    """A value outside its type; the reader or writer adds the place and says whose fault it is."""


def to_text(kind: ScalarType, value: Any) -> tuple[str, str]:
    """The text of an element, and the currency attribute or ""."""
    if kind.kind == "amount":
        if not isinstance(value, Amount):
            raise BadValue(f"Amount expected, found {type(value).__name__}")
        _check_currency(value.currency)
        return _decimal_text(kind, value.value), value.currency
    return _TO_TEXT[kind.kind](kind, value), ""


def from_text(kind: ScalarType, text: str, currency: str | None) -> Any:
    """The value of an element."""
    if kind.kind == "amount":
        if currency is None:
            raise BadValue("attribute Ccy expected, found none")
        _check_currency(currency)
        return Amount(currency=currency, value=_decimal_value(kind, text))
    return _FROM_TEXT[kind.kind](kind, text)


def _check_currency(currency: str) -> None:
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise BadValue(f"a currency of three letters expected, found {str(currency)[:10]!r}")


def _checked_text(kind: ScalarType, text: Any) -> str:
    if not isinstance(text, str):
        raise BadValue(f"str expected, found {type(text).__name__}")
    if not 1 <= len(text) <= kind.length:
        raise BadValue(f"1 to {kind.length} characters expected, found {len(text)}")
    if kind.pattern and not re.fullmatch(kind.pattern, text):
        raise BadValue(f"{kind.pattern} expected, found {text!r}")
    # XML 1.0 cannot carry most control characters, and changes line ends in silence.
    wrong = next((c for c in text if c < " " or c in "\ufffe\uffff" or "\ud800" <= c <= "\udfff"), None)
    if wrong is not None:
        raise BadValue(f"characters that a document keeps expected, found U+{ord(wrong):04X}")
    return text


def _checked_code(kind: ScalarType, text: Any) -> str:
    if text not in kind.codes:
        raise BadValue(f"one of {', '.join(kind.codes)} expected, found {str(text)[:40]!r}")
    return str(text)


def _checked_decimal(kind: ScalarType, value: Any) -> Decimal:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise BadValue(f"a finite Decimal expected, found {value!r}"[:200])
    if kind.kind == "amount" and value < 0:
        raise BadValue(f"an amount that is not negative expected, found {value}")
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int), value
    # Zeroes at either end do not count against the type (XML Schema part 2, totalDigits).
    significant = "".join(map(str, digits)).rstrip("0")
    exponent += len(digits) - len(significant) if significant else -exponent
    fraction = max(0, -exponent)
    whole = max(0, len(significant.lstrip("0")) + exponent)
    if fraction > kind.fraction or whole + fraction > kind.digits:
        raise BadValue(
            f"at most {kind.digits} digits, {kind.fraction} of them after the point, expected, found {value}"
        )
    return value


def _decimal_text(kind: ScalarType, value: Any) -> str:
    return format(_checked_decimal(kind, value), "f")


def _decimal_value(kind: ScalarType, text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise BadValue(f"a decimal expected, found {text[:40]!r}")
    return _checked_decimal(kind, Decimal(text))


def _date_text(_kind: ScalarType, value: Any) -> str:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise BadValue(f"date expected, found {type(value).__name__}")
    return value.isoformat()


def _date_value(_kind: ScalarType, text: str) -> dt.date:
    if not _DATE.fullmatch(text):
        raise BadValue(f"a date as 2026-11-22 expected, found {text[:40]!r}")
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadValue(f"a date expected, found {text}: {error}") from error


def _date_time_text(_kind: ScalarType, value: Any) -> str:
    if not isinstance(value, dt.datetime):
        raise BadValue(f"datetime expected, found {type(value).__name__}")
    offset = value.utcoffset()
    if offset is not None and (offset.microseconds or offset.seconds % 60):
        raise BadValue(f"a time zone of whole minutes expected, found {offset}")
    return value.isoformat()


def _date_time_value(_kind: ScalarType, text: str) -> dt.datetime:
    if not _DATE_TIME.fullmatch(text):
        raise BadValue(f"a time as 2026-11-22T15:30:00+09:00 expected, found {text[:40]!r}")
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadValue(f"a time expected, found {text}: {error}") from error


def _flag_text(_kind: ScalarType, value: Any) -> str:
    if not isinstance(value, bool):
        raise BadValue(f"bool expected, found {type(value).__name__}")
    return "true" if value else "false"


def _flag_value(_kind: ScalarType, text: str) -> bool:
    if text not in _FLAGS:
        raise BadValue(f"true or false expected, found {text[:40]!r}")
    return _FLAGS[text]


def _said_text(kind: ScalarType, value: Any) -> str:
    if value is not True:
        raise BadValue(f"bool expected, found {type(value).__name__}")
    return kind.text


def _said_value(kind: ScalarType, text: str) -> bool:
    if text != kind.text:
        raise BadValue(f"{kind.text or 'no text'} expected, found {text[:40]!r}")
    return True


_TO_TEXT: Final = {
    "text": _checked_text,
    "code": _checked_code,
    "decimal": _decimal_text,
    "date": _date_text,
    "datetime": _date_time_text,
    "flag": _flag_text,
    "empty": _said_text,
    "const": _said_text,
}
_FROM_TEXT: Final = {
    "text": _checked_text,
    "code": _checked_code,
    "decimal": _decimal_value,
    "date": _date_value,
    "datetime": _date_time_value,
    "flag": _flag_value,
    "empty": _said_value,
    "const": _said_value,
}
