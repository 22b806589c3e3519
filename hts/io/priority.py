"""Asks the system to let this process run before others that want the processor at the same moment."""

import os
import sys

if sys.platform != "win32":
    import resource

NICE_CORE = -10  # ahead of everything an ordinary user runs, behind the system's own
_NICE_ZERO_LIMIT = 20  # RLIMIT_NICE counts downwards from here: a limit of 30 allows nice -10


def may_raise_priority(nice: int = NICE_CORE) -> bool:
    """Whether `raise_priority` would be allowed; changes nothing."""
    if sys.platform == "win32":
        return False
    limit = resource.getrlimit(resource.RLIMIT_NICE)[0]
    return os.geteuid() == 0 or limit == resource.RLIM_INFINITY or limit >= _NICE_ZERO_LIMIT - nice


def raise_priority(nice: int = NICE_CORE) -> bool:
    """True when the system allowed it; an ordinary user needs a limit for that (`hts doctor` says which)."""
    if sys.platform == "win32":
        return False
    try:
        os.setpriority(os.PRIO_PROCESS, 0, nice)
    except PermissionError:
        return False
    return True
