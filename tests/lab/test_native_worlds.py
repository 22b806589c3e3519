"""The whole-system simulation with venues that have protocols of their own: the same checkers, and the drop copy."""

from collections import Counter

import pytest
from msgspec.structs import replace

from hts.app.simulate import WORLDS, Kind, parse_venues, play, summary
from hts.app.simulation_native import NativeParts
from hts.base.errors import ConfigError
from hts.engine import cancels, copies, engine, recovery
from hts.gateway import arrowhead, osaka_dialect, ouch_dialects
from hts.gateway.arrowhead import ArrowheadTalk
from hts.gateway.fix import FixOrderGateway
from hts.lab import trader, world
from hts.lab.conditions import draw
from hts.lab.faults import ALL, OF_FIX_LINES, Fault
from hts.lab.setting import MEMBER
from hts.lab.world import World
from hts.model.enums import DisconnectPolicy, LastLiquidityInd
from hts.sim.fix_drop_copy import FixDropCopy
from hts.sim.fix_reports import FixReports
from hts.sim.native.arrowhead_orders import ArrowheadOrders
from hts.sim.native.ouch_ose import SYSTEM_MATCHED

ORDERS = 100
TOKYO = ("TSE",)
USUAL = {"faults": ALL, "policy": DisconnectPolicy.KEEP}
NATIVE = [venues for venues in WORLDS if venues]


def violations(seed, venues=TOKYO, orders=ORDERS, enabled=ALL):
    return World(NativeParts(venues), seed=seed, orders=orders, enabled=enabled, venues=venues).run().violations


def is_caught(sentence="", *, seeds, **fields):
    return any(sentence in one for seed in seeds for one in violations(seed, **fields))


def hurry(monkeypatch, trouble_ns=(40_000_000, 400_000_000)):
    """Something goes wrong all the time: few orders meet what is looked for."""
    monkeypatch.setattr(world, "draw", lambda seed: replace(draw(seed), trouble_ns=trouble_ns, days=1))


def test_faults_of_every_place_and_no_violation(monkeypatch):
    hurry(monkeypatch, (100_000_000, 900_000_000))
    found = summary([play(seed, orders=60, kind=Kind(venues=TOKYO), **USUAL) for seed in (8, 12, 15)])
    assert found["violated"] == []
    assert found["filled"] >= found["orders"] * 3 // 10
    places = ("core_crash", "venue_crash", "cut", "copy_cut", "power_cut")
    assert [name for name in places if not found["faults"][name]] == []


@pytest.mark.parametrize("venues", [one for one in NATIVE if one != TOKYO], ids=",".join)
def test_every_world_of_venues_with_protocols_of_their_own(venues, monkeypatch):
    hurry(monkeypatch, (100_000_000, 900_000_000))
    found = summary([play(12, orders=60, kind=Kind(venues=venues), **USUAL)])
    assert found["violated"] == []
    assert found["filled"] >= found["orders"] // 5
    assert found["orders_elsewhere"] > 0
    assert found["restarts"] > 0


def test_the_same_seed_gives_the_same_history_and_peace_has_no_faults():
    one, two = (World(NativeParts(TOKYO), seed=4, orders=60, enabled=frozenset(), venues=TOKYO).run() for _ in range(2))
    assert one == two
    assert (one.violations, one.faults) == ((), {})


def test_a_venue_that_forgets_its_numbers_is_caught(monkeypatch):
    hurry(monkeypatch)
    monkeypatch.setattr(World, "_trouble_at", lambda self, venue: venue.crash())
    monkeypatch.setattr(ArrowheadOrders, "use", lambda *_: None)
    assert is_caught(orders=60, enabled=frozenset({Fault.VENUE_CRASH}), seeds=range(1, 9))


def test_a_gateway_that_calls_a_request_by_the_name_of_a_lost_one_is_caught(monkeypatch):
    hurry(monkeypatch)
    monkeypatch.setattr(ArrowheadTalk, "_learn", lambda self, number, token: self._tokens.setdefault(number, token))
    assert is_caught(orders=60, enabled=frozenset({Fault.CUT}), seeds=range(1, 9))


PEACE = {"orders": 40, "enabled": frozenset(), "venues": ("OSE",), "seeds": (1, 2)}


def test_another_system_s_fill_that_is_not_booked_is_caught(monkeypatch):
    right, count = copies.on_copied, Counter()

    def forgets(core, copied, trade_ns, mono_ns):
        count["fills"] += bool(copied.report.last_qty) and not copied.is_own
        return () if copied.report.last_qty and count["fills"] == 2 else right(core, copied, trade_ns, mono_ns)

    monkeypatch.setattr(engine.copies, "on_copied", forgets)
    assert is_caught("is unknown to the terminal", **PEACE)


