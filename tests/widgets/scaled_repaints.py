"""What panels paint of changes against what they paint whole: `python -m tests.widgets.scaled_repaints OFFSET [PANEL]`.

A scale between whole ones (QT_SCALE_FACTOR) belongs to a process, so this is one. Panels stand off their window's
corner, where at 150 % they may begin between pixels of the device. Each frame is painted as in life, by what changed;
then everything is painted again, and what the window shows must be the same. Prints for each panel its name, its
frames, how many brought another picture than the one before, and how many were not what the whole repaint showed.
"""

import sys

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from tests.support.desk_feed import bars
from tests.support.panels import panel_context
from tests.widgets.kept_pictures import PANELS, SAMSUNG, a_desk, frame, moments
from themes.style import palette, style_sheet

SHOWN = ("ladder", "quote", "chart", "positions")
# The chart's figures at the left are behind the trades by design (widgets.chart_turns.LABELS_NS).
FROM = {"chart": 200}


def shown(box: QWidget, region: str) -> QImage:
    """What the window's own store has, which is what a screen shows."""
    QApplication.processEvents()
    image = box.screen().grabWindow(box.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)
    left = round(FROM.get(region, 0) * image.devicePixelRatio())
    return image.copy(QRect(left, 0, image.width() - left, image.height()))


def compare(region: str, offset: int) -> tuple[int, int, int]:
    """Frames, those with news, and those that a whole repaint shows otherwise."""
    make, width, height = PANELS[region]
    desk, box = a_desk(), QWidget()
    context = panel_context(desk, "ko", "dark")
    panel = make(context)
    panel.setParent(box)
    panel.setStyleSheet(style_sheet(context.tokens))
    panel.setPalette(palette(context.tokens))
    panel.setGeometry(offset, offset, width, height)
    box.resize(width + 2 * offset, height + 2 * offset)
    box.show()
    market = desk.market
    context.universe.on_changes(market, frame(desk, panel))
    if region == "chart":
        market.on_bars(bars(SAMSUNG, 60, 240))
        frame(desk, panel)
    before, found = shown(box, region), [0, 0, 0]
    for _ in moments(desk):
        context.universe.on_changes(market, frame(desk, panel))
        changed = shown(box, region)
        for widget in (box, *box.findChildren(QWidget)):
            widget.update()
        whole = shown(box, region)
        found = [found[0] + 1, found[1] + (changed != before), found[2] + (changed != whole)]
        before = whole
    box.close()
    return found[0], found[1], found[2]


if __name__ == "__main__":
    app = QApplication(sys.argv[:1])
    app.setCursorFlashTime(0)
    for name in sys.argv[2:] or SHOWN:
        print(name, *compare(name, int(sys.argv[1])), flush=True)
