"""Known faults of locked packages: looked up at home, asked for outside, and no success where nobody looked."""

from datetime import date

import pytest

from tests.tools.scripts import ROOT, script

advisories = script("advisories")
HASH = "    --hash=sha256:" + "0123456789abcdef" * 4
TODAY = date(2026, 12, 1)
TEXT = """
made = "2026-11-29"
asked = ""
[[advisory]]
id = "CVE-1"
package = "alpha"
from = "2.0"
before = "2.3.1"
what = "it harms"
[[advisory]]
id = "CVE-2"
package = "beta-one"
before = "10"
what = "it harms too"
"""


def found(*locked):
    lock = "".join(f"{one} \\\n{HASH}\n" for one in locked)
    return advisories.problems(advisories.read(TEXT)[1], "a.lock", lock)


@pytest.mark.parametrize(
    ("locked", "ids"),
    [
        ("alpha==2.3", ["CVE-1"]),
        ("alpha==2.0", ["CVE-1"]),
        ("alpha==2.3.1", []),
        ("alpha==1.9", []),
        ("alpha==2.10", []),  # newer than 2.3.1, whatever its letters
        ("beta_one==9.9", ["CVE-2"]),
        ("beta-one==10", []),
        ("gamma==1", []),
    ],
)
def test_a_locked_version_with_a_known_fault_is_named(locked, ids):
    assert [line.split(" has ")[1].split(" ")[0] for line in found(locked)] == ids


def test_it_is_said_what_to_do():
    assert found("alpha==2.1") == ["a.lock: alpha 2.1 has CVE-1 (it harms); lock 2.3.1 or newer"]


def test_how_much_was_looked_up_is_said():
    days, rows = advisories.read(TEXT)
    assert advisories.standing(days, len(rows), TODAY) == (
        "advisories: none of 2 known ones (tools/advisories.toml of 2026-11-29); "
        "the service: never asked about all packages"
    )
    old = advisories.standing({**days, "asked": "2026-11-30"}, 2, date(2027, 6, 1))
    assert old.endswith("of 2026-11-29, 184 days old: look through it again); the service: last asked 2026-11-30")


def test_our_own_file_is_right_and_nothing_locked_is_in_it():
    _, rows = advisories.read(advisories.FILE.read_text(encoding="utf-8"))
    assert all(row.first is None or row.first < row.before for row in rows)
    assert len({row.id for row in rows}) == len(rows)
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert advisories.problems(rows, name, text) == []
        # Every package of the file is one that we lock: rows of others would look like knowledge about us.
        if name == "requirements-dev.lock":
            assert {row.package for row in rows} <= {one.name for one in advisories.requirements(text)}


CLEAN = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "CVE-9", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("said", "status", "line"),
    [
        ([CLEAN], 0, "2 packages, none with a known fault"),
        ([CLEAN, BAD], 1, "b 2: CVE-9, mended in 3"),
        ([CLEAN, SKIPPED], 3, "NOT AUDITED: the service had no answer about 2 of 4 packages; nobody has looked"),
        ([], 3, "NOT AUDITED: the service had no answer about any package of requirements.lock and requirements-dev"),
        ([BAD, SKIPPED], 1, "NOT AUDITED"),
    ],
)
def test_what_was_not_asked_is_no_success(tmp_path, capsys, said, status, line):
    file = tmp_path / "advisories.toml"
    file.write_text(TEXT, encoding="utf-8")
    assert advisories.audit(lambda _lock: {"dependencies": said}, TODAY, file) == status
    shown = capsys.readouterr()
    assert line in shown.out + shown.err
    assert advisories.read(file.read_text(encoding="utf-8"))[0]["asked"] == ("2026-12-01" if status == 0 else "")


@pytest.mark.parametrize("answered", ["requirements.lock", "requirements-dev.lock"])
def test_one_lock_file_without_an_answer_is_no_success(tmp_path, capsys, answered):
    file = tmp_path / "advisories.toml"
    file.write_text(TEXT, encoding="utf-8")
    status = advisories.audit(lambda lock: {"dependencies": [CLEAN] * (lock == answered)}, TODAY, file)
    (silent,) = {"requirements.lock", "requirements-dev.lock"} - {answered}
    assert f"no answer about any package of {silent};" in capsys.readouterr().err
    assert (status, file.read_text(encoding="utf-8")) == (3, TEXT)
