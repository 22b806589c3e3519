"""The supervisor with real processes that are killed; its children are small stand-ins."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hts.app.supervisor import ask
from hts.base.errors import ConfigError
from hts.io.lockfile import LockFile

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals"),
]
PATIENCE_S = 20
ROOT = Path(__file__).resolve().parents[2]

SUPERVISOR = """
import sys, pathlib
from hts.app.supervisor import Supervisor
from hts.app.supervisor_child import ChildSpec
from hts.base.errors import ConfigError
home, build = pathlib.Path(sys.argv[1]), sys.argv[2]
specs = [
    ChildSpec(name=name, command=(sys.executable, "-c", (home / (name + ".py")).read_text(), str(home), build),
              lock=home / (name + ".lock"), output=home / (name + ".out"), log=home / (name + ".log"))
    for name in ("venue", "core")
]
try:
    Supervisor(specs, lock=home / "lock", control=home / "control", token="secret", build=build).run()
except ConfigError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
"""
CHILD = """
import pathlib, signal, sys
from hts.io.lockfile import LockFile
home, build, name = pathlib.Path(sys.argv[1]), sys.argv[2], "NAME"
lock = LockFile(home / (name + ".lock"))
if not lock.acquire(build):
    sys.exit(2)
def end(number, frame):
    with open(home / "order", "a") as file:
        file.write(name + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print(name, *sys.argv[3:], flush=True)
while True:
    signal.pause()
"""
REFUSES = "import sys; print('port 24100 is busy', file=sys.stderr); sys.exit(2)"


class House:
    """A home directory and the processes that a test started in it."""

    def __init__(self, home):
        self.home = home
        self.supervisors = []
        for name in ("venue", "core"):
            (home / f"{name}.py").write_text(CHILD.replace("NAME", name))

    def start(self, build="b1"):
        supervisor = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(self.home), build], cwd=ROOT, stderr=subprocess.PIPE
        )
        self.supervisors.append(supervisor)
        return supervisor

    def status(self):
        return {child["name"]: child for child in ask(self.home / "control", "secret", "status")["children"]}

    def eventually(self, is_so):
        """The first status that satisfies the question."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with contextlib.suppress(ConfigError):
                found = self.status()
                if is_so(found):
                    return found
            assert time.monotonic() < deadline, "did not come about"
            time.sleep(0.01)

    def all_listening(self):
        return self.eventually(lambda found: all(child["listening"] for child in found.values()))

    def clean_up(self):
        for supervisor in self.supervisors:
            supervisor.kill()
            supervisor.communicate()
        for name in ("venue", "core"):
            holder = LockFile(self.home / f"{name}.lock").holder()
            if holder is not None and holder.pid:
                os.kill(holder.pid, signal.SIGKILL)


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.clean_up()


def pids(status):
    return {name: child["pid"] for name, child in status.items()}


def test_both_start_and_say_that_they_listen(house):
    house.start()
    status = house.all_listening()
    assert {name: (c["state"], c["listening"], c["restarts"], c["adopted"]) for name, c in status.items()} == {
        "venue": ("running", "venue", 0, False),
        "core": ("running", "core", 0, False),
    }


def test_a_killed_child_is_started_again_and_the_other_stays(house):
    house.start()
    before = house.all_listening()
    os.kill(before["core"]["pid"], signal.SIGKILL)
    after = house.eventually(lambda found: found["core"]["restarts"] == 1 and found["core"]["listening"])
    assert after["core"]["pid"] != before["core"]["pid"]
    assert after["venue"]["pid"] == before["venue"]["pid"]
    assert after["core"]["detail"].startswith("exit status -9")


def test_stop_ends_core_then_venue_then_the_supervisor(house):
    supervisor = house.start()
    house.all_listening()
    assert ask(house.home / "control", "secret", "stop") == {"ok": True}
    assert supervisor.wait(PATIENCE_S) == 0
    assert (house.home / "order").read_text() == "core venue "
    assert [LockFile(house.home / f"{name}.lock").holder() for name in ("venue", "core")] == [None, None]
    assert not (house.home / "control").exists()


def test_sigterm_is_an_orderly_stop(house):
    supervisor = house.start()
    house.all_listening()
    supervisor.terminate()
    assert supervisor.wait(PATIENCE_S) == 0
    assert (house.home / "order").read_text() == "core venue "


def test_a_second_supervisor_is_told_in_one_line(house):
    first = house.start()
    house.all_listening()
    second = house.start()
    _, errors = second.communicate(timeout=PATIENCE_S)
    assert (second.returncode, errors.decode()) == (2, f"a supervisor already runs here (process {first.pid})\n")


def test_children_outlive_a_killed_supervisor_and_the_next_one_adopts_them(house):
    first = house.start()
    before = house.all_listening()
    first.kill()
    first.wait()
    house.start()
    adopted = house.all_listening()
    assert pids(adopted) == pids(before)
    assert [child["adopted"] for child in adopted.values()] == [True, True]


def test_an_adopted_child_that_dies_is_started_again(house):
    first = house.start()
    before = house.all_listening()
    first.kill()
    first.wait()
    house.start()
    house.all_listening()
    os.kill(before["venue"]["pid"], signal.SIGKILL)
    after = house.eventually(lambda found: found["venue"]["restarts"] == 1 and found["venue"]["listening"])
    assert (after["venue"]["adopted"], after["core"]["pid"]) == (False, before["core"]["pid"])


def test_adopted_children_are_stopped_in_order(house):
    first = house.start()
    house.all_listening()
    first.kill()
    first.wait()
    second = house.start()
    house.all_listening()
    ask(house.home / "control", "secret", "stop")
    assert second.wait(PATIENCE_S) == 0
    assert (house.home / "order").read_text() == "core venue "


def test_children_of_another_build_are_replaced(house):
    first = house.start("b1")
    before = house.all_listening()
    first.kill()
    first.wait()
    house.start("b2")
    after = house.eventually(lambda found: all(c["listening"] and not c["adopted"] for c in found.values()))
    assert set(pids(after).values()).isdisjoint(pids(before).values())
    assert sorted((house.home / "order").read_text().split()) == ["core", "venue"]


def test_a_child_that_says_that_it_cannot_work_stays_down_with_its_reason(house):
    (house.home / "venue.py").write_text(REFUSES)
    house.start()
    status = house.eventually(lambda found: found["venue"]["state"] == "failed" and found["core"]["listening"])
    assert (status["venue"]["detail"], status["venue"]["restarts"]) == ("port 24100 is busy", 0)


def test_a_child_that_keeps_dying_is_started_after_growing_pauses(house):
    (house.home / "core.py").write_text(
        f"import time; open({str(house.home / 'times')!r}, 'a').write(f'{{time.monotonic()}} '); 1 / 0"
    )
    house.start()
    house.eventually(lambda found: found["core"]["restarts"] >= 3)
    house.eventually(lambda found: len((house.home / "times").read_text().split()) >= 4)
    times = [float(text) for text in (house.home / "times").read_text().split()][:4]
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert all(pause >= least for pause, least in zip(pauses, (0.1, 0.2, 0.4), strict=True)), pauses


def test_one_start_may_have_its_own_arguments(house):
    house.start()
    house.all_listening()
    ask(house.home / "control", "secret", "restart", name="venue", once=["--fresh"])
    assert house.eventually(lambda found: found["venue"]["listening"])["venue"]["listening"] == "venue --fresh"
    os.kill(house.status()["venue"]["pid"], signal.SIGKILL)
    again = house.eventually(lambda found: found["venue"]["restarts"] == 2 and found["venue"]["listening"])
    assert again["venue"]["listening"] == "venue"


@pytest.mark.parametrize(
    ("token", "command", "refusal"),
    [
        ("wrong", "stop", "supervisor: token: expected the one in the home directory, found another"),
        ("secret", "dance", "supervisor: command: expected status, stop or restart, found 'dance'"),
        ("secret", "restart", "supervisor: name: expected one of ['venue', 'core'], found 'None'"),
    ],
)
def test_a_wrong_request_is_refused_in_one_line(house, token, command, refusal):
    house.start()
    house.all_listening()
    with pytest.raises(ConfigError) as caught:
        ask(house.home / "control", token, command)
    assert str(caught.value) == refusal
    assert json.dumps(pids(house.status()))


def test_nobody_answers_where_no_supervisor_is(tmp_path):
    with pytest.raises(ConfigError, match="no supervisor answers at .*control: No such file or directory; start hts"):
        ask(tmp_path / "control", "secret", "status")
