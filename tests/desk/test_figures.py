import pytest

from hts.desk.figures import (
    big_text,
    clock_text,
    countdown_text,
    moneys_text,
    percent_text,
    px_text,
    qty_text,
    signed_text,
    us_text,
)


@pytest.mark.parametrize(
    ("px", "decimals", "text"),
    [(191400, 0, "191,400"), (0, 0, "0"), (58533, 2, "585.33"), (-5, 2, "−0.05"), (-1200, 0, "−1,200")],
)
def test_price(px, decimals, text):
    assert px_text(px, decimals) == text


@pytest.mark.parametrize(("value", "text"), [(2700, "+2,700"), (-540, "−540"), (0, "0")])
def test_change_carries_its_sign(value, text):
    assert signed_text(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (2700, 188700, "+1.43"),
        (-6000, 974000, "−0.62"),
        (0, 100, "0.00"),
        (1, 0, "0.00"),
        (1, 100_000, "0.00"),
        (5, 100_000, "+0.01"),
        (-5, 100_000, "−0.01"),
        (5, -100, "−5.00"),
        (15, 1, "+1,500.00"),
    ],
)
def test_percent_rounds_half_away_from_zero(part, whole, text):
    assert percent_text(part, whole) == text


def test_quantity_uses_the_typographic_minus():
    assert (qty_text(1234567), qty_text(-10)) == ("1,234,567", "−10")


def test_clock_is_the_venues():
    assert clock_text(1_000_000) == "09:00:00"
    assert clock_text(15 * 3600 * 1_000_000_000 + 7_123_456_789, with_ms=True) == "00:00:07.123"


def test_countdown_stops_at_zero():
    assert (countdown_text(9_667_000_000_000), countdown_text(-5)) == ("02:41:07", "00:00:00")


def test_milliseconds_with_one_decimal():
    assert (us_text(1340), us_text(1350), us_text(0)) == ("1.3", "1.4", "0.0")
    assert (us_text(99_949), us_text(99_950), us_text(243_500), us_text(1_234_000)) == ("99.9", "100", "244", "1,234")


def test_money_of_several_currencies_is_never_one_sum():
    assert moneys_text({"KRW": 1_234}, "KRW") == "1,234"
    assert moneys_text({"KRW": 0, "USD": 1_234}, "KRW") == "USD 12.34"
    assert moneys_text({"USD": -1_234, "KRW": 5_000}, "KRW", signed=True) == "KRW +5,000 · USD −12.34"
    assert (moneys_text({}, "USD"), moneys_text({"JPY": 70}), moneys_text({})) == ("0.00", "70", "0")


def test_large_sums_in_few_characters():
    assert [big_text(amount, "ko") for amount in (0, 9_999, 10_000, 98_685_250_636, 2_198_970_000_000)] == [
        "0", "9,999", "1.00만", "986억", "2.19조",
    ]  # fmt: skip
    assert big_text(12_345_678_901, "en") == "12.3B"
    assert big_text(1_999_999, "en") == "1.99M"
    assert big_text(123_456_000_000_000, "ja") == "123兆"
