"""What the parent makes of a window's beats, look by look."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hts.app.heartbeat import Beats, Doing, Heart, Pulse, beats_in, can_beat, doing_of
from tests.support.processes import until

SECOND = 1_000_000_000


def looks(pulse, beats, doing=lambda _number: Doing(), *, start_s=1, step_s=1):
    """One look after the other; at which second what was found first."""
    for number, (turns, frames) in enumerate(beats):
        at_s = start_s + number * step_s
        found = pulse.look(at_s * SECOND, Beats(turns=turns, frames=frames), doing(number))
        if found:
            return at_s, found
    return None


def test_a_window_that_beats_lives():
    assert looks(Pulse(), [(n, n) for n in range(1, 100)]) is None


def test_a_loop_that_stands_still_is_found_after_twenty_seconds():
    assert looks(Pulse(), [(5, 5)] * 40) == (21, "its loop had not turned for 20 s")


def test_a_loop_that_turns_without_a_frame_is_found_too():
    found = looks(Pulse(), [(n, 5) for n in range(1, 40)])
    assert found == (21, "its loop turned, but it had finished no frame for 20 s")


def test_one_beat_in_time_is_enough():
    assert looks(Pulse(), [(5, 5)] * 20 + [(6, 6)] * 20) is None


def test_nothing_is_expected_before_the_first_beat_nor_after_the_last():
    assert looks(Pulse(), [(0, 0)] * 100) is None
    assert looks(Pulse(), [(5, 5)] * 15 + [(0, 0)] * 100) is None


def test_time_in_which_the_parent_did_not_look_counts_for_nothing():
    pulse = Pulse()
    assert looks(pulse, [(5, 5)] * 20) is None
    assert looks(pulse, [(5, 5)] * 20, start_s=3_600) is None  # the machine slept an hour
    assert looks(Pulse(), [(5, 5)] * 20, step_s=60) is None  # or had no time for the parent at all
    assert looks(Pulse(), [(5, 5)] * 20, step_s=-1) is None


def test_a_window_that_somebody_stopped_or_a_disk_keeps_waiting_is_let_be():
    assert looks(Pulse(), [(5, 5)] * 60, lambda number: Doing(is_halted=number % 20 == 0)) is None


def runs(share):
    """Wants the processor all the time, and gets a share of it."""
    return lambda number: Doing(wants_to_run=True, cpu_ns=round(number * share * SECOND))


def test_a_window_that_hardly_gets_the_processor_has_more_time():
    standing = [(5, 5)] * 1_000
    assert looks(Pulse(), standing, runs(0)) is None
    assert looks(Pulse(), standing, runs(0.125)) == (81, "its loop had not turned for 20 s")
    assert looks(Pulse(), standing, runs(0.5)) == (21, "its loop had not turned for 20 s")
    assert looks(Pulse(), standing, runs(1)) == (21, "its loop had not turned for 20 s")
    assert looks(Pulse(), standing, runs(8)) == (21, "its loop had not turned for 20 s")


def test_what_the_window_counts_is_what_the_parent_reads(tmp_path):
    path = tmp_path / "window.beats"
    assert beats_in(path) == Beats()
    heart = Heart(path)
    assert beats_in(path) == Beats()
    heart.beat(has_frames=True)
    heart.beat(has_frames=False)
    assert beats_in(path) == Beats(turns=2, frames=1)
    heart.rest()
    assert beats_in(path) == Beats()
    path.write_bytes(b"short")
    assert beats_in(path) == Beats()


def test_where_no_file_can_be_made_nothing_is_expected(tmp_path):
    heart = Heart(tmp_path / "missing" / "window.beats")
    heart.beat(has_frames=True)
    heart.rest()
    assert beats_in(tmp_path / "missing" / "window.beats") == Beats()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="writes to a disk that is full")
def test_a_full_disk_ends_no_window_and_nothing_is_expected_of_it():
    heart = Heart("/dev/full")
    heart.beat(has_frames=True)
    heart.rest()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_process_does_is_seen():
    turns = "import sys\nsys.stdin.readline()\nwhile True: pass"
    child = subprocess.Popen([sys.executable, "-c", turns], stdin=subprocess.PIPE)
    try:
        until(lambda: not doing_of(child.pid).wants_to_run, "a process that waits")
        assert not doing_of(child.pid).is_halted
        child.stdin.write(b"\n")
        child.stdin.flush()
        until(lambda: doing_of(child.pid).wants_to_run, "a process that runs")
        before = doing_of(child.pid).cpu_ns
        until(lambda: doing_of(child.pid).cpu_ns > before + SECOND // 20, "a twentieth of a second of the processor")
        os.kill(child.pid, signal.SIGSTOP)
        until(lambda: doing_of(child.pid).is_halted, "a stopped process")
    finally:
        child.kill()
        child.communicate()
    assert doing_of(child.pid) == Doing()


def test_whether_a_disk_takes_beats_is_tried_without_changing_them(tmp_path):
    path = tmp_path / "w.beats"
    assert not can_beat(path)
    heart = Heart(path)
    heart.beat(has_frames=True)
    assert can_beat(path)
    assert beats_in(path) == Beats(turns=1, frames=1)
    heart.beat(has_frames=False)
    assert beats_in(path) == Beats(turns=2, frames=1)
    path.write_bytes(b"")  # as a full disk leaves it
    assert can_beat(path)
    assert beats_in(path) == Beats()
