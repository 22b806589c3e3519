import datetime as dt

import numpy as np
import pytest

from hts.desk.chart_frames import DAY_S, MONTH_S, WEEK_S, bucket, buckets, coarser, periods, sessions, source_of
from tests.desk.scene import NINE, SECOND

DAY = 86_400 * SECOND
KST = dt.timezone(dt.timedelta(hours=9))
STARTS = np.arange(400) * DAY + NINE


def date_of(ns: int) -> dt.date:
    return dt.datetime.fromtimestamp(ns / 1e9, KST).date()


def test_weeks_begin_on_mondays_and_months_on_their_first():
    weeks, months = buckets(STARTS, WEEK_S), buckets(STARTS, MONTH_S)
    dates = [date_of(int(ns)) for ns in STARTS]
    assert [date_of(int(ns)) for ns in weeks] == [d - dt.timedelta(days=d.weekday()) for d in dates]
    assert [date_of(int(ns)) for ns in months] == [d.replace(day=1) for d in dates]


@pytest.mark.parametrize("timeframe_s", [60, 600, 3600, DAY_S, WEEK_S, MONTH_S])
@pytest.mark.parametrize("begin_s", [0, 12 * 3600, -27_000])
def test_one_time_and_many_fall_into_the_same_bar(timeframe_s, begin_s):
    times = np.arange(NINE, NINE + 3 * DAY, 7_919 * SECOND)
    many = buckets(times, timeframe_s, begin_s).tolist()
    assert [bucket(int(t), timeframe_s, begin_s) for t in times] == many


def test_a_night_in_new_york_is_one_session_and_an_evening_in_osaka_the_next_days():
    hours = np.array([22.5, 26.0, 29.0, 46.5]) * 3600 * SECOND  # of the day in Korea
    midnight = NINE - 9 * 3600 * SECOND
    york = sessions((midnight + hours).astype(np.int64), 12 * 3600)
    assert (york - york[0]).tolist() == [0, 0, 0, 1]
    osaka = sessions(midnight + np.array([9, 15, 17, 29, 33], np.int64) * 3600 * SECOND, -27_000)
    assert (osaka - osaka[0]).tolist() == [0, 0, 1, 1, 1]


def test_no_bar_reaches_over_the_end_of_a_trading_day():
    starts = NINE + np.array([0, 30, 60], np.int64) * 60 * SECOND
    starts = np.r_[starts, np.int64(NINE + 3 * 3600 * SECOND)]  # noon is New York's new day
    columns = np.tile(np.array([5.0, 6, 4, 5, 1, 5])[:, None], 4)
    begins, coarse = coarser(starts, columns, 3600, 12 * 3600 + 1_800)
    assert coarse[4].tolist() == [2.0, 1.0, 1.0]
    assert len(begins) == 3


def test_sessions_of_coarse_bars_are_months_and_years():
    counts = [len(set(periods(STARTS, frame_s).tolist())) for frame_s in (60, DAY_S, WEEK_S)]
    assert counts == [400, 14, 2]
    assert [source_of(s) for s in (-10, 60, 3600, DAY_S, MONTH_S)] == [0, 60, 60, DAY_S, DAY_S]
