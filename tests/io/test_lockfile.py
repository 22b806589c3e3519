"""Who holds a lock, and that death gives it back."""

import os
import subprocess
import sys

import pytest

from hts.io.lockfile import Holder, LockFile

HOLD = """
import pathlib, sys
from hts.io.lockfile import LockFile
lock = LockFile(pathlib.Path(sys.argv[1]))
print(lock.acquire("b1"), flush=True)
sys.stdin.read()
"""


def test_a_free_lock_has_no_holder(tmp_path):
    assert LockFile(tmp_path / "lock").holder() is None


def test_the_holder_says_who_it_is_until_it_releases(tmp_path):
    first, second = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    assert first.acquire("b1")
    assert not second.acquire("b2")
    assert second.holder() == Holder(pid=os.getpid(), build="b1")
    first.release()
    assert second.holder() is None
    assert second.acquire("b2")
    second.release()


def test_a_lock_without_a_readable_name_is_held_by_process_zero(tmp_path):
    lock = LockFile(tmp_path / "lock")
    lock.acquire("b1")
    (tmp_path / "lock").write_text("{half")
    assert LockFile(tmp_path / "lock").holder() == Holder(pid=0, build="")
    lock.release()


@pytest.mark.processes
def test_the_lock_of_a_killed_process_is_free(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"True\n"
        assert LockFile(tmp_path / "lock").holder() == Holder(pid=process.pid, build="b1")
        process.kill()
        process.wait()
        assert LockFile(tmp_path / "lock").acquire("b2")
