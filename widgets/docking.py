"""One workspace: docked panels with their headers, over the docking library.

The header is the library's title bar, so that panels can be dragged, stacked and torn off by it: a square in the
link group's colour, the title, the panel's own grey subtitle, the group chooser and the menu (widgets.panel_header).
A workspace describes itself as a dictionary that can be stored as JSON: which panels it has, in which groups, and the
library's own account of where they stand. `restore` refuses what does not hold and leaves the default behind.
"""

import base64
import binascii
from contextlib import suppress
from typing import Any

import PySide6QtAds as ads  # noqa: N813  the library's usual short name
from PySide6.QtCore import QByteArray, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from hts.desk.selection import GROUPS
from hts.desk.texts import Texts
from hts.desk.workspace_docks import LAYOUT_VERSION
from hts.desk.workspace_file import PANELS_MAX
from themes import metrics
from widgets.dock_homes import Home, float_dock
from widgets.panel import Panel, PanelContext
from widgets.panel_header import Dots, GroupButton, HeaderNote, MenuRow, front_panel, group_color, square
from widgets.panels import PANELS, make_panel
from widgets.workspaces import Place, Split, Stack, first, places

LATER = frozenset({"chart"})  # its library takes longer to import than everything else together
GRIP = 40  # so much of a torn-off window's head must be on a screen


def set_up_docking() -> None:
    """Library-wide switches; call once, before the first workspace."""
    flag = ads.CDockManager.eConfigFlag
    manager = ads.CDockManager
    for unwanted in (
        flag.DockAreaHasCloseButton,
        flag.DockAreaHasUndockButton,
        flag.DockAreaHasTabsMenuButton,
        flag.ActiveTabHasCloseButton,
        flag.AllTabsHaveCloseButton,
        flag.XmlCompressionEnabled,
    ):
        manager.setConfigFlag(unwanted, False)
    for wanted in (flag.DisableStylesheet, flag.OpaqueSplitterResize, flag.AlwaysShowTabs, flag.FocusHighlighting):
        manager.setConfigFlag(wanted, True)
    manager.setConfigFlag(flag.DisableTabTextEliding, True)


