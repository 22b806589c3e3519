"""The whole-system simulation with Tokyo in Korea's place: arrowhead orders, FLEX by order, the same checkers."""

import pytest

from hts.app.simulate import parse_venues, play, summary
from hts.app.simulation_tokyo import TOKYO, TokyoParts
from hts.base.errors import ConfigError
from hts.gateway.arrowhead import ArrowheadTalk
from hts.lab.faults import ALL
from hts.lab.world import World
from hts.model.enums import DisconnectPolicy
from hts.sim.native.arrowhead_orders import ArrowheadOrders

ORDERS = 100
CRASHED = (12, 15, 16)  # seeds whose venue usually dies, and connections with it
USUAL = {"orders": ORDERS, "faults": ALL, "policy": DisconnectPolicy.KEEP, "venues": (TOKYO,)}


def violations(seed, parts):
    return World(parts, seed=seed, orders=ORDERS, venues=(TOKYO,)).run().violations


def is_caught():
    return any(violations(seed, TokyoParts()) for seed in (*CRASHED, *range(17, 40)))


def test_faults_of_every_place_and_no_violation():
    found = summary([play(seed, **USUAL) for seed in (8, *CRASHED, 18)])
    assert found["violated"] == []
    assert found["filled"] >= found["orders"] * 3 // 10
    assert [name for name in ("core_crash", "venue_crash", "cut") if not found["faults"][name]] == []


def test_the_same_seed_gives_the_same_history_and_peace_has_no_faults():
    one, two = (World(TokyoParts(), seed=4, orders=60, enabled=frozenset(), venues=(TOKYO,)).run() for _ in range(2))
    assert one == two
    assert (one.violations, one.faults) == ((), {})


def test_a_venue_that_forgets_its_numbers_is_caught(monkeypatch):
    monkeypatch.setattr(ArrowheadOrders, "use", lambda *_: None)
    assert is_caught()


def test_a_gateway_that_calls_a_request_by_the_name_of_a_lost_one_is_caught(monkeypatch):
    monkeypatch.setattr(ArrowheadTalk, "_learn", lambda self, number, token: self._tokens.setdefault(number, token))
    assert is_caught()


def test_words_for_venues():
    assert (parse_venues("korea"), parse_venues("tse")) == ((), (TOKYO,))
    with pytest.raises(ConfigError, match="--venues: expected korea or TSE, found 'JNX'"):
        parse_venues("JNX")
