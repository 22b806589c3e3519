"""Passes of the collector in pauses."""

import gc
import weakref

import pytest

from hts.app import tune


class Cycle:
    def __init__(self):
        self.me = self


@pytest.fixture(autouse=True)
def _quiet():
    """Nothing passes but what a test asks for."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def lost():
    """Garbage that only the collector takes, and a way to see whether it did."""
    return weakref.ref(Cycle())


def test_a_few_young_wait():
    gc.collect(0)  # of pytest's own there may be many
    ref = lost()
    tune.collect_in_pause()
    assert ref() is not None


def test_many_young_are_looked_at_and_what_they_left_is_not():
    old = lost()
    gc.collect(0)
    assert old() is None
    kept = Cycle()
    older = weakref.ref(kept)
    gc.collect(0)  # it is no longer of the young
    del kept
    ref, _young = lost(), [[] for _ in range(tune.YOUNG)]
    tune.collect_in_pause()
    assert (ref(), older() is None) == (None, False)


def test_after_so_many_passes_what_the_young_left_is_looked_at_too(monkeypatch):
    monkeypatch.setattr(tune, "PASSES", 3)
    kept = Cycle()
    older = weakref.ref(kept)
    for _ in range(3):
        gc.collect(0)
    del kept
    _young = [[] for _ in range(tune.YOUNG)]
    tune.collect_in_pause()
    assert older() is None


def test_the_young_are_passed_over_when_as_many_have_gathered_as_the_process_bears(monkeypatch):
    monkeypatch.setattr(gc, "freeze", lambda: None)  # else this process would keep all that stands for good
    before = gc.get_threshold()
    try:
        tune.tune_gc(500)
        assert gc.get_threshold()[:2] == (500, 10_000)
        tune.tune_gc()
        assert gc.get_threshold()[:2] == (2_000, 2_500)
    finally:
        gc.set_threshold(*before)
