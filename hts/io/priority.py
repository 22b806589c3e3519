"""Asks the system to let this process run before others that want the processor at the same moment.

The first choice is a place in front of all ordinary programs (SCHED_RR): whatever another program is in the middle of,
an order that arrives is taken up at once. A nicer number only gives a larger share, and where the system groups
programs by the terminal they were started from, not even that against those of another one. Who runs first and never
rests would stop the machine: after RESTLESS_S without a pause the process goes back among the others.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable

if sys.platform != "win32":
    import resource

NICE_CORE = -10  # ahead of everything an ordinary user runs, behind the system's own
PRIORITY_HASTE = 1  # SCHED_RR: ahead of all ordinary programs
PRIORITY_CORE = 2  # the core is ahead of a window in haste: it then begins where that one is, with what that one sent
RESTLESS_S = 1.0
_NICE_ZERO_LIMIT = 20  # RLIMIT_NICE counts downwards from here: a limit of 30 allows nice -10


def may_raise_priority(nice: int = NICE_CORE) -> bool:
    """Whether `raise_priority` would be allowed something; changes nothing."""
    if sys.platform == "win32":
        return False
    limit = resource.getrlimit(resource.RLIMIT_NICE)[0]
    enough = limit == resource.RLIM_INFINITY or limit >= _NICE_ZERO_LIMIT - nice
    return os.geteuid() == 0 or enough or may_run_first()


def may_run_first() -> bool:
    """Whether a place in front of all ordinary programs would be given; changes nothing."""
    if sys.platform != "linux":
        return False
    limit = resource.getrlimit(resource.RLIMIT_RTPRIO)[0]
    return os.geteuid() == 0 or limit == resource.RLIM_INFINITY or limit >= PRIORITY_CORE


def raise_priority(nice: int = NICE_CORE, on_restless: Callable[[], None] = lambda: None) -> bool:
    """True when the system allowed a part of it; an ordinary user needs limits for that (`hts doctor` says which).

    It holds for the threads that are there now, not for later ones and not for child processes. Call it in the main
    thread. `on_restless` is called when the process has lost the first place, for not having rested.
    """
    if sys.platform == "win32":
        return False
    is_nicer = True
    try:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
    except PermissionError:
        is_nicer = False
    return _run_first(on_restless) or is_nicer


if sys.platform == "linux":
    _FIRST, _ORDINARY = os.sched_param(PRIORITY_HASTE), os.sched_param(0)

    def _run_first(on_restless: Callable[[], None], restless_s: float = RESTLESS_S) -> bool:
        def step_back(*_: object) -> None:
            _schedule(os.SCHED_OTHER)
            on_restless()

        before, limits = signal.getsignal(signal.SIGXCPU), resource.getrlimit(resource.RLIMIT_RTTIME)
        try:
            signal.signal(signal.SIGXCPU, step_back)
            resource.setrlimit(resource.RLIMIT_RTTIME, (round(restless_s * 1e6), limits[1]))
            _schedule(os.SCHED_RR, PRIORITY_CORE)
        except (OSError, ValueError):  # not allowed, or not in this container
            _schedule(os.SCHED_OTHER)
            resource.setrlimit(resource.RLIMIT_RTTIME, limits)
            signal.signal(signal.SIGXCPU, before)
            return False
        return True

    def _schedule(policy: int, priority: int = 0) -> None:
        """For all threads: the one that syncs the journal holds the interpreter now and then, and must let go of it."""
        for thread in threading.enumerate():
            if thread.native_id is not None:
                # An ordinary user who has said that children begin anew may not take that back.
                os.sched_setscheduler(thread.native_id, policy | os.SCHED_RESET_ON_FORK, os.sched_param(priority))

else:

    def _run_first(on_restless: Callable[[], None], restless_s: float = RESTLESS_S) -> bool:  # noqa: ARG001
        """No such place elsewhere."""
        return False


class Haste:
    """While this context lasts, the thread that is in it runs before other programs, where the system allows that.

    For a fraction of a millisecond, as from a key to the wire: what a window does else has time.
    """

    def __init__(self) -> None:
        self._is_allowed = may_run_first()
        self._depth = 0

    def __enter__(self) -> None:
        self._depth += 1
        if sys.platform == "linux" and self._is_allowed and self._depth == 1:
            try:
                os.sched_setscheduler(0, os.SCHED_RR, _FIRST)
            except OSError:  # a container may forbid it all the same
                self._is_allowed = False

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if sys.platform == "linux" and self._is_allowed and not self._depth:
            os.sched_setscheduler(0, os.SCHED_OTHER, _ORDINARY)
