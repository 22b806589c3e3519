"""What is imported while the window is idle."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject

from widgets import preload
from widgets.panels import PANELS


@pytest.fixture
def nothing_there(monkeypatch):
    """A process that has imported nothing of ours yet."""
    there = {}
    monkeypatch.setattr(preload, "sys", SimpleNamespace(modules=there))
    monkeypatch.setattr(preload, "import_module", lambda name: there.setdefault(name, name))
    return there


def test_a_module_comes_behind_those_of_ours_that_it_imports(nothing_there):
    order = list(preload.modules())
    assert nothing_there == {}
    assert {module for module, _ in PANELS.values()} - preload.NOT_YET <= set(order)
    assert len(order) == len(set(order))
    for place, name in enumerate(order):
        late = [one for one in preload._imported_by(name) if one in order and order.index(one) > place]
        assert late == [], name


def test_one_import_a_step_until_all_are_there(qtbot, nothing_there):
    owner = QObject()
    idle = preload.Preload(owner)
    idle._timer.setInterval(0)
    idle.start()
    idle.step()
    assert len(nothing_there) == 1
    qtbot.waitUntil(lambda: idle.is_done, timeout=5_000)
    assert "widgets.order_xray_wire" in nothing_there
    assert "widgets.chart" not in nothing_there
    assert not idle._timer.isActive()


def test_what_is_there_already_is_not_imported_again(nothing_there):
    nothing_there["widgets.order_xray"] = True
    assert "widgets.order_xray" not in list(preload.modules())


def test_a_module_without_a_source_is_imported_as_it_is():
    assert preload._imported_by("sys") == []
