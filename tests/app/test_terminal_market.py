"""What a terminal knows of the markets' days."""

from hts.app.terminal_market import closed_days, fixed_rates


def test_holidays_are_those_of_the_currencys_market():
    is_closed = closed_days()
    assert [is_closed("KRW", date) for date in (20260924, 20260923, 20260926)] == [True, False, True]
    assert (is_closed("USD", 20261126), is_closed("KRW", 20261126)) == (True, False)  # Thanksgiving
    assert (is_closed("JPY", 20261123), is_closed("KRW", 20261123)) == (True, False)
    assert not is_closed("EUR", 20261225)  # no calendar is known


def test_sums_are_compared_by_the_rates_of_the_limits():
    assert fixed_rates() == {"USD": 1_400.0, "JPY": 9.5}  # 14 won a cent, 9.5 a yen
