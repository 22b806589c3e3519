"""A program beside the watched core that does the same small work over and over, with the core's priority.

`python -m tests.support.stall_control RESULT` writes how often its own work took too much of the processor, every
second. What happens to it happened to the core for the same reason: the machine's, not the core's.
"""

import hashlib
import json
import sys
import time
from pathlib import Path

from hts.io.priority import raise_priority
from tests.support.stall_core import LIMIT_NS

PAUSE_S = 0.0013  # the core is called about so often at the venue's throttle
ROUNDS = 40
BLOCK = bytes(4096)


def work() -> int:
    """About what a call of the core takes, in pure Python and C by turns; returns ns of CPU."""
    begin_ns = time.thread_time_ns()
    for number in range(ROUNDS):
        hashlib.blake2b(BLOCK + bytes((number,))).hexdigest()
    return time.thread_time_ns() - begin_ns


def main() -> None:
    """Until it is ended."""
    result = Path(sys.argv[1])
    raise_priority()
    calls = over = longest_ns = told_ns = 0
    while True:
        took_ns = work()
        calls, over, longest_ns = calls + 1, over + (took_ns > LIMIT_NS), max(longest_ns, took_ns)
        if time.monotonic_ns() - told_ns > 1_000_000_000:
            told_ns = time.monotonic_ns()
            found = {"calls": calls, "calls_over_5_ms_cpu": over, "cpu_max_ms": round(longest_ns / 1e6, 2)}
            beside = result.with_suffix(".new")
            beside.write_text(json.dumps(found), encoding="ascii")
            beside.replace(result)
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
