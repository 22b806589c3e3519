"""The window served over VNC, by real processes: who may reach it, and that nothing outlives it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hts.app import cli, vnc
from tests.support import processes
from tests.support.market import Market

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is on Linux")
ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("Xvfb", "x11vnc")
MISSING = [name for name in NEEDED if shutil.which(name) is None]
LINE = re.compile(r"VNC on 127\.0\.0\.1:(\d+), password (\w{8}); paper money only\n")
NO_SECURITY, PASSWORD = 1, 2  # RFC 6143, 7.1.2


class Served:
    """`hts --vnc` in a home of its own."""

    def __init__(self, directory):
        self.market = Market(directory / "home")
        words = [
            "--vnc",
            "--no-welcome",
            "--home",
            str(self.market.paths.home),
            "--port-base",
            str(self.market.port_base),
        ]
        self.files = directory / "tmp"
        self.files.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hts.app", *words],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(self.files)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until_open(self):
        line = self.process.stdout.readline()
        found = LINE.fullmatch(line)
        assert found, line
        self.port, self.password = int(found[1]), found[2]

    def tree(self):
        return processes.tree(self.process.pid)

    def programs(self):
        return {pid: name for pid in self.tree() if (name := processes.program(pid)) in NEEDED}

    def clean_up(self):
        self.process.kill()
        self.process.communicate()
        self.market.clean_up()
        for pid in processes.parents():  # what was beginning when the window was killed has not taken its locks yet
            if str(self.market.paths.home) in processes.command_line(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def served(tmp_path):
    made = Served(tmp_path)
    try:
        made.until_open()
        yield made
    finally:
        made.clean_up()


def living(pids):
    return processes.parents().keys() & pids


@pytest.mark.processes
@pytest.mark.screen
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {' '.join(MISSING)}")
def test_only_loopback_is_listened_on_and_the_password_is_nowhere_to_be_seen(served):
    with socket.create_connection(("127.0.0.1", served.port), timeout=processes.PATIENCE_S) as viewer:
        assert viewer.recv(12, socket.MSG_WAITALL) == b"RFB 003.008\n"
        viewer.sendall(b"RFB 003.008\n")
        kinds = viewer.recv(viewer.recv(1)[0], socket.MSG_WAITALL)
    assert (PASSWORD in kinds, NO_SECURITY in kinds) == (True, False)
    # The core takes terminals through a file of its own; the window dials when it has been shown.
    terminal = processes.until(served.market.paths.core_socket.exists, "a core") and served.market.terminal()
    terminal.until_ready()
    tree = served.tree()
    lines = [processes.command_line(pid) for pid in tree]
    assert sorted(served.programs().values()) == ["Xvfb", "x11vnc"]
    assert [sum(f"hts.app {name} " in line for line in lines) for name in ("core", "sim")] == [1, 1]
    listeners = processes.listeners(tree)
    base = served.market.port_base
    assert {served.port, base, base + 1} <= {port for _, _, _, port in listeners}
    assert [listener for listener in listeners if not processes.is_loopback(listener[2])] == []
    assert [line for line in lines if served.password in line] == []
    assert [
        path for path in served.files.rglob("*") if path.is_file() and served.password.encode() in path.read_bytes()
    ] == []


@pytest.mark.processes
@pytest.mark.screen
@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {' '.join(MISSING)}")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_screen_and_server_end_with_the_window(served, number):
    children = served.programs()
    assert sorted(children.values()) == ["Xvfb", "x11vnc"]
    os.kill(served.process.pid, number)
    served.process.wait(processes.PATIENCE_S)
    processes.until(lambda: not living(children.keys()), "the end of both")


def test_without_the_programs_one_line_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["--vnc", "--home", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "hts: --vnc: expected the program Xvfb, found none; apt install xvfb\n"


def test_a_screen_without_its_server_is_refused_too(tmp_path, monkeypatch, capsys):
    (tmp_path / "Xvfb").write_text("#!/bin/sh\n")
    (tmp_path / "Xvfb").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["--vnc", "--home", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "hts: --vnc: expected the program x11vnc, found none; apt install x11vnc\n"


def test_the_cookie_file_has_one_entry_for_any_display():
    assert vnc.authority(b"0123456789abcdef") == (
        b"\xff\xff" + b"\0\0" + b"\0\0" + b"\0\x12MIT-MAGIC-COOKIE-1" + b"\0\x100123456789abcdef"
    )


def test_no_two_starts_have_the_same_password():
    assert len({vnc.new_password() for _ in range(100)}) == 100
