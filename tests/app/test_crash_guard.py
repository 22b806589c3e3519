"""Real processes that die in every way, under the parent that keeps them."""

import errno
import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from hts.app.crash_guard import CRASHED, RESTART, CrashLoop, Life, Patience, SpawnedChild, keep_running
from hts.app.heartbeat import Heart
from hts.app.paths import home_paths
from hts.app.terminal_health import Health
from tests.support.processes import tree, until

ROOT = Path(__file__).resolve().parents[2]
SECOND = 1_000_000_000
SECRET = "tulip-garden-42"

DIES = """
import faulthandler, os, signal, sys
faulthandler.enable(open(sys.argv[1], "a"))
def the_function_that_fails():
    os.kill(os.getpid(), signal.SIGSEGV)
the_function_that_fails()
"""


@pytest.fixture
def paths(tmp_path):
    made = home_paths(tmp_path)
    made.run.mkdir(parents=True)
    return made


def plays(*programs):
    """Starts one program after the other; the last one again and again."""
    lives: list[Life] = []

    def start(life):
        lives.append(life)
        return SpawnedChild([sys.executable, "-c", programs[min(len(lives), len(programs)) - 1], str(life.stacks)])

    return lives, start


def test_the_windows_own_status_is_ours(paths):
    lives, start = plays("import sys; sys.exit(3)")
    assert keep_running(paths, start) == 3
    assert [life.before for life in lives] == [None]
    assert list(paths.log.iterdir()) == []


def test_a_restart_that_was_asked_for_is_no_crash(paths, capsys):
    lives, start = plays(*[f"import sys; sys.exit({RESTART})"] * 5, "pass")
    assert keep_running(paths, start) == 0
    assert [life.before for life in lives] == [None] * 6
    assert capsys.readouterr().err == ""


def test_a_signal_leaves_a_report_with_its_stack_and_the_window_starts_again(paths, capsys, monkeypatch):
    monkeypatch.setenv("HTS_VAULT_PASSPHRASE", SECRET)
    lives, start = plays(DIES, "pass")
    assert keep_running(paths, start) == 0
    (report,) = paths.log.iterdir()
    assert [life.before for life in lives] == [None, report]
    text = report.read_text(encoding="utf-8")
    assert "the terminal was ended by signal SIGSEGV" in text
    assert "the_function_that_fails" in text
    assert report.stat().st_mode & 0o077 == 0
    assert f"started again; the report is {report}" in capsys.readouterr().err


