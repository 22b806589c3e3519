import pytest

from hts.app.desk_files import DeskFiles
from hts.app.terminal_keymap import load_keymap_book, load_presets
from hts.base.errors import ConfigError
from hts.desk.actions import Refusal
from hts.desk.keymap import Keymap, Match
from hts.desk.keymap_book import ESSENTIAL, KeymapBook
from hts.desk.keymap_rows import KeymapTable, filtered, keymap_rows
from tests.support.desk_feed import texts

PRESETS = {
    "default": {
        "always": {"Esc": "cancel.all", "F12": "arm.toggle", "Ctrl+K": "command.focus", "Ctrl+X": "kill.on"},
        "armed": {"F3": "buy.market", "1": "qty.1"},
    },
    "other": {"always": {"Space": "cancel.all"}, "armed": {"F7": "buy.market"}},
}


@pytest.fixture
def kept():
    return []


@pytest.fixture
def book(kept):
    return KeymapBook(PRESETS, save=kept.append)


def test_a_key_is_added_live_and_kept(book, kept):
    live = book.keymap
    assert book.assign("buy.market", "ctrl+b".replace("ctrl", "Ctrl")) is None
    assert live.press("Ctrl+B", armed=True).action == "buy.market"
    assert live.press("F3", armed=True).action == "buy.market"
    assert kept == ['preset = "default"\n\n[keys]\n"buy.market" = ["F3", "Ctrl+B"]\n']
    assert book.assign("buy.market", "F3") is None
    assert len(kept) == 1


def test_what_sends_works_armed_only(book):
    book.assign("buy.market", "F9")
    book.assign("cancel.last", "F10")
    assert book.keymap.press("F9", armed=False).match is Match.BLOCKED
    assert book.keymap.press("F10", armed=False).action == "cancel.last"


def test_a_key_of_another_action_is_named_and_taken_only_when_meant(book):
    taken = Refusal(key="keymap.taken", values={"keys": "F3", "action": "buy.market"})
    assert book.assign("flatten", "F3") == taken
    assert book.keymap.press("F3", armed=True).action == "buy.market"
    assert book.assign("flatten", "F3", takes=True) is None
    assert book.keymap.press("F3", armed=True).action == "flatten"
    assert book.keymap.all_keys_of("buy.market") == ()
    assert book.keymap.conflicts == ()


@pytest.mark.parametrize("keys", ["F3 A", "F3"])
def test_a_sequence_that_begins_with_a_key_is_taken_too(book, keys):
    assert book.assign("flatten", keys).key == "keymap.taken"
    book.assign("flatten", "G B")
    assert book.assign("reverse", "G").key == "keymap.too_easy"
    assert book.assign("ladder.center", "G") == Refusal(key="keymap.taken", values={"keys": "G B", "action": "flatten"})


@pytest.mark.parametrize(
    ("action", "keys", "why"),
    [
        ("buy.market", "B", "too_easy"),
        ("form.send", "Space", "too_easy"),
        ("sell.ask", "Esc", "too_easy"),
        ("sell.ask", "7", "too_easy"),
        ("flatten", "Tab", "reserved"),
        ("flatten", "Alt+F4", "reserved"),
        ("flatten", "Meta+L", "reserved"),
        ("flatten", "A Tab", "reserved"),
        ("flatten", "A B C", "length"),
        ("flatten", "", "length"),
    ],
)
def test_keys_that_nobody_may_have(book, kept, action, keys, why):
    assert book.assign(action, keys).key == f"keymap.{why}"
    assert kept == []


def test_two_letters_in_a_row_may_send(book):
    assert book.assign("buy.market", "B M") is None


def test_the_ways_out_keep_a_key(book):
    for action in sorted(ESSENTIAL):
        (keys,) = book.keymap.all_keys_of(action)
        assert book.remove(action, keys) == Refusal(key="keymap.essential")
        assert book.assign("flatten", keys, takes=True) == Refusal(key="keymap.essential")
    assert book.assign("cancel.all", "F11") is None
    assert book.remove("cancel.all", "Esc") is None
    assert book.keymap.all_keys_of("cancel.all") == ("F11",)


def test_an_action_has_so_many_keys_and_no_more(book):
    for n in range(1, 7):
        assert book.assign("flatten", f"Ctrl+F{n}") is None
    assert book.assign("flatten", "Ctrl+F7") == Refusal(key="keymap.full", values={"limit": "6"})


def test_changes_stay_through_another_preset_and_go_by_reset(book):
    book.assign("buy.market", "F9")
    book.choose("other")
    assert book.keymap.all_keys_of("buy.market") == ("F3", "F9")
    assert book.keymap.all_keys_of("cancel.all") == ("Space",)
    book.reset("buy.market")
    assert book.keymap.all_keys_of("buy.market") == ("F7",)
    book.assign("flatten", "F9")
    book.reset()
    assert (book.preset, book.changes, book.keymap.all_keys_of("flatten")) == ("other", {}, ())


def test_the_file_comes_back_as_it_was(book):
    book.choose("other")
    book.assign("buy.market", "Ctrl+'")
    book.assign("flatten", 'Ctrl+"')
    again = KeymapBook(PRESETS)
    again.take(book.text(), "mine")
    assert (again.preset, again.changes, again.keymap.bindings) == (book.preset, book.changes, book.keymap.bindings)