class Workspace(QWidget):
    """Panels of one workspace. Signals: `floated` with the window of a panel that was torn off."""

    floated = Signal(QWidget)

    def __init__(self, name: str, layout: Split, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._context = context
        self._default = layout
        self.headers: list[HeaderNote] = []
        self._is_default = self._is_complete = False
        self._later: list[str] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(metrics.GUTTER, 0, metrics.GUTTER, 0)
        self._docks = ads.CDockManager(self)
        self._docks.floatingWidgetCreated.connect(self.floated.emit)
        box.addWidget(self._docks)
        self.panels: list[Panel] = []
        self._widgets: dict[str, ads.CDockWidget] = {}
        self._places: dict[str, Place] = {}
        self._homes: dict[str, Home] = {}  # where torn-off panels stood, by their docks' names
        self._own: dict[str, Any] = {}  # what panels stored, by their docks' names
        self.open_default()

    # Panels

    def _make(self, key: str, place: Place) -> None:
        """Make the dock of a panel, and the panel unless it has to wait."""
        dock = ads.CDockWidget(self._docks, self._context.texts(f"{place.panel}.title"))
        dock.setObjectName(key)
        self._widgets[key], self._places[key] = dock, place
        if place.panel in LATER and not self._is_complete:
            dock.setWidget(QWidget(), ads.CDockWidget.eInsertMode.ForceNoScrollArea)
            self._later.append(key)
        else:
            self._put_panel(key)
        dock.setIcon(square(group_color(self._context.tokens, place.group)))
        dock.setFeature(ads.CDockWidget.DockWidgetFeature.DockWidgetDeleteOnClose, False)
        dock.closed.connect(lambda: QTimer.singleShot(0, self, lambda: self._drop_closed(key)))
        dock.setMinimumSizeHintMode(ads.CDockWidget.eMinimumSizeHintMode.MinimumSizeHintFromContentMinimumSize)
        tab = dock.tabWidget()
        tab.setIconSize(QSize(metrics.GROUP_SQUARE, metrics.GROUP_SQUARE))
        tab.layout().setContentsMargins(metrics.EDGE_PAD - 2, 0, 0, 0)

    def _put_panel(self, key: str) -> None:
        place = self._places[key]
        panel = make_panel(place.panel, self._context, group=place.group)
        panel.setAccessibleName(self._context.texts(panel.title_key))
        # The library looks at one or the other; a panel may have said either.
        panel.setMinimumWidth(panel.least_width)
        self._widgets[key].setWidget(panel, ads.CDockWidget.eInsertMode.ForceNoScrollArea)
        self.panels.append(panel)
        own = self._own.get(key)
        if isinstance(own, dict):  # it was not there when the layout was restored
            panel.take_stored(own)

    def make_later_panels(self) -> None:
        """Make the panels that the first paint did without."""
        self._is_complete = True
        waiting, self._later = self._later, []
        for key in waiting:
            self._put_panel(key)

    def open_panel(self, name: str, group: int, *, beside: Panel | None = None, floats: bool = False) -> Panel | None:
        """Bring a panel to the front that stands behind others; where one is seen already, one more in a free group.

        None when nothing can be added: then the first of that name comes to the front. `beside`: whose area it joins.
        """
        there = [key for key, place in self._places.items() if place.panel == name]
        hidden = [key for key in there if not self._widgets[key].isCurrentTab()]
        groups = [other for other in (group, *GROUPS) if all(self._places[key].group != other for key in there)]
        if hidden or (there and not groups) or len(self._widgets) >= PANELS_MAX:
            key = (hidden or there or [""])[0]
            return self._to_front(key) if key else None
        number = next(n for n in range(1, PANELS_MAX + 1) if f"{name}.{n}" not in self._widgets)
        key = f"{name}.{number}"
        self.make_later_panels()
        self._make(key, Place(name, 0, groups[0]))
        dock, area = self._widgets[key], self._area_of(beside)
        if floats:
            self._docks.addDockWidgetFloating(dock)
        elif area is not None:
            self._docks.addDockWidgetTabToArea(dock, area)
        else:
            self._docks.addDockWidget(ads.CenterDockWidgetArea, dock)
        self.arranged()
        return self._to_front(key)

    def _to_front(self, key: str) -> Panel | None:
        dock = self._widgets[key]
        dock.setAsCurrentTab()
        dock.raise_()
        panel = dock.widget()
        return panel if isinstance(panel, Panel) else None

    def _area_of(self, panel: Panel | None) -> ads.CDockAreaWidget | None:
        """The dock area of a panel, else the largest one of this window."""
        if key := self._key_of(panel):
            return self._widgets[key].dockAreaWidget()
        areas = [self._docks.dockArea(i) for i in range(self._docks.dockAreaCount())]
        return max(areas, key=lambda area: area.width() * area.height(), default=None)

    def _key_of(self, panel: Panel | None) -> str:
        return next((key for key, dock in self._widgets.items() if panel is not None and dock.widget() is panel), "")

    def close_panel(self, panel: Panel) -> None:
        """Take a panel out of the workspace."""
        if key := self._key_of(panel):
            self._drop(key)

    def _drop_closed(self, key: str) -> None:
        """A torn-off window was closed by its own button, not with all of them: nobody could find its panel again."""
        if key in self._widgets and self._widgets[key].isClosed() and self.window().isVisible():
            self._drop(key)

    def _drop(self, key: str) -> None:
        self._is_default = False
        dock = self._widgets.pop(key)
        del self._places[key]
        self._later = [other for other in self._later if other != key]
        if isinstance(panel := dock.widget(), Panel):
            self.panels.remove(panel)
            panel.retire()
        self._docks.removeDockWidget(dock)
        dock.deleteLater()

    def float_panel(self, panel: Panel) -> None:
        """Tear a panel off into a window of its own, or bring it back."""
        if not (key := self._key_of(panel)):
            return
        float_dock(self._widgets[key], self._homes, self._area_of(None))
        self.arranged()

    def arranged(self) -> None:
        """Somebody has changed where things stand."""
        self._is_default = False
        self._dress_headers()

    def link(self, panel: Panel, group: int) -> None:
        """Let a panel show another group's issue."""
        if not (key := self._key_of(panel)):
            return
        panel.group = group
        panel.mark_dirty()
        self._places[key] = Place(self._places[key].panel, self._places[key].size, group)
        self._widgets[key].setIcon(square(group_color(self._context.tokens, group)))
        for button in self.window().findChildren(GroupButton):
            button.update()

    def menu_rows(self, panel: Panel, texts: Texts) -> list[MenuRow]:
        """What a panel's menu offers."""
        key = self._key_of(panel)
        is_floating = bool(key) and self._widgets[key].isFloating()
        return [
            (texts("panel.dock" if is_floating else "panel.float"), None, lambda: self.float_panel(panel)),
            (texts("panel.close"), None, lambda: self.close_panel(panel)),
        ]

    # Layout

    def open_default(self) -> None:
        """Lay the panels out as the workspace ships."""
        wanted = {f"{place.panel}.{place.group}": place for place in places(self._default)}
        for place in wanted.values():
            assert place.panel in PANELS, place
        for key in [key for key in self._widgets if key not in wanted]:
            self._drop(key)
        for key, place in wanted.items():
            if key not in self._widgets:
                self._make(key, place)
            elif self._widgets[key].dockAreaWidget() is not None:
                self._docks.removeDockWidget(self._widgets[key])
            panel = self._widgets[key].widget()
            if isinstance(panel, Panel) and panel.group != place.group:
                self.link(panel, place.group)
        area = self._docks.addDockWidget(ads.CenterDockWidgetArea, self._dock(first(self._default)))
        self._lay_out(self._default, area)
        self._is_default = True
        self._size(self._default)
        self._dress_headers()

    def _dock(self, place: Place) -> ads.CDockWidget:
        return self._widgets[f"{place.panel}.{place.group}"]

    def _lay_out(self, split: Split, area: ads.CDockAreaWidget) -> None:
        """Place the first panel of every part, then divide each part and stack what stands behind."""
        side = ads.RightDockWidgetArea if split.is_row else ads.BottomDockWidgetArea
        areas = [area]
        for part in split.parts[1:]:
            areas.append(self._docks.addDockWidget(side, self._dock(first(part)), areas[-1]))
        for part, part_area in zip(split.parts, areas, strict=True):
            if isinstance(part, Split):
                self._lay_out(part, part_area)
            elif isinstance(part, Stack):
                for place in part.places[1:]:
                    self._docks.addDockWidgetTabToArea(self._dock(place), part_area)
                self._dock(part.places[0]).setAsCurrentTab()

    def _size(self, split: Split) -> QSplitter:
        """Give every splitter the shipped proportions, from the leaves up; returns the split's own splitter."""
        own: QSplitter | None = None
        for part in split.parts:
            if isinstance(part, Split):
                parent = self._size(part).parentWidget()
                own = parent if isinstance(parent, QSplitter) else own
            else:
                own = self._dock(first(part)).dockAreaWidget().parentSplitter()
        assert own is not None, split
        own.setSizes([part.size for part in split.parts])
        return own

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_default:
            # Only now the splitters know their room; before, Qt divides nothing by nothing.
            QTimer.singleShot(0, self, self._size_default)  # not once it is gone

    def _size_default(self) -> None:
        if self._is_default:
            self._size(self._default)

    def _dress_headers(self) -> None:
        """Put subtitle, group chooser and menu into every title bar that has none yet."""
        areas = [dock.dockAreaWidget() for dock in self._widgets.values()]
        for area in areas:
            bar = area.titleBar() if area is not None else None
            if bar is None or bar.findChild(HeaderNote) is not None:
                continue
            note = HeaderNote(self._context, area)
            bar.insertWidget(bar.indexOf(bar.tabBar()) + 1, note)
            bar.layout().addWidget(GroupButton(self._context, area, self.link))
            bar.layout().addWidget(Dots(self._context, area, self.menu_rows))
            self.headers.append(note)

    def restyle(self) -> None:
        """The squares of the link groups are icons."""
        for key, place in self._places.items():
            self._widgets[key].setIcon(square(group_color(self._context.tokens, place.group)))

    def refresh_headers(self) -> None:
        """Ask the panels in front for their subtitles; called after frames that refreshed some."""
        self._dress_headers()
        self.headers = [note for note in self.headers if note.refresh()]

    def send_rects(self) -> list[tuple[int, int, int, int]]:
        """Where the panels stand that can send by one click: x, y, width, height in this widget."""
        rects = []
        for dock in self._widgets.values():
            area = dock.dockAreaWidget()
            panel = dock.widget()
            if area is None or not isinstance(panel, Panel) or not panel.can_send or front_panel(area) is not panel:
                continue
            if area.window() is not self.window() or not area.isVisibleTo(self):
                continue
            corner = area.mapTo(self, area.rect().topLeft())
            rects.append((corner.x(), corner.y(), area.width(), area.height()))
        return rects

    def bring_home(self) -> None:
        """Windows of panels on a monitor that is gone come back to one that is there."""
        rooms = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        for window in self._docks.floatingWidgets():
            before = window.geometry()
            after = seen_place(before, rooms)
            if after != before:
                window.setGeometry(after)

    # Storing

    def state(self) -> dict[str, Any]:
        """The layout, for storing."""
        xml = bytes(self._docks.saveState(LAYOUT_VERSION).data())
        panels = [[key, place.group] for key, place in self._places.items()]
        made = dict(self._made())
        later = {key: self._own[key] for key in self._later if key in self._own}
        own = later | {key: stored for key, panel in made.items() if (stored := panel.stored())}
        docks = base64.b64encode(xml).decode("ascii")
        return {"version": LAYOUT_VERSION, "panels": panels, "docks": docks, "own": own}

    def _made(self) -> list[tuple[str, Panel]]:
        """The panels that exist, by their docks' names."""
        return [(key, panel) for key, dock in self._widgets.items() if isinstance(panel := dock.widget(), Panel)]

    def restore(self, state: dict[str, Any]) -> bool:
        """Take a stored layout; False, with the default layout in place, when it does not hold."""
        try:
            xml = base64.b64decode(str(state["docks"]), validate=True)
            wanted = _stored_panels(state["panels"]) if "panels" in state else None
        except (KeyError, TypeError, ValueError, binascii.Error):
            self.open_default()
            return False
        if wanted is not None:
            for key in [key for key in self._widgets if key not in wanted]:
                self._drop(key)
            for key, place in wanted.items():
                if key not in self._widgets:
                    self._make(key, place)
                    self._docks.addDockWidgetTab(ads.CenterDockWidgetArea, self._widgets[key])  # else it stays unknown
        names_all = all(f'"{name}"'.encode() in xml for name in self._widgets)
        taken = names_all and self._docks.restoreState(QByteArray(xml), LAYOUT_VERSION)
        self._is_default = False
        if not taken:
            self.open_default()
        own = state.get("own")
        self._own = own if isinstance(own, dict) else {}
        for key, panel in self._made():
            kept = own.get(key) if isinstance(own, dict) else None
            if isinstance(kept, dict):
                panel.take_stored(kept)
        for key, place in wanted.items() if taken and wanted is not None else ():
            panel = self._widgets[key].widget()
            if isinstance(panel, Panel):
                self.link(panel, place.group)
            else:
                self._places[key] = place
        self._dress_headers()
        self.bring_home()
        return bool(taken)


def _stored_panels(rows: Any) -> dict[str, Place]:
    """Key -> place of the stored panels. Raises ValueError or TypeError for what is none."""
    wanted: dict[str, Place] = {}
    for key, group in rows:
        name, dot, number = str(key).partition(".")
        if name not in PANELS or not dot or not number.isdecimal() or group not in GROUPS or len(wanted) >= PANELS_MAX:
            raise ValueError(key)
        wanted[key] = Place(name, 0, group)
    if not wanted:
        raise ValueError(rows)
    return wanted


def seen_place(place: QRect, rooms: list[QRect]) -> QRect:
    """Where a window stands so that it can be seen and dragged: as it is where its head is on a screen."""
    head = QRect(place.x(), place.y(), place.width(), GRIP)
    if not rooms or any(min(overlap.width(), overlap.height()) >= GRIP for r in rooms if (overlap := r & head)):
        return place
    room = rooms[0]
    width, height = min(place.width(), room.width()), min(place.height(), room.height())
    return QRect(room.x() + (room.width() - width) // 2, room.y() + (room.height() - height) // 2, width, height)


def give_keyboard(panel: Panel) -> None:
    """Let a panel have the keyboard: itself where it takes it, else the first of its parts that does."""
    parts = [panel, *panel.findChildren(QWidget)]
    with suppress(StopIteration):
        next(w for w in parts if w.focusPolicy() & Qt.FocusPolicy.ClickFocus and w.isVisible()).setFocus()
