"""Settings that take effect in a shown window: nothing of the trader's is lost by a change."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from hts.app.hand import Hand
from hts.app.terminal import Terminal, TerminalOptions
from hts.app.terminal_link import LinkDown, LinkUp
from hts.desk.figures import money_text
from hts.model.intents import SetLimits
from hts.rules.margin import REG_T
from tests.support.desk_feed import ACCOUNT, account
from tests.support.desk_link import ScriptedLink, snapshot
from tests.support.windows import dispose
from themes import metrics
from themes.palettes import DARK, LIGHT
from widgets.chart import ChartPanel
from widgets.ladder import LadderPanel
from widgets.order_entry import OrderEntryPanel
from widgets.tables import PositionsPanel


@pytest.fixture
def link():
    made = ScriptedLink()
    made.say(*snapshot())
    return made


@pytest.fixture
def open_terminal(qtbot, tmp_path, link):
    def make(**options):
        terminal = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(**options))
        made.append(terminal)
        terminal.show()
        qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > 4, timeout=5_000)
        return terminal

    made: list[Terminal] = []
    yield make
    for terminal in made:
        dispose(terminal.window)
    metrics.set_density("normal")


def panel_of(terminal, cls):
    return next(panel for panel in terminal.window.workspace.panels if isinstance(panel, cls))


def test_another_theme_and_convention_are_seen_in_the_same_window(open_terminal, tmp_path):
    terminal = open_terminal(language="en", theme="dark")
    window, ladder = terminal.window, panel_of(terminal, LadderPanel)
    terminal.settings.set("look.theme", "light")
    terminal.settings.set("look.convention", "us")
    terminal.take_settings()
    assert terminal.window is window
    assert panel_of(terminal, LadderPanel) is ladder
    assert terminal.tokens.panel == QColor(LIGHT["panel"])
    assert terminal.tokens.up == QColor(LIGHT["green_ink"])
    assert LIGHT["header"] in window.styleSheet()
    assert 'theme = "light"' in (tmp_path / "settings.toml").read_text(encoding="utf-8")


def test_the_command_line_wins_over_the_settings(open_terminal, tmp_path):
    (tmp_path / "settings.toml").write_text("[look]\ntheme = 'light'\nlanguage = 'ja'\n", encoding="utf-8")
    assert open_terminal(theme="dark", language="ko").tokens.panel == QColor(DARK["panel"])
    terminal = open_terminal()
    assert terminal.tokens.panel == QColor(LIGHT["panel"])
    assert terminal.context.texts.language == "ja"


def test_a_theme_that_is_gone_falls_back_with_a_line(open_terminal, tmp_path, capsys):
    (tmp_path / "settings.toml").write_text("[look]\ntheme = 'gone'\n", encoding="utf-8")
    assert open_terminal().tokens.panel == QColor(DARK["panel"])
    assert "found 'gone'" in capsys.readouterr().err


def test_another_language_keeps_workspace_symbol_sort_and_time_frame(qtbot, open_terminal):
    terminal = open_terminal(language="en")
    terminal.window.make_later_panels()
    panel_of(terminal, PositionsPanel).view.table.toggle_sort("pnl")
    panel_of(terminal, ChartPanel).set_timeframe(60)
    terminal.window.open_workspace("scalper")
    terminal.session.selection.choose("000660")
    terminal.settings.set("look.language", "ja")
    before = terminal.window
    terminal.take_settings()
    assert terminal.window is not before
    assert terminal.window.isVisible()
    assert not before.isVisible()
    assert terminal.window.workspace.name == "scalper"
    assert terminal.session.selection.symbol() == "000660"
    assert terminal.context.texts.language == "ja"
    terminal.window.open_workspace("day")
    assert panel_of(terminal, ChartPanel).settings.timeframe_s == 60
    table = panel_of(terminal, PositionsPanel).view.table
    assert (table.sort_by, table.descending) == ("pnl", True)
    seen = terminal.frame_clock.refreshes
    qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > seen, timeout=5_000)


def test_density_presets_and_click_mode_are_those_of_the_settings(open_terminal):
    terminal = open_terminal(language="en")
    terminal.settings.set("look.density", "compact")
    terminal.settings.set("entry.presets", (7, 70))
    terminal.settings.set("entry.click", value="price")
    terminal.take_settings()
    assert (metrics.TABLE_ROW, metrics.LADDER_ROW, metrics.LADDER_BAR) == (20, 18, 11)
    ladder = panel_of(terminal, LadderPanel)
    ladder.refresh(0)
    assert [button.text() for button in ladder.presets.buttons] == ["7", "70"]
    assert ladder.switches.click_mode.look == "quiet"


def test_another_scale_asks_for_a_new_process_and_keeps_the_layout(open_terminal, tmp_path):
    terminal = open_terminal(language="en")
    terminal.is_kept = True
    terminal.window.open_workspace("scalper")
    terminal.settings.set("look.scale", 120)
    terminal.take_settings()
    assert terminal.restart_wanted
    assert not terminal.window.isVisible()
    assert '"workspace": "scalper"' in (tmp_path / "layout.json").read_text(encoding="utf-8")


def test_another_scale_waits_for_the_next_start_where_nobody_starts_another_window(open_terminal):
    terminal = open_terminal(language="en")
    terminal.settings.set("look.scale", 120)
    terminal.take_settings()
    assert terminal.window.isVisible()
    assert terminal.window.hint_strip.message == "The new scale holds from the next start on"


def test_the_first_workspace_is_the_chosen_one(open_terminal, tmp_path):
    (tmp_path / "settings.toml").write_text("[startup]\nworkspace = 'scalper'\n", encoding="utf-8")
    assert open_terminal(language="en").window.workspace.name == "scalper"


def test_a_theme_is_edited_in_the_window_saved_and_chosen(open_terminal, tmp_path):
    terminal = open_terminal(language="en")
    terminal.window.run_action("theme.edit")
    editor = terminal.dialogs.editor
    editor.choose("panel")
    editor.value.setText("#010203")
    editor.value.editingFinished.emit()
    assert terminal.tokens.panel == QColor("#010203")
    editor.name.setText("Night")
    editor.save()
    assert 'panel = "#010203"' in (tmp_path / "themes" / "night.toml").read_text(encoding="utf-8")
    editor.reject()
    assert terminal.tokens.panel == QColor("#010203")
    assert terminal.settings.word("look.theme") == "night"


def test_another_theme_of_ones_own_is_replaced_or_deleted_only_when_asked_twice(open_terminal, tmp_path):
    night, themes = tmp_path / "themes" / "night.toml", tmp_path / "themes"
    themes.mkdir()
    night.write_text('name = "Night"\nbase = "light"\n[colors]\npanel = "#0c1016"\n', encoding="utf-8")
    terminal = open_terminal(language="en")
    terminal.window.run_action("theme.edit")
    editor, before = terminal.dialogs.editor, night.read_bytes()
    editor.name.setText("night!")
    editor.save()
    assert night.read_bytes() == before
    assert "A theme Night exists already" in editor.accessibleDescription()
    editor.save()
    assert night.read_bytes() != before
    editor.save()  # its own now
    assert "is stored" in editor.accessibleDescription()
    editor.delete_asked.emit()
    assert night.exists()
    editor.delete_asked.emit()
    assert not night.exists()
    assert (terminal.dialogs.editor, terminal.settings.word("look.theme")) == (None, "dark")
    terminal.window.run_action("theme.edit")
    terminal.dialogs.editor.delete_asked.emit()
    assert "of your own" in terminal.dialogs.editor.accessibleDescription()


def test_closing_the_editor_without_saving_gives_the_window_its_colours_back(open_terminal):
    terminal = open_terminal(language="en")
    terminal.window.run_action("theme.edit")
    editor = terminal.dialogs.editor
    editor.choose("panel")
    editor.edit.set_color("#010203")
    editor.previewed.emit()
    editor.reject()
    editor.reject()
    assert terminal.dialogs.editor is None
    assert terminal.tokens.panel == QColor(DARK["panel"])


def test_the_tour_is_seen_once(open_terminal):
    terminal = open_terminal(language="en")
    terminal.window.run_action("tour.start")
    for _ in range(5):
        terminal.dialogs.tour.go(1)
    assert terminal.dialogs.tour is None
    assert not terminal.settings.flag("startup.tour")


def test_credit_is_unlocked_in_the_settings_by_hand_alone(open_terminal, tmp_path, link):
    link.say(replace(account(), kind="kr_margin"))
    terminal = open_terminal(language="en")
    terminal.window.run_action("settings.credit")
    dialog = terminal.dialogs.settings
    row = dialog.rows["entry.credit"]
    line = terminal.window.top_bar
    line.refresh()
    shown = line._shown
    assert (row.isVisible(), terminal.settings.flag("entry.credit")) == (True, False)
    (tmp_path / "theirs.toml").write_text("[entry]\ncredit = true\n", encoding="utf-8")
    dialog.file_asked.emit(str(tmp_path / "theirs.toml"), True)
    assert (terminal.settings.flag("entry.credit"), "stay locked" in dialog.accessibleDescription()) == (False, True)
    row.control.widget.setFocus()
    QTest.keyClick(row.control.widget, Qt.Key.Key_Space)
    assert terminal.settings.flag("entry.credit")
    assert (line._borrows, line._shown != shown) == (True, True)  # it says so at once
    assert "credit = true" in (tmp_path / "settings.toml").read_text(encoding="utf-8")


def test_arming_waits_for_the_core_and_a_lost_one_disarms(open_terminal, link):
    terminal = open_terminal(language="en")
    window, actions = terminal.window, terminal.session.actions
    window.run_action("arm.toggle")
    assert actions.is_armed
    link.say(LinkDown(""))
    terminal.frame_clock.tick()
    assert not actions.is_armed
    window.run_action("arm.toggle")
    said = terminal.context.texts("refusal.arm_link_down")
    assert (actions.is_armed, window.hint_strip.message) == (False, said)
    link.say(LinkUp())
    terminal.frame_clock.tick()
    window.run_action("arm.toggle")
    assert actions.is_armed


def test_a_terminal_that_never_saw_its_core_is_not_armed(qtbot, tmp_path):
    terminal = Terminal(tmp_path, ACCOUNT, ScriptedLink(), TerminalOptions(language="en"))
    terminal.window.run_action("arm.toggle")
    assert not terminal.session.actions.is_armed
    dispose(terminal.window)


def test_languages_are_actions(qtbot, open_terminal):
    terminal = open_terminal(language="en")
    terminal.window.run_action("language.ja")
    qtbot.waitUntil(lambda: terminal.context.texts.language == "ja", timeout=5_000)
    assert terminal.settings.word("look.language") == "ja"


def test_steps_of_the_scale_are_gathered_before_the_window_goes(qtbot, open_terminal, tmp_path):
    terminal = open_terminal(language="en")
    terminal.is_kept = True  # a parent starts the next window
    window, timer = terminal.window, terminal.looks._later
    for name in ("larger", "larger", "smaller", "larger"):
        window.run_action(f"scale.{name}")
    assert (terminal.settings.number("look.scale"), timer.isActive(), terminal.restart_wanted) == (120, True, False)
    assert window.hint_strip.message == "Scale 120%: the window opens again in a moment"
    timer.timeout.emit()
    assert terminal.restart_wanted
    assert "scale = 120" in (tmp_path / "settings.toml").read_text(encoding="utf-8")


def test_the_scale_ends_at_its_bounds_and_goes_back(open_terminal):
    terminal = open_terminal(language="en")
    window = terminal.window
    for _ in range(9):
        window.run_action("scale.larger")
    assert terminal.settings.number("look.scale") == 150
    assert window.hint_strip.message == "The scale is 150%, there is none beyond it"
    window.run_action("scale.reset")
    assert terminal.settings.number("look.scale") == 100
    for _ in range(3):
        window.run_action("scale.smaller")
    assert terminal.settings.number("look.scale") == 90
    terminal.looks._later.stop()


@pytest.mark.parametrize("preset", ["default", "kiwoom", "tws"])
def test_every_action_of_the_terminal_has_a_key_in_every_preset(open_terminal, preset):
    terminal = open_terminal(language="en")
    book = terminal.context.keymap_book
    book.choose(preset, keeps=False)
    names = list(book.names())
    assert len(names) > 150
    assert [name for name in names if not book.keymap.keys_of(name)] == []
    assert (book.keymap.conflicts, book.keymap.actions - set(names)) == ((), set())


def test_looks_and_locks_are_found_in_the_command_bar(qtbot, open_terminal):
    terminal = open_terminal(language="en")
    finder = terminal.window.finder
    for typed, action in (
        ("english", "language.en"),
        ("日本語", "language.ja"),
        ("larger", "scale.larger"),
        ("크게", "scale.larger"),
        ("credit", "settings.credit"),
        ("신용", "settings.credit"),
        ("cancel the picked", "cancel.picked"),
        ("sort the table", "table.sort"),
    ):
        assert action in [found.action for found in finder.find(typed)], typed
    hand = Hand(terminal.window)
    hand.press("Ctrl+K")
    hand.type("korea")
    hand.press("Esc Ctrl+O K")
    qtbot.waitUntil(lambda: terminal.context.texts.language == "ko", timeout=5_000)


def test_no_order_leaves_from_a_dialog(open_terminal, link):
    terminal = open_terminal(language="en")
    terminal.window.run_action("arm.toggle")
    for action, dialog in (
        ("settings.open", lambda: terminal.dialogs.settings),
        ("theme.edit", lambda: terminal.dialogs.editor),
    ):
        terminal.window.run_action(action)
        opened = dialog()
        for widget in (opened, *(field for field in opened.findChildren(QLineEdit) if field.isVisible())):
            for key in (Qt.Key.Key_F1, Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F8, Qt.Key.Key_Return):
                QTest.keyClick(widget, key)
        opened.close()
    assert (link.intents, terminal.session.actions.is_armed) == ([], True)


@pytest.mark.parametrize("preset", ["default", "kiwoom", "tws"])
def test_every_preset_goes_out_and_comes_in_with_the_new_keys(open_terminal, tmp_path, preset):
    book = open_terminal(language="en").context.keymap_book
    book.choose(preset)
    for action, keys in (("cancel.picked", "Ctrl+J"), ("qty.share_50", "Alt+5"), ("table.sort", "Ctrl+I S")):
        assert book.assign(action, keys, takes=True) is None
    text, bindings = book.text(), book.keymap.bindings
    book.reset()
    book.choose("default")
    book.take(text, "mine")
    assert (book.preset, book.keymap.bindings, book.keymap.conflicts) == (preset, bindings, ())
    assert book.keymap.keys_of("qty.5") != "Alt+5"


def test_first_choices_are_opened_again_by_a_key_and_take_effect(open_terminal, link):
    link.say(account())
    terminal = open_terminal(language="en")
    terminal.frame_clock.tick()
    hand = Hand(terminal.window)
    hand.press("Ctrl+O F")
    dialog = terminal.dialogs.welcome.dialog
    assert dialog.isVisible()
    assert dialog._held == {"cash": money_text(account().cash, "KRW")}
    assert dialog.choices.risk == "ordinary"
    for row, key in (("keymap", Qt.Key.Key_Right), ("convention", Qt.Key.Key_Left), ("risk", Qt.Key.Key_Left)):
        QTest.keyClick(dialog.pickers[row], key)
    window = terminal.window
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert terminal.dialogs.welcome.dialog is None
    assert terminal.context.keymap_book.preset == "kiwoom"
    assert terminal.settings.word("look.convention") == "us"
    assert terminal.settings.flag("entry.confirm")
    assert terminal.window is window  # the language is as it was
    assert [type(intent) for intent in link.intents] == [SetLimits]
    assert link.intents[0].limits == {"order_qty_max": 2_000, "order_value_max": 10_000_000}


def test_first_choices_that_are_left_change_nothing(open_terminal, link):
    terminal = open_terminal(language="en")
    before = terminal.settings.own
    Hand(terminal.window).press("Ctrl+O F")
    dialog = terminal.dialogs.welcome.dialog
    QTest.keyClick(dialog.pickers["risk"], Qt.Key.Key_Right)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert (terminal.settings.own, link.intents, terminal.dialogs.welcome.dialog) == (before, [], None)
    # Another language makes the window anew: the dialog that went with the old one can be opened again.
    Hand(terminal.window).press("Ctrl+O F")
    dialog = terminal.dialogs.welcome.dialog
    QTest.keyClick(dialog.pickers["language"], Qt.Key.Key_Right)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert terminal.context.texts.language != "en"
    Hand(terminal.window).press("Ctrl+O F")
    assert terminal.dialogs.welcome.dialog.isVisible()


def test_credit_that_is_unlocked_is_offered_at_once_though_nothing_trades(open_terminal, link, qtbot):
    link.say(replace(account(), kind=REG_T))
    terminal = open_terminal(language="en")
    credit = panel_of(terminal, OrderEntryPanel)._fields["credit"]
    qtbot.waitUntil(lambda: credit._shown[1] != "", timeout=5_000)
    terminal.settings.set("entry.credit", True)
    terminal.take_settings()
    qtbot.waitUntil(lambda: credit._shown[1] == "", timeout=3_000)
