"""A disk that refuses and files that do not hold, while a terminal runs: it is said, and nothing is lost."""

import json

import pytest

from hts.app.home_settings import HomeSettings
from hts.app.terminal import Terminal, TerminalOptions
from hts.desk.watchlist_groups import FILE as GROUPS
from tests.support.desk_feed import ACCOUNT
from tests.support.desk_link import ScriptedLink, snapshot

LAYOUT = "layout.json"


@pytest.fixture
def open_terminal(qtbot, tmp_path):
    def make():
        link = ScriptedLink()
        link.say(*snapshot())
        terminal = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(language="en"))
        qtbot.addWidget(terminal.window)
        terminal.show()
        return terminal

    return make


def told(terminal):
    """Title and detail of every card, newest last."""
    return [(toast.news.title, toast.news.detail) for toast in reversed(terminal.session.toasts.kept)]


def test_a_layout_that_the_disk_refuses_is_told_of_once_and_stored_when_it_can_be(open_terminal, tmp_path, capsys):
    terminal = open_terminal()
    blocked = tmp_path / "layout.new"
    blocked.mkdir()  # nothing can be written there
    terminal.window.open_workspace("scalper")
    for _ in range(3):
        terminal.keeping.keep_changed()
    (one,) = told(terminal)
    assert one[0] == "The layout is not stored"
    assert one[1].startswith(f"{tmp_path / LAYOUT}: cannot store the layout: ")
    assert terminal.window.hint_strip.message == one[1]
    assert capsys.readouterr().err.count("cannot store the layout") == 1
    blocked.rmdir()
    terminal.keeping.keep_changed()
    assert json.loads((tmp_path / LAYOUT).read_text(encoding="utf-8"))["workspace"] == "scalper"
    written = (tmp_path / LAYOUT).stat().st_mtime_ns
    terminal.keeping.keep_changed()
    assert (tmp_path / LAYOUT).stat().st_mtime_ns == written
    blocked.mkdir()
    terminal.window.open_workspace("day")
    terminal.keeping.keep_changed()
    assert len(told(terminal)) == 1
    assert terminal.session.toasts.kept[0].count == 2


def test_a_list_that_the_disk_refuses_is_told_of_and_kept_in_the_window(qtbot, open_terminal, tmp_path):
    terminal = open_terminal()
    (tmp_path / f"{GROUPS}.new").mkdir()
    watchlist = next(panel for panel in terminal.window.panels if panel.objectName() == "watchlist")
    watchlist.edit._do(lambda: watchlist.own.make("mine"))
    qtbot.waitUntil(lambda: told(terminal) != [], timeout=5_000)
    assert [title for title, _ in told(terminal)] == ["A file of the home directory"]
    assert "cannot write" in told(terminal)[0][1]
    assert terminal.window.hint_strip.message == told(terminal)[0][1]
    (tmp_path / f"{GROUPS}.new").rmdir()
    watchlist.edit._do(lambda: watchlist.own.make("yours"))
    kept = json.loads((tmp_path / GROUPS).read_text(encoding="utf-8"))
    assert [group["name"] for group in kept["groups"]] == ["mine", "yours"]


def test_every_damaged_file_has_a_card_of_its_own_not_the_last_one_alone(qtbot, open_terminal, tmp_path):
    for name in (LAYOUT, "settings.toml", GROUPS):
        (tmp_path / name).write_bytes(b"\0\xff{")
    terminal = open_terminal()
    qtbot.waitUntil(lambda: len(told(terminal)) > 2, timeout=5_000)
    details = " ".join(detail for _, detail in told(terminal))
    assert all(name in details for name in (LAYOUT, "settings.toml", GROUPS))
    assert len(told(terminal)) == 3


def test_a_file_that_is_first_read_when_its_panel_opens_is_told_of_then(qtbot, open_terminal, tmp_path):
    terminal = open_terminal()
    qtbot.waitUntil(lambda: terminal.frame_clock.frames > 0, timeout=5_000)
    (tmp_path / "trade_journal.json").write_bytes(b"[1")
    terminal.window.run_action("panel.journal")
    qtbot.waitUntil(lambda: told(terminal) != [], timeout=5_000)
    assert "trade_journal.json.damaged" in told(terminal)[0][1]


def test_a_caution_that_was_switched_on_by_key_is_stored_before_any_crash(qtbot, open_terminal, tmp_path):
    terminal = open_terminal()
    before = terminal.settings.flag("entry.confirm")
    terminal.window.run_action("ladder.confirm")
    assert terminal.settings.flag("entry.confirm") is not before
    qtbot.waitUntil(lambda: not terminal.store.is_behind, timeout=5_000)
    assert HomeSettings(tmp_path).settings.flag("entry.confirm") is not before


def test_settings_that_the_disk_refuses_are_told_of_once_and_tried_again(qtbot, open_terminal, tmp_path):
    terminal = open_terminal()
    blocked = tmp_path / "settings.toml.new"
    blocked.mkdir()
    terminal.window.run_action("ladder.confirm")
    qtbot.waitUntil(lambda: told(terminal) != [], timeout=5_000)
    terminal.keeping.keep_changed()
    assert [title for title, _ in told(terminal)] == ["The settings are not stored"]
    assert terminal.store.is_behind
    blocked.rmdir()
    terminal.keeping.keep_changed()
    assert HomeSettings(tmp_path).settings.own == terminal.settings.own
