import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.desk.chart_sets import SETS_MAX, SHIPPED, StudySets
from hts.desk.chart_studies import AT_FIRST, Fault, Study, study_of
from tests.desk.test_texts import catalogue

EN = catalogue("en")
MINE = (Study(name="rsi", values=(9, 3), levels=(20.0, 80.0)), study_of("macd"), Study(name="sma", values=(7,)))


@pytest.fixture
def sets():
    return StudySets(EN)


def names(sets):
    return [one.name for one in sets.own]


def test_what_ships_can_be_taken_by_every_chart_and_stays(sets):
    assert len(sets.all) == len(SHIPPED)
    assert (sets.find("Averages").studies, sets.find("None").studies) == (AT_FIRST, ())
    assert sets.put("Averages", MINE) == Fault(key="chart.fault.set_ships", values={"name": "Averages"})
    assert sets.remove("Averages") == Fault(key="chart.fault.set_unknown")


def test_a_set_is_kept_replaced_and_deleted(sets):
    assert (sets.put(" Mine ", MINE), sets.put("Other", ()), sets.put("Mine", AT_FIRST)) == (None, None, None)
    assert (names(sets), sets.find("Mine").studies) == (["Mine", "Other"], AT_FIRST)
    assert (sets.remove("Mine"), names(sets)) == (None, ["Other"])


@pytest.mark.parametrize("name", ["", "  ", "x" * 31, "a\nb", "\u202e"])
def test_a_name_that_cannot_be_is_told(sets, name):
    assert sets.put(name, MINE) == Fault(key="chart.fault.set_name", values={"limit": "30"})


def test_there_is_an_end(sets):
    for n in range(SETS_MAX):
        assert sets.put(f"S{n}", MINE) is None
    assert sets.put("more", MINE) == Fault(key="chart.fault.sets_full", values={"count": str(SETS_MAX)})
    assert sets.put("S3", ()) is None


def test_what_is_kept_comes_back_in_another_language_too(sets):
    sets.put("내 세트", MINE)
    again = StudySets(catalogue("ko"))
    assert (again.load(sets.dump()), again.own) == (0, sets.own)


def test_bad_entries_are_left_out_one_by_one(sets):
    sets.put("Good", MINE)
    table = json.loads(sets.dump())
    good = table["sets"][0]
    table["sets"] = [
        {"name": "Half", "studies": [*good["studies"], {"name": "gone", "values": []}]},
        7,
        {"name": {}, "studies": []},
        {"name": "x", "studies": "sma"},
        {"name": "Averages", "studies": []},
        good,
    ]
    again = StudySets(EN)
    assert again.load(json.dumps(table)) == 4  # the name that ships is taken with a number
    assert [(one.name, one.studies) for one in again.own] == [("Half", MINE), ("Averages 2", ()), ("Good", MINE)]


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("sets", "name", "studies")), inner),
    max_leaves=8,
)


@given(JSON | st.text(max_size=30))
def test_any_file_is_taken_or_refused(table):
    sets = StudySets(EN)
    try:
        sets.load(table if isinstance(table, str) else json.dumps(table))
    except ValueError:
        assert sets.own == []


def test_a_name_that_ships_in_another_language_loses_nothing():
    """The trader's own "Momentum" of a Korean screen meets the shipped one of an English screen, and goes back."""
    korean = StudySets(catalogue("ko"))
    for name, studies in (("Momentum", MINE), ("Momentum 2", AT_FIRST), ("Volume", ())):
        assert korean.put(name, studies) is None
    english = StudySets(EN)
    assert english.load(korean.dump()) == 0
    assert [(one.name, one.studies) for one in english.own] == [
        ("Momentum 3", MINE),
        ("Momentum 2", AT_FIRST),
        ("Volume 2", ()),
    ]
    assert english.find("Momentum").ships
    assert english.remove("Momentum 3") is None
    longest = StudySets(catalogue("ja"))
    longest._ships = (*longest._ships, english.find("Momentum").__class__(name="x" * 30, studies=(), ships=True))
    rows = [{"name": "x" * 30, "studies": []}]
    assert (longest.load(json.dumps({"sets": rows})), names(longest)) == (0, ["x" * 27 + " 2"])
