"""A chart's picture, its bars as a table, an alert at a price, the way to a time."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from hts.app.desk_files import DeskFiles
from hts.desk.price_alerts import FILE, RULES_MAX
from tests.desk.scene import NINE, SECOND
from tests.widgets.chart_scene import a_chart, closes, settle, spot
from tests.widgets.scene import day_scene
from widgets.chart_menu import menu_at
from widgets.chart_output import alert_at, alert_at_cross, copy_picture, go_menu, go_to, save_bars, save_picture
from widgets.keys import OwnField
from widgets.menus import pop_up

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise\\(\\)")


@pytest.fixture
def scene(tmp_path):
    made = day_scene()
    made.context = replace(made.context, files=DeskFiles(tmp_path))
    return made


@pytest.fixture
def panel(qtbot, scene):
    made = a_chart(qtbot, scene)
    made.set_timeframe(60)
    settle(scene, made)
    return made


def test_the_picture_is_what_is_seen(panel, tmp_path):
    seen = panel.grab().toImage()
    copy_picture(panel)
    assert QGuiApplication.clipboard().image().convertToFormat(seen.format()).size() == seen.size()
    save_picture(panel, tmp_path / "chart.png")
    assert QImage(str(tmp_path / "chart.png")).size() == seen.size()
    assert panel.canvas.notice == "chart.png에 저장했습니다"
    save_picture(panel, tmp_path / "gone" / "chart.png")
    assert panel.canvas.notice == "chart.png: 이미지를 저장하지 못했습니다. 다른 위치를 고르세요"


def test_bars_are_written_as_a_table(panel, tmp_path):
    path = tmp_path / "bars.csv"
    save_bars(panel, path)
    lines = path.read_bytes().decode().split("\r\n")
    assert (lines[0], lines[-1], len(lines)) == ("time,open,high,low,close,volume", "", len(panel.series) + 2)
    first = [int(px) for px in panel.series.columns[:5, 0]]
    assert lines[1] == "2026-11-20 09:00:00," + ",".join(map(str, first))
    panel.set_timeframe(86_400)
    panel.feed.source.take(panel.series.start_ns, panel.series.columns)
    save_bars(panel, tmp_path / "gone" / "bars.csv")
    assert "cannot write it" in panel.canvas.notice


def test_an_alert_stands_where_was_pointed_at(scene, panel, tmp_path):
    last = panel.last_px
    px = closes(panel)[-1]
    at = panel.canvas.mapToGlobal(spot(panel, len(panel.series) - 30, px))
    menu = menu_at(panel, at)
    first = menu.actions()[0]
    assert first.text().endswith("에 알림")
    first.trigger()
    rules = [(rule.kind, rule.value) for rule in scene.context.price_alerts.rules.values()]
    ((kind, value),) = rules
    assert kind == ("price_above" if px >= last else "price_below")
    assert abs(int(value.replace(",", "")) - px) <= 300, "within some pixels"
    assert (tmp_path / FILE).exists()
    assert "알림: 삼성전자" in panel.canvas.notice
    panel.canvas.cross.set(100, 100_500.0, panel.canvas.price_pane.key)
    alert_at_cross(panel)
    panel.canvas.cross.set(None, None, "")
    alert_at_cross(panel)
    kinds = [(rule.kind, rule.value) for rule in scene.context.price_alerts.rules.values()][1:]
    lower = scene.market.instruments[panel.symbol].lower_px
    assert kinds == [("price_below", f"{max(lower, 100_500):,}"), ("price_above", f"{last:,}")]


def test_there_is_an_end_to_alerts(scene, panel):
    for n in range(RULES_MAX + 1):
        alert_at(panel, 190_000 + n)
    assert (len(scene.context.price_alerts.rules), str(RULES_MAX) in panel.canvas.notice) == (RULES_MAX, True)
    axis = panel.canvas.mapToGlobal(QPoint(panel.canvas.width() - 5, 50))
    assert not menu_at(panel, axis).actions()[0].text().endswith("에 알림")


def middle(panel):
    left, right = panel.canvas.price_box.viewRange()[0]
    return round((left + right) / 2)


def test_a_time_is_gone_to_and_the_crosshair_stands_there(panel):
    begin_s = 34_200  # half past nine: 30 minutes after the first bar
    assert go_to(panel, "09:30")
    assert (middle(panel), panel.canvas.cross.index) == (30, 30)
    assert int(panel.series.start_ns[30]) == NINE + (begin_s - 32_400) * SECOND
    assert go_to(panel, "2026-11-20 10:15")
    assert middle(panel) == 75
    assert go_to(panel, "2020-01-01")
    assert (panel.canvas.cross.index, panel.canvas.notice) == (0, "자료는 2026-11-20 09:00부터 있습니다")
    assert not go_to(panel, "soon")
    assert (panel.canvas.cross.index, panel.canvas.notice[:10]) == (0, "시점이 아닙니다: ")
    assert go_to(panel, "2030-01-01")
    assert middle(panel) == len(panel.series) - 1


def test_the_field_goes_there_by_enter(panel, qtbot):
    menu = go_menu(panel)
    pop_up(menu, QPoint(0, 0))
    field = menu.findChild(OwnField)
    QTest.keyClicks(field, "09:30")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert middle(panel) == 30
    qtbot.waitUntil(lambda: not any(one.isVisible() for one in panel.findChildren(QMenu)), timeout=2_000)
