import pytest

from hts.desk.finder import Finder, Found, folded, initials
from hts.desk.history import KEPT_MAX, CommandHistory
from hts.desk.screens import ScreenNumbers
from tests.support.desk_feed import instruments, texts

SCREENS = ScreenNumbers({"0600": "panel.chart", "200": "panel.chart", "0181": "panel.gone", "005": "cancel.all"})


def finder(language="ko", actions=(), others=(), screens=SCREENS):
    issues = {issue.symbol: issue for issue in instruments()}
    return Finder(issues, lambda: actions, texts(language), others=lambda: map(texts, others), screens=screens)


def found(query, language="ko", actions=(), others=()):
    return finder(language, actions, others).find(query)


def test_initials_of_a_mixed_name():
    assert initials("SK하이닉스") == "skㅎㅇㄴㅅ"


@pytest.mark.parametrize(
    ("query", "symbols"),
    [
        ("005930", ["005930"]),
        ("0126z0", ["0126Z0"]),
        ("ㅅㅅㅈㅈ", ["005930"]),
        ("ㅅㅅ", ["005930", "009150", "0126Z0"]),
        ("삼ㅅㅈㅈ", ["005930"]),
        ("ㅅ성전", ["005930", "009150"]),
        ("성ㅈ기", ["009150"]),
        ("삼ㅈ", []),
        ("ㅎㄷㅅ", ["0126Z0"]),  # 홀딩스, within
        ("\u1109\u1109\u110c\u110c", ["005930"]),
        ("하이닉", ["000660"]),
        ("hynix", ["000660"]),
        ("naver", ["035420"]),
        ("에코", ["247540", "086520"]),
        ("", []),
        ("zzz", []),
    ],
)
def test_issues_by_code_name_and_initials(query, symbols):
    assert [line.symbol for line in found(query)] == symbols


def test_beginnings_stand_before_middles():
    assert [line.symbol for line in found("전자")] == ["005930", "066570"]
    assert [line.symbol for line in found("LG")] == ["066570"]


def test_matched_part_is_marked():
    assert found("ㅎㅇㄴㅅ") == (Found("SK하이닉스", symbol="000660", start=2, length=4),)
    assert found("005380") == (Found("현대차", symbol="005380"),)


def test_actions_by_name_and_initials():
    actions = ("cancel.all", "flatten")
    assert found("전량", actions=actions)[0] == Found("전량취소", action="cancel.all", start=0, length=2, number="005")
    assert [line.action for line in found("ㅊㅅ", actions=actions)] == ["flatten", "cancel.all"]
    assert found("cancel", "en", actions)[0].action == "cancel.all"


def test_actions_in_the_other_languages_too():
    actions = ("cancel.all", "panel.chart")
    line = Found("전량취소", action="cancel.all", number="005")
    assert found("cancel all", actions=actions, others=("en", "ja")) == (line,)
    assert found("一括取消", actions=actions, others=("en", "ja")) == (line,)
    assert found("cancel all", actions=actions) == ()


def test_screens_by_number_exact_before_beginnings():
    actions = ("panel.chart", "cancel.all")
    chart = "차트 열기"
    assert found("0600", actions=actions) == (Found(chart, action="panel.chart", number="0600"),)
    assert found("200", actions=actions) == (Found(chart, action="panel.chart", number="200"),)
    # The number 005 itself before codes that begin with it; a number without its panel is not offered.
    assert [line.key for line in found("005", actions=actions)] == ["cancel.all", "=005930", "=005380"]
    assert found("0181", actions=actions) == ()


def test_a_panel_carries_its_number():
    assert found("차트", actions=("panel.chart",)) == (
        Found("차트 열기", action="panel.chart", start=0, length=2, number="0600"),
    )


def test_recent_choices_stand_first_within_their_rank():
    box = finder()
    box.history.add("=0126Z0")
    box.history.add("=009150")
    assert [line.symbol for line in box.find("ㅅㅅ")] == ["009150", "0126Z0", "005930"]
    assert [line.symbol for line in box.find("005930")] == ["005930"]
    assert [line.symbol for line in box.recent()] == ["009150", "0126Z0"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("トヨタ", "トヨタ"), ("とよた", "トヨタ"), ("ﾄﾖﾀ", "トヨタ"), ("ＮＡＶＥＲ", "naver"), ("삼성", "삼성")],
)
def test_kana_and_wide_letters_count_as_the_same(typed, meant):
    assert folded(typed) == folded(meant)


def test_two_consonants_that_an_input_method_made_one_are_two():
    assert folded("ㅎㄷㄱㄹㅄ") == "ㅎㄷㄱㄹㅂㅅ"
    assert folded("ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ") == "ㄱㅅㄴㅈㄴㅎㄹㄱㄹㅁㄹㅂㄹㅅㄹㅌㄹㅍㄹㅎㅂㅅ"


def test_what_was_matched_is_told_with_syllables_and_consonants_mixed():
    (line,) = found("성ㅈ기")
    assert (line.start, line.length) == (1, 3)


@pytest.mark.parametrize("query", ["x" * 10_000, "\u202e\u200f", "🙂", "%s{}", "\x00"])
def test_any_text_is_taken(query):
    assert found(query, actions=("cancel.all",)) == ()


def test_history_keeps_the_newest_and_survives_what_was_stored():
    history = CommandHistory()
    for n in range(KEPT_MAX + 5):
        history.add(f"={n}")
    history.add("=10")
    assert (len(history.keys), history.keys[:2], history.age("=0")) == (KEPT_MAX, ["=10", "=34"], 10_000)
    history.restore(["=1", 7, "=1", "x" * 100, "cancel.all", ""])
    assert history.keys == ["=1", "cancel.all"]
    history.restore({"a": 1})
    assert history.keys == []


def test_an_order_is_found_by_its_number():
    issues = {issue.symbol: issue for issue in instruments()}
    made = Finder(issues, tuple, texts("en"), is_order={12, 5930}.__contains__)
    assert (made.find("12")[0].label, made.find("12")[0].action) == ("X-ray of order 12", "order.12")
    assert [line.action or line.symbol for line in made.find("5930")] == ["order.5930"]
    assert "order.12" not in [line.action for line in found("12")]
    assert made.find("１２")[0].action == "order.12"  # wide digits are folded
    assert made.find("9" * 60) == ()
