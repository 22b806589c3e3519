"""When each slice leaves: so that all of them arrive together, and no pattern of ours can be learnt.

Whoever sees our order at the fast venue can be first at the slow one. So the slice for the slowest venue leaves at
once and each other one waits for the difference. The jitter is drawn from the request's seed (hts.model.dice): the
same request gives the same plan, in the live core, in a replay and in the simulation.
"""

from collections.abc import Sequence

from hts.model.dice import drawn

ALL = (1 << 64) - 1


def holds(latencies_us: Sequence[int], jitter_us_max: int, seed: int) -> list[int]:
    """Microseconds to wait before sending to each venue, from the way to each of them."""
    if len(latencies_us) <= 1:
        return [0] * len(latencies_us)
    slowest = max(latencies_us)
    if not jitter_us_max:
        return [slowest - latency_us for latency_us in latencies_us]
    waits, digits, base = [], 0, jitter_us_max + 1
    for number, latency_us in enumerate(latencies_us):
        if digits < base:  # one draw serves several venues
            digits = drawn(seed, number, ALL)
        digits, jitter_us = divmod(digits, base)
        waits.append(slowest - latency_us + jitter_us)
    return waits
