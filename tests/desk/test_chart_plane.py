import numpy as np
import pytest

from hts.desk.chart_plane import Plane


@pytest.mark.parametrize("is_log", [False, True])
def test_pixels_and_values_turn_back_into_each_other(is_log):
    y0, y1 = (np.log(90.0), np.log(400.0)) if is_log else (90.0, 400.0)
    plane = Plane(10, 20, 700, 300, 50.0, 150.0, y0, y1, is_log)
    for value in (91.0, 100.0, 250.0, 399.0):
        assert plane.value_at(plane.y_of(value)) == pytest.approx(value)
    assert plane.index_at(plane.x_of(77.5)) == pytest.approx(77.5)
    assert (plane.y_of(90.0), plane.y_of(400.0)) == (pytest.approx(320.0), pytest.approx(20.0))
    assert plane.y_of(np.array([90.0, 400.0])).tolist() == pytest.approx([320.0, 20.0])
    assert [plane.has(10, 20), plane.has(710, 20), plane.has(50, 320)] == [True, False, False]


def test_equal_ratios_are_equally_high_on_a_log_axis():
    plane = Plane(0, 0, 100, 100, 0, 10, 0.0, 5.0, is_log=True)
    heights = [plane.y_of(v) for v in (10.0, 20.0, 40.0)]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2])
    assert np.isfinite(plane.y_of(0.0))
