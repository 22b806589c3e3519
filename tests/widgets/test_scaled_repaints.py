"""Between whole scales, what is painted of changes comes to the picture of a whole repaint, in every pixel."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("scale", "offset"), [("1.5", 0), ("1.75", 7)])
def test_changed_parts_come_to_the_whole(scale, offset):
    done = subprocess.run(
        [sys.executable, "-m", "tests.widgets.scaled_repaints", str(offset)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale},
        capture_output=True,
        text=True,
        check=True,
        timeout=150,
    )
    found = {name: tuple(map(int, figures)) for name, *figures in map(str.split, done.stdout.splitlines())}
    assert list(found) == ["ladder", "quote", "chart", "positions"]
    assert {name: different for name, (_, _, different) in found.items() if different} == {}
    assert min(news for _, news, _ in found.values()) >= 10, f"hardly anything changed: {found}"