@pytest.mark.parametrize(
    ("module", "name", "broken"),
    [
        (cancels, "reaches", lambda core, order: not order.system and core.is_up(order.venue)),  # what works is left
        (recovery, "stop_others", lambda batch: None),  # what comes after the stop is left
    ],
)
def test_another_system_s_orders_that_outlive_the_kill_switch_are_caught(module, name, broken, monkeypatch):
    monkeypatch.setattr(trader, "KILL", 0.05)
    monkeypatch.setattr(module, name, broken)
    assert is_caught("of another system works on under the kill switch", **{**PEACE, "venues": ("NASDAQ",)})


LETTERS = [
    ("TSE", arrowhead.LIQUIDITY, "A"),
    ("JNX", ouch_dialects._PTS_LIQUIDITY, "R"),
    ("NASDAQ", ouch_dialects._NASDAQ_LIQUIDITY, "A"),
]


@pytest.mark.parametrize(("venue", "letters", "letter"), LETTERS, ids=[one[0] for one in LETTERS])
def test_a_letter_of_what_a_fill_did_to_the_book_that_is_misread_is_caught(venue, letters, letter, monkeypatch):
    told = letters[letter].name
    monkeypatch.setitem(letters, letter, LastLiquidityInd.AUCTION)
    sentence = f"'{told}') of the venue is unknown to the terminal"
    assert is_caught(sentence, **{**PEACE, "venues": (venue,), "seeds": (2,)})


def test_deals_that_are_taken_for_osaka_s_auctions_are_caught(monkeypatch):
    monkeypatch.setattr(osaka_dialect, "AUCTION_DEAL", SYSTEM_MATCHED)
    assert is_caught("'UNKNOWN') of the venue is unknown to the terminal", **PEACE)


def test_a_drop_copy_that_does_not_tell_who_rested_is_caught(monkeypatch):
    monkeypatch.setattr(FixReports, "_liquidity", lambda self, liquidity: None)
    assert is_caught("OSE: copy ", **PEACE)


def test_a_drop_copy_that_leaves_something_out_is_caught(monkeypatch):
    right, count = FixDropCopy.on_events, Counter()

    def leaves_out(self, events, trade_ns, mono_ns):
        count["calls"] += any(getattr(event, "session", "") == MEMBER for event in events)
        right(self, () if count["calls"] == 9 else events, trade_ns, mono_ns)

    monkeypatch.setattr(FixDropCopy, "on_events", leaves_out)
    assert is_caught("OSE: copy ", **PEACE)


def test_copies_that_are_lost_by_a_reset_are_caught(monkeypatch):
    """After a power cut the numbers of the session are gone; beginning anew loses what was told last."""
    hurry(monkeypatch, (400_000_000, 1_200_000_000))
    monkeypatch.setattr(FixOrderGateway, "_learn_number", lambda self, text: False)
    enabled = frozenset({Fault.POWER_CUT})
    assert is_caught("is unknown to the core", venues=("OSE",), orders=60, enabled=enabled, seeds=range(1, 9))


def test_words_for_venues():
    assert (parse_venues("korea"), parse_venues("tse"), parse_venues("ALL")) == (((),), (TOKYO,), WORLDS)
    assert parse_venues("odx,jnx") == (("JNX", "ODX"),)
    assert parse_venues("KRX,NXT") == (("KRX", "NXT"),)
    assert parse_venues("OSE,TSE,ODX") == (("TSE", "ODX", "OSE"),)
    assert parse_venues("TSE,KRX") == (("KRX", "TSE"),)
    assert parse_venues("OSE,NASDAQ") == (("NASDAQ", "OSE"),)
    for bad in ("KRX,NASDAQ", "JNX,JNX", "TSE,OSE,NASDAQ", "NYSE", ""):
        with pytest.raises(
            ConfigError,
            match=f"expected all, korea, or some of one of these: KRX,NXT,TSE,JNX,ODX,OSE; NASDAQ,OSE;.*'{bad}'",
        ):
            parse_venues(bad)


def test_faults_are_asked_of_the_worlds_that_can_meet_them():
    without_fix = ALL - OF_FIX_LINES
    assert Kind().faults == Kind(venues=("KRX", "NXT")).faults == without_fix - {Fault.COPY_CUT}
    assert Kind(venues=TOKYO).faults == Kind(copies=True).faults == without_fix
    assert Kind(venues=TOKYO, lines="fix44").faults == Kind(lines="fix", copies=True).faults == ALL
    assert Kind(lines="fix50").faults == ALL - {Fault.COPY_CUT, Fault.NUMBERS_LOST}
    korea, tokyo = ([play(1, orders=10, kind=Kind(venues=one), **USUAL)] for one in ((), TOKYO))
    assert "copy_cut" not in summary(korea)["never_fired"]
    assert "garble" not in summary(korea)["faults"]
    found = summary([*korea, *tokyo])
    assert list(found["worlds"]) == ["korea", "TSE"]
    assert "copy_cut" in found["worlds"]["TSE"]["never_fired"]
    assert [found["worlds"][name]["seeds"] for name in found["worlds"]] == [1, 1]
