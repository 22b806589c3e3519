"""The recorded excerpt: Nasdaq AAPL, 2012-06-21, the first 999 events, 10 levels."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def recorded_files() -> tuple[Path, Path]:
    """Message file and orderbook file; skips the test where they are not at hand."""
    folder = Path(os.environ.get("HTS_SHARED", ROOT.parent / "shared")) / "data" / "lobster"
    files = tuple(folder / f"AAPL_2012-06-21_{kind}_10_excerpt.csv" for kind in ("message", "orderbook"))
    if not all(path.is_file() for path in files):
        pytest.skip(f"{folder} is absent; set HTS_SHARED to the folder with the recorded data")
    return files[0], files[1]


def recorded_texts() -> tuple[str, str]:
    messages, orderbook = recorded_files()
    return messages.read_text(encoding="ascii"), orderbook.read_text(encoding="ascii")
