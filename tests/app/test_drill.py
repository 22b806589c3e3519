"""`hts drill`: the report and its JSON."""

import json

import pytest

from hts.app.cli import EXIT_USER_ERROR, main


def test_one_drill_as_json(capsys):
    assert main(["drill", "koscom-2008", "--json"]) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    (drill,) = found["drills"]
    assert set(drill) >= {"name", "passed", "guards_off", "guards_on", "stopped_by"}
    assert (drill["name"], drill["passed"], drill["stopped_by"]) == ("koscom-2008", True, "stale_data")
    assert drill["guards_off"]["money_won"] > 0 == drill["guards_on"]["money_won"]


def test_one_drill_as_a_report(capsys):
    assert main(["drill", "flash-crash-2010"]) == 0
    text = capsys.readouterr().out
    assert "flash-crash-2010: passed" in text
    assert "stopped by  market_walk" in text


def test_unknown_drill_is_refused_by_name(capsys):
    assert main(["drill", "titanic-1912"]) == EXIT_USER_ERROR
    assert "expected one of samsung-2018" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["drill", "--help"]])
def test_help(words, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert "knight-2012" in capsys.readouterr().out
