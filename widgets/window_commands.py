"""Actions of the window itself, by name: command box, workspaces, panels, ladders."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hts.desk.actions import Refusal
from hts.desk.commands import Commands
from hts.desk.picked import picked_text
from hts.desk.selection import GROUPS
from widgets.chart_acts import chart_acts
from widgets.controls import FigureField
from widgets.dock_moves import MOVES, next_tab
from widgets.docking import Workspace, give_keyboard
from widgets.panel import Panel
from widgets.panels import PANELS
from widgets.table_columns import ColumnDialog
from widgets.tables_columns import COLUMN_ACTS, column_acts
from widgets.tables_menu import TableMenu
from widgets.tables_view import TableView
from widgets.workspace_exchange import ask_export, ask_import
from widgets.workspaces import WORKSPACES

if TYPE_CHECKING:
    from widgets.main_window import MainWindow

TABLE_ACTS = (*COLUMN_ACTS, "table.columns", "table.export")
WHY_NOT = {"table.reverse": "refusal.not_sorted", "table.hide": "refusal.last_column"}
PICKS = (("next", 1, False), ("previous", -1, False), ("next_any", 1, True), ("previous_any", -1, True))
WORKSPACE_KEYS = 9  # workspaces that can be opened by their number


SINGLE = frozenset({"order_entry"})  # whose state is one: a second would say the same in another group


@runtime_checkable
class LadderLike(Protocol):
    """What keys do to a ladder."""

    def center(self) -> None: ...

    def next_venue(self) -> None: ...


@runtime_checkable
class IssueList(Protocol):
    """A list of issues that keys walk through from anywhere."""

    def step_issue(self, by: int) -> None: ...


def register_window_commands(window: "MainWindow", commands: Commands) -> None:
    """Add everything that needs the window."""
    stack = window.workspaces
    commands.register("command.focus", window.command_box.open)
    commands.register("ladder.center", partial(_center_ladders, window))
    commands.register("ladder.venue", partial(_next_venue, window))
    for name, by, everywhere in PICKS:
        commands.register(f"working.{name}", partial(_pick_order, window, by, everywhere=everywhere))
    commands.register("issue.next", partial(_step_issue, window, 1))
    commands.register("issue.previous", partial(_step_issue, window, -1))
    for name in WORKSPACES:
        commands.register(f"workspace.{name}", partial(stack.open, name))
    for number in range(1, WORKSPACE_KEYS + 1):
        commands.register(f"workspace.{number}", partial(stack.open_number, number))
    commands.register("workspace.next", partial(stack.step, 1))
    commands.register("workspace.previous", partial(stack.step, -1))
    commands.register("workspace.new", stack.new)
    commands.register("workspace.duplicate", stack.duplicate)
    commands.register("workspace.rename", window.top_bar.rename)
    commands.register("workspace.delete", stack.delete)
    commands.register("workspace.reset", stack.reset)
    commands.register("workspace.export", partial(ask_export, window, of_all=False))
    commands.register("workspace.export_all", partial(ask_export, window, of_all=True))
    commands.register("workspace.import", partial(ask_import, window))
    for name in PANELS:
        commands.register(f"panel.{name}", partial(_open_panel, window, name))
    at_panel: dict[str, Callable[[MainWindow, Panel], Refusal | None]] = {
        "panel.close": lambda w, panel: w.workspace.close_panel(panel),
        "panel.float": lambda w, panel: w.workspace.float_panel(panel),
        "panel.group": _next_group,
        **{name: partial(_move, move) for name, move in MOVES.items()},
    }
    for action, field in (("form.type_px", "order_entry.price"), ("form.type_qty", "order_entry.qty")):
        commands.register(action, partial(_to_field, window, field))
    for name, act in at_panel.items():
        commands.register(name, partial(_at_focused, window, act))
    commands.register("panel.next_tab", partial(_next_tab, window))
    commands.register("panel.arrange", partial(_arrange, window))
    commands.register("panel.arranged", window.begun_keys.end)
    for name, at_chart in chart_acts().items():
        commands.register(name, partial(at_chart, window))
    for name in TABLE_ACTS:
        commands.register(name, partial(_at_table, window, name))
    commands.register("panel.next", partial(_step_panel, window, 1))
    commands.register("panel.previous", partial(_step_panel, window, -1))


def _center_ladders(window: "MainWindow") -> None:
    for panel in window.panels:
        if isinstance(panel, LadderLike):
            panel.center()


def _next_venue(window: "MainWindow") -> None:
    """Only where the keys act: the venue decides where a click sends."""
    for panel in window.workspace.panels:
        if isinstance(panel, LadderLike) and cast("Panel", panel).group == window.group:
            panel.next_venue()


def _step_issue(window: "MainWindow", by: int) -> Refusal | None:
    """Of the watchlist in the group that the keys act on; the keyboard stays where it is."""
    lists = [panel for panel in window.workspace.panels if isinstance(panel, IssueList)]
    found = next((one for one in lists if cast("Panel", one).group == window.group), None)
    if found is None:
        return Refusal(key="refusal.no_watchlist")
    found.step_issue(by)
    return None


def _pick_order(window: "MainWindow", by: int, *, everywhere: bool) -> Refusal | None:
    """Choose the working order that keys act on, and say which one it is."""
    context = window.context
    found = context.form.step_pick(by, everywhere=everywhere)
    if isinstance(found, Refusal):
        return found
    sentence = picked_text(context.orders, context.market, found, context.texts, everywhere=everywhere)
    window.say(sentence, is_warning=False)
    return None


def keyboard_back(window: "MainWindow") -> None:
    """To the ladder or form that had it last; else to nobody, so that Enter sends and chooses no row of a table."""
    panel = window.focused
    if panel is not None and panel.can_send and panel in window.workspace.panels and panel.isVisible():
        give_keyboard(panel)
    else:
        window.workspace.setFocus()


def _open_panel(window: "MainWindow", name: str) -> Refusal | None:
    """To the one that is seen, of the group that keys act on if there is one; from there, one more."""
    there = _seen(window, name)
    is_there = window.focused is not None and window.focused.objectName() == name
    if there is not None and (not is_there or name in SINGLE):
        give_keyboard(there)
        window.focus(there)
        title = window.context.texts(there.title_key)
        if name not in SINGLE:
            window.say(window.context.texts("hint.panel_again", title=title), is_warning=False)
        return None
    panel = window.workspace.open_panel(name, window.group, beside=window.focused)
    if panel is None:
        return Refusal(key="refusal.panels_full")
    give_keyboard(panel)
    return None


def _to_field(window: "MainWindow", name: str) -> Refusal | None:
    """The keyboard to a field of the order form, opened where none is seen: what is typed replaces all of it."""
    panel = _seen(window, "order_entry")
    if panel is None:
        if (refusal := _open_panel(window, "order_entry")) is not None:
            return refusal
        panel = _seen(window, "order_entry")
    field = panel.findChild(FigureField, name) if panel is not None else None
    if field is None or not field.isEnabled():
        return Refusal(key="refusal.type_without_price")
    field.setFocus(Qt.FocusReason.ShortcutFocusReason)
    field.selectAll()
    return None


def _seen(window: "MainWindow", name: str) -> Panel | None:
    """A panel of this name that is on the screen, of the group that keys act on if there is one."""
    seen = [one for one in window.workspace.panels if one.objectName() == name and one.isVisible()]
    return next((one for one in seen if one.group == window.group), seen[0] if seen else None)


def _at_focused(window: "MainWindow", act: Callable[["MainWindow", Panel], Refusal | None]) -> Refusal | None:
    """On the panel with the keyboard."""
    panel = window.focused
    if panel is None or panel not in window.workspace.panels:
        return Refusal(key="refusal.no_panel")
    refusal = act(window, panel)
    if panel in window.workspace.panels:
        give_keyboard(panel)  # the library gives it away when a panel moves to another window
        window.focus(panel)
    else:
        window.focus(None)
    return refusal


def _move(move: Callable[[Workspace, Panel], Refusal | None], window: "MainWindow", panel: Panel) -> Refusal | None:
    return move(window.workspace, panel)


def _next_tab(window: "MainWindow") -> Refusal | None:
    """The keyboard goes with the panel that comes to the front."""
    panel = window.focused
    if panel is None or panel not in window.workspace.panels:
        return Refusal(key="refusal.no_panel")
    following = next_tab(window.workspace, panel)
    if following is None:
        return Refusal(key="refusal.no_tabs")
    give_keyboard(following)
    window.focus(following)
    return None


def _arrange(window: "MainWindow") -> Refusal | None:
    """Let the keys arrange the panel that has the keyboard, as if their first one had been pressed."""
    first, blank, _ = window.context.keys("panel.arranged").rpartition(" ")
    if not blank:
        return Refusal(key="refusal.no_arrange_key")
    if window.focused is not None and window.focused in window.workspace.panels:
        give_keyboard(window.focused)
    window.begun_keys.begin(first)
    return None


def _at_table(window: "MainWindow", name: str) -> Refusal | None:
    """On the table that has the keyboard, else the first of the panel that keys act on."""
    panel = window.focused
    view = QApplication.focusWidget()
    if panel is None or panel not in window.workspace.panels:
        return Refusal(key="refusal.no_table")
    if not isinstance(view, TableView):
        view = next((one for one in panel.findChildren(TableView) if one.isVisible()), None)
    if view is None:
        return Refusal(key="refusal.no_table")
    if name == "table.columns":
        ColumnDialog(view, window.context.texts, panel).open()
    elif name == "table.export":
        TableMenu(panel, view).export()
    else:
        head, is_done = view.column.head, column_acts(view)[name]()
        if not is_done:
            return Refusal(key=WHY_NOT[name]) if name in WHY_NOT else None
        if name == "table.hide":
            window.say(window.context.texts("table.hidden", column=head), is_warning=False)
    return None


def _next_group(window: "MainWindow", panel: Panel) -> None:
    window.workspace.link(panel, GROUPS[panel.group % len(GROUPS)])


def _step_panel(window: "MainWindow", by: int) -> None:
    """Give the keyboard to the next panel that is seen, row by row from the left."""
    seen = [panel for panel in window.workspace.panels if panel.isVisible()]
    seen.sort(key=lambda panel: panel.mapToGlobal(panel.rect().topLeft()).toTuple())
    if seen:
        at = seen.index(window.focused) if window.focused in seen else -1 if by > 0 else 0
        panel = seen[(at + by) % len(seen)]
        give_keyboard(panel)
        window.focus(panel)  # also in a window that is not in front
