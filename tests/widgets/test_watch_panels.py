"""The panels that watch: latency, risk, account."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as structs_replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.model.denials import Unit
from hts.model.intents import SetKillSwitch, SetLimits, SetTradingState
from hts.model.queries import RequestLatency, RequestRisk
from hts.model.risk_views import RiskView, Usage
from hts.model.scopes import HaltCause, Scope, ScopeKind, TradingState
from tests.desk.test_account_panel import DOLLARS, WON
from tests.desk.test_latency import a_view, of
from tests.desk.test_risk_panel import ACCOUNT as ACCOUNT_SCOPE
from tests.desk.test_risk_panel import VIEW
from tests.widgets.scene import day_scene
from widgets.account import AccountPanel
from widgets.latency import LatencyPanel
from widgets.risk import NOTE_H, NOTE_LINE, RiskPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def show(qtbot, scene):
    def shown(cls, context=None, size=(700, 560)):
        panel = cls(context or scene.context)
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.show()
        qtbot.waitExposed(panel)
        settle(scene, panel)
        return panel

    return shown


def settle(scene, panel):
    scene.frame(panel)
    panel.mark_dirty()
    panel.refresh_if_dirty(scene.now_ns)
    QApplication.processEvents()


def press(widget, key):
    QTest.keyClick(widget, key)


def test_latency_asks_shows_and_counts_anew(scene, show, tmp_path):
    said = []
    panel = show(LatencyPanel, replace(scene.context, say=said.append))
    assert scene.queries[:1] == [RequestLatency()]
    scene.context.answers.take(a_view(VENUE_KRX=of(*[1_000_000] * 9), CHECK_KRX=of(900_000)))
    settle(scene, panel)
    assert (len(panel.state.hops), panel.chart.row.hop, panel.subtitle) == (2, "check", "p99 초과 1구간")
    press(panel.hops, Qt.Key.Key_Down)
    press(panel.hops, Qt.Key.Key_Down)
    settle(scene, panel)
    assert panel.chart.row.hop == "venue"
    assert panel.menus["hops"].export_to(tmp_path / "latency.csv")
    assert "거래소,KRX,9,1.00 ms" in (tmp_path / "latency.csv").read_text(encoding="utf-8")
    press(panel.hops, Qt.Key.Key_R)
    settle(scene, panel)
    assert (len(panel.state.hops), panel.chart.row) == (0, None)
    assert not panel.grab().isNull()


def intents(scene):
    return [(type(i), i.scope, getattr(i, "on", None), getattr(i, "state", None), i.code) for i in scene.sent]


def test_risk_stops_narrows_and_releases_in_two_acts(scene, show):
    panel = show(RiskPanel)
    assert scene.queries[0] == RequestRisk()
    scene.context.answers.take(VIEW)
    settle(scene, panel)
    scope = ACCOUNT_SCOPE.scope
    assert (panel.scopes.selected, panel.buttons["L"].isEnabled(), panel.buttons["K"].isEnabled()) == (
        scope, False, True,
    )  # fmt: skip
    press(panel.scopes, Qt.Key.Key_D)
    press(panel.scopes, Qt.Key.Key_K)
    killed = structs_replace(ACCOUNT_SCOPE, state=TradingState.HALTED, cause=HaltCause.KILL_SWITCH)
    scene.context.answers.take(RiskView(scopes=(killed,), mono_ns=1))
    settle(scene, panel)
    assert not panel.buttons["K"].isEnabled()
    press(panel.scopes, Qt.Key.Key_L)
    asked = structs_replace(killed, release_code="4711", release_until_ns=21_000_000_001)
    scene.context.answers.take(RiskView(scopes=(asked,), mono_ns=1))
    settle(scene, panel)
    assert "21" in panel.note.accessibleName()
    panel.resize(panel.minimumSizeHint().width(), panel.height())
    QApplication.processEvents()
    assert len(panel.note._lines) > 1  # never cut
    assert "".join(panel.note._lines).replace(" ", "") == panel.note.accessibleName().replace(" ", "")
    assert panel.note.height() == NOTE_H + (len(panel.note._lines) - 1) * NOTE_LINE
    assert "4711" in panel.buttons["L"].text()
    QTest.mouseClick(panel.buttons["L"], Qt.MouseButton.LeftButton)
    assert intents(scene) == [
        (SetTradingState, scope, None, TradingState.REDUCING, ""),
        (SetKillSwitch, scope, True, None, ""),
        (SetKillSwitch, scope, False, None, ""),
        (SetKillSwitch, scope, False, None, "4711"),
    ]
    assert not scene.actions.is_armed


def test_a_breaker_is_released_by_the_state_and_an_active_scope_is_not(scene, show):
    said = []
    panel = show(RiskPanel, replace(scene.context, say=said.append))
    scene.context.answers.take(VIEW)
    settle(scene, panel)
    panel.act("L")
    panel.scopes.select(VIEW.scopes[0].scope)
    settle(scene, panel)
    panel.act("L")
    assert said == ["중지된 범위가 아닙니다"]
    assert intents(scene) == [(SetTradingState, VIEW.scopes[0].scope, None, TradingState.ACTIVE, "")]
    assert panel.subtitle == "1개 중지"


def test_account_figures_follow_the_chosen_row(scene, show):
    scene.orders.on_view(WON)
    scene.orders.on_view(DOLLARS)
    panel = show(AccountPanel, size=(1_000, 420))
    assert panel.subtitle == f"{WON.account} KRW"
    height = panel.blocks.height()
    press(panel.view, Qt.Key.Key_Down)
    settle(scene, panel)
    assert panel.subtitle == f"{WON.account} USD"
    panel.resize(300, 700)
    settle(scene, panel)
    assert panel.blocks.height() > height
    assert "12,345.67" in panel.blocks.accessibleName()


EDITED = RiskView(
    scopes=(
        structs_replace(
            ACCOUNT_SCOPE,
            usages=(
                *ACCOUNT_SCOPE.usages,
                Usage(name="burst_orders_max", figure=-1, limit=10, unit=Unit.COUNT),
            ),
        ),
    )
)


@pytest.fixture
def risk(scene, show):
    panel = show(RiskPanel)
    scene.context.answers.take(EDITED)
    settle(scene, panel)
    scene.sent.clear()
    return panel


def kinds_of(scene):
    return [(type(intent), intent.scope, intent.limits) for intent in scene.sent]


def type_figure(panel, text):
    panel.editor.field.selectAll()
    QTest.keyClicks(panel.editor.field, text)


def test_a_limit_is_changed_by_keys_alone(scene, risk):
    risk.usages.setFocus()
    press(risk.usages, Qt.Key.Key_Down)
    press(risk.usages, Qt.Key.Key_Return)
    assert (risk.editor.is_open, risk.editor.field.text()) == (True, "1000")
    type_figure(risk, "900")
    assert "즉시" in risk.editor.line.text
    press(risk.editor.field, Qt.Key.Key_Return)
    assert kinds_of(scene) == [(SetLimits, ACCOUNT_SCOPE.scope, {"daily_loss_max": 900})]
    assert not risk.editor.is_open


def test_esc_leaves_without_a_word_to_the_core(scene, risk):
    press(risk.usages, Qt.Key.Key_E)
    type_figure(risk, "1")
    press(risk.editor.field, Qt.Key.Key_Escape)
    assert (risk.editor.is_open, scene.sent) == (False, [])


@pytest.mark.parametrize("text", ["abc", "", "-5", "9" * 40])
def test_what_is_no_figure_stays_and_says_so(scene, risk, text):
    press(risk.usages, Qt.Key.Key_E)
    risk.editor.field.setText(text)
    risk.editor.judge()
    assert (risk.editor.send.isEnabled(), risk.editor.line.is_fault) == (False, True)
    press(risk.editor.field, Qt.Key.Key_Return)
    assert (risk.editor.is_open, scene.sent) == (True, [])


def test_a_looser_figure_says_that_it_waits_and_is_sent_all_the_same(scene, risk):
    press(risk.usages, Qt.Key.Key_E)
    type_figure(risk, "300")
    assert (risk.editor.line.is_fault, "마감 후" in risk.editor.line.text) == (True, True)
    risk.editor.send.click()
    assert kinds_of(scene) == [(SetLimits, ACCOUNT_SCOPE.scope, {"working_orders_max": 300})]


def test_the_line_follows_what_the_core_says_meanwhile(scene, risk):
    press(risk.usages, Qt.Key.Key_E)
    type_figure(risk, "150")
    assert risk.editor.verdict.effect.value == "tighter"
    tighter = structs_replace(EDITED.scopes[0].usages[1], limit=100)
    scope = structs_replace(EDITED.scopes[0], usages=(tighter,))
    scene.context.answers.take(RiskView(scopes=(scope,)))
    settle(scene, risk)
    assert risk.editor.verdict.effect.value == "looser"
    scene.context.answers.take(RiskView(scopes=(structs_replace(scope, usages=()),)))
    settle(scene, risk)
    assert not risk.editor.is_open


def test_a_scope_without_limits_is_named_and_asked_for(scene, risk):
    press(risk.scopes, Qt.Key.Key_N)
    risk.editor.choose_kind(ScopeKind.STRATEGY)
    press(risk.editor.field, Qt.Key.Key_Return)
    assert risk.editor.line.is_fault
    type_figure(risk, "twap-9")
    press(risk.editor.field, Qt.Key.Key_Return)
    scope = Scope(kind=ScopeKind.STRATEGY, name="twap-9")
    assert (risk.shows_all, scene.queries[-1]) == (True, RequestRisk(all_of=scope))
    off = Usage(name="order_qty_max", figure=-1, limit=0, unit=Unit.QTY)
    named = structs_replace(ACCOUNT_SCOPE, scope=scope, usages=(off,))
    scene.context.answers.take(RiskView(scopes=(*EDITED.scopes, named)))
    settle(scene, risk)
    assert risk.state.chosen.scope == scope
    press(risk.usages, Qt.Key.Key_E)
    type_figure(risk, "500")
    press(risk.editor.field, Qt.Key.Key_Return)
    assert kinds_of(scene) == [(SetLimits, scope, {"order_qty_max": 500})]


def test_every_control_of_the_editor_has_a_name_and_takes_the_keyboard(scene, risk):
    press(risk.usages, Qt.Key.Key_E)
    editor = risk.editor
    for one in (editor.choice, editor.field, editor.send, editor.leave, *risk.chips.values()):
        assert one.accessibleName()
        assert one.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert "계좌" in editor.field.accessibleName()


def test_a_core_that_is_away_keeps_the_line_open(scene, risk, monkeypatch):
    monkeypatch.setattr(scene.actions, "_send", lambda _intent: False)
    press(risk.usages, Qt.Key.Key_E)
    type_figure(risk, "5")
    press(risk.editor.field, Qt.Key.Key_Return)
    assert (risk.editor.is_open, risk.editor.line.is_fault) == (True, True)


def test_a_limit_can_be_typed_after_the_firm_was_named(scene, risk):
    press(risk.usages, Qt.Key.Key_N)
    risk.editor.choose_kind(ScopeKind.FIRM)
    risk.editor.close_line()
    press(risk.usages, Qt.Key.Key_E)
    assert (risk.editor.field.isEnabled(), risk.editor.field.text()) == (True, "200")
