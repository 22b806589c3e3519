"""`hts study` on a moment's order, and what it refuses."""

import msgspec
import pytest
from msgspec.structs import replace

from hts.app import cli, study
from hts.lab.study import USUAL
from hts.lab.study_figures import StudyFile

PLAN = replace(USUAL, cases=("naive_market", "naive_slices"), qty=300, end_s=USUAL.start_s + 300, interval_s=60)


def test_a_study_writes_every_seed_and_a_page(tmp_path, monkeypatch):
    monkeypatch.setattr(study, "PLANS", (PLAN,))
    words = ["study", "--seeds", "1..3", "--jobs", "1", "--out", str(tmp_path), "--page", str(tmp_path / "page.md")]
    assert cli.main(words) == 0
    kept = msgspec.json.decode((tmp_path / "algo_study_usual.json").read_bytes(), type=StudyFile)
    assert kept.terms == PLAN and kept.seeds == (1, 3)
    assert [len(kept.values[case]["cost_bps"]) for case in PLAN.cases] == [3, 3]
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "## Usual: 300 shares, 09:30 to 09:35, slices of 60 s, seeds 1 to 3" in page
    assert f"| equal market orders | {kept.figures[1].shortfall_bps} |" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--seeds", "5..1"], "--seeds: expected a number or A..B"),
        (["--jobs", "0"], "--jobs: expected 1 or more, found 0"),
        (["--plans", "usual,odd"], "--plans: expected some of morning, large, usual; found 'odd'"),
        (["--page", "x.md"], "--page: expected --out DIR too"),
    ],
)
def test_what_a_study_refuses(words, told, capsys):
    assert cli.main(["study", *words]) == 2
    assert told in capsys.readouterr().err


def test_a_damaged_file_is_named(tmp_path):
    (tmp_path / "algo_study_usual.json").write_text("{}", encoding="utf-8")
    with pytest.raises(study.ConfigError, match=r"algo_study_usual.json: expected a plan's results"):
        study.read_files(tmp_path)
