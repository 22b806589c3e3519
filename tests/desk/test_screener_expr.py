import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.desk.screener_expr import (
    AGO_MAX,
    COMPARISONS,
    DAYS_MAX,
    DEPTH_MAX,
    FIGURES,
    FUNCTIONS,
    LENGTH_MAX,
    MINUTES,
    TRUTHS,
    Arithmetic,
    Both,
    Call,
    Comparison,
    ConditionError,
    Name,
    Negative,
    Not,
    Number,
    calls,
    parse,
)

PRICE, VOLUME, ETF = Name("price"), Name("volume"), Name("etf")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("etf", ETF),
        ("price > 1,000", Comparison(">", PRICE, Number(1_000))),
        ("PRICE>=10.5", Comparison(">=", PRICE, Number(10.5))),
        ("price == 1", Comparison("=", PRICE, Number(1))),
        ("price ≥ 1", Comparison(">=", PRICE, Number(1))),
        ("change > 3%", Comparison(">", Name("change"), Number(3))),
        ("value > 100억", Comparison(">", Name("value"), Number(100 * 10**8))),
        ("value > 2.5B", Comparison(">", Name("value"), Number(2_500_000_000))),
        ("price > -1", Comparison(">", PRICE, Negative(Number(1)))),
        (
            "price - 1 - 2 > 0",
            Comparison(">", Arithmetic("-", Arithmetic("-", PRICE, Number(1)), Number(2)), Number(0)),
        ),
        (
            "price + 2 * volume > 0",
            Comparison(">", Arithmetic("+", PRICE, Arithmetic("*", Number(2), VOLUME)), Number(0)),
        ),
        (
            "(price + 2) * volume > 0",
            Comparison(">", Arithmetic("*", Arithmetic("+", PRICE, Number(2)), VOLUME), Number(0)),
        ),
        ("ma(5) > ma(20, 1)", Comparison(">", Call("ma", 5), Call("ma", 20, 1))),
        ("not etf and kospi", Both("and", Not(ETF), Name("kospi"))),
        ("etf or kospi and kosdaq", Both("or", ETF, Both("and", Name("kospi"), Name("kosdaq")))),
        ("(etf or kospi) and kosdaq", Both("and", Both("or", ETF, Name("kospi")), Name("kosdaq"))),
        ("not not etf", Not(Not(ETF))),
        ("etf & kospi | kosdaq", Both("or", Both("and", ETF, Name("kospi")), Name("kosdaq"))),
    ],
)
def test_a_condition_becomes_its_tree(text, node):
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("", "end_value", {}),
        ("price >", "end_value", {}),
        ("price > 1 and", "end_value", {}),
        ("(price > 1", "end_bracket", {}),
        ("price", "figure", {"at": 1}),
        ("price and etf", "figure", {"at": 7}),
        ("not price", "figure", {"at": 10}),
        ("etf > 1", "truth", {"at": 8}),
        ("etf + 1 > 1", "truth", {"at": 7}),
        ("price > 1 2", "joined", {"at": 11, "found": "2"}),
        ("price > 1 volume > 2", "joined", {"at": 11, "found": "volume"}),
        ("price > > 1", "value", {"at": 9, "found": ">"}),
        ("profit > 1", "name", {"at": 1, "found": "profit"}),
        ("price > $1", "sign", {"at": 9, "found": "$"}),
        ("ma > 1", "days", {"at": 4, "found": ">"}),
        ("ma() > 1", "whole", {"at": 4, "found": ")", "least": 1, "most": DAYS_MAX}),
        ("ma(0) > 1", "whole", {"at": 4, "found": "0", "least": 1, "most": DAYS_MAX}),
        ("ma(2.5) > 1", "whole", {"at": 4, "found": "2.5", "least": 1, "most": DAYS_MAX}),
        ("ma(5, 99) > 1", "whole", {"at": 7, "found": "99", "least": 0, "most": AGO_MAX}),
        ("ma(5 > 1", "bracket", {"at": 6, "found": ">"}),
        ("1 < price < 2", "joined", {"at": 11, "found": "<"}),
        ("x" * (LENGTH_MAX + 1), "long", {"found": LENGTH_MAX + 1, "limit": LENGTH_MAX}),
        ("(" * 200 + "etf" + ")" * 200, "deep", {"limit": DEPTH_MAX}),
        ("not " * 200 + "etf", "deep", {"limit": DEPTH_MAX}),
        ("price > " + "-" * 200 + "1", "deep", {"limit": DEPTH_MAX}),
        ("שלום > 1", "name", {"at": 1, "found": "שלום"}),
        ("price > 🙂", "sign", {"at": 9, "found": "🙂"}),
    ],
)
def test_a_bad_condition_says_where_it_stopped(text, key, values):
    with pytest.raises(ConditionError) as fault:
        parse(text)
    assert (fault.value.key, fault.value.values) == (f"screener.fault.{key}", values)


