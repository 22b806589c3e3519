"""Recorded data that lies beside the repository; tests that need it skip where it is absent."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("HTS_SHARED", ROOT / ".." / "shared"))


def recording(*parts: str) -> Path:
    """The path of a recorded file; skips the test without it."""
    path = SHARED.joinpath("data", *parts)
    if not path.exists():
        pytest.skip(f"{path} is absent; set HTS_SHARED")
    return path
