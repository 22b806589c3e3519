"""Every panel, dialog and field that opens later, each with what brings it back: for sweeps over all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from hts.desk.login import LoginState
from hts.desk.settings import Settings
from hts.desk.tour import FirstChoices
from hts.model.risk_views import Usage
from tests.desk.test_risk_panel import PER_ORDER, VIEW
from tests.desk.test_texts import catalogue
from tests.support.desk_feed import busy_desk
from tests.support.window import frame, make_window
from tests.support.windows import dispose
from tests.widgets.chart_scene import a_chart
from tests.widgets.scene import PanelScene, day_scene
from themes.conventions import custom_of
from themes.palettes import DARK
from themes.theme_edit import ThemeEdit
from themes.theme_file import ThemeFile
from themes.tokens import Tokens
from widgets.closing import ClosingDialog
from widgets.journal_trip import PictureDialog
from widgets.login import LoginCover
from widgets.panels import PANELS, make_panel
from widgets.settings import SettingsDialog
from widgets.table_columns import ColumnDialog
from widgets.theme_editor import ThemeEditor
from widgets.tour import TourCard
from widgets.tour_welcome import WelcomeDialog

TYPED = (QLineEdit, QAbstractSpinBox, QPlainTextEdit, QTextEdit)


def nothing() -> None:
    """Nothing was closed."""


@dataclass
class Opened:
    """`sent` are the intents that left; `tick` brings a frame; `again` opens what Enter has closed."""

    root: QWidget
    sent: list
    tick: Callable[[], Any]
    again: Callable[[], Any] = nothing
    kept: list = field(default_factory=list)  # what must not be collected before the widget
    part: Callable[[], QWidget] | None = None  # what of the root was opened; None for all of it

    def fields(self):
        """What can be typed in now: shown, enabled, and made for typing."""
        part = self.part() if self.part is not None else self.root
        found = [part, *part.findChildren(QWidget)]
        return [one for one in found if isinstance(one, TYPED) and one.isVisible() and one.isEnabled()]


class Deaf:
    """hts.desk.login.LoginPort that does nothing."""

    def __getattr__(self, _name):
        return lambda *_words, **_fields: None


def keep(qtbot, widget, *others):
    """Let the widget and what it needs live to the end of the test, and then go at once, the widget first."""
    guard = QWidget()
    qtbot.addWidget(guard, before_close_func=lambda _guard, _kept=(guard, *others): dispose(widget))


def _shown(qtbot, scene, widget, size=(900, 640), again=nothing, *, kept=()):
    """`kept`: what the widget lives in, when it is not its own."""
    if not kept:
        keep(qtbot, widget, scene)
    if widget.isWindow():
        widget.resize(*size)
    widget.show()

    def tick():
        panels = [widget] if hasattr(widget, "mark_dirty") else []
        for panel in panels:
            panel.mark_dirty()
        scene.frame(*panels)
        QApplication.processEvents()

    tick()
    again()
    return Opened(widget, scene.sent, tick, again, [scene, *kept])


def open_panel(qtbot, name):
    scene = day_scene()
    return _shown(qtbot, scene, make_panel(name, scene.context))


def _risk(qtbot, edit):
    scene = day_scene()
    panel = make_panel("risk", scene.context)
    scene.context.answers.take(VIEW)
    opened = _shown(qtbot, scene, panel)
    opened.again = lambda: edit(panel)
    opened.again()
    return opened


def _limit(panel):
    usage: Usage = PER_ORDER
    panel.editor.open_limit(VIEW.scopes[2].scope, usage)


def _group_name(qtbot):
    scene = day_scene()
    panel = make_panel("watchlist", scene.context)
    return _shown(qtbot, scene, panel, again=lambda: panel.edit._name(panel.edit.NEW))


def _chart(qtbot):
    scene = day_scene()
    return scene, a_chart(qtbot, scene)


def _studies(qtbot):
    scene, panel = _chart(qtbot)
    panel.edit_studies()
    dialog = panel._dialog
    dialog.chosen.setCurrentRow(0)
    return _shown(qtbot, scene, dialog, kept=[panel])


def _writing(qtbot):
    scene, panel = _chart(qtbot)
    return _shown(qtbot, scene, panel, again=lambda: panel.canvas.hand._write(QPointF(200, 100), ""))


def _settings(qtbot):
    scene = day_scene()
    words = SettingsDialog(scene.context, Settings(), lambda option: [(c, c.upper()) for c in option.choices], None)
    return _shown(
        qtbot, scene, words, words.size().toTuple(), again=lambda: (words.search.clear(), words.show_found(""))
    )


def _theme_editor(qtbot):
    scene = day_scene()
    made = ThemeEditor(scene.context, ThemeEdit(ThemeFile(name="Mine", base="dark", colors={}), custom_of("kr")), None)
    made._asked = True  # closing asks once about what was not kept
    return _shown(qtbot, scene, made, made.size().toTuple())


def _columns(qtbot):
    scene = day_scene()
    panel = make_panel("positions", scene.context)
    _shown(qtbot, scene, panel)
    return _shown(qtbot, scene, ColumnDialog(panel.view, scene.texts, panel), kept=[panel])


def _picture(qtbot):
    scene = day_scene()
    panel = make_panel("journal", scene.context)
    _shown(qtbot, scene, panel)
    return _shown(qtbot, scene, PictureDialog(QPixmap(60, 40), "NAVER", panel), kept=[panel])


def _welcome(qtbot):
    scene = day_scene()
    return _shown(qtbot, scene, WelcomeDialog(catalogue, lambda _: Tokens.parse(DARK), FirstChoices(language="en")))


def _tour(qtbot):
    scene, window = PanelScene(language="en"), QMainWindow()
    window.resize(1_200, 800)
    window.show()
    card = TourCard(scene.context, lambda _step: QRect(0, 0, 100, 20), window)
    card.open()
    keep(qtbot, window, card)
    return _shown(qtbot, scene, window, kept=[card])


def _login(means):
    def opened(qtbot):
        scene, window, state = day_scene(), QMainWindow(), LoginState()
        window.resize(1_280, 800)
        cover = LoginCover(scene.context, state, Deaf(), window)
        if means:
            state.ask(means)
        else:
            state.ask(("key",))
            state.let_in("kim", "trader")
            state.lock(wants_passphrase=True)
        keep(qtbot, window, cover, state)
        again = lambda: (cover.refresh(0), QApplication.processEvents())  # noqa: E731
        return _shown(qtbot, scene, window, again=again, kept=[cover, state])

    return opened


def _window(qtbot, again, part):
    desk = busy_desk()
    window = make_window(desk)
    keep(qtbot, window, desk)
    opened = Opened(window, desk.sent, lambda: (frame(window, desk), QApplication.processEvents()), kept=[desk])
    opened.again, opened.part = lambda: again(window), lambda: part(window)
    opened.again()
    return opened


def _rename(window):
    tabs = window.top_bar._tabs
    if not any(own for _, _, own in tabs._rows):
        window.run_action("workspace.duplicate")
    tabs.rename()


def _closing(qtbot):
    scene, window = day_scene(), QMainWindow()
    window.show()
    keep(qtbot, window)
    return _shown(qtbot, scene, ClosingDialog(scene.context, 12, window), (500, 200), kept=[window])


DIALOGS: dict[str, Callable[[Any], Opened]] = {
    "risk limit": lambda qtbot: _risk(qtbot, _limit),
    "risk scope": lambda qtbot: _risk(qtbot, lambda panel: panel.editor.open_scope()),
    "watchlist group": _group_name,
    "StudiesDialog": _studies,
    "chart text": _writing,
    "SettingsDialog": _settings,
    "ThemeEditor": _theme_editor,
    "ColumnDialog": _columns,
    "PictureDialog": _picture,
    "ClosingDialog": _closing,
    "WelcomeDialog": _welcome,
    "tour": _tour,
    "login by code": _login(("key", "otp")),
    "locked": _login(()),
    "command box": lambda qtbot: _window(
        qtbot, lambda window: window.command_box.open(), lambda window: window.command_box
    ),
    "workspace title": lambda qtbot: _window(qtbot, _rename, lambda window: window.top_bar._tabs),
}

OPENINGS: dict[str, Callable[[Any], Opened]] = {
    **{name: (lambda qtbot, name=name: open_panel(qtbot, name)) for name in PANELS},
    **DIALOGS,
}
