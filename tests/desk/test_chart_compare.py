import numpy as np
import pytest

from hts.desk.chart import Series
from hts.desk.chart_compare import Compared, view_base
from tests.desk.scene import NINE, SECOND

MINUTE = 60 * SECOND


def of_closes(series: Series, minutes, closes) -> Series:
    closes = np.array(closes, float)
    series.take(
        NINE + np.array(minutes, np.int64) * MINUTE, np.array([closes, closes, closes, closes, closes * 0, closes * 0])
    )
    return series


def test_the_other_issue_is_rebased_to_the_first_bar_that_both_have():
    main = of_closes(Series(60), range(6), [100, 110, 120, 130, 140, 150])
    other = Compared("000660", Series(60))
    of_closes(other.series, [1, 2, 4], [50, 55, 60])
    closes = other.closes(main, 0, 5)
    assert np.isnan(closes[0]) and closes[1:].tolist() == [50, 55, 55, 60, 60]
    assert other.rebased(main, 0.0, 5.0)[1:].tolist() == pytest.approx([110, 121, 121, 132, 132])
    assert other.rebased(main, 2.0, 5.0).tolist() == pytest.approx([120, 120, 60 / 55 * 120, 60 / 55 * 120])
    assert round(other.change_percent(main, 0.0, 5.0), 6) == 20.0


def test_without_bars_there_is_nothing_to_compare():
    main, other = of_closes(Series(60), range(3), [1, 2, 3]), Compared("000660", Series(60))
    assert (other.rebased(main, 0, 2), other.change_percent(main, 0, 2)) == (None, None)
    assert (view_base(main, 1.5), view_base(main, -9.0), view_base(Series(60), 0)) == (2.0, 1.0, 0.0)
