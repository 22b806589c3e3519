"""Actions of the window itself, by name: command box, workspaces, panels, ladders."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

from hts.desk.actions import Refusal
from hts.desk.commands import Commands
from hts.desk.selection import GROUPS
from widgets.docking import give_keyboard
from widgets.panel import Panel
from widgets.panels import PANELS
from widgets.workspaces import WORKSPACES

if TYPE_CHECKING:
    from widgets.main_window import MainWindow

WORKSPACE_KEYS = 9  # workspaces that can be opened by their number


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
    for name in PANELS:
        commands.register(f"panel.{name}", partial(_open_panel, window, name))
    at_panel: dict[str, Callable[[MainWindow, Panel], None]] = {
        "panel.close": lambda w, panel: w.workspace.close_panel(panel),
        "panel.float": lambda w, panel: w.workspace.float_panel(panel),
        "panel.group": _next_group,
    }
    for name, act in at_panel.items():
        commands.register(name, partial(_at_focused, window, act))
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


def _open_panel(window: "MainWindow", name: str) -> Refusal | None:
    panel = window.workspace.open_panel(name, window.group, beside=window.focused)
    if panel is None:
        return Refusal(key="refusal.panels_full")
    give_keyboard(panel)
    return None


def _at_focused(window: "MainWindow", act: Callable[["MainWindow", Panel], None]) -> Refusal | None:
    """On the panel with the keyboard."""
    panel = window.focused
    if panel is None or panel not in window.workspace.panels:
        return Refusal(key="refusal.no_panel")
    act(window, panel)
    if panel in window.workspace.panels:
        give_keyboard(panel)  # the library gives it away when a panel moves to another window
        window.focus(panel)
    else:
        window.focus(None)
    return None


def _next_group(window: "MainWindow", panel: Panel) -> None:
    window.workspace.link(panel, GROUPS[panel.group % len(GROUPS)])


def _step_panel(window: "MainWindow", by: int) -> None:
    """Give the keyboard to the next panel that is seen, row by row from the left."""
    seen = [panel for panel in window.workspace.panels if panel.isVisible()]
    seen.sort(key=lambda panel: panel.mapToGlobal(panel.rect().topLeft()).toTuple())
    if seen:
        at = seen.index(window.focused) if window.focused in seen else -1 if by > 0 else 0
        give_keyboard(seen[(at + by) % len(seen)])