def test_a_whole_key_table_can_be_imported(book):
    book.take('[always]\n"F1" = "cancel.all"\n[armed]\n"F2" = "buy.market"\n', "theirs")
    assert book.keymap.all_keys_of("buy.market") == ("F2",)
    assert book.keymap.all_keys_of("cancel.all") == ("F1",)
    assert book.keymap.all_keys_of("qty.1") == ()
    assert book.keymap.all_keys_of("kill.on") == ("Ctrl+X",)  # a way out that the table does not name


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("[keys", "expected TOML"),
        ("preset = []\n", r"expected preset to be one of default, other, found \[\]"),
        ('preset = "nobody"\n', "expected preset to be one of default, other, found 'nobody'"),
        ("[sometimes]\n", r"expected preset and \[keys\], found sometimes"),
        ("keys = 3\n", r"expected preset and \[keys\], found keys"),
        ('[keys]\n"flatten" = "F1"\n', "expected a list of keys for 'flatten'"),
        ('[keys]\n"buy.market" = ["B"]\n', "'buy.market' cannot have the key 'B'"),
        ('[keys]\n"cancel.all" = []\n', "expected a key for 'cancel.all', found none"),
        ('[always]\n"F1" = "buy.market"\n', r"expected 'buy.market' under \[armed\], found it under \[always\]"),
        ('[always]\n"F1" = 3\n', "expected a key with an action, found 'F1'"),
    ],
)
def test_a_file_that_does_not_hold_changes_nothing(book, kept, toml, fault):
    before = book.keymap.bindings
    with pytest.raises(ConfigError, match=fault):
        book.take(toml, "mine")
    assert (book.keymap.bindings, kept) == (before, [])


def test_a_conflict_in_a_file_is_shown_and_neither_fires(book):
    book.take('[keys]\n"flatten" = ["F3"]\n', "mine")
    assert book.keymap.press("F3", armed=True).match is Match.NONE
    rows = {row.action: row for row in keymap_rows(book, ("flatten", "buy.market", "cancel.all"), texts("en"))}
    assert [rows[name].conflicts for name in ("flatten", "buy.market", "cancel.all")] == [("F3",), ("F3",), ()]


def test_the_home_keeps_it_and_a_damaged_one_is_set_aside(tmp_path):
    files = DeskFiles(tmp_path)
    load_keymap_book(files).assign("flatten", "Ctrl+Shift+Y")
    again = load_keymap_book(files)
    assert "Ctrl+Shift+Y" in again.keymap.all_keys_of("flatten")
    assert load_keymap_book(files, "kiwoom").preset == "kiwoom"
    (tmp_path / "keymap.toml").write_text("[keys", encoding="utf-8")
    broken = load_keymap_book(files)
    assert (broken.preset, broken.changes) == ("default", {})
    assert (tmp_path / "keymap.toml.damaged").exists()
    assert "expected TOML" in files.problems[-1]
    with pytest.raises(ConfigError, match="--keymap: expected default, kiwoom, tws, found 'nobody'"):
        load_keymap_book(files, "nobody")


@pytest.mark.parametrize("name", ["default", "kiwoom", "tws"])
def test_presets_that_ship_hold(name):
    presets = load_presets()
    keymap = Keymap(presets[name])
    assert keymap.conflicts == ()
    assert Keymap(presets["default"]).actions - keymap.actions == set()
    assert [action for action in ESSENTIAL if not keymap.all_keys_of(action)] == []


def test_rows_are_found_by_words_and_by_keys():
    book = KeymapBook(load_presets())
    rows = keymap_rows(book, ("buy.market", "cancel.all", "panel.chart", "workspace.1", "qty.3"), texts("ko"))
    assert [row.section for row in rows] == ["trade", "trade", "form", "workspace", "panel"]

    def found(words="", keys=""):
        return [row.action for row in filtered(rows, words, keys, texts("ko"))]

    assert found("시장가") == ["buy.market"]
    assert found("ㅅㅈㄱ") == ["buy.market"]
    assert found("패널") == ["panel.chart"]
    assert found(keys="F3") == ["buy.market"]
    assert found(keys="G") == ["panel.chart"]
    assert found(keys="3") == ["qty.3"]
    assert found("zzz") == []


def test_the_table_counts_conflicts():
    book = KeymapBook(PRESETS)
    table = KeymapTable(texts("en"))
    book.take('[keys]\n"flatten" = ["F3"]\n', "mine")
    table.update(book, ("flatten", "buy.market", "cancel.all"), "", "")
    assert (len(table), table.conflict_count) == (3, 2)
    remark = table.columns[-1]
    assert [remark.text(table.row(i)) for i in range(3)] == [
        "Conflict: F3 do nothing",
        "Conflict: F3 do nothing",
        "",
    ]


def test_a_panel_that_no_preset_knows_gets_a_spare_key(book, kept):
    book.assign("flatten", "G 1")
    book.fill(("panel.one", "panel.two"))
    assert [book.keymap.all_keys_of(f"panel.{name}") for name in ("one", "two")] == [("G 2",), ("G 3",)]
    book.assign("panel.one", "F10")
    assert [book.keymap.all_keys_of(f"panel.{name}") for name in ("one", "two")] == [("G 2", "F10"), ("G 3",)]
    book.remove("panel.two", "G 3")
    assert book.keymap.all_keys_of("panel.two") == ()
    assert len(kept) == 3
