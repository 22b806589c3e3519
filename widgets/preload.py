"""Imports the modules of panels that nobody has opened yet, one by one while the window is idle.

The first opening of a workspace costs most by the imports of its panels. What they import in turn is imported by itself
first, so that no step holds the loop for long. The chart's library stays out: it is one import of hundreds of modules,
and the workspaces that show a chart have paid for it.
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from themes import fonts
from widgets.panels import PANELS

STEP_MS = 40  # between two imports: frames and keys come first
OURS = ("hts.desk.", "hts.indicators.", "widgets.")
NOT_YET = frozenset({"widgets.chart"})


class Preload(QObject):
    """`start` once; `is_done` when everything is there."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: Iterator[str] = iter(())
        self.is_done = False
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.step)

    def start(self) -> None:
        """Begin; nothing happens before the loop is idle."""
        self._waiting = modules()
        self._timer.start()

    def step(self) -> None:
        """One import."""
        for name in self._waiting:
            if name not in sys.modules:
                import_module(name)
                return
        fonts.load_mono()
        self.is_done = True
        self._timer.stop()


def modules() -> Iterator[str]:
    """Modules of all panels, each behind those of ours that it imports."""
    seen: set[str] = set(NOT_YET)
    for module, _ in PANELS.values():
        yield from with_needed(module, seen)


def with_needed(name: str, seen: set[str]) -> Iterator[str]:
    """A module behind those of ours that it imports, without those that are there or were `seen`."""
    if name in seen or name in sys.modules:
        return
    seen.add(name)
    for needed in _imported_by(name):
        yield from with_needed(needed, seen)
    yield name


def _imported_by(name: str) -> list[str]:
    """Our modules that a module's source imports at its beginning; none where there is no source to read."""
    spec = find_spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return []
    try:
        lines = Path(spec.origin).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = [line.split()[1] for line in lines if line.startswith("from ") and " import " in line]
    return [one for one in found if one.startswith(OURS)]
