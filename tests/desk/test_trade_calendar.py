"""Months of results by hand: November 2026 begins on a Sunday."""

from hts.desk.trade_calendar import LEVELS, CalendarDay, money_label, months, step

RESULTS = {20261102: 800_000, 20261103: -400_000, 20261106: 1, 20261113: 0}


def test_weeks_of_workdays_with_their_sums():
    (month,) = months(RESULTS, {20261102: 3}, 20261130, 1)
    assert (month.year, month.month, month.wins, month.losses, month.amount) == (2026, 11, 2, 1, 400_001)
    first = month.weeks[0]  # the week of Sunday the 1st has no workday and is left out
    assert first.days == (
        CalendarDay(date=20261102, amount=800_000, trips=3, level=LEVELS, is_traded=True),
        CalendarDay(date=20261103, amount=-400_000, level=-LEVELS // 2, is_traded=True),
        CalendarDay(date=20261104),
        CalendarDay(date=20261105),
        CalendarDay(date=20261106, amount=1, level=1, is_traded=True),
    )
    assert (first.amount, first.is_traded, len(month.weeks)) == (400_001, True, 5)
    last = month.weeks[-1]
    assert ([day and day.number for day in last.days], last.is_traded) == ([30, None, None, None, None], False)
    assert month.weeks[1].days[4] == CalendarDay(date=20261113, is_traded=True)


def test_a_day_at_the_weekend_makes_seven_columns():
    (month,) = months({**RESULTS, 20261107: 5}, {}, 20261130, 1)
    assert [len(week.days) for week in month.weeks] == [7] * 6
    assert [day and day.number for day in month.weeks[0].days] == [None] * 6 + [1]


def test_months_go_back_over_the_year_and_levels_are_of_those_shown():
    found = months({20261202: 100, 20270104: 50}, {}, 20270115, 2)
    assert [(month.year, month.month, month.amount) for month in found] == [(2026, 12, 100), (2027, 1, 50)]
    levels = [day.level for week in found[1].weeks for day in week.days if day and day.is_traded]
    assert levels == [LEVELS // 2]
    (alone,) = months({20261202: 100, 20270104: 50}, {}, 20270115, 1)
    assert [day.level for week in alone.weeks for day in week.days if day and day.is_traded] == [LEVELS]


def test_steps_stay_within_the_trading_days():
    assert [step(RESULTS, 20261103, by) for by in (-5, -1, 1, 2, 5)] == [20261102] * 2 + [20261106] + [20261113] * 2
    assert (step(RESULTS, 0, -1), step((), 0, 1)) == (20261113, 0)


def test_amounts_in_few_characters():
    assert [money_label(value, "ko") for value in (1_234_567, -99_999, 0)] == ["+123.4만", "−99,999", "0"]
    assert money_label(-1_234_567, "en") == "−1.2M"


def test_a_closed_day_is_said_unless_something_was_traded_on_it():
    (month,) = months({20261204: 5}, {}, 20261225, 1, {20261225, 20261204}.__contains__)
    closed = [day.date for week in month.weeks for day in week.days if day and day.is_closed]
    assert closed == [20261225]
