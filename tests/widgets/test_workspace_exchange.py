import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from hts.app.desk_files import SIZE_MAX, DeskFiles
from hts.desk.workspaces import OWN_MAX
from tests.support.desk_feed import busy_desk
from tests.support.panels import panel_context, show_frame
from tests.support.window import frame, press
from widgets.main_window import MainWindow
from widgets.panels import make_panel
from widgets.workspace_exchange import take_file, write_file
from widgets.workspace_tabs import MENU


def make(qtbot, desk, home, language="en"):
    context = replace(panel_context(desk, language), files=DeskFiles(home))
    window = MainWindow(context, context.keymap_book.keymap, desk.commands, lambda: desk.now_ns)
    qtbot.addWidget(window)
    window.resize(1920, 1080)
    window.show()
    frame(window, desk)
    return window


@pytest.fixture
def window(qtbot, desk, tmp_path):
    return make(qtbot, desk, tmp_path)


def titles(window):
    return [entry.title for entry in window.workspaces.list.entries if entry.is_own]


def shown(window):
    """Panels, groups, what stands behind what, what is torn off, and the chart's time frame."""
    docks = window.workspace._widgets
    return sorted(
        (
            key,
            window.workspace._places[key].group,
            sorted(dock.objectName() for dock in docks[key].dockAreaWidget().dockWidgets()),
            docks[key].isFloating(),
            panel.settings.timeframe_s if panel.objectName() == "chart" else 0,
        )
        for key, panel in window.workspace._made()
    )


def test_a_workspace_goes_to_another_home_and_is_the_same_there(window, qtbot, tmp_path):
    window.make_later_panels()
    window.run_action("workspace.duplicate")
    window.top_bar.renamed.emit("own-1", "Mine")
    window.run_action("panel.log")
    window.workspace._widgets["orders.1"].setFloating()
    window.workspace._widgets["orders.1"].floatingDockContainer().setGeometry(60, 70, 640, 320)
    window.workspace.link(window.workspace._widgets["tape.1"].widget(), 3)
    next(p for p in window.workspace.panels if p.objectName() == "chart").set_timeframe(600)
    write_file(window, tmp_path / "out.json", of_all=False)
    assert window.hint_strip.message == "Written to out.json: Mine"
    again = make(qtbot, busy_desk(), tmp_path / "other")
    again.make_later_panels()
    take_file(again, tmp_path / "out.json")
    assert again.hint_strip.message == "Taken from out.json: Mine"
    assert (titles(again), again.workspace.name, shown(again)) == (["Mine"], "own-1", shown(window))
    assert again.workspace._widgets["orders.1"].floatingDockContainer().geometry().getRect() == (60, 70, 640, 320)
    again.run_action("workspace.reset")  # to the shipped one that it was made from
    assert "log.1" not in again.workspace._widgets


def test_all_that_are_not_as_they_ship_go_into_one_file(window, desk, qtbot, tmp_path):
    window.open_workspace("scalper")
    window.run_action("workspace.new")
    write_file(window, tmp_path / "all.json", of_all=True)
    table = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert [one["title"] for one in table["workspaces"]] == ["Day", "Scalper", "Workspace 1"]
    take_file(window, tmp_path / "all.json")
    assert titles(window) == ["Workspace 1", "Day 2", "Scalper 2", "Workspace 2"]
    said = "Taken from all.json: Day → Day 2, Scalper → Scalper 2, Workspace 1 → Workspace 2"
    assert window.hint_strip.message == said
    assert window.workspace.name == "own-2"
    for name in ("own-3", "own-4"):
        window.open_workspace(name)
        frame(window, desk)
    assert "damaged" not in window.hint_strip.message


def test_a_damaged_stored_layout_is_named_and_left_out(window, tmp_path):
    window.restore({"layouts": {"monitor": {"docks": "!"}}})
    write_file(window, tmp_path / "all.json", of_all=True)
    assert window.hint_strip.message == (
        "Written to all.json: Day · left out, since the stored layout is damaged: Monitor"
    )


def test_where_there_is_no_room_nothing_is_taken(window, tmp_path):
    window.run_action("workspace.new")
    write_file(window, tmp_path / "all.json", of_all=True)
    for _ in range(OWN_MAX - 2):
        window.workspaces.list.add(window.workspaces.list.free_title("W"), "day")
    before = window.state()
    take_file(window, tmp_path / "all.json")
    assert window.hint_strip.message == (
        "The file holds 2 workspaces, and 16 of your own is the most; there is room for 1. Delete some first"
    )
    assert window.state() == before


