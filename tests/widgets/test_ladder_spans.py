"""What the ladder paints of changed rows, cell by cell, comes to the picture of a whole repaint."""

from random import Random

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QWidget

from hts.model.enums import Phase, Side
from tests.desk.scene import SECOND, a_book, a_trade, an_order
from tests.widgets.scene import naver_scene, open_panel
from widgets.ladder import LadderPanel
from widgets.ladder_canvas import LadderCanvas

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def asked(monkeypatch):
    """Collects the rectangles that the canvas asks to have painted."""
    region = [QRegion()]

    def update(self, *rect):
        region[0] += QRegion(QRect(*rect) if rect else self.rect())
        QWidget.update(self, *rect)

    monkeypatch.setattr(LadderCanvas, "update", update)
    return region


def picture(canvas, image, region):
    canvas.render(image, region.boundingRect().topLeft(), region, QWidget.RenderFlag(0))
    return image


def differing(one, other):
    """Pixels that differ: none when all is well."""
    if one == other:
        return []
    return [(x, y) for y in range(one.height()) for x in range(one.width()) if one.pixel(x, y) != other.pixel(x, y)]


def step(scene, dice, number):
    """One frame's news: sizes of some levels, at times a moved book, a trade, an order, a giant size."""
    largest = 99_999_999 if number % 7 == 0 else 9_999
    sizes = [[dice.choice((0, 37, dice.randrange(1, largest))) for _ in range(10)] for _ in "ab"]
    ask = 237_500 + 500 * dice.choice((0, 0, 0, 1))
    scene.market.on_quote(a_book(ask=ask, bid=ask - 500, asks=tuple(sizes[0]), bids=tuple(sizes[1])))
    if dice.random() < 0.5:
        day = 4_000_000 + dice.choice((0, 91, 8_000_000))
        trade = a_trade(px=ask, qty=dice.randrange(1, 500), side=dice.choice("12"), cum_qty=day)
        scene.market.on_quote(replace(trade, cum_value=day * 233_000))
    if number % 5 == 0:
        scene.orders.on_view(an_order(90 + number, dice.choice(list(Side)), ask + 1_000 * dice.choice((-2, 2)), 10))


@pytest.mark.parametrize("width", [380, 470, 630])
def test_changed_cells_come_to_the_picture_of_a_whole_repaint(qtbot, asked, width):
    scene, dice = naver_scene(), Random(width)
    panel = open_panel(qtbot, scene, LadderPanel(scene.context), width, 700)
    canvas = panel.book
    image = picture(canvas, QImage(canvas.size(), QImage.Format.Format_RGB32), QRegion(canvas.rect()))
    for number in range(1, 30):
        step(scene, dice, number)
        asked[0] = QRegion()
        scene.frame(panel)
        picture(canvas, image, asked[0])
        whole = QImage(canvas.size(), QImage.Format.Format_RGB32)
        picture(canvas, whole, QRegion(canvas.rect()))
        assert differing(image, whole) == [], number


def call_step(scene, dice, number):
    """One frame's news of a call: three levels, an expected price that moves, what is left over, an order of ours."""
    px = 236_500 + 500 * dice.randrange(-2, 3)
    bids = (dice.choice((40, 60, 2_000)), 9, 10)
    call = a_book(
        ask=px + 500, bid=px, asks=(5, 6, 7), bids=bids, expected_px=px, expected_qty=100 + number, phase=Phase.VI_CALL
    )
    scene.market.on_quote(replace(call, trade_ns=call.trade_ns + number * SECOND))
    if number % 4 == 0:
        scene.orders.on_view(an_order(190 + number, dice.choice(list(Side)), px + 500 * dice.choice((-1, 0, 1)), 30))


@pytest.mark.parametrize("width", [470, 700])
def test_a_calls_changes_come_to_the_picture_of_a_whole_repaint(qtbot, asked, width):
    """Strip, fills of own orders and the tinted row, each painted when it changes and not with the rest."""
    scene, dice = naver_scene(), Random(width)
    panel = open_panel(qtbot, scene, LadderPanel(scene.context), width, 700)
    panel.state.scroll.hovering = True  # else every moved price would move all rows
    call_step(scene, dice, 0)
    scene.frame(panel)
    canvas = panel.book
    image = picture(canvas, QImage(canvas.size(), QImage.Format.Format_RGB32), QRegion(canvas.rect()))
    for number in range(1, 24):
        call_step(scene, dice, number)
        asked[0] = QRegion()
        scene.frame(panel)
        assert asked[0] != QRegion(canvas.rect()), "only what changed"
        picture(canvas, image, asked[0])
        whole = QImage(canvas.size(), QImage.Format.Format_RGB32)
        picture(canvas, whole, QRegion(canvas.rect()))
        assert differing(image, whole) == [], number


def test_a_size_alone_is_painted_in_its_cell(qtbot, asked):
    scene = naver_scene()
    panel = open_panel(qtbot, scene, LadderPanel(scene.context), 630, 700)
    book, columns, height = scene.market.books[panel.symbol], panel.book.columns, panel.book.row_rect(0).height()
    for level, (left, right) in ((2, (columns.ask, columns.price)), (3, (columns.bid, columns.own_buy))):
        levels = list(book.levels)
        levels[level] += 1
        scene.market.on_quote(a_book(asks=tuple(levels[2::4]), bids=tuple(levels[3::4])))
        asked[0] = QRegion()
        scene.frame(panel)
        rows = [(rect.left(), rect.right() + 1) for rect in asked[0] if rect.height() == height]
        assert (left, right) in rows


def test_what_stands_around_the_rows_is_painted_in_a_turn_of_its_own(qtbot, asked):
    scene = naver_scene()
    panel = open_panel(qtbot, scene, LadderPanel(scene.context), 630, 700)
    asked[0] = QRegion()
    scene.market.on_quote(a_book(asks=(7, 8, 9)))
    panel.on_frame(scene.frame())
    panel.refresh_if_dirty(scene.now_ns)
    rows, totals = asked[0].boundingRect(), QRect(0, panel.book.height() - 1, 630, 1)
    assert not rows.isEmpty()
    assert not asked[0].intersects(totals)
    assert panel.show_more()
    assert asked[0].intersects(totals)
    assert not panel.show_more()
