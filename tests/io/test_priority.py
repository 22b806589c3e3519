"""In processes of their own: a raised priority cannot be lowered again by an ordinary user."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX priorities")

SCRIPT = """
import os, threading
from hts.io.priority import may_raise_priority, may_run_first, raise_priority
{before}
resting = threading.Event()
thread = threading.Thread(target=resting.wait)
thread.start()
may, first, raised = may_raise_priority(), may_run_first(), raise_priority()
policies = [os.sched_getscheduler(tid) & ~os.SCHED_RESET_ON_FORK for tid in (0, thread.native_id)]
resting.set()
places = "".join("first " if policy == os.SCHED_RR else "among " for policy in policies)
print(may, first, raised, os.getpriority(os.PRIO_PROCESS, 0), places, end="")
"""
NO_RIGHTS = """
import resource
resource.setrlimit(resource.RLIMIT_NICE, (0, 0))
resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
os.geteuid() or os.setuid(65534)
"""
RESTLESS = """
import os, time
from hts.io import priority
told = []
raised = priority._run_first(lambda: told.append(1), 0.02)
os.geteuid() or os.setuid(65534)  # an ordinary user from here on
child = os.fork()
if not child:
    os._exit(os.sched_getscheduler(0) != os.SCHED_OTHER)
is_ordinary = os.waitpid(child, 0)[1] == 0
began = time.monotonic()
while not told and time.monotonic() < began + 20:
    pass
print(raised, is_ordinary, len(told), os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_OTHER)
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="the place before others is Linux's")


def answer(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@linux
def test_what_is_promised_is_what_happens_and_the_thread_of_the_journal_comes_along():
    assert answer(SCRIPT.format(before="")) in (
        "True True True -10 first first",
        "True True True 0 first first",
        "True False True -10 among among",
        "False False False 0 among among",
    )


@linux
def test_an_ordinary_user_without_a_limit_keeps_the_ordinary_priority():
    assert answer(SCRIPT.format(before=NO_RIGHTS)) == "False False False 0 among among"


@linux
def test_who_runs_first_and_never_rests_goes_back_among_the_others():
    raised, *rest = answer(RESTLESS).split()
    assert raised == "False" or rest == ["True", "1", "True"]


HASTE = """
import os
from hts.io.priority import Haste, may_run_first
{before}
def first():
    return os.sched_getscheduler(0) == os.SCHED_RR
haste = Haste()
found = [first()]
with haste:
    found.append(first())
    with haste:
        found.append(first())
    found.append(first())
found.append(first())
try:
    with haste:
        raise LookupError
except LookupError:
    found.append(first())
print(*map(int, found))
"""


@linux
def test_haste_lasts_as_long_as_its_outermost_context():
    assert answer(HASTE.format(before="")) in ("0 1 1 1 0 0", "0 0 0 0 0 0")


@linux
def test_nobody_hastes_who_may_not():
    assert answer(HASTE.format(before=NO_RIGHTS)) == "0 0 0 0 0 0"
