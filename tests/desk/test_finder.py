import pytest

from hts.desk.finder import Found, find, initials
from tests.support.desk_feed import instruments, texts


def found(query, language="ko", actions=()):
    return find(query, instruments(), actions, texts(language))


def test_initials_of_a_mixed_name():
    assert initials("SK하이닉스") == "skㅎㅇㄴㅅ"


@pytest.mark.parametrize(
    ("query", "symbols"),
    [
        ("005930", ["005930"]),
        ("0126z0", ["0126Z0"]),
        ("ㅅㅅㅈㅈ", ["005930"]),
        ("ㅅㅅ", ["005930", "009150", "0126Z0"]),
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
    assert found("전량", actions=actions)[0] == Found("전량취소", action="cancel.all", start=0, length=2)
    assert [line.action for line in found("ㅊㅅ", actions=actions)] == ["flatten", "cancel.all"]
    assert found("cancel", "en", actions)[0].action == "cancel.all"
