"""One workspace: docked panels with their headers, over the docking library.

The header is the library's title bar, so that panels can be dragged, stacked and torn off by it: a square in the
link group's colour, the title, the panel's own grey subtitle, and the menu. A workspace describes itself as a
dictionary that can be stored as JSON; `restore` refuses what does not hold and leaves the default behind.
"""

import base64
import binascii
from collections.abc import Iterator
from typing import Any

import PySide6QtAds as ads  # noqa: N813  the library's usual short name
from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QSplitter, QVBoxLayout, QWidget

from themes import fonts, metrics
from widgets.panel import Panel, PanelContext
from widgets.panels import PANELS, make_panel
from widgets.workspaces import Place, Split

LAYOUT_VERSION = 1
LATER = frozenset({"chart"})  # its library takes longer to import than everything else together


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
        self._headers: list[HeaderNote] = []
        self._is_default = False
        self._later: list[Place] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(metrics.GUTTER, 0, metrics.GUTTER, 0)
        self._docks = ads.CDockManager(self)
        self._docks.floatingWidgetCreated.connect(self._on_floating)
        box.addWidget(self._docks)
        self.panels: list[Panel] = []
        self._widgets: dict[str, ads.CDockWidget] = {}
        self._make_panels(layout)
        self.open_default()

    def _make_panels(self, layout: Split) -> None:
        for place in _places(layout):
            key = f"{place.panel}.{place.group}"
            title = self._context.texts(f"{place.panel}.title")
            dock = ads.CDockWidget(self._docks, title)
            dock.setObjectName(key)
            self._widgets[key] = dock
            if place.panel in LATER:
                dock.setWidget(QWidget(), ads.CDockWidget.eInsertMode.ForceNoScrollArea)
                self._later.append(place)
            else:
                self._put_panel(place)
            dock.setIcon(_square(self._group_color(place.group)))
            dock.setFeature(ads.CDockWidget.DockWidgetFeature.DockWidgetDeleteOnClose, False)
            dock.setMinimumSizeHintMode(ads.CDockWidget.eMinimumSizeHintMode.MinimumSizeHintFromContentMinimumSize)
            tab = dock.tabWidget()
            tab.setIconSize(QSize(metrics.GROUP_SQUARE, metrics.GROUP_SQUARE))
            tab.layout().setContentsMargins(metrics.EDGE_PAD - 2, 0, 0, 0)

    def _put_panel(self, place: Place) -> None:
        panel = make_panel(place.panel, self._context, group=place.group)
        panel.setAccessibleName(self._context.texts(panel.title_key))
        # The library looks at one or the other; a panel may have said either.
        panel.setMinimumWidth(max(panel.minimumWidth(), panel.minimumSizeHint().width()))
        self._dock(place).setWidget(panel, ads.CDockWidget.eInsertMode.ForceNoScrollArea)
        self.panels.append(panel)

    def make_later_panels(self) -> None:
        """Make the panels that the first paint did without."""
        waiting, self._later = self._later, []
        for place in waiting:
            self._put_panel(place)

    def _group_color(self, group: int) -> QColor:
        return self._context.tokens.group1 if group == 1 else self._context.tokens.group2

    def open_default(self) -> None:
        """Lay the panels out as the workspace ships."""
        for dock in self._widgets.values():
            if dock.dockAreaWidget() is not None:
                self._docks.removeDockWidget(dock)
        first = _first(self._default)
        area = self._docks.addDockWidget(ads.CenterDockWidgetArea, self._dock(first))
        self._lay_out(self._default, area)
        self._is_default = True
        self._size(self._default)
        self._dress_headers()

    def _dock(self, place: Place) -> ads.CDockWidget:
        return self._widgets[f"{place.panel}.{place.group}"]

    def _lay_out(self, split: Split, area: ads.CDockAreaWidget) -> None:
        """Place the first panel of every part, then divide each part."""
        side = ads.RightDockWidgetArea if split.is_row else ads.BottomDockWidgetArea
        areas = [area]
        for part in split.parts[1:]:
            areas.append(self._docks.addDockWidget(side, self._dock(_first(part)), areas[-1]))
        for part, part_area in zip(split.parts, areas, strict=True):
            if isinstance(part, Split):
                self._lay_out(part, part_area)

    def _size(self, split: Split) -> QSplitter:
        """Give every splitter the shipped proportions, from the leaves up; returns the split's own splitter."""
        own: QSplitter | None = None
        for part in split.parts:
            if isinstance(part, Split):
                parent = self._size(part).parentWidget()
                own = parent if isinstance(parent, QSplitter) else own
            else:
                own = self._dock(part).dockAreaWidget().parentSplitter()
        assert own is not None, split
        own.setSizes([part.size for part in split.parts])
        return own

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_default:
            # Only now the splitters know their room; before, Qt divides nothing by nothing.
            QTimer.singleShot(0, self._size_default)

    def _size_default(self) -> None:
        if self._is_default:
            self._size(self._default)

    def _dress_headers(self) -> None:
        """Put the subtitle and the menu into every title bar that has none yet."""
        for index in range(self._docks.dockAreaCount()):
            area = self._docks.dockArea(index)
            bar = area.titleBar()
            if bar.findChild(HeaderNote) is not None:
                continue
            note = HeaderNote(self._context, area)
            at = bar.indexOf(bar.tabBar())
            bar.insertWidget(at + 1, note)
            dots = Dots(self._context, area)
            bar.layout().addWidget(dots)
            self._headers.append(note)

    def restyle(self) -> None:
        """The squares of the link groups are icons."""
        for key, dock in self._widgets.items():
            dock.setIcon(_square(self._group_color(int(key.rpartition(".")[2]))))

    def _on_floating(self, window: QWidget) -> None:
        self.floated.emit(window)

    def refresh_headers(self) -> None:
        """Ask the panels in front for their subtitles; called after a frame that refreshed some."""
        self._dress_headers()
        self._headers = [note for note in self._headers if note.refresh()]

    def send_rects(self) -> list[tuple[int, int, int, int]]:
        """Where the panels stand that can send by one click: x, y, width, height in this widget."""
        rects = []
        for dock in self._widgets.values():
            area = dock.dockAreaWidget()
            panel = dock.widget()
            if area is None or not isinstance(panel, Panel) or not panel.can_send or not dock.isCurrentTab():
                continue
            if area.window() is not self.window() or not area.isVisibleTo(self):
                continue
            corner = area.mapTo(self, area.rect().topLeft())
            rects.append((corner.x(), corner.y(), area.width(), area.height()))
        return rects

    def state(self) -> dict[str, Any]:
        """The layout, for storing."""
        xml = bytes(self._docks.saveState(LAYOUT_VERSION).data())
        return {"version": LAYOUT_VERSION, "docks": base64.b64encode(xml).decode("ascii")}

    def restore(self, state: dict[str, Any]) -> bool:
        """Take a stored layout; False, with the default layout in place, when it does not hold."""
        try:
            xml = base64.b64decode(str(state["docks"]), validate=True)
        except (KeyError, ValueError, binascii.Error):
            return False
        names_all = all(f'"{name}"'.encode() in xml for name in self._widgets)
        taken = names_all and self._docks.restoreState(QByteArray(xml), LAYOUT_VERSION)
        self._is_default = False
        if not taken:
            self.open_default()
        self._dress_headers()
        return bool(taken)


