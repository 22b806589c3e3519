"""Docks moved and sized by key, as the mouse drags them: by the line beside them, over a neighbour, onto its tabs.

A step of size goes to the panel's area from the neighbour in its splitter; a move takes the panel to the far side of
the nearest area in that direction, or out of its own tabs where there is none. From monitor to monitor a panel goes
round: torn off to the next one, and so on, until it is back in the window.
"""

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import PySide6QtAds as ads  # noqa: N813  the library's usual short name
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QWidget

from hts.desk.actions import Refusal
from widgets.panel import Panel
from widgets.panel_header import front_panel

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.docking import Workspace

HEAD: Final = 40  # pixels above a window's own area that its title needs
LEAST: Final = 80  # pixels of a part: a splitter hides one that has none
STEP: Final = 40  # pixels that a panel gets wider or taller by at once
SIDES: Final = {
    "left": (ads.LeftDockWidgetArea, QPoint(-1, 0)),
    "right": (ads.RightDockWidgetArea, QPoint(1, 0)),
    "up": (ads.TopDockWidgetArea, QPoint(0, -1)),
    "down": (ads.BottomDockWidgetArea, QPoint(0, 1)),
}
Some = TypeVar("Some", bound=QWidget)


def size_dock(workspace: "Workspace", panel: Panel, way: Qt.Orientation, by: int) -> Refusal | None:
    """Give the panel's area `by` pixels more (or less) of its row or column; a torn-off one of its window."""
    area = _above(panel, ads.CDockAreaWidget)
    part: QWidget | None = area
    while part is not None and part is not workspace:
        splitter = part.parentWidget()
        if isinstance(splitter, QSplitter) and splitter.orientation() is way:
            seen = [i for i in range(splitter.count()) if (one := splitter.widget(i)) and one.isVisible()]
            at = splitter.indexOf(part)
            if at in seen and len(seen) > 1:
                return _shift(workspace, splitter, at, seen, by)
        part = splitter
    window = panel.window()
    if window is workspace.window():
        return Refusal(key="refusal.no_neighbour")
    is_row = way is Qt.Orientation.Horizontal
    window.resize(window.width() + by * is_row, window.height() + by * (not is_row))
    return None


def _shift(workspace: "Workspace", splitter: QSplitter, at: int, seen: list[int], by: int) -> Refusal | None:
    """What a part gets is taken of those after it, then of those before. The first gets what it gives."""
    sizes, place = splitter.sizes(), seen.index(at)
    others = [*seen[place + 1 :], *reversed(seen[:place])]
    wanted = by
    for other in others if by > 0 else others[:1]:
        taken = min(wanted, _spare(splitter, other, sizes)) if by > 0 else max(wanted, -_spare(splitter, at, sizes))
        sizes[at] += taken
        sizes[other] -= taken
        wanted -= taken
    if wanted == by:
        return Refusal(key="refusal.no_room")
    splitter.setSizes(sizes)
    workspace.arranged()
    return None


def _spare(splitter: QSplitter, at: int, sizes: list[int]) -> int:
    """How much a part can give."""
    part = splitter.widget(at)
    least = part.minimumSizeHint().expandedTo(part.minimumSize()) if part is not None else QSize()
    is_row = splitter.orientation() is Qt.Orientation.Horizontal
    return max(sizes[at] - max(least.width() if is_row else least.height(), LEAST), 0)


def move_dock(workspace: "Workspace", panel: Panel, side: str) -> Refusal | None:
    """Take the panel to the far side of its neighbour there; without one, out of its tabs or home from its window."""
    dock, area = _above(panel, ads.CDockWidget), _above(panel, ads.CDockAreaWidget)
    if dock is None or area is None:
        return Refusal(key="refusal.no_panel")
    where, way = SIDES[side]
    manager = dock.dockManager()
    if dock.isFloating():
        manager.addDockWidget(where, dock)
    else:
        beside = _nearest(area, _areas(manager), way)
        if beside is None and area.openDockWidgetsCount() == 1:
            return Refusal(key="refusal.no_neighbour")
        splitter = area.parentSplitter()
        at, sizes = splitter.indexOf(area), splitter.sizes()
        manager.addDockWidget(where, dock, beside or area)
        if dock.dockAreaWidget().parentSplitter() is splitter:
            _carry_size(dock, at, sizes)
    workspace.arranged()
    return None


def _carry_size(dock: ads.CDockWidget, at: int, sizes: list[int]) -> None:
    """Within its row or column a panel takes its size along."""
    area = dock.dockAreaWidget()
    splitter = area.parentSplitter()
    if splitter.count() == len(sizes):  # it left no tabs behind
        sizes.insert(splitter.indexOf(area), sizes.pop(at))
        splitter.setSizes(sizes)


