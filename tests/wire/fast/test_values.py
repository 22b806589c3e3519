from decimal import Decimal

import pytest

from hts.wire.fast.errors import Fault
from hts.wire.fast.values import FieldType, Scaled, to_field

INT32, UINT32, UINT64 = FieldType.INT32, FieldType.UINT32, FieldType.UINT64
ASCII, UNICODE, BYTES, DECIMAL = FieldType.ASCII, FieldType.UNICODE, FieldType.BYTES, FieldType.DECIMAL


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (INT32, " -12\n", -12),
        (UINT32, Decimal("1.20E2"), 120),
        (UINT64, 2**64 - 1, 2**64 - 1),
        (DECIMAL, "94.250", Scaled(-2, 9425)),
        (DECIMAL, ".1", Scaled(-1, 1)),
        (DECIMAL, "-0.0", Scaled(0, 0)),
        (DECIMAL, "100", Scaled(2, 1)),
        (DECIMAL, 12100, Scaled(0, 12100)),
        (DECIMAL, Decimal("94.250"), Scaled(-3, 94250)),
        (DECIMAL, Decimal("1.21E+4"), Scaled(2, 121)),
        (BYTES, "0a Fb", b"\x0a\xfb"),
        (ASCII, b"\x0a\xfb", "0afb"),
        (ASCII, -5, "-5"),
        (ASCII, Decimal("-0.50"), "-0.5"),
        (ASCII, Decimal("1.2E+2"), "120"),
        (UNICODE, "삼성전자", "삼성전자"),
    ],
)
def test_conversions_of_section_8(kind, value, expected):
    assert to_field(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        (INT32, 1.5, "D1"),
        (INT32, True, "D1"),
        (INT32, [1], "D1"),
        (INT32, b"1", "D10"),
        (DECIMAL, b"1", "D10"),
        (BYTES, 5, "D10"),
        (UINT32, "-1", "D11"),
        (INT32, "1 2", "D11"),
        (INT32, "٣", "D11"),
        (DECIMAL, ".", "D11"),
        (DECIMAL, "1e5", "D11"),
        (BYTES, "abc", "D11"),
        (UINT32, -1, "R4"),
        (INT32, 2**31, "R4"),
        (INT32, Decimal("1.5"), "R5"),
        (INT32, Decimal("NaN"), "R5"),
        (INT32, Decimal("1E+999999"), "R5"),
        (DECIMAL, Decimal("Infinity"), "D1"),
        (DECIMAL, Decimal("1E+64"), "R1"),
        (DECIMAL, 2**63, "R1"),
        (DECIMAL, "0." + "0" * 63 + "1", "R1"),
        (ASCII, "é", "R3"),
        (UNICODE, "\ud800", "R2"),
    ],
)
def test_what_does_not_convert_has_its_code(kind, value, code):
    with pytest.raises(Fault) as fault:
        to_field(kind, value)
    assert fault.value.code == code


def test_decimal_keeps_its_exponent():
    for text in ("94.250", "0.00", "-5", "1E+10", "-9.223372036854775808"):
        assert str(to_field(DECIMAL, Decimal(text)).to_decimal()) == text
