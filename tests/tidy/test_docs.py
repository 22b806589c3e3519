"""Documents name files; the files must exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.name)
def test_every_named_file_exists(document):
    text = document.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:hts|widgets|themes|docs|tests|bench|resources|tools)/[\w./-]*)`", text))
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
