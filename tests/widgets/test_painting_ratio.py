"""At 150 % every hairline is equally thick and triangles keep their shape."""

import re
from itertools import groupby
from pathlib import Path

import pytest
from PySide6.QtCore import QLineF
from PySide6.QtGui import QColor, QImage, QPainter

import widgets
from themes import fonts
from widgets.painting import Brush, TextCache, hair_pen, snapped

INK = QColor("#ff0000")
RESOURCES = Path(widgets.__file__).parents[1] / "resources" / "fonts"


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


@pytest.mark.parametrize(("ratio", "thick"), [(0.9, 1), (1.0, 1), (1.25, 1), (1.5, 1), (2.0, 2), (2.5, 2)])
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


BETWEEN = [0.9, 1.1, 1.25, 1.3, 1.5]


@pytest.mark.parametrize("ratio", BETWEEN)
@pytest.mark.parametrize("at", range(3, 14))
def test_whatever_is_a_pixel_thick_is_one_pixel_of_the_device_thick_everywhere(qapp, ratio, at):
    """A fill of one pixel, a frame, dashes: lines across by rows, lines down by columns."""

    def of(paint, along, where):
        image = painted(ratio, paint)
        point = round(where * ratio)
        count = image.height() if along == "rows" else image.width()
        pixels = (image.pixelColor(*((point, i) if along == "rows" else (i, point))) for i in range(count))
        return sum(pixel.alpha() > 127 for pixel in pixels)

    assert of(lambda brush: brush.fill(0, at, 40, 1, INK), "rows", 20) == 1
    assert of(lambda brush: brush.fill(at, 0, 1, 40, INK), "columns", 20) == 1
    assert of(lambda brush: brush.frame(at, at, 20, 15, INK), "rows", at + 8) == 2
    assert of(lambda brush: brush.frame(at, at, 20, 15, INK), "columns", at + 8) == 2
    assert of(lambda brush: brush.dashes(0, at, 40, (8, 2), INK), "rows", 3) == 1
    assert of(lambda brush: brush.dashed_frame(0, 0, 30, at + 12, INK), "rows", 1) == 2


@pytest.mark.parametrize("ratio", [*BETWEEN, 1.4, 1.75])
@pytest.mark.parametrize("origin", [0.0, 0.25, 0.5])
def test_a_figure_looks_the_same_in_every_row_of_a_column(qapp, ratio, origin):
    """Its last digits stand exactly under those of the others, whatever their length is."""
    fonts.load(RESOURCES)
    texts, step = ("37,500", "237,500", "7,500", "1,237,500"), 16

    def paint(brush):
        brush.painter.translate(origin / ratio, origin / ratio)
        within = Brush(brush.painter, TextCache())
        for number, text in enumerate(texts, 1):
            within.right(78, number * (step + 1), text, "price", INK)

    image = painted(ratio, paint, 90).convertToFormat(QImage.Format.Format_Alpha8)
    begin = int((78 - TextCache().width("price", "500")) * ratio)
    rows = [bytes(image.constScanLine(y))[begin : image.width()] for y in range(image.height())]
    figures = [list(lines) for has_ink, lines in groupby(rows, key=any) if has_ink]
    assert len(figures) == len(texts)
    assert all(one == figures[0] for one in figures)


def test_halves_of_a_pixel_go_up_as_in_qt():
    """At 150 %, 16.5 pixels of the device from its window's corner."""
    assert [16.5 + 1.5 * snapped(at, 1.5, 16.5) for at in range(5)] == [17, 18, 20, 21, 23]


def test_at_90_percent_a_frame_has_four_sides_within_its_box_wherever_that_stands(qapp):
    def paint(brush, at):
        brush.painter.setClipRect(at, at, 20, 20)
        brush.frame(at, at, 20, 20, INK)

    for at in range(12):
        image = painted(0.9, lambda brush, at=at: paint(brush, at))
        middle = round((at + 10) * 0.9)
        rows = [i for i in range(image.height()) if image.pixelColor(middle, i).alpha() > 127]
        columns = [i for i in range(image.width()) if image.pixelColor(i, middle).alpha() > 127]
        assert (at, len(rows), len(columns)) == (at, 2, 2)


@pytest.mark.parametrize("ratio", [1.0, *BETWEEN, 2.0])
def test_a_hair_pen_draws_lines_of_equal_thickness(qapp, ratio):
    def paint(brush):
        brush.painter.setPen(hair_pen(brush.painter, INK))
        for x in range(4, 34, 6):
            brush.painter.drawLine(QLineF(x + 0.5, 0, x + 0.5, 39))

    columns = inked(painted(ratio, paint), "columns")
    runs = [len(list(run)) for _, run in groupby(enumerate(columns), lambda pair: pair[1] - pair[0])]
    assert runs == [max(int(ratio), 1)] * 5


def test_nobody_fills_a_hairline_past_the_shared_painter():
    thin = re.compile(r"\.fillRect\(.*(?:, 1, [^,]+, |, [^,]+, 1, )")
    files = [file for file in Path(widgets.__file__).parent.glob("*.py") if file.name != "painting.py"]
    found = [f"{file.name}: {line.strip()}" for file in files for line in file.read_text("utf-8").splitlines()]
    assert len(files) > 80
    assert [line for line in found if thin.search(line)] == []
