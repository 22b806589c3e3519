"""All workspaces of the window: which there are, which is in front, and what is stored of them.

A workspace is made when it is first opened. Deleting one's own asks twice, within AGAIN_NS, since its layout is gone.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from hts.desk.actions import Refusal
from hts.desk.workspace_file import Imported, WorkspaceCopy, copy_of
from hts.desk.workspaces import WorkspaceEntry, WorkspaceList
from widgets.docking import Workspace
from widgets.panel import Panel, PanelContext
from widgets.preload import Preload
from widgets.workspaces import WORKSPACES

AGAIN_NS = 3_000_000_000
CHROME = 140  # pixels of the window's own lines and of the desktop's title bar


class WorkspaceStack(QStackedWidget):
    """opened(name): another workspace is in front.   listed(): the list of workspaces changed.

    floated(window): a panel was torn off.   damaged(file): a stored layout did not hold, and where it is kept.
    """

    opened = Signal(str)
    listed = Signal()
    floated = Signal(QWidget)
    damaged = Signal(str)

    def __init__(self, context: PanelContext, mono_ns: Callable[[], int], parent: QWidget) -> None:
        super().__init__(parent)
        self.list = WorkspaceList(WORKSPACES)
        self._context, self._mono_ns = context, mono_ns
        self._made: dict[str, Workspace] = {}
        self._stored: dict[str, Any] = {}
        self._is_complete = False
        self._deletion = ("", 0)
        self.preload = Preload(self)

    def minimumSizeHint(self) -> QSize:
        """What the panels need, but never more than the screen has: there they are rather cut than out of reach."""
        room = self.screen().availableSize() - QSize(0, CHROME)
        return super().minimumSizeHint().boundedTo(room)

    @property
    def front(self) -> Workspace:
        """The one that is seen."""
        front = self.currentWidget()
        assert isinstance(front, Workspace)
        return front

    @property
    def opened_names(self) -> tuple[str, ...]:
        """Those that have been opened."""
        return tuple(self._made)

    @property
    def panels(self) -> list[Panel]:
        """Panels of all workspaces that have been opened."""
        return [panel for workspace in self._made.values() for panel in workspace.panels]

    def title(self, entry: WorkspaceEntry) -> str:
        """What its tab says."""
        return entry.title or self._context.texts(f"workspace.{entry.name}")

    def make_later_panels(self) -> None:
        """Make what the first paint did without, here and in every workspace that is opened from now on.

        Then have ready what the others will need.
        """
        self._is_complete = True
        for workspace in self._made.values():
            workspace.make_later_panels()
        self.preload.start()

    def open(self, name: str) -> None:
        """Bring a workspace to the front, making it at its first opening."""
        entry = self.list.find(name)
        if entry is None:
            return
        if name not in self._made:
            made = Workspace(name, WORKSPACES[entry.base], self._context)
            made.floated.connect(self.floated.emit)
            self._made[name] = made
            self.addWidget(made)
            if self._is_complete:
                made.make_later_panels()
            if name in self._stored and not made.restore(self._stored[name]):
                self._keep_damaged(name)
        self.setCurrentWidget(self._made[name])
        self.opened.emit(name)

    def _keep_damaged(self, name: str) -> None:
        """The default stands now and will be stored: what was there is kept beside it."""
        file = f"layout-{name}.damaged"
        self._context.files.keep(file, json.dumps(self._stored[name]).encode())
        self.damaged.emit(file)

    def open_number(self, number: int) -> None:
        """The one with that number on its tab."""
        entry = self.list.at(number)
        if entry is not None:
            self.open(entry.name)

    def step(self, by: int) -> None:
        """The next tab, or the one before."""
        self.open(self.list.after(self.front.name, by).name)

    def new(self) -> Refusal | None:
        """One more, as the one in front ships."""
        base = self.list.find(self.front.name)
        return self._add(base.base if base is not None else self.front.name, None)

    def duplicate(self) -> Refusal | None:
        """One more, as the one in front looks now."""
        base = self.list.find(self.front.name)
        return self._add(base.base if base is not None else self.front.name, self.front.state())

    def _add(self, base: str, layout: dict[str, Any] | None) -> Refusal | None:
        entry = self.list.add(self.list.free_title(self._context.texts("workspace.own")), base)
        if isinstance(entry, Refusal):
            return entry
        self._stored.pop(entry.name, None)
        if layout is not None:
            self._stored[entry.name] = layout
        self.listed.emit()
        self.open(entry.name)
        return None

    def rename(self, name: str, title: str) -> Refusal | None:
        """Another title for one of the trader's own."""
        refusal = self.list.rename(name, title)
        if refusal is None:
            self.listed.emit()
        return refusal

    def delete(self) -> Refusal | None:
        """Delete the one in front: the first call asks, a second one soon after does it."""
        name = self.front.name
        entry = self.list.find(name)
        if entry is None or not entry.is_own:
            return Refusal(key="refusal.workspace_ships")
        asked, at_ns = self._deletion
        if asked != name or self._mono_ns() - at_ns > AGAIN_NS:
            self._deletion = (name, self._mono_ns())
            return Refusal(key="refusal.workspace_again", values={"title": entry.title})
        self._deletion = ("", 0)
        self.list.remove(name)
        self._stored.pop(name, None)
        gone = self._made.pop(name)
        for panel in gone.panels:
            panel.retire()
        self.listed.emit()
        self.open(entry.base)
        self.removeWidget(gone)
        gone.deleteLater()
        return None

    def reset(self) -> None:
        """The one in front as it ships."""
        self._stored.pop(self.front.name, None)
        self.front.open_default()

    def copies(self, *, of_all: bool) -> tuple[list[WorkspaceCopy], list[str]]:
        """The one in front for a file, or all that are not as they ship; and the titles of damaged ones."""
        found: list[WorkspaceCopy] = []
        damaged = []
        for entry in self.list.entries:
            made = self._made.get(entry.name)
            layout = made.state() if made is not None else self._stored.get(entry.name)
            if not (of_all or made is self.front) or layout is None:
                continue
            try:
                found.append(copy_of(self.title(entry), entry.base, layout))
            except ValueError:
                damaged.append(self.title(entry))
        return found, damaged

    def take(self, imported: Sequence[Imported]) -> tuple[WorkspaceEntry, ...] | Refusal:
        """Add the workspaces of a file and open the first; none where not all have room."""
        ships = [self.title(entry) for entry in self.list.entries if not entry.is_own]
        entries = self.list.add_all([(one.title, one.base) for one in imported], ships)
        if isinstance(entries, Refusal):
            return entries
        for entry, one in zip(entries, imported, strict=True):
            self._stored[entry.name] = one.layout
        self.listed.emit()
        self.open(entries[0].name)
        return entries

    def bring_home(self) -> None:
        """A monitor may be gone: no window of a panel stays out of sight."""
        for workspace in self._made.values():
            workspace.bring_home()

    def state(self) -> dict[str, Any]:
        """Everything for storing."""
        layouts = {**self._stored, **{name: made.state() for name, made in self._made.items()}}
        return {"workspace": self.front.name, "own": self.list.state(), "layouts": layouts}

    def restore(self, state: dict[str, Any]) -> bool:
        """Take what was stored; False when some of it did not hold and a default stands instead."""
        holds = self.list.restore(state.get("own", []))
        stored = state.get("layouts", {})
        self._stored = stored if isinstance(stored, dict) else {}
        holds = holds and isinstance(stored, dict)
        for name, made in self._made.items():
            if name in self._stored:
                holds = made.restore(self._stored[name]) and holds
        self.listed.emit()
        front = state.get("workspace")
        if isinstance(front, str):
            self.open(front)
        return holds
