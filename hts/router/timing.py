"""When each slice leaves: so that all of them arrive together, and no pattern of ours can be learnt.

Whoever sees our order at the fast venue can be first at the slow one. So the slice for the slowest venue leaves at
once and each other one waits for the difference. The jitter is drawn from the request's seed (hts.model.dice): the
same request gives the same plan, in the live core, in a replay and in the simulation.
"""

from collections.abc import Sequence

from hts.model.dice import word


def holds(latencies_us: Sequence[int], jitter_us_max: int, seed: int) -> list[int]:
    """Microseconds to wait before sending to each venue, from the way to each of them."""
    if len(latencies_us) <= 1:
        return [0] * len(latencies_us)
    slowest = max(latencies_us)
    if not jitter_us_max:
        return [slowest - latency_us for latency_us in latencies_us]
    waits: list[int] = []
    base, digits = jitter_us_max + 1, word(seed, 0)
    for latency_us in latencies_us:
        if digits < base:  # one draw serves several venues
            digits = word(seed, len(waits))
        waits.append(slowest - latency_us + digits % base)
        digits //= base
    return waits
