"""At 150 % every hairline is equally thick and triangles keep their shape."""

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from widgets.painting import Brush, TextCache

INK = QColor("#ff0000")


def painted(ratio, paint, size=40):
    image = QImage(int(size * ratio), int(size * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    paint(Brush(painter, TextCache()))
    painter.end()
    return image


def inked(image, along):
    """How many device pixels of each line across carry ink."""
    count = image.height() if along == "rows" else image.width()
    at = (lambda i: (10, i)) if along == "rows" else (lambda i: (i, 10))
    return [i for i in range(count) if image.pixelColor(*at(i)).alpha() > 127]


@pytest.mark.parametrize(("ratio", "thick"), [(1.0, 1), (1.25, 1), (1.5, 1), (2.0, 2), (2.5, 2)])
@pytest.mark.parametrize("y", [3, 4, 5, 6])
def test_a_hairline_has_the_same_thickness_wherever_it_stands(qapp, ratio, thick, y):
    assert len(inked(painted(ratio, lambda brush: brush.hline(0, y, 40, INK)), "rows")) == thick
    assert len(inked(painted(ratio, lambda brush: brush.vline(y, 0, 40, INK)), "columns")) == thick


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("up", [True, False])
def test_a_triangle_grows_steadily_from_its_tip(qapp, ratio, up):
    image = painted(ratio, lambda brush: brush.triangle(4, 12, up, INK))
    rows = [sum(image.pixelColor(x, y).alpha() > 100 for x in range(image.width())) for y in range(image.height())]
    widths = [count for count in rows if count]
    assert widths == sorted(widths, reverse=not up)
    assert max(widths) >= 6 * ratio
