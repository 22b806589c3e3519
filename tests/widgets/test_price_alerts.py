import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.app.desk_files import DeskFiles
from hts.desk.price_alerts import FILE, PriceAlerts
from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.intents import AckAlert
from tests.desk.scene import NAVER, NINE, a_trade
from tests.widgets.scene import PanelScene
from widgets.price_alerts import PriceAlertsPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene(tmp_path):
    scene = PanelScene()
    scene.context = dataclasses.replace(scene.context, files=DeskFiles(tmp_path), price_alerts=PriceAlerts())
    return scene


@pytest.fixture
def panel(qtbot, scene):
    panel = PriceAlertsPanel(scene.context)
    qtbot.addWidget(panel)
    panel.resize(520, 320)
    panel.show()
    qtbot.waitExposed(panel)
    return settled(scene, panel)


def settled(scene, panel, *trades):
    for trade in trades:
        scene.market.on_quote(trade)
    frame = scene.frame()
    scene.context.universe.on_changes(scene.market, frame.market)
    panel.on_frame(frame)
    panel.refresh_if_dirty(scene.now_ns)
    QApplication.processEvents()
    return panel


def add(panel, value="230,000"):
    QTest.keyClicks(panel.value, value)
    panel.add()


def shown(panel):
    return [row.text for row in panel._table.exported()]


def test_a_rule_is_made_for_the_linked_issue_and_kept(scene, panel):
    add(panel)
    settled(scene, panel)
    again = PriceAlerts()
    again.load(scene.context.files.load(FILE))
    assert [(rule.symbol, rule.value) for rule in again.rules.values()] == [(NAVER, "230,000")]
    assert (shown(panel), panel.value.text()) == (["가격 230,000 이상 · 1회 · 소리"], "")


def test_a_value_that_cannot_be_used_says_why_and_stays(scene, panel):
    add(panel, "abc")
    assert ("abc" in panel.fault.text, panel.value.text(), scene.context.price_alerts.rules) == (True, "abc", {})


def test_enter_in_the_field_makes_the_alert(scene, panel):
    QTest.keyClicks(panel.value, "230000")
    QTest.keyClick(panel.value, Qt.Key.Key_Return)
    assert [rule.value for rule in scene.context.price_alerts.rules.values()] == ["230000"]
    assert (panel.value.text(), scene.sent) == ("", [])


def test_what_fired_appears_without_anything_else_happening(scene, panel):
    add(panel)
    panel.show_part("fired")
    settled(scene, panel)
    scene.market.on_quote(a_trade(px=231_000))
    scene.context.universe.on_changes(scene.market, scene.market.drain())
    scene.context.price_alerts.look(scene.context.universe, frozenset(), NINE)
    scene.actions.arm(True)  # any frame
    settled(scene, panel)
    assert shown(panel) == ["가격 230,000 이상 · 231,000"]
    panel.seen.click()
    assert scene.context.price_alerts.unseen == 0


def test_the_keyboard_arms_again_and_forgets(scene, panel):
    add(panel)
    alerts = scene.context.price_alerts
    alerts.change(1, is_done=True)
    settled(scene, panel)
    panel.mark_dirty()
    panel.refresh_if_dirty(scene.now_ns)
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    armed = alerts.rules[1].is_done
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert (armed, alerts.rules) == (False, {})


def test_a_menu_snoozes_silences_and_repeats(scene, panel):
    add(panel)
    settled(scene, panel, a_trade())
    for key in ("alerts.menu.snooze", "alerts.menu.repeat", "alerts.menu.silent"):
        panel.refresh_if_dirty(scene.now_ns)
        dict(panel.menu_actions(("rule", 1)))[key]()
    rule = scene.context.price_alerts.rules[1]
    assert (rule.snoozed_ns > scene.market.trade_ns, rule.repeats, rule.sounds) == (True, True, False)


def test_enter_acknowledges_the_cores_alert(scene, panel):
    alert = AlertView(
        alert_id=9, kind=AlertKind.LATENCY, severity=Severity.WARNING, subject="KRX", first_ns=NINE, last_ns=NINE
    )
    scene.orders.on_view(alert)
    panel.show_part("core")
    settled(scene, panel)
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert [(type(one), one.alert_id) for one in scene.sent] == [(AckAlert, 9)]


def test_the_choice_opens_by_keyboard_and_sets_the_kind(scene, panel):
    panel.choose_kind("rsi_below")
    add(panel, "30")
    assert next(iter(scene.context.price_alerts.rules.values())).kind == "rsi_below"


def test_without_an_issue_there_is_no_rule(scene, panel):
    scene.selection.choose("999999")
    add(panel)
    assert (panel.fault.is_fault, scene.context.price_alerts.rules) == (True, {})
