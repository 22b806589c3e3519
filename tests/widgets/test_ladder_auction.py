import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRect

from hts.desk.ladder_auction import CoursePoint
from hts.model.enums import Phase, Side
from tests.desk.scene import NINE, SECOND, a_book, an_order
from tests.widgets.scene import naver_scene, open_panel
from themes import metrics
from widgets.ladder import LadderPanel
from widgets.ladder_auction import steps
from widgets.ladder_canvas import ABOVE_ROWS, BELOW_ROWS

# The offscreen platform says this of every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

PX = 236_000


@pytest.fixture
def scene():
    return naver_scene()


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, LadderPanel(scene.context), 630, 700)


def call_book(px=PX, left=40):
    return a_book(
        asks=(5, 6, 7), bids=(left, 9, 10), ask=px + 500, bid=px, expected_px=px, expected_qty=100,
        phase=Phase.VI_CALL,
    )  # fmt: skip


def shown(scene, panel, book):
    scene.market.on_quote(book)
    scene.frame(panel)
    return panel.book.grab().toImage()


def strip_top(panel) -> int:
    return panel.book.height() - BELOW_ROWS - metrics.LADDER_AUCTION


def test_the_expected_price_is_a_tinted_row_between_two_lines(scene, panel):
    tokens = scene.context.tokens
    image = shown(scene, panel, call_book())
    rect = panel.book.row_rect(panel.state.row_of(PX))
    x = panel.book.columns.own_sell + 3  # nothing but ground stands here
    column = [image.pixelColor(x, y).name() for y in range(rect.top(), rect.bottom() + 1)]
    line, tint = tokens.attention.name(), tokens.warn_tint.name()
    assert column == [line, *[tint] * (rect.height() - 2), line]
    others = {image.pixelColor(x, panel.book.row_rect(n).center().y()).name() for n in range(len(panel.book.rows))}
    assert others == {tint, tokens.panel.name()}


