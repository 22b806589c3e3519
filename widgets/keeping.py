"""What a panel must have again when its window is made anew in another language or density.

A widget with something of the trader's that is in no desk state (a sort order, a time frame, a chosen tab) has
`kept() -> object` and `take_kept(object)`. What one gives is taken by the widget of the same class that stands at the
same place; nothing is stored.
"""

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

import PySide6QtAds as ads  # noqa: N813  the library's usual short name
from PySide6.QtWidgets import QWidget

from widgets.docking import Workspace
from widgets.panel import Panel

Place = tuple[str, ...]


@runtime_checkable
class Keeper(Protocol):
    """A widget that keeps something."""

    def kept(self) -> object: ...

    def take_kept(self, kept: object) -> None: ...


def kept_of(panels: Iterable[Panel]) -> dict[Place, list[object]]:
    """What the panels keep, by where they stand."""
    return {_place(panel): [keeper.kept() for keeper in _keepers(panel)] for panel in panels}


def give_back(panels: Iterable[Panel], kept: dict[Place, list[object]]) -> None:
    """Give panels what those of before kept at the same places."""
    for panel in panels:
        for keeper, value in zip(_keepers(panel), kept.get(_place(panel), ()), strict=False):
            keeper.take_kept(value)


def _keepers(panel: Panel) -> list[Keeper]:
    return [widget for widget in (panel, *panel.findChildren(QWidget)) if isinstance(widget, Keeper)]


def _place(panel: Panel) -> Place:
    """Its class, its dock's name and its workspace's; two panels never have the same ones.

    A dock that has not been in front yet has no parent: its manager knows the workspace.
    """
    names, at = [type(panel).__name__], panel.parentWidget()
    while at is not None and not isinstance(at, Workspace):
        if isinstance(at, ads.CDockWidget):
            names.append(at.objectName())
            at = at.dockManager()
        else:
            at = at.parentWidget()
    return (*names, at.name) if isinstance(at, Workspace) else tuple(names)
