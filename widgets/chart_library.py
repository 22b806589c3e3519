"""Has the chart's library ready in small steps, while the window that was just painted already works.

In one piece that stops the loop for a quarter of a second and more. Most of it are Qt's types, which are made when
somebody first names them: the library names all of them, so we do before, a few at a time. Then come the modules that
it imports from elsewhere, the library itself, and our own modules of the chart, one a step.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from time import perf_counter_ns
from types import ModuleType

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, QTimer, Signal

from widgets.preload import with_needed

STEP_MS = 2  # between two steps: keys and frames come first
CHUNK_NS = 1_000_000  # of a step that makes types
QT = (QtCore, QtGui, QtWidgets)
FOREIGN = (
    "numpy",
    "colorama",
    "cProfile",
    "importlib.resources",
    "pydoc",
    "xml.etree.ElementTree",
    "multiprocessing.connection",
    "PySide6.QtSvg",
    "PySide6.QtTest",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
)
LIBRARY = "pyqtgraph"
OURS = ("widgets.chart", "widgets.chart_canvas", "widgets.chart_legend")


class ChartLibrary(QObject):
    """`start` once; `ready` when the first chart can be made at once."""

    ready = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[None] = iter(())
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self.step)

    def start(self) -> None:
        """Begin; nothing happens before the loop has turned."""
        self._steps = steps()
        self._timer.start()

    def step(self) -> None:
        """One step."""
        if next(self._steps, self) is self:
            self._timer.stop()
            self.ready.emit()


def steps() -> Iterator[None]:
    """What there is to do, a step at a time."""
    yield from types_made(QT)
    ours = (name for module in OURS for name in with_needed(module, set()))
    for names in (FOREIGN, (LIBRARY,), ours):
        for name in names:
            if name not in sys.modules:
                with suppress(ImportError):  # the library can do without some of them; a chart without it says so
                    import_module(name)
                yield


def types_made(modules: Sequence[ModuleType]) -> Iterator[None]:
    """Name everything that is in these modules, for CHUNK_NS at a time."""
    begun_ns = perf_counter_ns()
    for module in modules:
        for name in dir(module):
            getattr(module, name, None)
            if perf_counter_ns() - begun_ns > CHUNK_NS:
                yield
                begun_ns = perf_counter_ns()
