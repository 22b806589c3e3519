import pytest

from hts.desk.selection import Selection

STORED = {"1": ["005930", ""], "2": ["NVDA", "NASDAQ"], "3": ["7203", "TSE"], "4": ["005930", "NXT"]}
KNOWN = {"000660": 0, "005930": 0, "7203": 0}


def symbols(selection):
    return [selection.symbol(group) for group in (1, 2, 3, 4)]


def restored(stored=STORED):
    selection = Selection()
    selection.restore(stored)
    return selection


def test_what_was_stored_comes_back():
    assert restored().state() == STORED
    assert restored(restored().state()).state() == STORED


def test_an_issue_that_nobody_lists_gives_way_until_it_is_listed():
    selection = restored()
    selection.settle(KNOWN)
    assert symbols(selection) == ["005930", "000660", "7203", "005930"]
    assert selection.state() == STORED
    selection.restore(selection.state())  # a window that is made anew
    assert selection.symbol(2) == "000660"
    selection.listed("AAPL")
    assert selection.symbol(2) == "000660"
    selection.listed("NVDA")
    assert symbols(selection) == ["005930", "NVDA", "7203", "005930"]


def test_who_chooses_meanwhile_is_not_turned_away():
    selection = restored()
    selection.settle(KNOWN)
    selection.choose("000660", 2)
    selection.listed("NVDA")
    assert selection.symbol(2) == "000660"
    assert selection.state()["2"] == ["000660", "NASDAQ"]


def test_without_any_issue_everything_waits():
    selection = restored()
    selection.settle({})
    assert selection.state() == STORED


@pytest.mark.parametrize(
    "stored",
    [None, 7, [], {"1": None}, {"1": ["x"]}, {"1": [1, 2]}, {"1": ["", "NXT"]}, {"1": ["x" * 33, ""]}, {"9": ["x", ""]},
     {"1": ["a\n", ""]}],
)  # fmt: skip
def test_what_is_no_choice_is_left_out(stored):
    assert symbols(restored(stored)) == ["", "", "", ""]
