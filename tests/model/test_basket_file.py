"""Basket files: what a good one says, and where a bad one is wrong."""

import pytest

from hts.model.basket_file import LINES_MAX, BasketError, read_basket, read_file
from hts.model.enums import Side
from hts.model.work import BasketLine

LIST = """symbol,side,qty,px
# what we want
005930,buy,100,71000

000660, 매도 ,"1,000",
"""


def test_a_list():
    assert read_basket(LIST) == (
        BasketLine(symbol="005930", side=Side.BUY, qty=100, px=71_000),
        BasketLine(symbol="000660", side=Side.SELL, qty=1_000),
    )


def test_ratios_columns_in_any_order_a_mark_of_the_editor_and_prices_with_decimals():
    assert read_basket("\ufeffRatio,Side,Symbol\n33.3333,B,AAPL\n0.5,S,BRK.B\n") == (
        BasketLine(symbol="AAPL", side=Side.BUY, ratio_ppm=333_333),
        BasketLine(symbol="BRK.B", side=Side.SELL, ratio_ppm=5_000),
    )
    assert read_basket("symbol,side,qty,px\nAAPL,buy,1,187.25\n", px_decimals=2)[0].px == 18_725


FAULTS = {
    "nothing": ("", "basket: expected a header and at least one line, found nothing"),
    "only a header": ("symbol,side,qty\n", "line 1: expected lines behind the header, found none"),
    "an unknown column": (
        "symbol,side,size\n", "line 1, column 3: expected one of symbol, side, qty, ratio, px, found 'size'",
    ),
    "a column twice": ("symbol,side,qty,qty\n", "line 1, column 4: expected each column once, found qty again"),
    "no side": ("symbol,qty\nA,1\n", "line 1: expected a column side, found symbol, qty"),
    "quantity and ratio": (
        "symbol,side,qty,ratio\n",
        "line 1: expected either a column qty or a column ratio, found symbol, side, qty, ratio",
    ),
    "neither": ("symbol,side\n", "line 1: expected either a column qty or a column ratio, found symbol, side"),
    "a short line": ("symbol,side,qty\nA,buy\n", "line 2: expected 3 cells, found 2"),
    "a long line": ("symbol,side,qty\n\nA,buy,1,2\n", "line 3: expected 3 cells, found 4"),
    "a wrong side": (
        "symbol,side,qty\nA,bought,1\n", "line 2, column 2 (side): expected buy or sell, found 'bought'",
    ),
    "no code": ("symbol,side,qty\n,buy,1\n", "line 2, column 1 (symbol): expected an issue's code, found ''"),
    "a strange code": (
        "symbol,side,qty\n삼성,buy,1\n", "line 2, column 1 (symbol): expected an issue's code, found '삼성'",
    ),
    "a word for a number": (
        "symbol,side,qty\nA,buy,ten\n",
        "line 2, column 3 (qty): expected a number of shares of 1 or more, found 'ten'",
    ),
    "zero": (
        "side,symbol,qty\nbuy,A,0\n", "line 2, column 3 (qty): expected a number of shares of 1 or more, found '0'",
    ),
    "less than zero": (
        "side,symbol,qty\nbuy,A,-5\n", "line 2, column 3 (qty): expected a number of shares of 1 or more, found '-5'",
    ),
    "a part of a share": (
        "side,symbol,qty\nbuy,A,1.5\n", "line 2, column 3 (qty): expected a number of shares of 1 or more, found '1.5'",
    ),
    "not a number": (
        "side,symbol,qty\nbuy,A,NaN\n", "line 2, column 3 (qty): expected a number of shares of 1 or more, found 'NaN'",
    ),
    "a price too fine": (
        "side,symbol,qty,px\nbuy,A,1,5.5\n", "line 2, column 4 (px): expected a price or nothing, found '5.5'",
    ),
    "a ratio too fine": (
        "side,symbol,ratio\nbuy,A,1.00001\n",
        "line 2, column 3 (ratio): expected per cent above 0, with up to four decimals, found '1.00001'",
    ),
    "an issue twice": (
        "side,symbol,qty\nbuy,A,1\nsell,A,1\nbuy,A,2\n",
        "line 4: expected an issue once by side, found A of line 2 again",
    ),
    "more than all": (
        "side,symbol,ratio\nbuy,A,60\nbuy,B,40.0001\n", "ratios: expected at most 100 % together, found 100.0001 %",
    ),
    "too many": (
        "side,symbol,qty\n" + "buy,A,1\n" * (LINES_MAX + 1), f"basket: expected at most {LINES_MAX} lines, found 501",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS.items(), ids=lambda fault: fault[0])
def test_faults_are_named_by_line_and_column(fault):
    text, told = fault[1]
    with pytest.raises(BasketError) as caught:
        read_basket(text)
    assert str(caught.value) == told


def test_every_line_tells_its_own_fault():
    found = read_file("symbol,side,qty,px\nA,buy,1,5.25\nB,bought,1,\nC,sell,x,\nA,buy,2,\nD,sell,3,\n", {"A": 2}.get)
    assert [(one.number, one.line is not None, one.fault and one.fault.code) for one in found.lines] == [
        (2, True, None), (3, False, "side"), (4, False, "qty"), (5, False, "twice"), (6, True, None),
    ]  # fmt: skip
    assert (found.lines[0].line.px, found.first_fault.line) == (525, 3)


def test_what_is_no_csv_is_told_too():
    assert read_file("symbol,side,qty\nA,buy," + "9" * 200_000, lambda _: 0).first_fault.code == "csv"
    long = read_file("symbol,side,qty\nA,buy," + "x" * 10_000, lambda _: 0).first_fault
    assert (long.code, len(long.found)) == ("qty", 40)
    assert read_file("🙂,\u202e\n", lambda _: 0).first_fault.found == "🙂"
