"""In a process of its own: a raised priority cannot be lowered again by an ordinary user."""

import subprocess
import sys

import pytest

SCRIPT = """
import os
from hts.io.priority import may_raise_priority, raise_priority
{before}
may, raised = may_raise_priority(), raise_priority()
print(may, raised, os.getpriority(os.PRIO_PROCESS, 0))
"""


def answer(before: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(before=before)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX priorities")
def test_what_is_promised_is_what_happens():
    assert answer() in ("True True -10", "False False 0")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX priorities")
def test_an_ordinary_user_without_a_limit_keeps_the_ordinary_priority():
    drop = "import resource; resource.setrlimit(resource.RLIMIT_NICE, (0, 0)); os.geteuid() or os.setuid(65534)"
    assert answer(drop) == "False False 0"
