"""When each slice leaves: so that all of them arrive together, and no pattern of ours can be learnt.

Whoever sees our order at the fast venue can be first at the slow one. So the slice for the slowest venue leaves at
once and each other one waits for the difference. The jitter is drawn from the request's seed by a small mixing
function: the same request gives the same plan, in the live core, in a replay and in the simulation.
"""

from collections.abc import Mapping, Sequence

_MASK = (1 << 64) - 1


def holds(venues: Sequence[str], latency_us: Mapping[str, int], jitter_us_max: int, seed: int) -> dict[str, int]:
    """Microseconds to wait before sending to each venue."""
    if len(venues) <= 1:
        return dict.fromkeys(venues, 0)
    slowest = max(latency_us[venue] for venue in venues)
    return {
        venue: slowest - latency_us[venue] + drawn(seed, number, jitter_us_max) for number, venue in enumerate(venues)
    }


def drawn(seed: int, number: int, most: int) -> int:
    """A number in [0, most], fixed by seed and number (the finaliser of splitmix64)."""
    if most <= 0:
        return 0
    z = (seed + (number + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return (z ^ (z >> 31)) % (most + 1)
