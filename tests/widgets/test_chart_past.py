"""Own fills of days before on the chart panel: asked for when wanted, painted, told by the legend."""

import json

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from hts.desk.chart_past import merge
from hts.model.enums import Side
from hts.model.past_fills import FillsPage, PastFill
from hts.model.queries import RequestFills
from tests.desk.scene import NINE, SAMSUNG, SECOND, a_fill
from tests.support.builders import ACCOUNT
from tests.widgets.chart_scene import a_chart, closes, settle
from tests.widgets.scene import day_scene
from tests.widgets.test_chart_fills import PLANE
from widgets.chart import ChartPanel
from widgets.chart_menu import style_menu
from widgets.chart_past import PastLayer
from widgets.painting import TextCache

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise\\(\\)")
DAY = 86_400 * SECOND


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    return a_chart(qtbot, scene)


def answer(scene, *fills, is_last=True):
    past = scene.context.answers.past
    pages = tuple(PastFill(fill=fill, currency="KRW", value=0, trade_date=20261119) for fill in fills)
    after = past._question.after
    scene.context.answers.take(
        FillsPage(
            account=ACCOUNT, first_date=0, last_date=0, after=after, fills=pages,
            next=(after[0], after[1] + len(fills)), is_last=is_last,
        )
    )  # fmt: skip


def asked(scene):
    return [query for query in scene.queries if isinstance(query, RequestFills)]


def test_nothing_is_asked_for_until_it_is_wanted(qtbot, scene, panel):
    assert asked(scene) == []
    action = next(action for action in style_menu(panel).actions() if action.text() == "지난 날의 내 체결")
    assert not action.isChecked()
    action.trigger()
    assert len(asked(scene)) == 1
    other = ChartPanel(scene.context)
    qtbot.addWidget(other)
    other.take_stored(json.loads(json.dumps(panel.stored())))
    assert other.settings.shows_past


def test_fills_of_days_before_are_painted_and_told_by_the_legend_until_they_are_not_wanted(scene, panel):
    panel.set_timeframe(60)
    settle(scene, panel)
    px, bare = closes(panel)[250], panel.canvas.grab().toImage()
    panel.adjust(shows_past=True)
    # The scene's day begins with its first fill: what is older is of days before.
    answer(scene, a_fill(900, Side.BUY, px, 77, SAMSUNG, trade_ns=NINE + 250 * 60 * SECOND))
    scene.orders.clear()  # as a core says it that has begun another day: it is asked for what came since
    settle(scene, panel)
    assert len(asked(scene)) == 2
    answer(scene)
    settle(scene, panel)
    assert panel.own_fills(250)[0].qty == 77
    with_marks = panel.canvas.grab().toImage()
    assert with_marks != bare
    panel.canvas.cross.set(250, None, "")
    panel.show_legend()
    assert tuple(piece[0] for piece in panel.legend.lines[0][-2:]) == ("내 매수 77 @", f"{px:,}")
    panel.adjust(shows_past=False)
    settle(scene, panel)
    assert (panel.own_fills(250), len(panel.canvas.marks_layer.past.fills.numbers)) == ((), 0)


def test_an_answer_repaints_only_a_chart_that_marks_more_for_it(scene, panel):
    panel.adjust(shows_past=True)
    settle(scene, panel)
    answer(scene, a_fill(900, Side.BUY, 190_000, 77, SAMSUNG, trade_ns=NINE - DAY), is_last=False)
    assert not panel._own.is_behind(SAMSUNG)
    answer(scene, a_fill(901, Side.BUY, 190_000, 77, SAMSUNG, trade_ns=NINE - DAY))
    assert panel._own.is_behind(SAMSUNG)
    settle(scene, panel)
    assert not panel._own.is_behind(SAMSUNG)


@pytest.fixture
def paint(scene):
    def painted(entries, plane=PLANE):
        columns = np.array(entries, np.int64).T
        layer = PastLayer(scene.context.tokens, TextCache())
        layer.fills = merge(columns[0], columns[1], columns[2], (columns[2] * columns[3]).astype(float))
        image = QImage(210, 100, QImage.Format.Format_RGB32)
        image.fill(scene.context.tokens.panel)
        painter = QPainter(image)
        layer.draw(painter, plane)
        painter.end()
        return image

    return painted


def inks(image, box, color):
    x0, y0, width, height = box
    return sum(
        image.pixelColor(x, y).name() == color.name() for x in range(x0, x0 + width) for y in range(y0, y0 + height)
    )


def test_a_purchase_stands_below_its_price_and_a_sale_above(scene, paint):
    """Nine pixels wide, five high: 25 pixels each, as the day's own are."""
    own = scene.context.tokens.own
    image = paint([(10, 1, 5, 60), (20, 0, 5, 60)])
    assert inks(image, (70 - 5, 40, 11, 11), own) == 25
    assert inks(image, (70 - 5, 30, 11, 10), own) == 0
    assert inks(image, (140 - 5, 28, 11, 8), own) == 25
    assert image.pixelColor(70, 46).name() == own.name(), "the tip points up"
    assert image.pixelColor(140, 34).name() == own.name(), "the tip points down"


def test_where_bars_are_narrow_triangles_are_small_and_one_for_each_pixel(scene, paint):
    far = PLANE.__class__(left=0, top=0, width=210, height=100, x0=0, x1=2_100, y0=0, y1=100)  # ten bars a pixel
    own = scene.context.tokens.own
    image = paint([(1_000 + n, 1, 1, 60) for n in range(10)], far)
    assert inks(image, (90, 40, 20, 14), own) == 9  # one of five pixels' width
    assert paint([(1_000, 1, 10, 60)], far) == image


def test_of_two_quantities_in_the_way_of_each_other_the_newer_one_is_written(paint):
    label = (20 * 7 - 20, 40 + 12, 40, 16)
    newer = [(20, 1, 34, 60)]
    assert paint([(19, 1, 89, 60), *newer]).copy(*label) == paint(newer).copy(*label)


def test_nothing_in_view_paints_nothing(paint, scene):
    blank = paint([(500, 1, 1, 60)])
    assert inks(blank, (0, 0, 210, 100), scene.context.tokens.own) == 0
