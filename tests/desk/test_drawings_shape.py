import itertools

import pytest

from hts.desk.chart import Series
from hts.desk.chart_plane import Plane
from hts.desk.drawings import Anchor, Drawing, Kind
from hts.desk.drawings_shape import FIBONACCI_BY_RANK, LABEL_APART, hit_of, shape_of
from tests.desk.scene import NINE, SECOND
from tests.desk.test_chart import minute_bars

PLANE = Plane(0, 0, 1_000, 500, 0.0, 100.0, 500.0, 1_500.0)  # 10 px a bar, 2 a px


@pytest.fixture(scope="module")
def series():
    made = Series(60)
    made.replace(minute_bars(100))
    return made


def shape(kind, points, series, text=""):
    anchors = tuple(Anchor(NINE + int(x * 60 * SECOND), px) for x, px in points)
    drawing = Drawing(drawing_id=1, kind=kind, anchors=anchors, text=text)
    return shape_of(drawing, series, PLANE, lambda px: f"{px:.0f}", lambda m: f"{m.change:.0f}/{m.bars}/{m.seconds}")


def test_lines_go_through_their_anchors(series):
    assert shape(Kind.TREND, [(10, 1_000), (20, 1_100)], series).lines == ((100, 250, 200, 200, 1.0),)
    assert shape(Kind.HORIZONTAL, [(10, 1_000)], series).lines == ((0, 250, 1_000, 250, 1.0),)
    assert shape(Kind.VERTICAL, [(10, 1_000)], series).lines == ((100, 0, 100, 500, 1.0),)


def test_a_ray_goes_on_beyond_the_pane_in_its_direction(series):
    x1, y1, x2, y2, _ = shape(Kind.RAY, [(10, 1_000), (20, 1_100)], series).lines[0]
    assert (x1, y1) == (100, 250)
    assert x2 > 2_000
    assert (y2 - y1) / (x2 - x1) == pytest.approx(-0.5)


def test_a_channel_is_parallel_through_its_third_anchor(series):
    lines = shape(Kind.CHANNEL, [(10, 1_000), (20, 1_100), (10, 1_200)], series).lines
    assert [line[:4] for line in lines] == [(100, 250, 200, 200), (100, 150, 200, 100), (100, 200, 200, 150)]


def test_retracements_are_shares_of_the_way_back(series):
    made = shape(Kind.FIBONACCI, [(10, 1_000), (20, 1_200)], series)
    heights = [line[1] for line in made.lines[1:]]
    assert heights == pytest.approx([150 + 100 * share for share in FIBONACCI_BY_RANK])
    assert [label.text for label in made.labels][:4] == ["0.0%  1200", "100.0%  1000", "50.0%  1100", "61.8%  1076"]


def test_a_measure_tells_change_bars_and_time(series):
    made = shape(Kind.MEASURE, [(10, 1_000), (25, 950)], series)
    assert made.labels[0].text == "-50/15/900"
    assert made.boxes == ((100, 250, 150, 25),)


def test_far_anchors_stay_within_what_a_painter_can_count(series):
    made = shape(Kind.TREND, [(10, 1e14), (1e9, 1_000)], series)
    assert all(abs(v) <= 20_000 for v in made.lines[0])


@pytest.mark.parametrize(
    ("at", "handle"),
    [((150, 225), -1), ((152, 229), -1), ((101, 251), 0), ((199, 202), 1), ((150, 240), None), ((300, 150), None)],
)
def test_lines_and_handles_are_found_under_the_pointer(series, at, handle):
    hit = hit_of(shape(Kind.TREND, [(10, 1_000), (20, 1_100)], series), 7, at, len)
    assert (hit.handle if hit else None) == handle


def test_a_text_is_found_where_it_stands(series):
    made = shape(Kind.TEXT, [(10, 1_000)], series, text="x" * 40)
    hits = [hit_of(made, 1, at, len) for at in ((130, 250), (141, 250), (130, 270))]
    assert [hit is not None for hit in hits] == [True, False, False]


def test_labels_of_retracements_stand_beside_their_lines_or_where_there_is_no_room_on_them(series):
    for x, place in ((20, (194, True)), (2, (24, False)), (-30, (4, False))):
        label = shape(Kind.FIBONACCI, [(x, 1_000), (40, 1_200)], series).labels[0]
        assert (label.x, label.ends) == place


def test_a_narrow_retracement_writes_its_ends_and_what_has_room_between(series):
    made = shape(Kind.FIBONACCI, [(10, 1_000), (20, 1_060)], series)
    ys = sorted(label.y for label in made.labels)
    assert (len(made.lines), [label.text[:4] for label in made.labels[:3]]) == (9, ["0.0%", "100.", "50.0"])
    assert all(lower - upper >= LABEL_APART for upper, lower in itertools.pairwise(ys))
    assert 3 <= len(ys) < 8
