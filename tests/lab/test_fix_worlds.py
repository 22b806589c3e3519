"""The whole-system simulation with order sessions over FIX, and with drop copies in Korea."""

from collections import Counter
from random import Random

import pytest
from msgspec.structs import replace

from hts.app.cli import main
from hts.app.simulate import Kind, play, summary
from hts.app.simulation_native import NativeParts
from hts.app.simulation_parts import SimulationParts
from hts.gateway.fix import NEVER_RESENT, FixOrderGateway
from hts.lab import fix_network, world
from hts.lab.conditions import draw
from hts.lab.faults import ALL, OF_FIX_LINES, Fault, FaultRates, Faults
from hts.lab.fix_network import FixMishaps
from hts.lab.network import Stream
from hts.lab.schedule import Schedule
from hts.lab.setting import MEMBER
from hts.lab.world import World
from hts.model.enums import DisconnectPolicy
from hts.oms import order_report
from hts.wire.fix import receive
from hts.wire.fix.core import SessionCore
from hts.wire.fix.events import MessageReceived
from hts.wire.fix.framing import FrameReader, Garbled
from tests.sim.fix_shell import an_inspector
from tests.wire.fix.kit import a_frame

USUAL = {"faults": ALL, "policy": DisconnectPolicy.KEEP}
FRAME = a_frame("35=D|34=7|49=HTS01|50=DESK|52=20261123-00:00:01.250|56=KRX|11=1|55=005930|")


def hurry(monkeypatch, trouble_ns=(100_000_000, 900_000_000), **rates):
    """Something goes wrong all the time: few orders meet what is looked for."""

    def hurried(seed):
        drawn = draw(seed)
        return replace(drawn, trouble_ns=trouble_ns, days=1, rates=replace(drawn.rates, **rates))

    monkeypatch.setattr(world, "draw", hurried)


def is_caught(sentence, *, lines="fix50", seeds=range(1, 9), orders=60, enabled=ALL):
    parts = SimulationParts(lines=lines)
    found = (one for seed in seeds for one in World(parts, seed=seed, orders=orders, enabled=enabled).run().violations)
    return any(sentence in one for one in found)


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        (Kind(venues=("KRX", "NXT"), lines="fix50", copies=True), 12),
        (Kind(venues=("TSE",), lines="fix44"), 12),
        (Kind(copies=True), 12),
        (Kind(venues=("KRX", "NXT"), lines="mixed"), 17),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_every_fault_and_no_violation(kind, seed, monkeypatch):
    hurry(monkeypatch, garble=15, seq_twice=15)
    found = summary([play(seed, orders=40, kind=kind, **USUAL)])
    assert found["violated"] == []
    assert found["filled"] >= found["orders"] // 5
    assert (found["orders_elsewhere"] > 0) is (kind.copies or kind.is_native)
    met = [one.value for one in OF_FIX_LINES - {Fault.NUMBERS_LOST}] if kind.lines != "native" else []
    assert [name for name in met if not found["faults"][name]] == []
    assert found["restarts"] > 0
    told = found["worlds"][kind.name]
    assert ("fix_messages" in told) is (kind.lines != "native")
    assert set(told.get("never_said", ())) <= {"logon_reset", "test_request", "expected_too_high"}


@pytest.mark.parametrize("lines", ["fix44", "fix50"])
def test_the_same_seed_gives_the_same_history_and_peace_has_no_faults(lines):
    parts = SimulationParts(lines=lines)
    one, two = (World(parts, seed=5, orders=30, enabled=frozenset()).run() for _ in range(2))
    assert one == two
    assert (one.violations, one.faults) == ((), {})
    assert one.filled >= one.orders * 3 // 10


def test_either_version_by_seed():
    assert [Kind(lines="fix").lines_of(seed) for seed in (1, 2, 3)] == ["fix50", "fix44", "fix50"]
    assert Kind(lines="fix44").lines_of(1) == "fix44"
    names = [Kind(), Kind(venues=("TSE", "JNX"), lines="fix"), Kind(lines="fix44", copies=True)]
    assert [kind.name for kind in names] == ["korea", "TSE,JNX fix", "korea fix44 copies"]


def test_each_venue_of_a_mixture_has_a_line_of_its_own():
    kind = Kind(venues=("KRX", "NXT", "TSE"), lines="mixed")
    drawn = [dict(kind.lines_of(seed)) for seed in range(1, 60)]
    assert drawn == [dict(kind.lines_of(seed)) for seed in range(1, 60)]
    assert {tuple(lines) for lines in drawn} == {kind.venues}
    assert all({"native", "fix44", "fix50"} > set(lines.values()) - {"native"} != set() for lines in drawn)
    assert all("native" in lines.values() for lines in drawn)
    for venue in kind.venues:
        assert {lines[venue] for lines in drawn} == {"native", "fix44", "fix50"}
    korea = [dict(Kind(lines="mixed").lines_of(seed)) for seed in range(1, 60)]
    assert [tuple(lines) for lines in korea] == [draw(seed).venues for seed in range(1, 60)]
    assert {line for lines in korea if len(lines) == 1 for line in lines.values()} == {"native", "fix44", "fix50"}


def test_a_mixture_speaks_at_each_venue_as_it_was_drawn():
    lines = {"KRX": "native", "NXT": "fix44", "TSE": "fix50"}
    parts = NativeParts(("KRX", "NXT", "TSE"), lines=lines)
    members = {venue: parts.membership(venue) for venue in lines}
    assert {venue: one.session for venue, one in members.items()} == {
        "KRX": MEMBER,
        "NXT": f"{MEMBER}-FX44",
        "TSE": f"{MEMBER}-FX50",
    }
    assert [one.by_fix for one in members.values()] == [False, True, True]
    assert [one.tells_auctions for one in members.values()] == [True, False, True]
    world = World(parts, seed=3, orders=8, enabled=frozenset(), venues=("KRX", "NXT"))
    assert world.run().violations == ()
    entered = {name: set(node.venue.day.exchange.members) for name, node in world.venues.items()}
    assert all(members[name].session in found for name, found in entered.items())
    assert [bool(node.said) for node in world.venues.values()] == [False, True]


