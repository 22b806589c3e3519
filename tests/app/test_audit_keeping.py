"""The trail's retention as a user meets it: prune and erase, the law's minimum, and verify over what is left."""

import json

import pytest

from hts.app.audit_keeping import minimum_of
from hts.app.audit_trail_notes import audit_directory, opened_trail
from hts.app.config import load_config
from hts.auth.audit import DAY_NS
from hts.io.clock import SystemClock
from tests.app.test_authorise import LIVE, Office

YEAR_NS = 365 * DAY_NS + DAY_NS // 4
OLD = {"kim": 12, "lee": 11, "moe": 3}  # who did something how many years ago


def an_office(folder, monkeypatch, capsys, settings=""):
    office = Office(folder, monkeypatch, capsys, settings)
    now_ns = SystemClock().wall_ns()
    with opened_trail(office.paths, office.store) as trail:
        for who, years in OLD.items():
            trail.append(who, "limits.raise", "desk", now_ns - years * YEAR_NS, new=f"{who}: 5")
    return office


@pytest.fixture
def office(tmp_path, monkeypatch, capsys):
    return an_office(tmp_path / "home", monkeypatch, capsys)


def entries(office, *words):
    said = office.hts("audit", "export", *words)[1]
    return [json.loads(line) for line in said.splitlines()]


def test_old_days_move_to_an_archive_and_both_stay_verifiable(office, tmp_path):
    archive = tmp_path / "archive"
    status, said = office.hts("audit", "prune", "--archive", str(archive))
    assert (status, "2 days before" in said) == (0, True)
    assert len(list(archive.iterdir())) == 2
    assert "kim" not in {one["who"] for one in entries(office)}
    status, said = office.hts("audit", "verify")
    assert (status, "sound" in said) == (0, True)
    status, said = office.hts("audit", "verify", "--archive", str(archive))
    assert (status, said.startswith("7 entries")) == (0, True), said
    (first, *_) = archive.iterdir()
    first.write_bytes(first.read_bytes().replace(b'"desk"', b'"disk"'))
    assert office.hts("audit", "verify", "--archive", str(archive))[0] == 1
    assert office.hts("audit", "prune", "--archive", str(archive)) == (0, office.hts("audit", "prune", "--delete")[1])


def test_no_entry_steers_the_terminal_of_who_reads_it(office):
    """A stranger says who he is, and a local program by which door it came."""
    with opened_trail(office.paths, office.store) as trail:
        trail.append("\x1b[2Jeve", "login.refused", "desk api:\x1b]0;x\x07", SystemClock().wall_ns())
    said = office.hts("audit", "show")[1]
    assert "?[2Jeve@desk api:?]0;x? login.refused" in said
    assert "\x1b" not in said and "\x07" not in said


def test_the_trail_is_no_archive_of_itself(office, tmp_path):
    own, link = audit_directory(office.paths), tmp_path / "link"
    link.symlink_to(own)
    before = sorted(path.name for path in own.glob("*.audit"))
    for place in (own, link):
        status, said = office.hts("audit", "prune", "--archive", str(place))
        assert (status, "expected another directory than the trail's own" in said) == (2, True)
    assert sorted(path.name for path in own.glob("*.audit")) == before


def test_who_removes_days_by_himself_leaves_a_gap(office):
    assert office.hts("audit", "prune", "--delete")[0] == 0
    oldest = min(audit_directory(office.paths).glob("*.audit"))
    was = oldest.read_bytes()
    oldest.unlink()
    status, said = office.hts("audit", "verify")
    assert (status, "entries are missing" in said) == (1, True)
    oldest.write_bytes(was.replace(b'"desk"', b'"disk"'))
    status, said = office.hts("audit", "erase", "moe")  # what is not sound is not touched
    assert (status, "the trail is not sound" in said) == (2, True)


def test_the_settings_say_how_long(office):
    (office.home / "config.toml").write_text("[audit]\nkeep_years = 2\n", encoding="utf-8")
    status, said = office.hts("audit", "prune", "--delete")
    assert (status, "2 days before" in said) == (0, True)  # the newest file always stays
    assert "1 days before" in office.hts("audit", "prune", "--delete")[1]
    assert [one["what"] for one in entries(office)] == ["trail.signed", "trail.pruned", "trail.pruned"]
    assert office.hts("audit", "verify")[0] == 0
    (office.home / "config.toml").write_text("[audit]\nkeep_years = 0\n", encoding="utf-8")
    status, said = office.hts("audit", "prune", "--delete")
    assert (status, "audit.keep_years: expected 1 to 100" in said) == (2, True)


@pytest.mark.parametrize(("venues", "years"), [('["KRX", "NXT"]', 10), ('["NASDAQ"]', 6), ('["TSE", "NASDAQ"]', 10)])
def test_a_live_core_keeps_it_as_long_as_the_law_of_its_venues_says(tmp_path, venues, years):
    path = tmp_path / "config.toml"
    path.write_text(f"[core]\nlive = true\n[venue]\nvenues = {venues}\n", encoding="utf-8")
    assert minimum_of(load_config(path)).years == years
    path.write_text(f"[venue]\nvenues = {venues}\n", encoding="utf-8")
    assert minimum_of(load_config(path)) is None


def test_less_than_the_law_is_refused_by_name(tmp_path, monkeypatch, capsys):
    live = "[core]\nlive = true\n[audit]\nkeep_years = 5\n"
    office = an_office(tmp_path / "live", monkeypatch, capsys, live)
    status, said = office.hts("audit", "prune", "--delete")
    assert (status, "expected at least 10 (KR: orders and dealings" in said) == (2, True)
    # Nor are names taken out that the law wants kept.
    day = entries(office)[-1]
    assert day["who"] == "moe"
    status, said = office.hts("audit", "erase", "moe", "--before", "2026-01-01")
    assert (status, "wants names kept" in said) == (2, True)


def test_a_name_leaves_old_days_and_the_trail_stays_sound(office):
    status, said = office.hts("audit", "erase", "kim")
    assert (status, "2 texts before" in said) == (0, True)
    assert b"kim" not in b"".join(path.read_bytes() for path in audit_directory(office.paths).glob("*.audit"))
    first = entries(office)[0]
    assert (first["who"].startswith("person-"), first["new"]) == (True, first["who"])
    assert [one["who"] for one in entries(office) if one["what"] == "limits.raise"][1:] == ["lee", "moe"]
    assert office.hts("audit", "verify")[0] == 0
    assert office.hts("audit", "erase", "kim")[0] == 1
    assert office.hts("audit", "erase", "kim", "--before", "2999-01-01")[0] == 2


def test_both_acts_are_two_administrators_where_the_core_asks(tmp_path, monkeypatch, capsys):
    office = an_office(tmp_path / "home", monkeypatch, capsys, LIVE)
    office.add("ann", "administrator").add("bea", "administrator", "ann")
    for words in (("prune", "--delete"), ("erase", "moe")):
        assert office.hts("audit", *words, by=())[0] == 2
        assert "a second person must approve" in office.hts("audit", *words, by=("ann", "ann"))[1]
    assert office.hts("audit", "erase", "moe", by=("ann", "bea"))[0] == 0
    assert office.hts("audit", "prune", "--delete", by=("ann", "bea"))[0] == 0
    told = {one["what"]: one["who"] for one in entries(office)}
    assert (told["trail.erased"], told["trail.pruned"]) == ("ann+bea", "ann+bea")
    assert office.hts("audit", "verify")[0] == 0
