"""What a screen reader hears of the chart, the heat map and the footprint, walked through Qt's interfaces."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.footprint import MINUTE_NS
from hts.model.enums import OrdStatus, Side
from tests.desk.scene import NINE, SAMSUNG, a_position, a_trade, an_order
from tests.support.pointer import move
from tests.widgets.chart_scene import a_chart, bars, settle
from tests.widgets.scene import PanelScene, day_scene, naver_scene
from widgets.footprint import FootprintPanel
from widgets.footprint_paint import COLUMN_W
from widgets.heatmap import HeatmapPanel
from widgets.spoken_rows import speak_rows

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
NAME = QAccessible.Text.Name


@pytest.fixture(autouse=True)
def rows_are_spoken(qapp):
    speak_rows()


def walked(widget):
    interface = QAccessible.queryAccessibleInterface(widget)
    return [interface.child(number) for number in range(interface.childCount())]


def said(widget):
    return [row.text(NAME) for row in walked(widget)]


def shown(qtbot, scene, cls, *size):
    panel = cls(scene.context)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    qtbot.waitExposed(panel)
    scene.frame(panel)
    QApplication.processEvents()
    return panel


@pytest.fixture
def chart(qtbot):
    scene = day_scene()
    panel = a_chart(qtbot, scene)
    panel.scene = scene
    return panel


def three_minutes(back, time):
    """The words of a bar of three minutes, `back` bars before the end, out of the minutes' own figures."""
    end = len(bars().bars) - 3 * back
    part = bars().bars[end - 3 : end]
    high, low, qty = max(b.high_px for b in part), min(b.low_px for b in part), sum(b.qty for b in part)
    prices = f"시 {part[0].open_px:,}, 고 {high:,}, 저 {low:,}, 종 {part[-1].close_px:,}"
    return f"{time}, {prices}, 거래량 {qty:,}"


def test_a_chart_tells_its_last_bar_lines_last_price_holding_and_orders(chart):
    scene = chart.scene
    scene.orders.on_view(an_order(77, Side.SELL, 192_000, 7, SAMSUNG, ord_status=OrdStatus.PENDING_REPLACE))
    settle(scene, chart)
    rows = said(chart.canvas)
    assert rows[0] == three_minutes(0, "11-20 13:57")
    assert rows[1].startswith("MA 5 ")
    assert "거래량 20 " in " ".join(rows)
    assert rows[-4:] == [
        "현재가 191,400 +1.43%",
        "189,624 평단 320주 +568,320 +0.94%",
        "내 매도 7, 192,000, 확인 전",
        "내 매수 100, 190,900",
    ]


def test_the_crosshair_of_the_keyboard_is_told_bar_by_bar(chart):
    canvas = chart.canvas
    assert canvas.spoken_current() == -1
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    wanted = three_minutes(2, "11-20 13:51")
    assert (said(canvas)[0], canvas.accessibleDescription(), canvas.spoken_current()) == (wanted, wanted, 0)


def test_a_price_on_the_chart_is_found_where_its_line_is(chart):
    rows = walked(chart.canvas)
    order = next(row for row in rows if row.text(NAME) == "내 매수 100, 190,900")
    middle = chart.canvas.mapFromGlobal(order.rect().center())
    assert abs(middle.y() - chart.canvas.price_plane.y_of(190_900)) <= 2
    interface = QAccessible.queryAccessibleInterface(chart.canvas)
    assert interface.childAt(*order.rect().center().toTuple()).isValid()


def test_a_chart_without_bars_says_nothing(qtbot):
    panel = a_chart(qtbot, day_scene())
    panel.set_timeframe(-10)
    assert said(panel.canvas) == []


def test_a_heat_map_tells_sizes_own_orders_and_the_last_price_from_above(qtbot):
    scene = naver_scene()
    panel = shown(qtbot, scene, HeatmapPanel, 600, 400)
    scene.market.on_quote(a_trade(px=237_500))
    scene.frame(panel)
    rows = said(panel.canvas)
    assert len(rows) == 20
    assert rows[1] == "241,500 +10.78%, 매도잔량 4,105, 내 매도 30"
    assert rows[9:11] == ["237,500 +8.94%, 매도잔량 412, 현재가", "237,000 +8.72%, 매수잔량 1,206"]


def test_the_row_under_the_pointer_is_the_current_one(qtbot):
    scene = naver_scene()
    panel = shown(qtbot, scene, HeatmapPanel, 600, 400)
    place = panel.canvas.spoken_rect(10)
    assert place.height() == panel.canvas.view.row_px
    move(panel.canvas, place.center() - QPoint(200, 0))
    assert panel.canvas.spoken_current() == 10


def test_a_footprint_tells_bars_the_newest_bars_prices_and_the_profile(qtbot):
    scene = PanelScene()
    panel = shown(qtbot, scene, FootprintPanel, 620, 400)
    for at, px, qty, side in ((0, 237_500, 10, "1"), (1, 237_500, 30, "1"), (1, 237_000, 5, "2")):
        scene.market.on_quote(a_trade(px=px, qty=qty, side=side, trade_ns=NINE + at * MINUTE_NS))
    scene.frame(panel)
    assert said(panel.canvas) == [
        "09:01, 시 237,500, 고 237,500, 저 237,000, 종 237,000, 델타 +25, 거래량 35, POC 237,500",
        "09:00, 시 237,500, 고 237,500, 저 237,500, 종 237,500, 델타 +10, 거래량 10, POC 237,500",
        "237,500, 매도체결 0, 매수체결 30",
        "237,000, 매도체결 5, 매수체결 0",
        "매물대 POC 237,500, VAH 237,500, VAL 237,500",
    ]
    bar, cell = panel.canvas.spoken_rect(0), panel.canvas.spoken_rect(2)
    assert (bar.width(), cell.width(), cell.x()) == (COLUMN_W, COLUMN_W, bar.x())
    assert panel.canvas.spoken_rect(3).y() > cell.y()


def test_nothing_is_told_where_nothing_is_known(qtbot):
    scene = PanelScene(symbol="")
    scene.orders.on_view(a_position())
    panels = [shown(qtbot, scene, cls, 600, 400) for cls in (HeatmapPanel, FootprintPanel)]  # both live to the end
    assert [said(panel.canvas) for panel in panels] == [[], []]
