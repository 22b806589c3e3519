import json

import pytest

from hts.desk.texts import LANGUAGES
from hts.desk.watchlist_groups import (
    GROUPS_MAX,
    IMPORT_ROWS_MAX,
    NAME_MAX,
    SYMBOLS_MAX,
    GroupError,
    WatchGroup,
    WatchGroups,
)
from tests.desk.scene import NAVER, SAMSUNG
from tests.support.desk_feed import texts

KNOWN = {NAVER, SAMSUNG, "0126Z0"}


def filled():
    own = WatchGroups()
    for name, symbol in (("a", NAVER), ("a", SAMSUNG), ("a", "0126Z0"), ("b", NAVER)):
        own.add(name, symbol)
    return own


def named(own):
    return [(group.name, group.symbols) for group in own.groups]


def test_issues_are_added_once_moved_and_removed():
    own = filled()
    own.add("a", NAVER)
    own.move("a", "0126Z0", -1)
    own.move("a", NAVER, -1)  # first already
    own.remove("b", NAVER)
    own.remove("b", "none")
    own.move("none", NAVER, 1)
    assert named(own) == [("a", (NAVER, "0126Z0", SAMSUNG)), ("b", ())]


def test_groups_are_named_ordered_and_deleted():
    own = filled()
    own.rename("a", " 반도체 ")
    own.rename("b", "b")
    own.move_group("b", -1)
    own.move_group("b", -1)
    names = [group.name for group in own.groups]
    own.delete("b")
    assert (names, [group.name for group in own.groups]) == (["b", "반도체"], ["반도체"])


@pytest.mark.parametrize(
    ("act", "key"),
    [
        (lambda own: own.make(""), "name"),
        (lambda own: own.make("x" * (NAME_MAX + 1)), "name"),
        (lambda own: own.make("a\tb"), "name"),
        (lambda own: own.make("a"), "twice"),
        (lambda own: own.rename("a", "b"), "twice"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_changes(act, key):
    own = filled()
    before = named(own)
    with pytest.raises(GroupError) as fault:
        act(own)
    assert (fault.value.key, named(own)) == (f"watchlist.fault.{key}", before)


def test_groups_and_issues_are_bounded():
    own = WatchGroups()
    for i in range(SYMBOLS_MAX):
        own.add("0", str(i))
    with pytest.raises(GroupError, match="full"):
        own.add("0", "more")
    for i in range(1, GROUPS_MAX):
        own.make(str(i))
    with pytest.raises(GroupError, match="groups"):
        own.make("more")


def test_what_was_kept_is_there_again():
    own = filled()
    own.fold("own:a")
    own.set_heat(True)
    again = WatchGroups()
    assert again.load(own.dump()) == 0
    assert (named(again), again.folded, again.heat) == (named(own), {"own:a"}, True)
    again.fold("own:a")
    assert again.folded == set()


@pytest.mark.parametrize("text", ["{", "[]", '{"groups": 1}', "null"])
def test_what_is_no_list_of_groups_is_refused(text):
    with pytest.raises(ValueError):
        WatchGroups().load(text)


def test_bad_groups_are_counted_and_good_ones_kept():
    rows = [{"name": "a", "symbols": [NAVER, 5, "x" * 99]}, {"name": "a", "symbols": []}, {"name": 3}, 7]
    own = WatchGroups()
    assert own.load(json.dumps({"groups": rows, "folded": [1, "held"]})) == 3
    assert (own.groups, own.folded) == ([WatchGroup(name="a", symbols=(NAVER,))], {"held"})


def test_a_table_is_added_and_codes_that_are_not_known_are_named():
    own = filled()
    text = f"그룹,종목코드,메모\nb,{SAMSUNG},x\r\nc,A{NAVER},\n\nc,999999,\n"
    assert own.take_csv(text, KNOWN, "default") == (2, ["999999"])
    assert named(own)[1:] == [("b", (NAVER, SAMSUNG)), ("c", (NAVER,))]


@pytest.mark.parametrize("text", [f"symbol\n{NAVER}\n", f"code;note\n{NAVER};1\n", f"コード\tx\n{NAVER}\t\n"])
def test_a_table_without_groups_goes_into_the_default(text):
    own = WatchGroups()
    assert own.take_csv(text, KNOWN, "mine") == (1, [])
    assert named(own) == [("mine", (NAVER,))]


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("", "column", {"found": "–"}),
        ("name,price\nx,1\n", "column", {"found": "name, price"}),
        (f"group,symbol\n{NAVER}\n", "line", {"line": 2, "found": 1, "expected": 2}),
        ("symbol\n" * (IMPORT_ROWS_MAX + 1), "rows", {"found": IMPORT_ROWS_MAX + 1, "limit": IMPORT_ROWS_MAX}),
        (f"group,symbol\n{'x' * 30},{NAVER}\n", "name", {"limit": NAME_MAX}),
    ],
)
def test_a_table_that_cannot_be_used_says_where_and_nothing_is_taken(text, key, values):
    own = filled()
    before = named(own)
    with pytest.raises(GroupError) as fault:
        own.take_csv(text, KNOWN, "default")
    assert (fault.value.key, named(own)) == (f"watchlist.fault.{key}", before)
    assert {name: fault.value.values[name] for name in values} == values


def test_a_table_that_was_written_is_taken_again():
    own = filled()
    again = WatchGroups()
    assert again.take_csv(own.csv(), KNOWN, "default") == (4, [])
    assert named(again) == named(own)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_its_words(language):
    words = texts(language)
    faults = ("groups", "name", "twice", "full", "nothing", "column", "line", "rows", "csv")
    assert [key for key in faults if not words.has(f"watchlist.fault.{key}")] == []
