"""Painting time of the ladder at 40 rows: whole body, eight dirty rows, building the rows; as a JSON list of rows."""

import json
import os
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from tests.desk.scene import a_book, a_trade
from tests.widgets.scene import naver_scene
from themes import metrics
from widgets.ladder import LadderPanel
from widgets.ladder_canvas import ABOVE_ROWS, BELOW_ROWS

ROWS = 40
ROUNDS = 300


def microseconds(act) -> tuple[float, float]:
    """Median and 99th percentile of ROUNDS calls."""
    act()
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter_ns()
        act()
        times.append((time.perf_counter_ns() - begin) / 1e3)
    times.sort()
    return statistics.median(times), times[int(ROUNDS * 0.99)]


def rows(name: str, aim: str, act) -> list[dict]:
    median, p99 = microseconds(act)
    return [
        {"name": f"ladder.{name}.p50", "value": round(median), "unit": "us", "aim": aim},
        {"name": f"ladder.{name}.p99", "value": round(p99), "unit": "us"},
    ]


def main() -> list[dict]:
    app = QApplication.instance() or QApplication([])
    scene = naver_scene()
    panel = LadderPanel(scene.context)
    panel.resize(630, 2000)
    panel.book.setFixedHeight(ABOVE_ROWS + BELOW_ROWS + ROWS * metrics.LADDER_ROW)
    panel.show()
    scene.frame(panel)
    app.processEvents()
    book, state = panel.book, panel.state
    assert len(book.rows) == ROWS
    image = QImage(book.size(), QImage.Format.Format_RGB32)
    eight = QRegion()
    for i in range(8):
        eight += QRegion(book.row_rect(10 + 2 * i))
    flags = QWidget.RenderFlag(0)

    def paint(region: QRegion) -> None:
        book.render(image, region.boundingRect().topLeft(), region, flags)

    books = [a_book(bids=tuple(1_000 + (i * 37 + k * 91) % 9_000 for k in range(10))) for i in range(64)]
    turn = iter(range(10**9))

    def one_frame() -> None:
        scene.market.on_quote(books[next(turn) % 64])
        scene.market.on_quote(a_trade(qty=next(turn) % 500 + 1))
        scene.frame(panel)
        app.processEvents()

    measured = [
        *rows("full_repaint", "<= 2000", lambda: paint(QRegion(book.rect()))),
        *rows("eight_dirty_rows", "<= 400", lambda: paint(eight)),
        *rows("build_40_rows", "<= 300", state.rows),
        *rows("quote_to_painted_frame", "<= 2000", one_frame),
    ]
    panel.close()
    print(json.dumps(measured))
    return measured


if __name__ == "__main__":
    main()
