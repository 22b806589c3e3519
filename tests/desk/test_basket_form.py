"""A basket before it starts: what is wrong at each line, what it is worth, and what is sent."""

import pytest
from msgspec.structs import replace

from hts.desk.basket_form import BasketForm, BasketTable
from hts.model.enums import Side
from hts.model.intents import StartBasket
from hts.model.work import BasketLine
from tests.support.desk_feed import busy_desk, texts

KO = texts("ko")
GOOD = "symbol,side,qty,px\n005930,buy,100,191000\n000660,sell,10,\n"


@pytest.fixture
def desk():
    made = busy_desk()
    made.actions.arm(on=True)
    return made


@pytest.fixture
def form(desk):
    return BasketForm(desk.market, desk.actions)


def load(form, text, name="/home/kim/basket.csv"):
    form.load(name, text)
    return [row.problem.key.rpartition(".")[2] if row.problem else "" for row in form.rows(KO)]


def test_every_line_says_what_is_wrong_with_it(form):
    text = (
        "symbol,side,qty,px\n005930,buy,100,191000\n000660,sold,1,\n005380,sell,x,\n035420,buy,10,237510\n"
        "NOPE,buy,1,\n005930,buy,4,\n105560,sell\n"
    )
    assert load(form, text) == ["", "side", "qty", "bad_tick", "no_issue", "twice", "cells"]
    assert form.problem(KO).values == {"count": "6"}
    assert form.start(KO, 1).key == "basket_form.wrong.lines"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "nothing"),
        ("symbol,side,size\nA,buy,1\n", "unknown"),
        ("symbol,side,qty,qty\n", "again"),
        ("symbol,qty\nA,1\n", "missing"),
        ("symbol,side\n", "amounts"),
        ("symbol,side,qty\n", "no_lines"),
        ("symbol,side,qty\n" + "A,buy,1\n" * 501, "too_many"),
        ("symbol,side,ratio\n005930,buy,60\n000660,buy,60\n", "ratios"),
        ("\u202e🙂", "unknown"),
        ("x" * 10_000, "unknown"),
    ],
)
@pytest.mark.parametrize("language", ["ko", "ja", "en"])
def test_a_file_that_is_wrong_as_a_whole_says_so_in_the_readers_words(form, text, key, language):
    load(form, text)
    found, words = form.problem(texts(language)), texts(language)
    assert found.key == f"basket_form.fault.{key}"
    assert words(found.key, **found.values) != found.key
    assert len(words(found.key, **found.values)) < 200


def test_what_it_is_worth_is_told_by_currency(form):
    load(form, GOOD)
    assert form.totals(KO) == (("KRW", 100 * 191_000, 10 * 968_000),)
    table = BasketTable(KO)
    table.replace(form.rows(KO))
    assert [column.text(table.row(0)) for column in table.columns] == [
        "2", "005930", "삼성전자", "매수", "100", "191,000", "19,100,000", "정상",
    ]  # fmt: skip


def test_it_is_asked_about_and_then_sent_as_it_stands(desk, form):
    load(form, GOOD)
    form.minutes, form.is_whole = "30", False
    assert form.start(KO, 10_000_000_000).key == "basket_form.again"
    assert form.start(KO, 14_000_000_000).key == "basket_form.again"  # too late to be the answer
    assert form.start(KO, 15_000_000_000) is None
    (intent,) = desk.sent
    assert (type(intent), intent.minutes, intent.is_whole, intent.budget) == (StartBasket, 30, False, 0)
    assert intent.lines == (
        BasketLine(symbol="005930", side=Side.BUY, qty=100, px=191_000),
        BasketLine(symbol="000660", side=Side.SELL, qty=10),
    )
    assert form.start(KO, 15_000_000_001).key == "basket_form.again"  # and once more is another one


def test_another_file_is_no_answer_to_the_question(desk, form):
    load(form, GOOD)
    form.start(KO, 10_000_000_000)
    load(form, "symbol,side,qty\n005930,buy,9999\n")
    assert form.start(KO, 10_500_000_000).key == "basket_form.again"
    assert desk.sent == []


def test_ratios_want_an_amount_and_are_estimated_in_shares(desk, form):
    load(form, "symbol,side,ratio\n005930,buy,50\n000660,buy,25.5\n")
    assert form.start(KO, 1).key == "basket_form.wrong.budget"
    form.budget = "10,000,000"
    assert [row.qty for row in form.rows(KO)] == [26, 2]
    form.start(KO, 10_000_000_000)
    form.start(KO, 10_000_000_001)
    assert desk.sent[0].budget == 10_000_000


@pytest.mark.parametrize(
    ("name", "text"), [("minutes", "391"), ("minutes", ""), ("minutes", "9" * 99), ("budget", "ten")]
)
def test_figures_that_are_none_keep_it_from_starting(desk, form, name, text):
    load(form, "symbol,side,ratio\n005930,buy,50\n")
    form.budget = "1000000"
    setattr(form, name, text)
    for at in (10_000_000_000, 10_000_000_001):
        assert form.start(KO, at).key.startswith("algo_form.wrong.")
    assert desk.sent == []


def test_without_a_file_or_locked_nothing_starts(desk, form):
    assert form.start(KO, 1).key == "basket_form.wrong.no_file"
    form.load("/no/such.csv", "", "/no/such.csv: cannot read it")
    assert form.start(KO, 1).key == "basket_form.wrong.unread"
    load(form, GOOD)
    desk.actions.arm(on=False)
    assert form.start(KO, 1).key == "refusal.locked"


def test_prices_get_their_decimals_when_the_issues_come(desk, form):
    load(form, GOOD)
    known, desk.market.instruments = desk.market.instruments, {}
    form.load("/x.csv", GOOD)
    assert [row.problem.key for row in form.rows(KO)] == ["algo.refusal.no_issue"] * 2
    desk.market.instruments = known
    form.read_again()
    assert [row.problem for row in form.rows(KO)] == [None, None]


def test_a_budget_in_dollars_buys_what_dollars_buy(desk, form):
    issue = desk.market.instruments["005930"]
    desk.market.instruments["USD1"] = replace(issue, symbol="USD1", currency="USD", px_decimals=4)
    load(form, "symbol,side,ratio,px\nUSD1,buy,50,200.00\n")
    form.budget = "10000.50"
    assert [row.qty for row in form.rows(KO)] == [25]
    form.start(KO, 1)
    form.start(KO, 1)
    assert desk.sent[-1].budget == 1_000_050


def test_ratios_of_two_currencies_have_no_budget_and_say_so(desk, form):
    """A line of shares needs none: it may trade in any currency."""
    issue = desk.market.instruments["005930"]
    desk.market.instruments["USD1"] = replace(issue, symbol="USD1", currency="USD", px_decimals=4)
    load(form, "symbol,side,ratio,px\n005930,buy,50,\nUSD1,buy,50,200.00\n")
    form.budget = "10000000"
    assert (form.problem(KO).key, form.problem(KO).values) == ("basket_form.wrong.currencies", {"found": "KRW, USD"})
    assert [row.qty for row in form.rows(KO)] == [0, 0]
    for _ in range(2):
        assert form.start(KO, 1).key == "basket_form.wrong.currencies"
    load(form, "symbol,side,qty,px\n005930,buy,5,\nUSD1,buy,5,200.00\n")
    assert (form.currencies, form.problem(KO)) == (("KRW", "USD"), None)
    assert desk.sent == []
