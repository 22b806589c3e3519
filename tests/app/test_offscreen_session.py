"""Plain `hts` without a display, as a real process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from hts.app.offscreen_session import cells, picture_path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def hts(directory, *words):
    """One `hts` in a working directory, where no display is."""
    usual = {name: value for name, value in os.environ.items() if name not in DISPLAY_VARIABLES}
    return subprocess.run(
        [sys.executable, "-m", "hts.app", *words],
        cwd=directory,
        env={**usual, "PYTHONPATH": str(ROOT), "TMPDIR": str(directory)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def section(lines, title):
    """The rows under a title, each as its words."""
    begin = lines.index(title) + 2
    return [line.split() for line in lines[begin : lines.index("", begin)]]


@pytest.mark.processes
@pytest.mark.skipif(sys.platform != "linux", reason="there is always a display")
def test_without_a_display_a_session_trades_through_the_window_and_leaves_a_picture(tmp_path):
    done = hts(tmp_path, "--seconds", "3", "--lang", "en")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "no display: trading on paper for 3 s through the same window, unseen; hts --vnc shows it"
    orders, fills, positions = (section(lines, title) for title in ("Orders of the day", "Fills", "Positions"))
    assert lines[-1] == (
        f"{len(orders)} orders, {len(fills)} fills, {len(positions)} positions; picture: {tmp_path}/hts-session.png"
    )
    assert (len(orders), fills != [], positions != []) == (21, True, True)
    picture = QImage(str(tmp_path / "hts-session.png"))
    assert (picture.width(), picture.height()) == (1920, 1080)
    # A window that was never painted has one colour.
    assert len({QColor(picture.pixel(x, y)).rgb() for x in range(0, 1920, 16) for y in range(0, 1080, 16)}) > 8
    left = {path.name for path in tmp_path.iterdir() if not path.name.startswith("hts-ports-")}  # locks, shared by all
    assert left == {"hts-session.png"}  # the session's home is gone


def test_the_length_of_a_session_has_bounds(tmp_path):
    done = hts(tmp_path, "--seconds", "0")
    assert (done.returncode, done.stderr) == (2, "hts: --seconds: expected 1 to 3600, found 0\n")


def test_the_picture_goes_home_where_the_working_directory_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert picture_path(Path("/home")) == tmp_path / "hts-session.png"
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may run as root, who may write everywhere
    assert picture_path(Path("/home")) == Path("/home/hts-session.png")


def test_hangul_takes_two_columns():
    assert [cells(text) for text in ("SK", "삼성전자", "アイ", "−1.5")] == [2, 8, 4, 4]