def test_the_readers_words_mean_the_same():
    names = {"등락률": "change", "그리고": "and", "아님": "not", "이동평균": "ma", "현재가": "price"}
    korean = parse("등락률 > 3 그리고 아님 etf 그리고 현재가 > 이동평균(20)", names)
    assert korean == parse("change > 3 and not etf and price > ma(20)")


@pytest.mark.parametrize("text", ["ma(5, 1, 3m)", "ma(5,1,3 min)", "이동평균(5, 1, 3분)", "MA(5, 1, 3分)"])
def test_a_function_of_bars_of_minutes(text):
    assert parse(f"{text} > 1", {"이동평균": "ma"}) == Comparison(">", Call("ma", 5, 1, 3), Number(1))
    assert parse("rsi(14, 60m) < 30") == Comparison("<", Call("rsi", 14, 0, 60), Number(30))


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("ma(5, 1, 3) > 1", "frame", {"at": 10, "found": "3", "frames": "1m, 3m, 5m, 10m, 15m, 30m, 60m"}),
        ("ma(5, 7m) > 1", "frame", {"at": 7, "found": "7", "frames": "1m, 3m, 5m, 10m, 15m, 30m, 60m"}),
        ("ma(5, 2.5m) > 1", "frame", {"at": 7, "found": "2.5", "frames": "1m, 3m, 5m, 10m, 15m, 30m, 60m"}),
        ("ma(5, 3m, 1) > 1", "bracket", {"at": 9, "found": ","}),
        ("ma(40, 60m) > 1", "reach", {"at": 4, "found": 40, "minutes": 60, "most": 39}),
        ("ma(39, 9, 60m) > 1", "reach", {"at": 4, "found": 39, "minutes": 60, "most": 30}),
    ],
)
def test_bars_of_minutes_that_cannot_be_are_told(text, key, values):
    with pytest.raises(ConditionError) as fault:
        parse(text)
    assert (fault.value.key, fault.value.values) == (f"screener.fault.{key}", values)


def test_calls_are_found_wherever_they_stand():
    found = calls(parse("not (ma(5) > -rsi(14) or price * ema(3, 2) < 1) and etf"))
    assert found == {Call("ma", 5), Call("rsi", 14), Call("ema", 3, 2)}


figures = st.deferred(
    lambda: st.one_of(
        st.builds(Number, st.integers(0, 10**6).map(float)),
        st.builds(Name, st.sampled_from(FIGURES)),
        st.builds(Call, st.sampled_from(FUNCTIONS), st.integers(1, DAYS_MAX), st.integers(0, AGO_MAX)),
        st.builds(
            Call, st.sampled_from(FUNCTIONS), st.integers(1, 19), st.integers(0, AGO_MAX), st.sampled_from(MINUTES)
        ),
        st.builds(Negative, figures),
        st.builds(Arithmetic, st.sampled_from("+-*/"), figures, figures),
    )
)
conditions = st.deferred(
    lambda: st.one_of(
        st.builds(Name, st.sampled_from(TRUTHS)),
        st.builds(Comparison, st.sampled_from(COMPARISONS), figures, figures),
        st.builds(Both, st.sampled_from(["and", "or"]), conditions, conditions),
        st.builds(Not, conditions),
    )
)


def written(node):
    """The tree as text, every part in brackets."""
    if isinstance(node, Number):
        return f"{node.value:.0f}"
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Call):
        minutes = f", {node.minutes}m" if node.minutes else ""
        return f"{node.name}({node.days}, {node.ago}{minutes})"
    if isinstance(node, Negative):
        return f"-({written(node.of)})"
    if isinstance(node, Not):
        return f"not ({written(node.of)})"
    word = node.word if isinstance(node, Both) else node.sign
    return f"({written(node.left)}) {word} ({written(node.right)})"


@given(conditions)
def test_what_is_written_is_read_again(node):
    try:
        assert parse(written(node)) == node
    except ConditionError as fault:
        assert fault.key in {"screener.fault.deep", "screener.fault.long"}


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_a_clear_fault(text):
    try:
        parse(text)
    except ConditionError as fault:
        assert fault.key.startswith("screener.fault.")
