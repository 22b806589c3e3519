"""Where a panel stood before it was torn off, so that it can be put back there.

It stood on somebody's tabs, or beside somebody within a splitter, with a size. Who is not there any more, or was torn
off too, is nobody to go back to: then the panel joins the largest area.
"""

from typing import Final

import PySide6QtAds as ads  # noqa: N813  the library's usual short name
from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

BEFORE: Final = {Qt.Orientation.Horizontal: ads.LeftDockWidgetArea, Qt.Orientation.Vertical: ads.TopDockWidgetArea}
AFTER: Final = {Qt.Orientation.Horizontal: ads.RightDockWidgetArea, Qt.Orientation.Vertical: ads.BottomDockWidgetArea}


class Home(Struct, frozen=True, kw_only=True):
    """`beside`: the name of somebody's dock; `side`: on which of its sides, the centre for its tabs."""

    beside: str
    side: ads.DockWidgetArea
    sizes: tuple[tuple[int, ...], ...]  # pixels of the parts of its splitter, of the one around that, and so on


def float_dock(dock: ads.CDockWidget, homes: dict[str, Home], largest: ads.CDockAreaWidget | None) -> None:
    """Tear a dock off into a window of its own, or put it back."""
    name = dock.objectName()
    if not dock.isFloating():
        homes.pop(name, None)
        home = _home_of(dock)
        if home is not None:
            homes[name] = home
        dock.setFloating()
        return
    home = homes.pop(name, None)
    other = dock.dockManager().findDockWidget(home.beside) if home is not None else None
    area = other.dockAreaWidget() if other is not None and not other.isFloating() else None
    if home is not None and area is not None:
        _put_back(dock, home, area)
    elif largest is not None:
        dock.dockManager().addDockWidgetTabToArea(dock, largest)


def _put_back(dock: ads.CDockWidget, home: Home, area: ads.CDockAreaWidget) -> None:
    if home.side == ads.CenterDockWidgetArea:
        dock.dockManager().addDockWidgetTabToArea(dock, area)
        return
    dock.dockManager().addDockWidget(home.side, dock, area)
    for splitter, sizes in zip(_splitters(dock.dockAreaWidget()), home.sizes, strict=False):
        if splitter.count() == len(sizes):
            splitter.setSizes(list(sizes))


def _splitters(area: ads.CDockAreaWidget) -> list[QSplitter]:
    """Those that hold the area, from the inside out."""
    found: list[QSplitter] = []
    part = area.parentWidget()
    while part is not None:
        if isinstance(part, QSplitter):
            found.append(part)
        part = part.parentWidget()
    return found


def _home_of(dock: ads.CDockWidget) -> Home | None:
    area = dock.dockAreaWidget()
    sizes = tuple(tuple(splitter.sizes()) for splitter in _splitters(area))
    others = [one for one in area.openedDockWidgets() if one is not dock]
    if others:
        return Home(beside=others[0].objectName(), side=ads.CenterDockWidgetArea, sizes=sizes)
    splitter = area.parentSplitter()
    at, way = splitter.indexOf(area), splitter.orientation()
    beside = ((at - 1, AFTER[way]), (at + 1, BEFORE[way]))
    parts = [(splitter.widget(i), side) for i, side in beside if 0 <= i < splitter.count()]
    # A lone panel is the better mark: within rows or columns of several the side is that of one of them alone.
    for part, side in sorted(parts, key=lambda one: not isinstance(one[0], ads.CDockAreaWidget)):
        for other in [part] if isinstance(part, ads.CDockAreaWidget) else part.findChildren(ads.CDockAreaWidget):
            if other.isVisible():
                return Home(beside=other.currentDockWidget().objectName(), side=side, sizes=sizes)
    return None