def test_copies_are_a_matter_of_korea(capsys):
    assert main(["simulate", "--venues", "TSE", "--copies", "--seeds", "1", "--orders", "1"]) == 2
    assert "--copies: expected with Korea's venues, found with TSE: they always have them" in capsys.readouterr().err


# -- deliberate faults, each seen


def test_a_session_that_says_nothing_of_the_orders_it_withholds_is_caught(monkeypatch):
    hurry(monkeypatch, garble=20)
    right = SessionCore.resend
    monkeypatch.setattr(SessionCore, "resend", lambda self, begin, end: right(self, begin, end) and False)
    assert is_caught("works in the core as PENDING_NEW, and not at the venue", enabled=frozenset({Fault.GARBLE}))


def test_orders_that_are_sent_again_are_caught(monkeypatch):
    hurry(monkeypatch, garble=20)
    monkeypatch.setattr("hts.gateway.fix.NEVER_RESENT", NEVER_RESENT - {"D", "F", "G"})
    assert is_caught("is on the wire for the second time", enabled=frozenset({Fault.GARBLE}))


def test_a_possible_duplicate_that_is_taken_for_new_is_caught(monkeypatch):
    hurry(monkeypatch, poss_dup=100)

    def takes(core, message, _seq):
        core.received(MessageReceived(seq=core.inbound.expected, poss_dup=True, poss_resend=False, message=message))

    monkeypatch.setattr(receive, "_too_low", takes)
    assert is_caught("DUPLICATE_CL_ORD_ID", enabled=frozenset({Fault.POSS_DUP}))


# -- a venue that comes back without its numbers


def forgetful(monkeypatch):
    """Worlds whose venue crashes often, and each time loses numbers."""
    hurry(monkeypatch, (60_000_000, 600_000_000), numbers_lost=1000)
    monkeypatch.setattr(World, "_trouble_at", lambda self, venue: venue.crash())
    monkeypatch.setattr(World, "_cut", lambda self: self._trouble_at(self.venues["KRX"]))


def a_forgetful_world():
    enabled = frozenset({Fault.VENUE_CRASH, Fault.NUMBERS_LOST})
    return World(SimulationParts(lines="fix50", copies=True), seed=2, orders=30, enabled=enabled).run()


def test_numbers_that_a_venue_has_lost_lose_and_double_nothing(monkeypatch):
    forgetful(monkeypatch)
    report = a_forgetful_world()
    assert report.violations == ()
    assert min(report.filled, report.faults["numbers_lost"], report.said["logon_reset"]) > 0


def test_numbers_that_begin_anew_and_are_taken_for_a_day_are_caught(monkeypatch):
    forgetful(monkeypatch)
    right = FixOrderGateway._stands

    def forgets(gateway):
        gateway._is_renumbered = False
        right(gateway)

    monkeypatch.setattr(FixOrderGateway, "_stands", forgets)
    assert "the terminal shows" in a_forgetful_world().violations[0]


def test_sums_that_are_booked_at_the_limit_are_caught(monkeypatch):
    forgetful(monkeypatch)
    monkeypatch.setattr(order_report, "_px_by_sums", lambda order, report, unseen: 0)
    assert "of the venue is unknown to the terminal" in a_forgetful_world().violations[0]


# -- the stream


def a_stream(fault, rate=1000):
    """A stream on which one fault always happens, and what its server hears."""
    schedule, heard = Schedule(0), []
    faults = Faults(Random(1), frozenset({fault}), FaultRates(**{fault.value: rate}))
    rng = Random(2)
    befall = FixMishaps(rng, faults, Counter()).befall
    stream = Stream(schedule, rng, faults, lambda _end, data: heard.append(data), lambda _end: None, befall=befall)
    return schedule, stream, heard


def sent(fault, data=FRAME, **rate):
    schedule, stream, heard = a_stream(fault, **rate)
    stream.send(0, data)
    while schedule.step():
        pass
    return b"".join(heard)


def test_a_damaged_message_is_as_long_and_no_message():
    data = sent(Fault.GARBLE)
    assert len(data) == len(FRAME)
    assert sum(one != two for one, two in zip(data, FRAME, strict=True)) == 1
    reader = FrameReader(4096)
    reader.append(data)
    assert isinstance(reader.next_frame(), Garbled)


def test_a_message_that_comes_twice_and_a_logon_that_is_no_possible_duplicate():
    assert sent(Fault.SEQ_TWICE) == FRAME * 2
    logon = a_frame("35=A|34=1|49=HTS01|52=20261123-00:00:01.250|56=KRX|98=0|108=1|")
    assert sent(Fault.POSS_DUP, logon) == logon
    assert sent(Fault.POSS_DUP, FRAME, rate=0) == FRAME


def test_a_possible_duplicate_says_so_and_is_well_formed():
    data = sent(Fault.POSS_DUP)
    assert data.startswith(FRAME)
    message = an_inspector("FIX.4.4").parse(data[len(FRAME) :])
    told = [message.text(tag) for tag in (35, 34, 43, 122, 52, 50, 11, 55)]
    assert told == ["D", "7", "Y", "20261123-00:00:01.250", "20261123-00:00:01.250", "DESK", "1", "005930"]
    assert fix_network.poss_dup(FRAME) == data[len(FRAME) :]
