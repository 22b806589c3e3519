"""A chart panel with history over the canned market, and gestures on it."""

import random

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.model.enums import Side
from hts.model.quotes import Bar
from hts.model.views import BarsView
from tests.desk.scene import NINE, SAMSUNG, SECOND, an_order
from widgets.chart import ChartPanel


def bars(symbol=SAMSUNG, timeframe_s=60, count=300, seed=3) -> BarsView:
    dice = random.Random(seed)
    px, made = 190_000, []
    for i in range(count):
        start, px = px, px + dice.choice((-100, 0, 100))
        made.append(Bar(NINE + i * timeframe_s * SECOND, start, max(start, px), min(start, px), px, 10, 10 * px))
    return BarsView(symbol=symbol, timeframe_s=timeframe_s, bars=tuple(made))


def a_chart(qtbot, scene) -> ChartPanel:
    panel = ChartPanel(scene.context)
    qtbot.addWidget(panel)
    panel._retry.setInterval(3_600_000)  # a machine that is busy elsewhere is no lost answer
    panel.resize(799, 600)
    panel.show()
    qtbot.waitExposed(panel)
    settle(scene, panel)
    scene.market.on_bars(bars())
    settle(scene, panel)
    return panel


def settle(scene, *panels):
    scene.frame(*panels)
    QApplication.processEvents()


def closes(panel) -> list[int]:
    return [int(px) for px in panel.series.columns[3]]


def show_order(scene, panel, **changes):
    """An order at the last price: the price, and its label's rectangle."""
    px = closes(panel)[-1]
    scene.orders.on_view(an_order(77, Side.BUY, px, 100, SAMSUNG, **changes))
    settle(scene, panel)
    panel.grab()
    return px, next(label for order, label in panel.canvas.marks_layer._labels if order.order_id == 77)


def spot(panel, index: float, px: float) -> QPoint:
    """Where a bar and a price are."""
    plane = panel.canvas.price_plane
    return QPoint(round(plane.x_of(index)), round(plane.y_of(px)))


def drag(panel, *points, button=Qt.MouseButton.LeftButton, release=True) -> None:
    """Press at the first point, go through the others, release at the last."""
    view = panel.canvas.viewport()
    points = [p.toPoint() if isinstance(p, QPointF) else p for p in points]
    QTest.mousePress(view, button, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(view, point)
        QApplication.processEvents()
    if release:
        QTest.mouseRelease(view, button, pos=points[-1])


def click(panel, point, button=Qt.MouseButton.LeftButton) -> None:
    drag(panel, point, button=button)
