"""The chart's library comes in small steps."""

import os
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest
from PySide6.QtCore import QObject

from tests.support.desk_feed import ROOT, quiet_desk
from tests.support.window import make_window
from widgets import chart_library, preload
from widgets.chart_library import ChartLibrary


@pytest.fixture
def nothing_there(monkeypatch):
    """A process that has imported nothing yet."""
    there = {}
    for module in (preload, chart_library):
        monkeypatch.setattr(module, "sys", SimpleNamespace(modules=there))
        monkeypatch.setattr(module, "import_module", lambda name: there.setdefault(name, name))
    return there


def test_one_module_a_step_and_the_chart_last(nothing_there):
    seen = []
    for _ in chart_library.steps():
        assert len(nothing_there) - len(seen) <= 1
        seen = list(nothing_there)
    assert seen[: len(chart_library.FOREIGN) + 1] == [*chart_library.FOREIGN, "pyqtgraph"]
    assert seen.index("hts.desk.chart") < seen.index("widgets.chart") < seen.index("widgets.chart_canvas")


def test_types_are_made_for_a_while_at_a_time(monkeypatch):
    made, times = [], iter(range(0, 10**9, 400_000))
    monkeypatch.setattr(chart_library, "perf_counter_ns", lambda: next(times))

    class Lazy(ModuleType):
        def __dir__(self):
            return ["A", "B", "C", "D", "E", "F", "G"]

        def __getattr__(self, name):
            made.append(name)
            return name

    pieces = [len(made) for _ in chart_library.types_made([Lazy("lazy")])]
    assert (made, pieces) == (["A", "B", "C", "D", "E", "F", "G"], [3, 6])


def test_it_says_so_once_when_all_is_there(qtbot, nothing_there):
    owner = QObject()
    library = ChartLibrary(owner)
    library._timer.setInterval(0)
    with qtbot.waitSignal(library.ready, timeout=10_000):
        library.start()
    assert not library._timer.isActive()
    assert set(chart_library.OURS) <= nothing_there.keys()


def test_the_window_makes_its_chart_when_the_library_is_there(qtbot):
    window = make_window(quiet_desk())
    qtbot.addWidget(window)
    assert not [panel for panel in window.panels if panel.objectName() == "chart"]
    window.prepare_later_panels()
    qtbot.waitUntil(lambda: any(panel.objectName() == "chart" for panel in window.panels), timeout=10_000)


def test_what_the_library_needs_from_elsewhere_is_named():
    """In a process of its own: nothing but its own modules is left for the one large step."""
    code = (
        "import sys; from widgets import chart_library as c\n"
        "left = []\n"
        "for _ in c.steps():\n"
        "    if c.LIBRARY in sys.modules and not left: left = sorted(set(sys.modules) - before) or ['']\n"
        "    before = set(sys.modules)\n"
        "print(len([n for n in left if n.partition('.')[0] != c.LIBRARY]))"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    assert int(done.stdout) <= 6
