"""What the window's foot says of a sequence of keys that has begun."""

from hts.app.terminal_tables import load_texts
from hts.desk.key_hints import HintRow, rows
from hts.desk.keymap import Keymap, Match

KEYMAP = {
    "always": {
        "Ctrl+J Esc": "panel.arranged",
        "Ctrl+J Return": "panel.arranged",
        "Ctrl+J Left": "panel.move_left",
        "Ctrl+J Shift+Left": "panel.narrower",
        "Ctrl+J Right": "panel.move_right",
        "Ctrl+J Q": "theme.dark",
        "G B": "panel.log",
    },
    "armed": {"G X": "buy.market"},
}


def test_actions_with_the_same_words_share_a_row_and_each_is_told_by_its_first_keys():
    keymap = Keymap(KEYMAP)
    keymap.press("Ctrl+J", armed=False)
    texts = load_texts("en")
    assert rows(keymap.following(armed=False), texts) == (
        HintRow(keys=("Esc",), text="Done"),
        HintRow(keys=("Left", "Right"), text="Move"),
        HintRow(keys=("Shift+Left",), text="Size"),
        HintRow(keys=("Q",), text=texts("action.theme.dark")),
    )


def test_what_follows_is_of_the_tables_that_are_active():
    keymap = Keymap(KEYMAP)
    assert keymap.following(armed=True) == ()
    keymap.press("G", armed=True)
    assert keymap.following(armed=True) == (("B", "panel.log"), ("X", "buy.market"))
    assert keymap.following(armed=False) == (("B", "panel.log"),)


def test_a_sequence_that_is_resumed_goes_on_with_its_last_keys_alone():
    keymap = Keymap(KEYMAP)
    assert not keymap.goes_on("Left", armed=False)
    keymap.resume("Ctrl+J")
    assert keymap.goes_on("Left", armed=False)
    assert not keymap.goes_on("F1", armed=False)
    assert keymap.press("Left", armed=False).match is Match.EXACT
    assert keymap.begun == ""