def tab_dock(workspace: "Workspace", panel: Panel) -> Refusal | None:
    """Stack the panel onto the next area's tabs, in reading order."""
    dock, area = _above(panel, ads.CDockWidget), _above(panel, ads.CDockAreaWidget)
    if dock is None or area is None:
        return Refusal(key="refusal.no_panel")
    areas = sorted(_areas(dock.dockManager()), key=lambda one: _center(one).toTuple())
    others = [one for one in areas if one is not area]
    if not others:
        return Refusal(key="refusal.no_neighbour")
    following = areas[(areas.index(area) + 1) % len(areas)] if area in areas else others[0]
    dock.dockManager().addDockWidgetTabToArea(dock, following)
    workspace.arranged()
    dock.setAsCurrentTab()
    return None


def next_tab(workspace: "Workspace", panel: Panel) -> Panel | None:
    """Bring the panel to the front that stands behind this one; None where nothing does."""
    area = _above(panel, ads.CDockAreaWidget)
    if area is None or area.openDockWidgetsCount() < 2:
        return None
    docks = area.openedDockWidgets()
    following = docks[(docks.index(area.currentDockWidget()) + 1) % len(docks)]
    following.setAsCurrentTab()
    workspace.arranged()
    return front_panel(area)


def to_next_monitor(workspace: "Workspace", panel: Panel) -> Refusal | None:
    """Tear the panel off to the next monitor; from the last one it comes back into the window."""
    # Monitors are told apart by their place: the toolkit's own objects of them do not outlive a window that was asked.
    screens = [(screen.geometry(), screen.availableGeometry()) for screen in QGuiApplication.screens()]
    if len(screens) < 2:
        return Refusal(key="refusal.one_monitor")
    home, here = _monitor(workspace.window(), screens), _monitor(panel.window(), screens)
    following = (here + 1) % len(screens)
    is_docked = panel.window() is workspace.window()
    if is_docked or following == home:
        workspace.float_panel(panel)
    if is_docked or following != home:
        window = panel.window()
        window.setGeometry(carried(window.geometry(), screens[here][1], screens[following][1]))
        workspace.arranged()
    return None


def _monitor(window: QWidget, screens: list[tuple[QRect, QRect]]) -> int:
    """Which one a window stands on, by its middle."""
    middle = window.geometry().center()
    return next((i for i, (whole, _) in enumerate(screens) if whole.contains(middle)), 0)


def carried(place: QRect, here: QRect, there: QRect) -> QRect:
    """The same place in another room: as far from its corner, and no larger than it."""
    width, height = min(place.width(), there.width()), min(place.height(), there.height())
    right, down = there.width() - width, there.height() - height
    x = min(max(place.x() - here.x(), 0), right)
    y = min(max(place.y() - here.y(), min(HEAD, down)), down)
    return QRect(there.x() + x, there.y() + y, width, height)


MOVES: "dict[str, Callable[[Workspace, Panel], Refusal | None]]" = {
    "panel.wider": partial(size_dock, way=Qt.Orientation.Horizontal, by=STEP),
    "panel.narrower": partial(size_dock, way=Qt.Orientation.Horizontal, by=-STEP),
    "panel.taller": partial(size_dock, way=Qt.Orientation.Vertical, by=STEP),
    "panel.shorter": partial(size_dock, way=Qt.Orientation.Vertical, by=-STEP),
    "panel.move_left": partial(move_dock, side="left"),
    "panel.move_right": partial(move_dock, side="right"),
    "panel.move_up": partial(move_dock, side="up"),
    "panel.move_down": partial(move_dock, side="down"),
    "panel.to_tabs": tab_dock,
    "panel.monitor": to_next_monitor,
}


def _above(panel: Panel, kind: type[Some]) -> Some | None:
    """The nearest widget of a kind that holds the panel."""
    part = panel.parentWidget()
    while part is not None and not isinstance(part, kind):
        part = part.parentWidget()
    return part


def _areas(manager: ads.CDockManager) -> list[ads.CDockAreaWidget]:
    return [area for i in range(manager.dockAreaCount()) if (area := manager.dockArea(i)).isVisible()]


def _center(part: QWidget) -> QPoint:
    return part.mapToGlobal(part.rect().center())


def _nearest(area: ads.CDockAreaWidget, areas: list[ads.CDockAreaWidget], way: QPoint) -> ads.CDockAreaWidget | None:
    """The area that begins where this one ends in a direction, and of those the one that lies most straight ahead."""
    place = area.rect().translated(area.mapToGlobal(QPoint()))

    def off(other: ads.CDockAreaWidget) -> tuple[int, int]:
        there = other.rect().translated(other.mapToGlobal(QPoint()))
        gap = there.center() - place.center()
        ahead = QPoint.dotProduct(gap, way)
        reach = (there.width() + place.width()) if way.x() else (there.height() + place.height())
        across = gap.y() if way.x() else gap.x()
        return (abs(across), ahead) if 2 * ahead >= reach - 2 else (-1, 0)

    ahead = [(off(other), other) for other in areas if other is not area]
    return min((one for one in ahead if one[0][0] >= 0), key=lambda one: one[0], default=(None, None))[1]
