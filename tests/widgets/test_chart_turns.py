import pytest
from msgspec.structs import replace
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QApplication

from hts.desk.chart_studies import study_of
from hts.model.enums import Side
from tests.desk.scene import SAMSUNG, a_position, a_trade, an_order
from tests.widgets.chart_scene import a_chart, closes
from tests.widgets.paints import Paints
from tests.widgets.scene import day_scene
from widgets import chart_turns
from widgets.chart_ranges import touched
from widgets.chart_turns import BAND_PX, LABELS_NS, bands

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

LATE = 299 * 60  # of the last bar


class Played:
    """A chart, and each frame turn by turn."""

    def __init__(self, qtbot, monkeypatch):
        self.now = 10 * LABELS_NS
        monkeypatch.setattr(chart_turns, "perf_counter_ns", lambda: self.now)
        self.scene = day_scene()
        self.panel = a_chart(qtbot, self.scene)
        self.canvas = self.panel.canvas
        self.trade(closes(self.panel)[-1])
        self.paints = Paints(self.canvas.viewport())

    def trade(self, px, at_s=LATE, between=lambda: None):
        """A trade, and a paint event after each step, as the frame clock does it; the number of steps."""
        self.scene.market.on_quote(a_trade(SAMSUNG, px=px, qty=1, at_s=at_s))
        self.panel.on_frame(self.scene.frame())
        self.panel.refresh_if_dirty(0)
        steps = 0
        QApplication.processEvents()
        while self.panel.show_more():
            steps += 1
            between()
            QApplication.processEvents()
        return steps

    def shown(self, bottom=None):
        """What the screen has, down to a height."""
        view = self.canvas.viewport()
        window = view.window()
        at = view.mapTo(window, view.rect().topLeft())
        image = window.screen().grabWindow(window.winId()).toImage()
        return image.copy(at.x(), at.y(), view.width(), bottom or view.height())

    def is_true(self, bottom=None):
        """Whether the screen has what a whole repaint with a new still picture shows."""
        before = self.shown(bottom)
        self.canvas.restyle()
        QApplication.processEvents()
        return before == self.shown(bottom)


@pytest.fixture
def played(qtbot, monkeypatch):
    return Played(qtbot, monkeypatch)


@pytest.mark.parametrize(("px", "at_s"), [(250_000, LATE), (0, 300 * 60)], ids=["another range", "another bar"])
def test_what_changes_all_is_painted_in_bands_behind_the_still_picture(played, px, at_s):
    stills, view = played.canvas.still.count, played.canvas.viewport()
    steps = played.trade(px or closes(played.panel)[-1], at_s)
    regions = played.paints.regions
    pixels = [box.width() * box.height() for box in played.paints.boxes]
    whole = QRegion()
    for region in regions:
        whole = whole.united(region)
    assert (max(pixels) <= BAND_PX, whole == QRegion(view.rect())) == (True, True)
    first = played.paints.boxes[0]
    assert 0 < first.left() < first.right() == view.rect().right()  # the newest
    assert (played.canvas.still.count - stills, steps > len(regions)) == (1, True)
    assert played.is_true()


def test_a_trade_within_the_range_is_painted_alone(played):
    last = closes(played.panel)[-1]
    stills = played.canvas.still.count
    steps = played.trade(last - 100)
    end = bands(touched(played.canvas), 1.0)
    assert played.paints.boxes == end
    assert (steps, played.canvas.still.count) == (len(end), stills)  # the last is the legend's


def test_figures_at_the_left_follow_behind_a_few_times_a_second(played):
    last = closes(played.panel)[-1]
    played.trade(last - 100)
    played.now += LABELS_NS
    played.paints.regions.clear()
    played.trade(last)
    x, view = touched(played.canvas).left(), played.canvas.viewport()
    boxes = played.paints.boxes
    left = [box for box in boxes if box.left() < x]
    end = bands(touched(played.canvas), 1.0)
    assert boxes == [*end, *left]
    assert ({box.right() for box in left}, sum(box.height() for box in left)) == ({x - 1}, view.height())
    assert played.is_true()


def test_lines_that_are_shifted_back_follow_with_the_left(played):
    played.panel.adjust(studies=(study_of("ichimoku"), *played.panel.settings.studies))
    QApplication.processEvents()
    last = closes(played.panel)[-1]
    for px in (last - 100, last):
        played.now += LABELS_NS
        played.trade(px)
        assert played.is_true()


def test_a_paint_event_in_between_shows_what_there_is(played):
    """The crosshair moves while the still picture is half made."""
    pictures = []

    def look():
        played.canvas.viewport().update()
        QApplication.processEvents()
        pictures.append(played.shown())

    played.trade(250_000, between=look)
    assert len(pictures) > 2
    assert all(picture == pictures[-1] for picture in pictures)


def test_another_picture_may_be_wanted_before_one_is_whole(played):
    panel, canvas = played.panel, played.canvas
    panel.series.on_trade(a_trade(SAMSUNG, px=250_000, qty=1, at_s=LATE))
    panel.refresh(0)
    assert [panel.show_more() for _ in range(4)] == [True] * 4
    panel.change(replace(panel.settings, heights={"volume": 0.3}))
    QApplication.processEvents()
    assert played.is_true()
    assert canvas.turns.show_more() is False


def test_what_waits_is_not_forgotten_when_the_next_frame_comes_before_it(played):
    panel = played.panel
    panel.series.on_trade(a_trade(SAMSUNG, px=250_000, qty=1, at_s=300 * 60))
    panel.refresh(0)  # nothing of it has been painted
    played.now += LABELS_NS
    played.trade(250_000, at_s=300 * 60)
    assert played.is_true()


def test_a_result_that_reaches_over_the_bars_is_whole_at_every_trade(played):
    """In a narrow chart the average's label begins left of the last bars."""
    last = closes(played.panel)[-1]
    played.scene.orders.on_view(a_position(SAMSUNG, 1_234_567, 1_234_567 * (last - 100)))
    played.panel.resize(400, 400)
    QApplication.processEvents()
    played.canvas.show_newest()
    played.trade(last)
    for px in (last - 100, last, last - 200):
        played.trade(px)
        label = played.canvas.marks_layer.labels_left
        assert label < played.canvas.price_plane.x_of(len(played.canvas.series) - 3)
        assert touched(played.canvas).left() < label
        assert played.is_true(int(played.canvas.price_plane.bottom))  # the volume's figures follow later


def test_an_orders_other_quantity_paints_its_label_and_what_is_right_of_the_bars(played):
    """Of more digits and of fewer: what the wider label covered is free again."""
    last = closes(played.panel)[-1]
    paints = Paints(played.canvas.viewport())
    for qty in (90, 10**36, 7):
        played.scene.orders.on_view(an_order(70, Side.BUY, last - 300, qty, SAMSUNG))
        before = len(paints.boxes)
        played.trade(last)
        boxes, is_new = paints.boxes[before:], qty == 90
        assert any(box.left() == 0 for box in boxes) is is_new
        assert played.is_true(int(played.canvas.price_plane.bottom))
