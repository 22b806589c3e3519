"""Every small file of a home directory, broken in every way: the terminal opens, says it, and keeps the file."""

import json

import pytest

from hts.app.terminal import Terminal, TerminalOptions
from tests.support.desk_feed import ACCOUNT
from tests.support.desk_link import ScriptedLink, snapshot
from tests.support.windows import dispose

FILES = (
    "layout.json",
    "settings.toml",
    "keymap.toml",
    "screens.toml",
    "screens.json",
    "quantities.json",
    "watch_groups.json",
    "price_alerts.json",
    "trade_journal.json",
    "drawings-KRX-005930.json",
    "themes/night.toml",
)

SHAPES = (  # each of them is JSON, and none is what a file of ours holds
    b"7",
    b"null",
    b"[[1], 2, null]",
    json.dumps({"version": 10**400, "rules": [10**400], "layouts": {"day": 1e999}}).encode(),
)
DAMAGES = {
    "cut off": (b'{"version": 1, "a": [', b"a = [1, "),
    "no text": (b"\xff\xfe\x00\x01", b"\xff\xfe\x00\x01"),
    "zeros, as after a power cut": (b"\0" * 4_096, b"\0" * 4_096),
    "too deep": (b"[" * 100_000, b"a = " + b"[" * 100_000),
    "too large": (b" " * (5 << 20), b"#" * (5 << 20)),
    "a figure without end": (b'{"version": ' + b"9" * 10_000 + b"}", b"version = " + b"9" * 10_000),
    "other shapes": (b"", 'a = "\u202eשלום🙂"\n[x'.encode()),
}


def damaged(name, damage, number):
    """What stands in a file: of its own kind, so that it is the reader that meets it."""
    as_json, as_toml = DAMAGES[damage]
    return as_toml if name.endswith(".toml") else as_json or SHAPES[number % len(SHAPES)]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_home_full_of_damaged_files_opens_and_every_one_is_kept_beside(qtbot, tmp_path, capsys, damage):
    (tmp_path / "themes").mkdir()
    for number, name in enumerate(FILES):
        (tmp_path / name).write_bytes(damaged(name, damage, number))
    link = ScriptedLink()
    link.say(*snapshot())
    terminal = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(language="en"))
    terminal.show()
    qtbot.waitUntil(lambda: terminal.frame_clock.refreshes > 2, timeout=5_000)
    window = terminal.window
    window.make_later_panels()
    for name in ("chart", "watchlist", "screener", "journal", "alerts", "keymap_editor"):
        window.run_action(f"panel.{name}")
    qtbot.waitUntil(lambda: bool(terminal.context.boards), timeout=5_000)  # the chart has looked for its drawings
    kept = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.damaged")}
    said = capsys.readouterr().err
    lost = [name for name in FILES if not {f"{name}.damaged", f"{name.rpartition('.')[0]}.damaged"} & kept]
    assert [name for name in lost if f"{name}: " not in said] == []  # what is read line by line is told and not moved
    assert window.isVisible()
    assert terminal.session.selection.symbol() == "005930"
    assert "Traceback" not in said
    window.open_workspace("scalper")
    dispose(window)
    assert json.loads((tmp_path / "layout.json").read_text())  # what is stored now is whole again
