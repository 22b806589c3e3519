import random

import numpy as np
import pytest
from msgspec import structs

from hts.desk.chart import Series
from hts.desk.chart_frames import DAY_S
from hts.desk.chart_studies import (
    Fault,
    Study,
    StudyLines,
    StudySet,
    color_of,
    levels_text,
    main_color,
    panes_of,
    read_levels,
    read_study,
    session_before,
    study_of,
)
from hts.indicators.catalogue import INDICATORS
from tests.desk.scene import a_trade
from tests.desk.test_chart import minute_bars

NAMES = sorted(set(INDICATORS) - {"profile"})


@pytest.fixture(scope="module")
def traded():
    """A series to which trades added bars, as it was after each of them; and its lines that followed."""
    series = Series(60)
    series.replace(minute_bars(900))
    followed = {name: StudyLines(study_of(name)) for name in NAMES}
    for lines in followed.values():
        lines.compute(series)
    dice = random.Random(12)
    for i in range(60):
        at_s = 2 * 86_400 + 119 * 60 + i * 45 + (86_400 if i > 40 else 0)
        series.on_trade(a_trade(px=dice.randrange(900, 1_100), qty=dice.randrange(1, 9), at_s=at_s))
        if i % 3 == 0:  # several bars may begin between two frames
            for lines in followed.values():
                lines.follow(series)
    for lines in followed.values():
        lines.follow(series)
    return series, followed


@pytest.mark.parametrize("name", NAMES)
def test_lines_followed_by_trades_equal_lines_computed_anew(traded, name):
    series, followed = traded
    anew = StudyLines(study_of(name))
    anew.compute(series)
    for output, line, wanted in zip(anew.study.indicator.outputs, followed[name].lines, anew.lines, strict=True):
        assert np.allclose(line, wanted, rtol=1e-7, atol=1e-6, equal_nan=True), output.name


def test_lines_have_room_for_more_bars_than_expected():
    series = Series(60)
    series.replace(minute_bars(2))
    lines = StudyLines(study_of("ema"))
    lines.compute(series)
    for i in range(700):
        series.on_trade(a_trade(px=1_000 + i % 7, qty=1, at_s=120 + i * 60))
        lines.follow(series)
    anew = StudyLines(study_of("ema"))
    anew.compute(series)
    assert len(lines.lines[0]) == 702
    assert np.allclose(lines.lines[0], anew.lines[0], equal_nan=True)


def test_the_session_before_is_found_from_any_bar():
    series = Series(60)
    series.replace(minute_bars(1_000))
    assert [session_before(series, i) for i in (0, 389, 390, 779, 780, 999)] == [0, 0, 0, 0, 390, 390]


@pytest.mark.parametrize(
    ("name", "texts", "fault"),
    [
        ("sma", ["20"], None),
        ("bollinger", ["20", "2.5"], None),
        ("sma", ["0"], Fault(key="chart.fault.range", values={"low": "1", "high": "500", "found": "0"}, at=0)),
        ("sma", [""], Fault(key="chart.fault.range", values={"low": "1", "high": "500", "found": "–"}, at=0)),
        ("sma", ["2.5"], Fault(key="chart.fault.range", values={"low": "1", "high": "500", "found": "2.5"}, at=0)),
        ("sma", ["٢٠"], Fault(key="chart.fault.range", values={"low": "1", "high": "500", "found": "٢٠"}, at=0)),
        (
            "sma",
            ["9" * 9_999],
            Fault(key="chart.fault.range", values={"low": "1", "high": "500", "found": "9" * 20}, at=0),
        ),
        (
            "bollinger",
            ["20", "-2"],
            Fault(key="chart.fault.range", values={"low": "0.1", "high": "10.0", "found": "-2"}, at=1),
        ),
        ("macd", ["26", "12", "9"], Fault(key="chart.fault.order", at=0)),
        ("sma", ["5", "6"], Fault(key="chart.fault.count", values={"expected": "1", "found": "2"})),
        ("nonsense", [], Fault(key="chart.fault.indicator", values={"found": "nonsense"})),
    ],
)
def test_what_was_typed_is_a_study_or_a_reason(name, texts, fault):
    read = read_study(name, texts)
    if fault is None:
        assert read == Study(name=name, values=tuple(float(text) for text in texts))
    else:
        assert read == fault


def test_only_shown_studies_are_computed_and_vwap_not_on_day_charts():
    studies = (study_of("vwap"), study_of("rsi"), Study(name="atr", values=(14,), is_hidden=True), study_of("rsi"))
    minutes, days = Series(60), Series(DAY_S)
    minutes.replace(minute_bars(50))
    chosen = StudySet(studies)
    chosen.follow(minutes)
    first = [one.study.name for one in chosen.shown]
    chosen.follow(days)
    assert (first, [one.study.name for one in chosen.shown]) == (["vwap", "rsi", "rsi"], ["rsi", "rsi"])
    assert [key for key, _ in panes_of(chosen.shown)] == ["rsi", "rsi.2"]


def test_displaced_lines_know_by_how_much():
    study = study_of("ichimoku")
    assert [study.shift(output) for output in study.indicator.outputs] == [0, 0, 26, 26, -26]


def test_studies_of_one_name_have_colours_of_their_own():
    studies = []
    for _ in range(4):
        studies.append(study_of("ema", studies))
    assert [main_color(study) for study in studies] == ["vwap", "ma5", "ma20", "ma60"]
    band = structs.replace(study_of("bollinger"), color="attention")
    assert [color_of(band, output) for output in band.indicator.outputs] == ["attention", "text3", "attention"]
    assert color_of(Study(name="sma", values=(60.0,)), INDICATORS["sma"].outputs[0]) == "ma60"
    assert read_study("sma", ["5"], color="nonsense") == Study(name="sma", values=(5.0,))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("30, 70", (30.0, 70.0)),
        ("70 30 70", (30.0, 70.0)),
        ("−100,0, 100.5", (-100.0, 0.0, 100.5)),
        ("-0", (0.0,)),
        ("", ()),
        (" , ", ()),
        ("a", Fault(key="chart.fault.levels", values={"found": "a"})),
        ("1e9", Fault(key="chart.fault.levels", values={"found": "1e9"})),
        ("٣", Fault(key="chart.fault.levels", values={"found": "٣"})),
        ("9" * 40, Fault(key="chart.fault.levels", values={"found": "9" * 20})),
        ("1 2 3 4 5 6 7", Fault(key="chart.fault.many_levels", values={"count": "6"})),
    ],
)
def test_levels_are_read_as_they_are_typed(typed, read):
    assert read_levels(typed) == read


def test_levels_are_written_as_they_can_be_typed():
    levels = (-100.0, 0.0, 0.25, 70.0)
    assert levels_text(levels) == "−100, 0, 0.25, 70"
    assert read_levels(levels_text(levels)) == levels


def test_only_panes_of_values_have_levels():
    assert [study_of(name).marked for name in ("rsi", "sma")] == [(30, 70), ()]
    assert structs.replace(study_of("rsi"), levels=(50.0,)).marked == (50.0,)
    assert [study_of(name).has_levels for name in ("rsi", "macd", "sma", "volume")] == [True, True, False, False]