class HeaderNote(QLabel):
    """The grey subtitle beside the title."""

    def __init__(self, context: PanelContext, area: ads.CDockAreaWidget) -> None:
        super().__init__()
        self._area = area
        self.setFont(fonts.font("secondary"))
        self._tokens = context.tokens
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.restyle()

    def restyle(self) -> None:
        """The colour is part of a style sheet."""
        self.setStyleSheet(f"color: {self._tokens.text2.name()}; font-size: 11px; padding-left: 2px;")

    def refresh(self) -> bool:
        """Show the front panel's subtitle; False when the title bar is gone."""
        try:
            dock = self._area.currentDockWidget()
        except RuntimeError:  # the area was closed by the library
            return False
        panel = dock.widget() if dock is not None else None
        text = panel.subtitle if isinstance(panel, Panel) else ""
        if text != self.text():
            self.setText(text)
        return True


class Dots(QAbstractButton):
    """Three dots at the header's right end: the panel's menu."""

    def __init__(self, context: PanelContext, area: ads.CDockAreaWidget) -> None:
        super().__init__()
        self._ink = context.tokens.text2
        self._area = area
        self.setFixedSize(28, metrics.PANEL_HEADER - 1)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(context.texts("panel.menu"))
        self.clicked.connect(self._open)

    def _open(self) -> None:
        menu = self._area.titleBar().buildContextMenu()
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for i in range(3):
            painter.fillRect(10 + 4 * i, self.height() // 2, 2, 2, self._ink)


def _square(color: QColor) -> QIcon:
    """The link group's square."""
    pixmap = QPixmap(metrics.GROUP_SQUARE, metrics.GROUP_SQUARE)
    pixmap.fill(color)
    return QIcon(pixmap)


def _places(split: Split) -> Iterator[Place]:
    for part in split.parts:
        if isinstance(part, Place):
            assert part.panel in PANELS, part
            yield part
        else:
            yield from _places(part)


def _first(part: Place | Split) -> Place:
    return part if isinstance(part, Place) else _first(part.parts[0])
