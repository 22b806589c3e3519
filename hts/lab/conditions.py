"""What kind of day a seed plays: how fast it is traded, how often something breaks, how busy the market is.

Worlds that are all alike find the same faults. So each seed draws conditions of its own: one trades slowly through
many crashes, the next at a hundred orders a second through few; one has a lossy network, the next a calm one.
"""

from random import Random

from msgspec import Struct

from hts.lab.faults import OF_FIX_LINES, FaultRates

MS = 1_000_000


class Conditions(Struct, frozen=True, kw_only=True):
    """All of it follows from the seed."""

    pause_ns: tuple[int, int] = (1 * MS, 20 * MS)  # between two wishes while the market trades
    patience: int = 12  # times longer while it does not
    trouble_ns: tuple[int, int] = (100 * MS, 1_600 * MS)  # between two planned faults
    rates: FaultRates = FaultRates()
    intensity: float = 0.08  # of the background flow; 1 is a usual day
    start_s: int = 9 * 3600 - 5  # of the day, KRX time
    checkpoint_commands: int = 400  # of the venue: a restart applies no more than that
    segment_bytes: int = 1 << 20  # of the journal
    venues: tuple[str, ...] = ("KRX",)
    terminals: int = 1
    days: int = 1


_PACES_MS = ((1, 10), (1, 16), (1, 16), (2, 30))
_TROUBLES_MS = ((150, 1_800), (300, 3_000), (300, 3_000), (500, 4_000))
_INTENSITIES = (0.04, 0.06, 0.08, 0.15)
_STARTS_S = (9 * 3600 - 5, 9 * 3600 + 35, 9 * 3600 + 35)  # before the opening call ends, or after
_WEIGHTS = (0, 1, 1, 3)  # of the usual rate of a fault


def draw(seed: int) -> Conditions:
    """The conditions of a seed."""
    rng = Random(seed ^ 0x5EED)
    fix_rng = Random(seed ^ 0xF1C5)  # dice of its own: elsewhere a seed keeps its history
    usual = FaultRates()
    of_fix = {fault.value for fault in OF_FIX_LINES}
    rates = {
        name: getattr(usual, name) * (fix_rng if name in of_fix else rng).choice(_WEIGHTS)
        for name in usual.__struct_fields__
    }
    return Conditions(
        pause_ns=_in_ns(rng.choice(_PACES_MS)),
        trouble_ns=_in_ns(rng.choice(_TROUBLES_MS)),
        rates=FaultRates(**rates),
        intensity=rng.choice(_INTENSITIES),
        start_s=rng.choice(_STARTS_S),
        checkpoint_commands=rng.choice((150, 400, 1_000)),
        segment_bytes=rng.choice((4_096, 65_536, 1 << 20)),
        venues=rng.choice((("KRX",), ("KRX",), ("KRX", "NXT"))),
        terminals=rng.choice((1, 1, 2)),
        days=rng.choice((1, 1, 1, 2)),
    )


def _in_ns(range_ms: tuple[int, int]) -> tuple[int, int]:
    return range_ms[0] * MS, range_ms[1] * MS
