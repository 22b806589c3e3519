"""Each drill passes, and fails when the guard that is meant for it is gone."""

import pytest
from msgspec.structs import replace

from hts.app.drill_parts import DrillParts
from hts.lab.drills import DRILLS
from hts.lab.drills_unguarded import without_guards
from hts.risk import checks, checks_money, checks_price, checks_state
from hts.risk.guard import Guard
from hts.risk.proposal import Act
from tests.risk.kit import denial_of


@pytest.mark.parametrize("name", DRILLS)
def test_drill_passes(name):
    result = DRILLS[name].play(DrillParts)
    assert result.passed, result
    assert result.name == name
    assert result.guards_off.money_won > 0


def forget(monkeypatch, forgotten):
    for name in ("_HARD", "_MONEY"):
        rules = getattr(checks, name)
        monkeypatch.setattr(checks, name, {act: tuple(c for c in rules[act] if c is not forgotten) for act in Act})
    monkeypatch.setattr(checks, "LIMIT_RULES", tuple(r for r in checks.LIMIT_RULES if r.check is not forgotten))
    checks.active.cache_clear()


@pytest.mark.parametrize(
    ("name", "guard"),
    [
        ("samsung-2018", checks_money.position_origin),
        ("koscom-2008", checks_state.stale_data),
        ("flash-crash-2010", checks_price.market_walk),
    ],
)
def test_drill_fails_without_its_guard(name, guard, monkeypatch):
    forget(monkeypatch, guard)
    try:
        assert not DRILLS[name].play(DrillParts).passed
    finally:
        checks.active.cache_clear()


def test_knight_fails_without_breakers(monkeypatch):
    monkeypatch.setattr(Guard, "trip", lambda _guard, _mono_ns: None)
    assert not DRILLS["knight-2012"].play(DrillParts).passed


def test_outage_fails_where_nothing_may_wait():
    class Impatient(DrillParts):
        def __init__(self, setting):
            super().__init__(replace(setting, waiting_max=0))

    assert not DRILLS["outage-2020"].play(Impatient).passed


def test_the_house_without_guards_ends_with_its_block():
    with without_guards():
        assert denial_of(qty=10**9, px=1) is None
    assert denial_of(qty=10**9, px=1) is not None
