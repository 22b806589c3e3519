"""No option without effect: each is asked for by name somewhere outside the list of options."""

from pathlib import Path

from hts.desk.settings import OPTIONS

ROOT = Path(__file__).resolve().parents[2]
LISTS = ("hts/desk/settings.py", "hts/desk/tour.py")


def test_every_option_is_asked_for_by_something():
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for top in ("hts/app", "hts/desk", "widgets")
        for path in (ROOT / top).rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in LISTS
    )
    assert [option.name for option in OPTIONS if f'"{option.name}"' not in code] == []
