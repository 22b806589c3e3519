import json

import pytest
from msgspec import structs

from hts.desk.screener import (
    MARKED_NS,
    NAME_MAX,
    SCREENS_MAX,
    SHIPPED,
    Screen,
    ScreenBook,
    ScreenRun,
    ScreenTable,
    check,
    fault_text,
    load,
    shipped,
    word_names,
)
from hts.desk.screener_eval import Columns
from hts.desk.screener_expr import FIGURES, FUNCTIONS, TRUTHS, ConditionError, parse
from hts.desk.texts import LANGUAGES
from hts.model.basket_file import read_file
from tests.desk.scene import NAVER, NINE, SAMSUNG, SAMSUNG_ISSUE, a_trade
from tests.desk.test_screener_universe import Desk
from tests.support.desk_feed import texts

SHIPPED_FIRST = {
    "en": "change >= 1 and price > vwap",
    "ko": "등락률 >= 1 그리고 현재가 > VWAP",
    "ja": "騰落率 >= 1 かつ 現在値 > VWAP",
}
UP = Screen(name="up", condition="change > 5")


class Run:
    def __init__(self, condition, *issues):
        self.desk, self.run, self.at = Desk(*issues), ScreenRun(parse(condition)), NINE
        self.table = ScreenTable(texts())

    def look(self, *trades, after=1):
        self.at += after
        self.desk.frame(*trades)
        told = self.run.update(self.desk.universe, Columns(self.desk.universe), self.at)
        self.table.update(self.run, self.desk.universe)
        return told

    @property
    def rows(self):
        return [(row.symbol, row.mark) for row in map(self.table.row, range(len(self.table)))]


def test_who_comes_and_goes_is_told_and_marked_for_a_while():
    one = Run("change > 5")
    first = one.look(a_trade(px=230_000))
    second = one.look(a_trade(SAMSUNG, px=200_000))
    marked = one.rows
    third = one.look(a_trade(px=220_000))
    left = one.rows
    one.look(after=MARKED_NS)
    assert [first, second, third] == [([], []), ([SAMSUNG], []), ([], [NAVER])]
    assert marked == [(NAVER, ""), (SAMSUNG, "new")]
    assert left == [(SAMSUNG, "new"), (NAVER, "gone")]
    assert one.rows == [(SAMSUNG, "")]


def test_who_comes_back_is_new_again():
    one = Run("change > 5")
    for px in (230_000, 220_000, 231_000):
        one.look(a_trade(px=px))
    assert one.rows == [(NAVER, "new")]
    assert one.run.members == {NAVER: NINE + 3}


def test_a_row_tells_the_issues_figures():
    one = Run("change > 5")
    one.look(a_trade(px=230_000, qty=30), a_trade(px=230_000, qty=20, side="2"))
    row = one.table.row(0)
    assert (row.name, row.px, row.change, row.bp, row.qty, row.strength_bp) == (
        "NAVER",
        230_000,
        12_000,
        550,
        4_218_905,
        15_000,
    )


def test_the_results_go_into_a_sheet_and_a_basket_without_those_that_left():
    one = Run("change > 5")
    one.look(a_trade(px=230_000), a_trade(SAMSUNG, px=200_000))
    one.look(a_trade(px=220_000))
    assert len(one.table.csv().splitlines()) == 2
    assert one.table.basket(50) == f"symbol,side,qty,px\r\n{SAMSUNG},BUY,50,200000\r\n"
    assert one.table.basket_of_held({SAMSUNG: 7, NAVER: 9}) == f"symbol,side,qty,px\r\n{SAMSUNG},SELL,7,200000\r\n"
    assert one.table.basket_of_held({SAMSUNG: 0, NAVER: 9}) == ""


def test_a_basket_is_of_whole_lots_and_prices_with_their_decimals():
    one = Run("price > 0", structs.replace(SAMSUNG_ISSUE, lot=100, px_decimals=1))
    one.look(a_trade(SAMSUNG, px=2_000_005))
    lines = [one.table.basket(qty).splitlines()[1] for qty in (30, 250)]
    assert lines == [f"{SAMSUNG},BUY,100,200000.5", f"{SAMSUNG},BUY,200,200000.5"]
    read = read_file(one.table.basket(250), lambda _symbol: 1)
    assert [(one.line.symbol, one.line.qty, one.line.px) for one in read.lines] == [(SAMSUNG, 200, 2_000_005)]


def test_a_screen_replaces_the_one_of_its_name():
    book = ScreenBook()
    book.put(UP)
    book.put(Screen(name="down", condition="change < -5", alerts=True))
    book.put(Screen(name="up", condition="change > 6"))
    assert [screen.condition for screen in book.screens] == ["change > 6", "change < -5"]
    book.remove("up")
    assert (book.find("up"), [one.name for one in book.screens]) == (None, ["down"])


@pytest.mark.parametrize(
    "bad", [{"name": ""}, {"name": "x" * (NAME_MAX + 1)}, {"name": "a\nb"}, {"condition": "price"}, {"condition": "("}]
)
def test_a_screen_that_cannot_be_used_is_refused(bad):
    book = ScreenBook([UP])
    with pytest.raises(ConditionError):
        book.put(Screen(**{"name": "n", "condition": "etf", **bad}))
    assert book.screens == [UP]


def test_there_are_only_so_many_screens():
    book = ScreenBook(Screen(name=str(i), condition="etf") for i in range(SCREENS_MAX))
    with pytest.raises(ConditionError):
        book.put(UP)
    book.put(Screen(name="0", condition="not etf"))


def test_what_was_kept_is_read_again():
    book = ScreenBook([UP, Screen(name="등락", condition="등락률 > 3", alerts=True)])
    assert load(book.dump(), word_names(texts("ko")))[0].screens == book.screens


def test_bad_entries_of_a_file_are_named_and_good_ones_kept():
    rows = [{"name": "a", "condition": "etf"}, {"name": "b", "condition": "bad ("}, {"name": 3}, 7]
    book, left_out = load(json.dumps({"screens": rows}))
    assert [screen.name for screen in book.screens] == ["a"]
    assert (left_out[0], len(left_out)) == ("b", 3)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"screens": {}}', "3"])
def test_what_is_no_list_of_screens_is_refused(text):
    with pytest.raises(ValueError):
        load(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_one_and_means_what_it_says(language):
    words = word_names(texts(language))
    assert len(words) == len(FIGURES) + len(TRUTHS) + len(FUNCTIONS) + 4  # and, or, not, and the minutes
    assert [word for word in words if not word.isidentifier()] == []
    for word, name in words.items():
        if name in FIGURES:
            assert parse(f"{word} > 1", words) == parse(f"{name} > 1")
        if name in FUNCTIONS:
            assert parse(f"{word}(5) > 1", words) == parse(f"{name}(5) > 1")


def test_conditions_of_any_language_are_read_in_all():
    names = word_names(*(texts(language) for language in LANGUAGES))
    assert parse("등락률 > 3 그리고 出来高 > 5 and not etf", names) == parse("change > 3 and volume > 5 and not etf")


@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_screens_can_be_used_and_faults_have_words(language):
    words = texts(language)
    book = shipped(words)
    read = [check(screen, word_names(words)) for screen in book.screens]
    assert read == [parse(condition) for _, condition in SHIPPED]
    assert book.screens[0].condition == SHIPPED_FIRST[language]
    for bad in ("price >", "price > $", "ma(0) > 1", "x > 1", "1 > etf"):
        with pytest.raises(ConditionError) as fault:
            parse(bad)
        assert words.has(fault.value.key)
        assert "{" not in fault_text(fault.value, words)
