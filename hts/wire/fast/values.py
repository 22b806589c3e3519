"""Field types, and conversion of the application's values to them (FAST 1.1, 6.2 and 8).

Within the package a decimal is `Scaled`, exponent and mantissa apart, because operators act on them apart. Outside it
is a `Decimal`, whose own exponent and digits are the two parts: nothing is rounded, and 1.50 stays different from 1.5.
"""

import re
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NamedTuple

from hts.wire.fast.errors import Fault
from hts.wire.fast.scalars import INT32, INT64, UINT32, UINT64

EXPONENT_BOUNDS: Final = (-63, 63)
_WHITESPACE: Final = " \t\r\n"


class FieldType(Enum):
    """The primitive types; values are the element names of the template language."""

    INT32 = "int32"
    UINT32 = "uInt32"
    INT64 = "int64"
    UINT64 = "uInt64"
    ASCII = "string"
    UNICODE = "unicode string"
    BYTES = "byteVector"
    DECIMAL = "decimal"


BOUNDS: Final = {
    FieldType.INT32: INT32,
    FieldType.UINT32: UINT32,
    FieldType.INT64: INT64,
    FieldType.UINT64: UINT64,
}
TEXTS: Final = frozenset((FieldType.ASCII, FieldType.UNICODE, FieldType.BYTES))


class Scaled(NamedTuple):
    """mantissa * 10 ** exponent."""

    exponent: int
    mantissa: int

    def to_decimal(self) -> Decimal:
        """Exactly, exponent kept."""
        digits = tuple(map(int, str(abs(self.mantissa))))
        return Decimal((int(self.mantissa < 0), digits, self.exponent))

    def checked(self) -> "Scaled":
        """Itself, or R1."""
        if not EXPONENT_BOUNDS[0] <= self.exponent <= EXPONENT_BOUNDS[1]:
            raise Fault("R1", f"an exponent -63..63 expected, found {self.exponent}")
        if not INT64[0] <= self.mantissa <= INT64[1]:
            raise Fault("R1", f"a mantissa within int64 expected, found {self.mantissa}")
        return self

    def normalized(self) -> "Scaled":
        """No zero at the end of the mantissa (6.3.2)."""
        exponent, mantissa = self
        if mantissa == 0:
            return Scaled(0, 0)
        while mantissa % 10 == 0:
            mantissa //= 10
            exponent += 1
        return Scaled(exponent, mantissa)


def to_field(kind: FieldType, value: Any) -> Any:
    """An application's value as `kind` needs it. Raises Fault D1, D10, D11, R1, R3, R4, R5."""
    if isinstance(value, bool) or not isinstance(value, int | str | bytes | Decimal):
        raise Fault("D1", f"int, str, bytes or Decimal for a {kind.value} expected, found {type(value).__name__}")
    if kind in BOUNDS:
        return _to_integer(kind, value)
    if kind is FieldType.DECIMAL:
        return _to_scaled(value)
    if kind is FieldType.BYTES:
        return _to_bytes(value)
    return _to_text(kind, value)


def _to_integer(kind: FieldType, value: int | str | bytes | Decimal) -> int:
    low, high = BOUNDS[kind]
    if isinstance(value, bytes):
        raise Fault("D10", f"a {kind.value} expected, found a byte vector")
    if isinstance(value, str):
        text = value.strip(_WHITESPACE)
        if not re.fullmatch("-?[0-9]{1,40}" if low < 0 else "[0-9]{1,40}", text):
            raise Fault("D11", f"the digits of a {kind.value} expected, found {value[:40]!r}")
        value = int(text)
    elif isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > 100 or value != value.to_integral_value():
            raise Fault("R5", f"a decimal without a fraction expected, found {value}")
        value = int(value)
    if not low <= value <= high:
        raise Fault("R4", f"a {kind.value} {low}..{high} expected, found {value}")
    return value


def _to_scaled(value: int | str | bytes | Decimal) -> Scaled:
    if isinstance(value, bytes):
        raise Fault("D10", "a decimal expected, found a byte vector")
    if isinstance(value, int):
        return Scaled(0, value).checked() if INT64[0] <= value <= INT64[1] else Scaled(0, value).normalized().checked()
    if isinstance(value, str):
        text = value.strip(_WHITESPACE)
        found = re.fullmatch(r"(-?)([0-9]{0,80})(?:\.([0-9]{0,80}))?", text)
        if found is None or not (found[2] or found[3]):
            raise Fault("D11", f"a decimal expected, found {value[:40]!r}")
        fraction = found[3] or ""
        return Scaled(-len(fraction), int(f"{found[1]}{found[2]}{fraction}")).normalized().checked()
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise Fault("D1", f"a finite decimal expected, found {value}")
    if len(digits) > 40:
        raise Fault("R1", f"a mantissa within int64 expected, found one of {len(digits)} digits")
    mantissa = int("".join(map(str, digits)))
    return Scaled(exponent, -mantissa if sign else mantissa).checked()


def _to_bytes(value: int | str | bytes | Decimal) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise Fault("D10", f"bytes or a string of hex digits expected, found {type(value).__name__}")
    digits = re.sub(f"[{_WHITESPACE}]", "", value)
    if not re.fullmatch("(?:[0-9A-Fa-f]{2})*", digits):
        raise Fault("D11", f"an even number of hex digits expected, found {value[:40]!r}")
    return bytes.fromhex(digits)


def _to_text(kind: FieldType, value: int | str | bytes | Decimal) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        value = _plain(_to_scaled(value))
    text = str(value)
    if kind is FieldType.ASCII and not text.isascii():
        raise Fault("R3", f"ASCII characters expected, found {text[:40]!r}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Fault("R2", "characters that UTF-8 can carry expected, found half a surrogate pair") from error
    return text


def _plain(value: Scaled) -> str:
    """As section 8.3.2 writes a decimal: no exponent, no needless zero."""
    text = format(value.normalized().to_decimal(), "f")
    return text or "0"
