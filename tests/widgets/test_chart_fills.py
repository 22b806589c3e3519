"""Quantities of fills on the chart are read: one is never written over another's."""

import pytest
from PySide6.QtGui import QImage, QPainter

from hts.desk.chart_marks import FillMark, Marks
from hts.desk.chart_plane import Plane
from hts.model.enums import Side
from tests.widgets.scene import naver_scene
from widgets.chart_marks import MarksLayer
from widgets.painting import TextCache

PLANE = Plane(left=0, top=0, width=210, height=100, x0=0, x1=30, y0=0, y1=100)  # seven pixels a bar
NEWEST = FillMark(index=20, side=Side.BUY, px=60, qty=34)
LABEL = (20 * 7 - 20, 40 + 12, 40, 16)  # around its quantity


@pytest.fixture
def paint(qapp):
    scene = naver_scene()

    def painted(*fills):
        layer = MarksLayer(scene.context.tokens, scene.texts, TextCache())
        layer.marks = Marks(fills=fills)
        image = QImage(210, 100, QImage.Format.Format_RGB32)
        image.fill(scene.context.tokens.panel)
        painter = QPainter(image)
        layer.draw_moving(painter, PLANE)
        painter.end()
        return image

    return painted


def a_buy(index, qty=89):
    return FillMark(index=index, side=Side.BUY, px=60, qty=qty)


def test_of_two_in_the_way_of_each_other_the_newer_one_is_written(paint):
    alone, both = paint(NEWEST), paint(a_buy(19), NEWEST)
    assert both.copy(*LABEL) == alone.copy(*LABEL)
    assert both != alone, "the older one's triangle stands"


def test_with_room_between_them_all_are_written(paint):
    first, last = paint(a_buy(10)), paint(NEWEST)
    both = paint(a_buy(10), NEWEST)
    assert both.copy(*LABEL) == last.copy(*LABEL)
    of_first = (10 * 7 - 20, *LABEL[1:])
    assert both.copy(*of_first) == first.copy(*of_first)


def test_a_purchase_and_a_sale_of_one_bar_do_not_meet(paint):
    sale = FillMark(index=20, side=Side.SELL, px=60, qty=34)
    both = paint(sale, NEWEST)
    assert both.copy(*LABEL) == paint(NEWEST).copy(*LABEL)
    above = (20 * 7 - 20, 15, 40, 14)
    assert both.copy(*above) == paint(sale).copy(*above)
