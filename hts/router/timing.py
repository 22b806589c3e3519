"""When each slice leaves: so that all of them arrive together, and no pattern of ours can be learnt.

Whoever sees our order at the fast venue can be first at the slow one. So the slice for the slowest venue leaves at
once and each other one waits for the difference. The jitter is drawn from the request's seed (hts.model.dice): the
same request gives the same plan, in the live core, in a replay and in the simulation.
"""

from collections.abc import Mapping, Sequence

from hts.model.dice import drawn


def holds(venues: Sequence[str], latency_us: Mapping[str, int], jitter_us_max: int, seed: int) -> dict[str, int]:
    """Microseconds to wait before sending to each venue."""
    if len(venues) <= 1:
        return dict.fromkeys(venues, 0)
    slowest = max(latency_us[venue] for venue in venues)
    return {
        venue: slowest - latency_us[venue] + drawn(seed, number, jitter_us_max) for number, venue in enumerate(venues)
    }
