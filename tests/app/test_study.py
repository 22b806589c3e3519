"""`hts study` on a moment's order, and what it refuses."""

import msgspec
import pytest
from msgspec.structs import replace

from hts.app import cli, study
from hts.lab.study import USUAL, Learnt
from hts.lab.study_figures import StudyFile
from hts.lab.study_market import BIN_NS
from hts.model.algo import Impact, VolumeCurve

PLAN = replace(USUAL, cases=("naive_market", "naive_slices"), qty=300, end_s=USUAL.start_s + 300, interval_s=60)
LEARNT = Learnt(
    curve=VolumeCurve(start_ns=0, bin_ns=BIN_NS, volumes=(10_000,)),
    impact=Impact(sigma_micro=100_000_000, eta_micro=100_000_000),
)


def test_a_study_writes_every_seed_and_a_page(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "PLANS", (PLAN,))
    monkeypatch.setattr(study, "learn", lambda *_: LEARNT)
    words = ["study", "--seeds", "1..3", "--jobs", "1", "--out", str(tmp_path), "--page", str(tmp_path / "page.md")]
    assert cli.main(words) == 0
    kept = msgspec.json.decode((tmp_path / "algo_study_usual.json").read_bytes(), type=StudyFile)
    assert kept.terms == PLAN and kept.seeds == (1, 3)
    assert [len(kept.values[case]["cost_bps"]) for case in PLAN.cases] == [3, 3]
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "## Usual: 300 shares, 09:30 to 09:35, slices of 60 s, seeds 1 to 3" in page
    assert f"| equal market orders | {kept.figures[1].shortfall_bps} |" in page


def test_a_study_goes_on_where_its_file_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "PLANS", (PLAN,))
    played = []

    def watched(plan, learnt, seeds, jobs):
        played.extend(seeds)
        return play_all(plan, learnt, seeds, jobs)

    play_all = study.play_all
    monkeypatch.setattr(study, "play_all", watched)
    monkeypatch.setattr(study, "learn", lambda *_: LEARNT)
    at_once, in_two = tmp_path / "at_once", tmp_path / "in_two"
    for folder, seeds in ((at_once, "1..2"), (in_two, "1..1"), (in_two, "1..2"), (in_two, "1..2")):
        folder.mkdir(exist_ok=True)
        assert cli.main(["study", "--seeds", seeds, "--jobs", "1", "--out", str(folder), "--resume"]) == 0
    assert played == [1, 2, 1, 2]
    files = [(folder / "algo_study_usual.json").read_bytes() for folder in (at_once, in_two)]
    assert files[0] == files[1]
    assert len(study.begun(PLAN, range(1, 3), in_two)) == 2
    assert study.begun(PLAN, range(2, 4), in_two) == study.begun(replace(PLAN, qty=400), range(1, 3), in_two) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--seeds", "5..1"], "--seeds: expected a number or A..B"),
        (["--jobs", "0"], "--jobs: expected 1 or more, found 0"),
        (["--plans", "usual,odd"], "--plans: expected some of morning, large, usual, reacting, blind; found 'odd'"),
        (["--page", "x.md"], "--page: expected --out DIR too"),
        (["--resume"], "--resume: expected --out DIR too"),
    ],
)
def test_what_a_study_refuses(words, told, capsys):
    assert cli.main(["study", *words]) == 2
    assert told in capsys.readouterr().err


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "algo_study_usual.json").write_text("{}", encoding="utf-8")
    with pytest.raises(study.ConfigError, match=r"algo_study_usual.json: expected a plan's results"):
        study.read_files(tmp_path)
