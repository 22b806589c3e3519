import pytest
from PySide6.QtGui import QPainter, QPixmap

from hts.model.enums import Side
from tests.widgets.scene import day_scene
from widgets.chart_labels import LABEL_HEIGHT, LABELS_KEPT_MAX, OrderLabels
from widgets.painting import Brush, TextCache

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def tokens(qapp):
    return day_scene().context.tokens


def painted(labels, tokens, text, side=Side.BUY, *, is_ghost=False, has_cross=True):
    """A label with a little of its ground around."""
    picture = QPixmap(140, LABEL_HEIGHT + 4)
    picture.fill(tokens.panel)
    painter = QPainter(picture)
    labels.paint(Brush(painter, TextCache()), (2, 2), text, side, is_ghost=is_ghost, has_cross=has_cross)
    painter.end()
    return picture.toImage()


def test_a_label_is_painted_once_and_copied_then(tokens):
    labels = OrderLabels(tokens)
    first = painted(labels, tokens, "50")
    assert painted(labels, tokens, "50") == first
    assert len(labels) == 1
    others = [painted(labels, tokens, "51"), painted(labels, tokens, "50", Side.SELL),
              painted(labels, tokens, "50", is_ghost=True), painted(labels, tokens, "50", has_cross=False)]  # fmt: skip
    assert (first in others, len(labels)) == (False, 5)


def test_a_label_has_its_side_at_the_left_and_its_edge_around(tokens):
    image, width = painted(OrderLabels(tokens), tokens, "50"), OrderLabels.width(TextCache(), "50")
    row = [image.pixelColor(x, 2 + LABEL_HEIGHT // 2) for x in range(width + 4)]
    top = [image.pixelColor(x, 2) for x in range(width + 4)]
    assert row[:5] == [tokens.panel] * 2 + [tokens.buy_fill] * 3
    outline = {color.name() for color in top[5 : width + 2]}
    assert (top[1], outline, top[width + 2]) == (tokens.panel, {tokens.own.name()}, tokens.panel)


def test_few_labels_are_kept(tokens):
    labels = OrderLabels(tokens)
    for qty in range(3 * LABELS_KEPT_MAX):
        painted(labels, tokens, str(qty))
    assert len(labels) == LABELS_KEPT_MAX