def test_unknown_panels_are_named_and_left_out(window, desk, tmp_path):
    path = tmp_path / "out.json"
    write_file(window, path, of_all=False)
    path.write_text(path.read_text(encoding="utf-8").replace("tape.1", "news.1"), encoding="utf-8")
    take_file(window, path)
    assert window.hint_strip.message == (
        "Taken from out.json: Day → Day 2 · panels that this version does not know were left out: news"
    )
    frame(window, desk)
    assert "watchlist.1" in window.workspace._widgets
    assert "tape.1" not in window.workspace._widgets


def test_a_file_that_cannot_be_taken_changes_nothing_and_a_disk_that_refuses_is_told(window, tmp_path):
    path = tmp_path / "in.json"
    before = window.state()
    for data, said in (
        (None, "in.json: cannot read it: No such file or directory; choose another file"),
        (b"{}", 'in.json: expected "format": "hts-workspaces", found another file; choose exported workspaces'),
        (b"\xff\xfe\x00", "in.json: expected text in UTF-8, found other bytes; save it as UTF-8"),
        (b" " * (SIZE_MAX + 1), f"in.json: expected at most {SIZE_MAX} bytes; choose a smaller file"),
    ):
        if data is not None:
            path.write_bytes(data)
        take_file(window, path)
        assert window.hint_strip.message.endswith(said)
        assert window.state() == before
    path.unlink()
    write_file(window, tmp_path / "gone" / "out.json", of_all=False)
    assert window.hint_strip.message.endswith("cannot write it: No such file or directory; choose another place")


def test_keys_and_the_command_bar_reach_them(window, monkeypatch, tmp_path):
    asked = []
    path = str(tmp_path / "by_key.json")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: asked.append(a[1]) or (path, ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: asked.append(a[1]) or (path, ""))
    for key in (Qt.Key.Key_X, Qt.Key.Key_A, Qt.Key.Key_I):
        press(window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
        press(window, key)
    assert asked == [
        "Export workspace to a file",
        "Export all workspaces to a file",
        "Import workspaces from a file",
    ]
    assert titles(window) == ["Day 2"]
    for action in MENU[-3:]:
        assert action in {line.action for line in window.finder.find(window.context.texts(f"action.{action}"))}


NASTY = (
    None,
    True,
    -1,
    2**53,
    1e300,
    "",
    "x" * 3_000,
    "\u202e\U0001f600",
    [],
    [[1, {}]],
    {},
    {"a": {"b": []}},
    "candles",
)


def spots(value, path=()):
    """The ways to everything within what panels keep."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from spots(one, (*path, key))


COLUMNS = {"columns": {"hidden": ["px"], "order": ["qty", "px"], "widths": {"qty": 80}}}
KEPT = {
    "chart": {
        "timeframe_s": 180, "style": "candles", "scale": "log", "compare": "000660", "snaps": True,
        "studies": [{"name": "sma", "values": ["5"], "is_hidden": False, "color": "#ff0000"}],
        "heights": {"rsi": 0.2}, "is_regular": False,
    },
    "tape": {"least": 5, "side": 1, "venue": "KRX", "joined": True, "big": 7},
    "market_map": {"by": "turnover"},
    "footprint": {"minutes": 1, "ticks": 1},
    "depth_heatmap": {"row": 1, "zoom": 1, "contrast": 1.0},
    "ranking": {"kind": "gainers", "scope": "all", **COLUMNS},
    "screener": {"name": "mine", "condition": "rise", **COLUMNS},
    "journal": {"span": "DAY", "currency": "KRW", "tables": {"trips": COLUMNS}},
    "order_xray": {"tables": {"fields": COLUMNS}},
    "latency": {"tables": {"orders": COLUMNS}},
    "orders": COLUMNS,
}  # fmt: skip


def test_whatever_a_panel_is_given_of_its_own_it_stays_usable(qtbot, desk):
    """Every panel that keeps something, with anything in any place of it."""
    context = panel_context(desk)
    made = {name: make_panel(name, context, group=1) for name in KEPT}
    for panel in made.values():
        qtbot.addWidget(panel)

    for n, (name, way) in enumerate((name, way) for name, own in KEPT.items() for way in spots(own)):
        for nasty in NASTY[n % 4 :: 4]:
            own = json.loads(json.dumps(KEPT[name]))
            at = own
            for step in way[:-1]:
                at = at[step]
            at[way[-1]] = nasty
            made[name].take_stored(own)
            json.dumps(made[name].stored())
        show_frame(made[name], desk)