def test_the_strip_of_a_call_comes_and_goes_without_moving_a_row(scene, panel):
    tokens = scene.context.tokens
    panel.state.scroll.hovering = True
    before = [row.px for row in panel.book.rows]
    image = shown(scene, panel, call_book())
    during = [row.px for row in panel.book.rows]
    assert during == before[: len(during)]
    assert len(before) - len(during) == -(-(metrics.LADDER_AUCTION - spare(panel, len(before))) // metrics.LADDER_ROW)
    assert ABOVE_ROWS + len(during) * metrics.LADDER_ROW <= strip_top(panel)
    at = [image.pixelColor(panel.width() - 3, strip_top(panel) + y).name() for y in (0, 1, metrics.LADDER_AUCTION - 1)]
    assert at == [tokens.attention.name(), tokens.warn_tint.name(), tokens.warn_tint.name()]
    shown(scene, panel, a_book())
    assert [row.px for row in panel.book.rows] == before


def spare(panel, count: int) -> int:
    """Pixels under so many rows."""
    return panel.book.height() - BELOW_ROWS - ABOVE_ROWS - count * metrics.LADDER_ROW


def test_own_fills_stand_beside_their_chips_and_are_painted_when_they_change(scene, panel):
    """The order of 50 at 236,000: 40 are left there, so 10 to 50; were 60 left, 0 to 50: words change, pixels too."""
    image = shown(scene, panel, call_book())
    columns, row = panel.book.columns, panel.state.row_of(PX)
    fill = panel.book.rows[row].buy_fill
    assert (fill.qty, fill.least, fill.most) == (50, 10, 50)
    rect = panel.book.row_rect(row).adjusted(columns.own_buy, 2, columns.buy_stop - panel.book.width(), -2)
    other = shown(scene, panel, call_book(left=60))
    assert panel.book.rows[row].buy_fill.least == 0
    assert image.copy(rect) != other.copy(rect)


def test_an_order_joins_the_own_fills_of_the_strip(scene, panel):
    before = shown(scene, panel, call_book())
    scene.orders.on_view(an_order(7, Side.BUY, PX + 1_000, 30))
    scene.frame(panel)
    after = panel.book.grab().toImage()
    where = panel.book.rect().adjusted(0, strip_top(panel), 0, -BELOW_ROWS)
    assert before.copy(where) != after.copy(where)
    assert panel.state.auction().buy.least == 40, "30 of the better price and 10 of the 50 at it"


def test_the_corners_of_a_course():
    """Four seconds over 40 pixels, two steps of 500 over 20."""
    course = tuple(CoursePoint(NINE + s * SECOND, px, 1) for s, px in ((0, 100_000), (2, 101_000), (4, 100_500)))
    assert steps(course, (10, 50), (5, 25)) == [
        QPointF(10.5, 25.5), QPointF(30.5, 25.5), QPointF(30.5, 5.5), QPointF(50.5, 5.5), QPointF(50.5, 15.5),
    ]  # fmt: skip
    assert steps(course[:1], (10, 50), (5, 25)) == [QPointF(10.5, 15.5), QPointF(50.5, 15.5)]


def inked(image, color, rect) -> int:
    """Pixels of about this colour: letters are smooth, so that hardly one of theirs is of exactly it."""
    wanted, near = (color.red(), color.green(), color.blue()), 70
    colors = (
        image.pixelColor(x, y)
        for x in range(rect.left(), rect.right() + 1)
        for y in range(rect.top(), rect.bottom() + 1)
    )
    return sum(all(abs(a - b) < near for a, b in zip(c.getRgb(), wanted, strict=False)) for c in colors)


@pytest.mark.parametrize(("left", "word"), [(40, "up"), (0, "down")])
def test_the_strip_tells_of_which_side_something_is_left(scene, panel, left, word):
    """40 of the bids at the price, or 5 of the asks there; the other side's colour is not in the line."""
    tokens = scene.context.tokens
    at = {} if left else {"asks": (5, 6), "ask": PX}
    scene.market.on_quote(call_book(left=left or 1))
    book = (
        a_book(bids=(9, 10), bid=PX - 500, expected_px=PX, expected_qty=100, phase=Phase.VI_CALL, **at) if at else None
    )
    image = shown(scene, panel, book or call_book(left=left))
    line = QRect(0, strip_top(panel) + 1, panel.book.width() * 11 // 20, metrics.LADDER_AUCTION // 2 - 1)
    other = {"up": "down", "down": "up"}[word]
    assert panel.state.auction().imbalance == (40 if left else -5)
    assert inked(image, getattr(tokens, word), line) > 20, "letters"
    assert inked(image, getattr(tokens, other), line) == 0


def test_the_course_is_drawn_at_the_right_of_the_strip(scene, panel):
    """Two prices: a step between them, in the tone of the newest one, with both of them at the edge."""
    tokens = scene.context.tokens
    half = panel.book.width() * 11 // 20
    for number, px in enumerate((PX, PX + 500)):
        image = shown(scene, panel, replace(call_book(px=px), trade_ns=NINE + (4_500 + 60 * number) * SECOND))
    right = QRect(half + 1, strip_top(panel) + 2, panel.book.width() - half - 1, metrics.LADDER_AUCTION - 4)
    assert inked(image, tokens.up, right) > 100, "the line goes over most of the width"
    assert inked(image, tokens.up, right.adjusted(0, 0, 0, -right.height() // 2)) > 3, "up to the higher price"


def test_the_row_of_the_expected_price_names_what_would_trade(scene, panel):
    image = shown(scene, panel, call_book())
    columns, rect = panel.book.columns, panel.book.row_rect(panel.state.row_of(PX))
    inner = rect.adjusted(0, 1, 0, -1)
    ink = scene.context.tokens.attention
    quantity = QRect(columns.volume + 1, inner.top(), columns.bid - columns.volume - 1, inner.height())
    word = QRect(columns.own_sell + 1, inner.top(), columns.ask - columns.own_sell - 1, inner.height())
    side = QRect(columns.ask + 1, inner.top(), columns.price - columns.ask - 4, inner.height())
    assert inked(image, ink, quantity) > 5
    assert inked(image, ink, word) > 5
    assert inked(image, scene.context.tokens.up, side) > 5, "bids are left"
