from pathlib import Path

import pytest

from hts.base.errors import ConfigError
from hts.desk.keymap import Conflict, Keymap, Match, Press, normal
from tests.support.desk_feed import quiet_desk

ROOT = Path(__file__).resolve().parents[2]


def presses(keymap, keys, *, armed=True):
    return [keymap.press(key, armed=armed) for key in keys.split()]


def test_single_key():
    keymap = Keymap({"always": {"F12": "arm.toggle"}})
    assert presses(keymap, "F12 F11") == [Press(Match.EXACT, "arm.toggle"), Press(Match.NONE)]


def test_sequence_of_two_keys():
    keymap = Keymap({"always": {"G B": "buy", "G S": "sell"}})
    assert presses(keymap, "G B G S") == [
        Press(Match.PARTIAL),
        Press(Match.EXACT, "buy"),
        Press(Match.PARTIAL),
        Press(Match.EXACT, "sell"),
    ]


def test_key_that_breaks_a_sequence_begins_a_new_one():
    keymap = Keymap({"always": {"G B": "buy", "F1": "one", "H I": "hi"}})
    assert presses(keymap, "G F1 G H I G X") == [
        Press(Match.PARTIAL),
        Press(Match.EXACT, "one"),
        Press(Match.PARTIAL),
        Press(Match.PARTIAL),
        Press(Match.EXACT, "hi"),
        Press(Match.PARTIAL),
        Press(Match.NONE),
    ]


def test_sequence_can_be_forgotten():
    keymap = Keymap({"always": {"G B": "buy"}})
    keymap.press("G", armed=True)
    assert keymap.begun == "G"
    keymap.forget()
    assert keymap.press("B", armed=True) == Press(Match.NONE)


def test_modes_choose_between_two_actions_of_one_key():
    keymap = Keymap({"armed": {"F1": "buy"}, "disarmed": {"F1": "explain"}})
    assert keymap.press("F1", armed=True) == Press(Match.EXACT, "buy")
    assert keymap.press("F1", armed=False) == Press(Match.EXACT, "explain")


def test_armed_key_while_locked_is_blocked_and_not_unknown():
    keymap = Keymap({"armed": {"F1": "buy"}})
    assert keymap.press("F1", armed=False) == Press(Match.BLOCKED, "buy")


@pytest.mark.parametrize(
    ("bindings", "conflicts"),
    [
        ({"always": {"F1": "a"}, "armed": {"F1": "b"}}, (Conflict("F1", ("a", "b")),)),
        ({"always": {"G": "a", "G B": "b"}}, (Conflict("G", ("a", "b")), Conflict("G B", ("a", "b")))),
        ({"always": {"G": "a", "GX": "b"}}, ()),
        ({"armed": {"F1": "a"}, "disarmed": {"F1": "b"}}, ()),
    ],
)
def test_conflicts_are_reported(bindings, conflicts):
    assert Keymap(bindings).conflicts == conflicts


def test_conflicting_keys_do_nothing():
    keymap = Keymap({"always": {"F1": "cancel.all", "F2": "x"}, "armed": {"F1": "buy.market"}})
    assert presses(keymap, "F1 F2") == [Press(Match.NONE), Press(Match.EXACT, "x")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Shift+Ctrl+k", "Ctrl+Shift+K"), ("g  b", "G B"), ("Ctrl++", "Ctrl++"), ("Esc", "Esc"), ("+", "+")],
)
def test_one_spelling_per_key(written, meant):
    assert normal(written) == meant


def test_key_cap_of_an_action():
    keymap = Keymap({"always": {"Ctrl+F": "flatten"}})
    assert (keymap.keys_of("flatten"), keymap.keys_of("nothing")) == ("Ctrl+F", "")


def test_damaged_file_is_one_clear_line():
    with pytest.raises(ConfigError, match="keymap mine: expected TOML"):
        Keymap.parse("[always\n", "mine")
    with pytest.raises(ConfigError, match="expected tables always, armed, disarmed, found 'sometimes'"):
        Keymap.parse("[sometimes]\n", "mine")


def test_shipped_keymap_has_no_conflict_and_a_key_for_every_action():
    text = (ROOT / "resources" / "keymaps" / "default.toml").read_text(encoding="utf-8")
    keymap = Keymap.parse(text, "default")
    assert keymap.conflicts == ()
    assert set(quiet_desk().commands.names) - keymap.actions == set()
