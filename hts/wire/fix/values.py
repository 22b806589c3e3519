"""What a value of each FIX data type looks like, and conversions between values and Python's types.

FIX 4.4 volume 1, "Data Types"; FIX 5.0 SP2 volume 1 adds the types with a time zone. The patterns are sources, since
`hts.wire.fix.shapes` joins them to one expression for a whole message.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from hts.base.errors import RemoteProtocolError

NS: Final = 1_000_000_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DATES_KEPT: Final = 64

_DATE: Final = rb"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_CLOCK: Final = rb"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,12})?"
_ZONE: Final = rb"(?:Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?"
_TZ_CLOCK: Final = rb"(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,12})?)?" + _ZONE
# Digits are bounded so that no value costs more than its meaning is worth.
_FLOAT: Final = rb"-?(?:\d{1,32}+(?:\.\d{0,32}+)?|\.\d{1,32}+)"
_TEXT: Final = rb"[^\x01]++"
_COUNT: Final = rb"\d{1,18}+"

# Data type -> source of the expression that its values match, without the codes of the single field.
PATTERNS: Final[dict[str, bytes]] = {
    **dict.fromkeys(("INT",), rb"-?\d{1,18}+"),
    **dict.fromkeys(("LENGTH", "NUMINGROUP", "SEQNUM", "TAGNUM"), _COUNT),
    "DAYOFMONTH": rb"(?:0?[1-9]|[12]\d|3[01])",
    **dict.fromkeys(("FLOAT", "PRICE", "QTY", "PRICEOFFSET", "AMT", "PERCENTAGE"), _FLOAT),
    "CHAR": rb"[^\x01]",
    "BOOLEAN": rb"[YN]",
    **dict.fromkeys(("STRING", "EXCHANGE", "XID", "XIDREF"), _TEXT),
    "MULTIPLEVALUESTRING": rb"[^\x01 ]++(?: [^\x01 ]++)*+",
    "MULTIPLESTRINGVALUE": rb"[^\x01 ]++(?: [^\x01 ]++)*+",
    "MULTIPLECHARVALUE": rb"[^\x01 ](?: [^\x01 ])*+",
    "COUNTRY": rb"[A-Z]{2}",
    "CURRENCY": rb"[A-Z]{3}",
    "LANGUAGE": rb"[a-z]{2}",
    "UTCTIMESTAMP": _DATE + rb"-" + _CLOCK,
    "UTCTIMEONLY": _CLOCK,
    **dict.fromkeys(("UTCDATE", "UTCDATEONLY", "LOCALMKTDATE"), _DATE),
    "LOCALMKTTIME": _CLOCK,
    "MONTHYEAR": rb"\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|w[1-5])?",
    "TZTIMEONLY": _TZ_CLOCK,
    "TZTIMESTAMP": _DATE + rb"-" + _TZ_CLOCK,
    **dict.fromkeys(("DATA", "XMLDATA"), rb"(?s:.+)"),
}
MULTIPLE: Final = frozenset({"MULTIPLEVALUESTRING", "MULTIPLESTRINGVALUE", "MULTIPLECHARVALUE"})
DATA: Final = frozenset({"DATA", "XMLDATA"})

_COMPILED: Final = {name: re.compile(source) for name, source in PATTERNS.items()}
_TIMESTAMP: Final = _COMPILED["UTCTIMESTAMP"]
_midnights: dict[bytes, int] = {}  # a session meets one date, seldom two: the cache is cleared when it is full


def compiled(type_name: str) -> re.Pattern[bytes]:
    """The expression of a data type. KeyError for one that no dictionary of ours uses."""
    return _COMPILED[type_name]


def timestamp_ns(value: bytes) -> int:
    """UTCTimestamp as nanoseconds since 1970. Raises RemoteProtocolError."""
    if _TIMESTAMP.fullmatch(value) is None:
        raise RemoteProtocolError(f"YYYYMMDD-HH:MM:SS[.sss] expected, found {value!r}")
    seconds = int(value[9:11]) * 3600 + int(value[12:14]) * 60 + int(value[15:17])
    fraction = value[18:27]
    return _midnight_ns(value[:8]) + seconds * NS + (int(fraction.ljust(9, b"0")) if fraction else 0)


def _midnight_ns(date: bytes) -> int:
    found = _midnights.get(date)
    if found is None:
        try:
            day = datetime(int(date[:4]), int(date[4:6]), int(date[6:8]), tzinfo=UTC)
        except ValueError as error:
            raise RemoteProtocolError(f"a date expected, found {date!r}") from error
        if len(_midnights) >= DATES_KEPT:
            _midnights.clear()
        found = _midnights[date] = (day - EPOCH).days * 86_400 * NS
    return found


def timestamp(ns: int, digits: int = 3) -> bytes:
    """Nanoseconds since 1970 as UTCTimestamp with so many digits of the second (0, 3, 6 or 9), cut, not rounded."""
    seconds, rest = divmod(ns, NS)
    day, clock = divmod(seconds, 86_400)
    hour, rest_s = divmod(clock, 3600)
    minute, second = divmod(rest_s, 60)
    text = b"%b-%02d:%02d:%02d" % (date(day), hour, minute, second)
    return text + b".%0*d" % (digits, rest // 10 ** (9 - digits)) if digits else text


def date(day: int) -> bytes:
    """Days since 1970 as YYYYMMDD."""
    found = _dates.get(day)
    if found is None:
        if len(_dates) >= DATES_KEPT:
            _dates.clear()
        found = _dates[day] = (EPOCH + timedelta(days=day)).strftime("%Y%m%d").encode().rjust(8, b"0")
    return found


_dates: dict[int, bytes] = {}


def decimal_to_int(value: bytes, places: int = 0) -> int:
    """A FIX number as an int scaled by 10**places. Raises RemoteProtocolError when digits would be lost."""
    if _COMPILED["FLOAT"].fullmatch(value) is None:
        raise RemoteProtocolError(f"a number expected, found {value!r}")
    sign = -1 if value.startswith(b"-") else 1
    whole, _, fraction = value.lstrip(b"-").partition(b".")
    kept, lost = fraction[:places], fraction[places:]
    if lost.strip(b"0"):
        raise RemoteProtocolError(f"at most {places} decimal places expected, found {value!r}")
    scale: int = 10**places
    return sign * (int(whole or b"0") * scale + int(kept.ljust(places, b"0") or b"0"))


def int_to_decimal(value: int, places: int = 0) -> bytes:
    """An int scaled by 10**places as a FIX number without needless digits."""
    if not places:
        return b"%d" % value
    whole, fraction = divmod(abs(value), 10**places)
    text = b"%d.%0*d" % (whole, places, fraction)
    return (b"-" if value < 0 else b"") + text.rstrip(b"0").rstrip(b".")
