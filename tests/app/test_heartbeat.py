"""What the parent makes of a window's beats, look by look."""

import os
import signal
import subprocess
import sys

import pytest

from hts.app.heartbeat import Beats, Heart, Pulse, beats_in, is_halted
from tests.support.processes import until

SECOND = 1_000_000_000


def looks(pulse, beats, *, start_s=1, step_s=1, halted=()):
    """One look after the other; at which second what was found first."""
    for number, (turns, frames) in enumerate(beats):
        at_s = start_s + number * step_s
        found = pulse.look(at_s * SECOND, Beats(turns=turns, frames=frames), is_halted=number in halted)
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


def test_a_window_that_somebody_stopped_is_let_be():
    assert looks(Pulse(), [(5, 5)] * 60, halted=range(0, 60, 20)) is None


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


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_stopped_process_is_seen():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert not is_halted(child.pid)
        os.kill(child.pid, signal.SIGSTOP)
        until(lambda: is_halted(child.pid), "a stopped process")
    finally:
        child.kill()
        child.communicate()
    assert not is_halted(child.pid)
