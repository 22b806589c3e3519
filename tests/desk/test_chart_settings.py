import json

import pytest

from hts.desk.chart_compare import Comparison
from hts.desk.chart_settings import ChartSettings, Scale, settings_of
from hts.desk.chart_studies import Study, study_of
from hts.desk.chart_styles import Style


def test_what_is_stored_comes_back():
    settings = ChartSettings(
        timeframe_s=3_600,
        style=Style.RENKO,
        scale=Scale.LOG,
        studies=(
            study_of("parabolic"),
            study_of("ema", [study_of("ema")]),
            Study(name="macd", values=(5, 35, 5), is_hidden=True),
            Study(name="rsi", values=(14, 9), levels=(25.0, 75.5)),
            Study(name="cci", values=study_of("cci").values, levels=()),
        ),
        compare=(Comparison(symbol="035420", color="group3"), Comparison(symbol="NOSUCH", color="group2")),
        snaps=False,
    ).with_height("macd", 0.25)
    assert settings_of(json.loads(json.dumps(settings.table()))) == settings


@pytest.mark.parametrize(
    "table", [None, 7, [], "x", {"timeframe_s": 61, "style": [], "scale": 3, "compare": 5}, {"heights": 4}]
)
def test_what_does_not_hold_falls_back_to_how_a_chart_comes(table):
    assert settings_of(table) == ChartSettings()


def test_broken_entries_are_passed_over_one_by_one():
    table = {
        "studies": [{"name": "sma", "values": ["7"]}, {"name": "sma", "values": ["0"]}, {"name": "?"}, 5, {}] * 9,
        "heights": {"rsi": 0.2, "macd": 9, "atr": "x"},
        "compare": "x" * 99,
    }
    found = settings_of(table)
    assert set(found.studies) == {Study(name="sma", values=(7.0,))}
    assert len(found.studies) <= 16
    assert (found.heights, found.compare) == ({"rsi": 0.2}, ())


def test_what_is_compared_is_told_in_percent():
    one = ChartSettings().compared_with("000660")
    two = one.compared_with("035420")
    assert ([c.symbol for c in two.compare], two.scale) == (["000660", "035420"], Scale.PERCENT)
    assert (two.compared_without("000660").scale, one.compared_without("000660")) == (Scale.PERCENT, ChartSettings())
    assert two.compared_without("") == ChartSettings()
    log = ChartSettings(scale=Scale.LOG).compared_with("000660")  # the trader chose it
    assert (log.scale, log.compared_without("000660").scale) == (Scale.LOG, Scale.LOG)
    assert ChartSettings(scale=Scale.PERCENT).compared_without("").scale is Scale.PERCENT


def test_heights_stay_within_reason():
    assert [ChartSettings().with_height("rsi", share).heights for share in (-1, 0.3, 5)] == [
        {"rsi": 0.06},
        {"rsi": 0.3},
        {"rsi": 0.7},
    ]


@pytest.mark.parametrize("levels", ["30", [True], ["30"], [1e20], [float("nan")], list(range(9)), {"a": 1}])
def test_levels_that_do_not_hold_are_the_indicators_own(levels):
    table = ChartSettings(studies=(study_of("rsi"),)).table()
    table["studies"][0]["levels"] = levels
    assert settings_of(table).studies == (study_of("rsi"),)
