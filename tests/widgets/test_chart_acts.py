"""What a chart does by an action's name: from any place of the window, by key and from the command box."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from hts.desk.action_names import label, section_of
from hts.desk.chart_settings import Scale
from hts.desk.chart_styles import Style
from hts.desk.drawings import Kind
from tests.support.desk_feed import bars
from tests.support.window import frame, make_window, press
from widgets.chart_acts import TOOLS, chart_acts

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints|raise\\(\\)")


@pytest.fixture
def window(qtbot, desk):
    made = make_window(desk)
    qtbot.addWidget(made)
    made.make_later_panels()
    frame(made, desk)
    desk.market.on_bars(bars(desk.selection.symbol(1), 60, 300))
    frame(made, desk)
    return made


@pytest.fixture
def chart(window):
    return next(panel for panel in window.workspace.panels if panel.objectName() == "chart")


def test_looks_and_frames_change_by_key_from_any_panel(window, chart):
    frames = [chart.settings.timeframe_s]
    for key in (Qt.Key.Key_Period, Qt.Key.Key_Comma, Qt.Key.Key_Comma):
        press(window, key, text="." if key == Qt.Key.Key_Period else ",")
        frames.append(chart.settings.timeframe_s)
    assert frames == [180, 300, 180, 60]
    for _ in range(20):
        window.run_action("chart.longer")
    longest = chart.settings.timeframe_s
    for _ in range(20):
        window.run_action("chart.shorter")
    assert (longest, chart.settings.timeframe_s) == (30 * 86_400, -1)
    for name in ("style", "scale", "regular", "past_fills"):
        window.run_action(f"chart.{name}")
    settings = chart.settings
    assert (settings.style, settings.scale) == (Style.HOLLOW, Scale.LOG)
    assert (settings.is_regular, settings.shows_past) == (True, True)
    for _ in range(len(Style) - 1):
        window.run_action("chart.style")
    assert chart.settings.style is Style.CANDLES


def test_tools_are_taken_up_and_the_arrows_are_the_charts(window, chart):
    assert [kind.value for kind in Kind] == list(TOOLS)
    for kind in Kind:
        window.run_action(f"chart.draw_{kind.value}")
        assert chart.canvas.pen.tool is kind
    press(window, Qt.Key.Key_K, text="k")
    press(window, Qt.Key.Key_T, text="t")
    assert chart.canvas.pen.tool is Kind.TREND


def test_menus_dialog_and_replay_open(window, chart):
    for name in ("sets", "compare"):
        window.run_action(f"chart.{name}")
        QApplication.processEvents()
        menus = [menu for menu in chart.findChildren(QMenu) if menu.isVisible()]
        assert menus, name
        for menu in menus:
            menu.close()
    window.run_action("chart.studies")
    assert chart.studies_dialog.isVisible()
    chart.studies_dialog.close()
    window.run_action("chart.replay")
    assert chart.feed.replay is not None
    window.run_action("chart.replay")
    chart.hand = chart.canvas.hand
    chart.hand.set_manual(on=True)
    chart.canvas.price_box.setXRange(0, 50, padding=0)
    window.run_action("chart.newest")
    window.run_action("chart.fit")
    assert not chart.canvas.is_manual
    assert chart.canvas.price_box.viewRange()[1] is not None
    assert chart.canvas.price_box.viewRange()[0][1] > len(chart.series)


def test_the_chart_of_the_keyboards_group_is_meant(window, desk, chart):
    other = window.workspace.open_panel("chart", 2, beside=chart)
    window.workspace.float_panel(other)  # both are seen
    frame(window, desk)
    window.focus(other)
    window.run_action("chart.longer")
    assert (other.settings.timeframe_s, chart.settings.timeframe_s) == (300, 180)
    window.workspace.close_panel(other)
    window.focus(None)
    window.run_action("chart.longer")
    assert chart.settings.timeframe_s in (180, 300)


def test_where_no_chart_is_seen_it_is_said(window):
    window.open_workspace("scalper")
    for panel in [one for one in window.workspace.panels if one.objectName() == "chart"]:
        window.workspace.close_panel(panel)
    window.run_action("chart.longer")
    assert window.hint_strip.message == "No chart is seen here. Open one with G C"


def test_each_has_a_name_a_section_and_a_key(window):
    context = window.context
    for action in chart_acts():
        assert section_of(action) == "chart"
        assert label(action, context.texts).startswith("Chart: ")
        assert context.keymap_book.keymap.all_keys_of(action), action
        assert action in {line.action for line in window.finder.find(label(action, context.texts))}