def test_a_killed_window_starts_again(paths):
    lives, start = plays("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "pass")
    assert keep_running(paths, start) == 0
    assert len(lives) == 2
    assert "signal SIGKILL" in lives[1].before.read_text(encoding="utf-8")


def test_three_crashes_within_a_minute_end_it_with_a_clear_line(paths, capsys):
    lives, start = plays(f"import sys; sys.exit({CRASHED})")
    assert keep_running(paths, start) == CRASHED
    assert len(lives) == 3
    assert "crashed 3 times within a minute and is not started again; orders live on in the core" in (
        capsys.readouterr().err
    )


def test_a_layout_that_the_window_may_die_of_is_set_aside_after_the_second_crash(paths, capsys):
    layout = paths.home / "layout.json"
    layout.write_text("{}", encoding="utf-8")
    crashes = f"import sys; sys.exit({CRASHED})"
    seen = []
    _, start = plays(crashes, crashes, "pass")

    def looked(life):
        seen.append(layout.exists())
        return start(life)

    assert keep_running(paths, looked) == 0
    assert seen == [True, True, False]
    assert (paths.home / "layout.json.damaged").read_text(encoding="utf-8") == "{}"
    assert "it crashed twice within a minute" in capsys.readouterr().err


@pytest.mark.parametrize(("times_s", "hopeless"), [((0, 30, 60), True), ((0, 30, 61), False), ((0, 59), False)])
def test_crashes_that_are_rare_are_no_loop(times_s, hopeless):
    loop = CrashLoop()
    for at in times_s:
        loop.crashed(at * SECOND)
    assert loop.is_hopeless is hopeless


def test_being_told_to_end_ends_the_window_and_starts_no_other(paths):
    waits = "import sys; print('up', flush=True); sys.stdin.read()"
    program = f"""
import sys
from pathlib import Path
from hts.app.crash_guard import SpawnedChild, keep_running
from hts.app.paths import home_paths
command = [sys.executable, "-c", {waits!r}]
sys.exit(keep_running(home_paths(Path({str(paths.home)!r})), lambda life: SpawnedChild(command)))
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout.readline() == "up\n"
    parent.send_signal(signal.SIGTERM)
    parent.communicate(timeout=20)
    assert parent.returncode == 128 + signal.SIGTERM


def test_where_no_log_can_be_written_the_window_still_runs_and_its_crash_is_told_in_the_terminal(paths, capsys):
    paths.log.write_text("", encoding="utf-8")  # no directory, and none can be made
    lives, start = plays(f"import sys; sys.exit({CRASHED})", "pass")
    assert keep_running(paths, start) == 0
    assert len(lives) == 2
    said = capsys.readouterr().err
    assert "cannot write the report" in said
    assert f"the terminal was ended by exit status {CRASHED}" in said


def test_a_window_lives_where_no_stacks_can_be_written(paths, qapp, capsys):
    assert qapp is not None
    missing = paths.home / "missing" / "window"
    health = Health(paths, Life(report=missing.with_suffix(".txt"), stacks=missing.with_suffix(".stacks")))
    with health._stacks:  # the interpreter's own watchdog keeps it otherwise, as long as the process lives
        health.beat()
        health.beat()
        health.stop()
    assert "a crash would leave no report" in capsys.readouterr().err


HANGS = """
import sys
from pathlib import Path
from hts.app.crash_guard import Life
from hts.app.paths import home_paths
from PySide6.QtCore import QCoreApplication
from hts.app.terminal_health import Health
app = QCoreApplication([])
stacks = Path(sys.argv[1])
health = Health(home_paths(stacks.parent), Life(report=stacks.with_suffix(".txt"), stacks=stacks))
health.install()
def the_function_that_hangs():
    while True:
        {turns}
health.frames = lambda: 7
health.beat()
the_function_that_hangs()
"""


HURRIED = Patience(look_s=0.05, hung_ns=SECOND // 4)


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        ("pass", "ended by us, for its loop had not turned for"),
        ("health.beat()", "ended by us, for its loop turned, but it had finished no frame for"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="asks for stacks by a signal")
def test_a_window_that_stands_still_is_ended_with_its_stacks_and_starts_again(paths, capsys, turns, found):
    lives, start = plays(HANGS.replace("{turns}", turns), "pass")
    assert keep_running(paths, start, HURRIED) == 0
    (report,) = paths.log.iterdir()
    assert [life.before for life in lives] == [None, report]
    assert report.name.startswith("hang-")
    text = report.read_text(encoding="utf-8")
    assert found in text
    assert "the_function_that_hangs" in text
    assert f"the window stood still, was ended and is started again; the report is {report}" in capsys.readouterr().err


GOES_ON_WHEN_ASKED = """
import signal, sys
from hts.app.heartbeat import Heart
heart = Heart(sys.argv[1].replace(".stacks", ".beats"))
def go_on(*_):
    open(sys.argv[1], "w").write("here")
    heart.beat(has_frames=True)
signal.signal(signal.SIGUSR2, go_on)
heart.beat(has_frames=True)
signal.pause()
signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks for stacks by a signal")
def test_a_window_that_goes_on_when_it_is_asked_where_it_hangs_is_not_ended(paths):
    _, start = plays(GOES_ON_WHEN_ASKED)
    assert keep_running(paths, start, HURRIED) == 0
    assert list(paths.log.iterdir()) == []


LIVES_ON_A_DISK_THAT_FAILS = """
import errno, os, sys, time
from hts.app.heartbeat import Heart
heart = Heart(sys.argv[1].replace(".stacks", ".beats"))
heart.beat(has_frames=True)
def fails(*_):
    raise OSError(errno.EROFS, "Read-only file system")
os.write = os.ftruncate = fails
for _ in range(14):
    heart.beat(has_frames=True)
    time.sleep(0.05)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks for stacks by a signal")
def test_a_window_whose_beats_no_disk_takes_any_more_is_not_ended(paths, monkeypatch):
    opens = os.open

    def refuses(path, flags, *mode):
        if str(path).endswith(".beats") and flags & os.O_WRONLY:
            raise OSError(errno.EROFS, "Read-only file system")
        return opens(path, flags, *mode)

    monkeypatch.setattr(os, "open", refuses)
    _, start = plays(LIVES_ON_A_DISK_THAT_FAILS)
    assert keep_running(paths, start, HURRIED) == 0
    assert list(paths.log.iterdir()) == []


class NeverEnds:
    """A window as on Windows: a killed one has an exit status of its own, no signal."""

    pid = 0  # nothing is told of it

    def __init__(self):
        self.stopped = []

    def stop(self, number):
        self.stopped.append(number)

    def wait(self, _patience_s=None):
        return 1 if signal.SIGKILL in self.stopped else None


def test_a_window_that_was_ended_for_hanging_starts_again_whatever_its_status(paths, monkeypatch):
    monkeypatch.setattr("hts.app.crash_guard.STACKS_SIGNAL", None)
    children = []

    def start(life):
        Heart(life.beats).beat(has_frames=True)
        children.append(NeverEnds() if not children else SpawnedChild([sys.executable, "-c", ""]))
        return children[-1]

    ticks = count(SECOND, SECOND)
    assert keep_running(paths, start, Patience(mono_ns=lambda: next(ticks))) == 0
    assert len(children) == 2
    (report,) = paths.log.iterdir()
    assert "ended by us, for its loop had not turned for 20 s" in report.read_text(encoding="utf-8")


WINDOW = """
import os, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from hts.app import terminal_health
from hts.app.config import Config
from hts.app.crash_guard import ForkedChild, keep_running
from hts.app.paths import home_paths
from hts.app.terminal import Terminal, TerminalOptions, run_terminal

paths = home_paths(Path(sys.argv[1]))
terminal_health.BEAT_MS, terminal_health.STALL_S = 50, 2.5
show = Terminal.show

def run(life):
    def shown(terminal):
        show(terminal)
        QTimer.singleShot(300, lambda: play(terminal, life))
    Terminal.show = shown
    return run_terminal(paths, Config(), TerminalOptions(language="en"), life=life)

def play(terminal, life):
    if life.before is None:
        terminal.window.open_workspace("scalper")
        raise RuntimeError("cannot dial with token " + paths.token.read_text() + " nor hts_" + "5e" * 32)
    print(terminal.window.workspace.name, "|", terminal.window.hint_strip.message, flush=True)
    stand_still(life)
    QTimer.singleShot(1_200, terminal.window.close)

def stand_still(life):
    begin = life.stacks.stat().st_size
    while b"stand_still" not in life.stacks.read_bytes()[begin:]:  # the watchdog writes line by line
        pass

sys.exit(keep_running(paths, lambda life: ForkedChild(run, life)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_window_on_a_core_elsewhere_is_kept_too(paths):
    """No core is there: the window says so and stands. It is killed, another stands; told to end, all end."""
    token = paths.home / "door-token"
    token.write_text("hts_planted", encoding="ascii")
    words = ["window", "--home", str(paths.home), "--connect", "ws://127.0.0.1:9/", "--token-file", str(token)]
    parent = subprocess.Popen(
        [sys.executable, "-m", "hts.app", *words],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = until(lambda: tree(parent.pid) - {parent.pid}, "a window")
        os.kill(min(first), signal.SIGKILL)
        assert "the window crashed and is started again" in parent.stderr.readline()
        until(lambda: tree(parent.pid) - {parent.pid} - first, "another window")
    finally:
        parent.send_signal(signal.SIGTERM)
        _, said = parent.communicate(timeout=30)
    assert parent.returncode in {0, 128 + signal.SIGTERM}  # before or after the window could take it
    assert said == ""
    (report,) = (path.read_text(encoding="utf-8") for path in paths.log.glob("crash-*.txt"))
    assert "the terminal was ended by signal SIGKILL" in report


def test_a_real_window_that_raises_comes_back_in_its_workspace_and_tells_no_secret(paths):
    token = "0123456789abcdef" * 4
    paths.token.write_text(token, encoding="ascii")
    played = subprocess.run(
        [sys.executable, "-c", WINDOW, str(paths.home)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (crash,) = (path.read_text(encoding="utf-8") for path in paths.log.glob("crash-*.txt"))
    stalls = "".join(path.read_text(encoding="utf-8") for path in paths.log.glob("stall-*.txt"))
    assert "RuntimeError: cannot dial with token <hidden> nor <hidden>" in crash
    assert "workspace  scalper" in crash
    assert "stand_still" in stalls
    workspace, _, message = played.stdout.strip().partition(" | ")
    assert workspace == "scalper"
    assert message.startswith("The window crashed and is open again in the same workspace. Orders lived on")
    assert token not in crash + stalls + played.stdout + played.stderr
    assert played.returncode == 0
