"""Workspaces to a file and from one: the trader chooses the file, and reads in one line what became of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from hts.base.errors import ConfigError
from hts.desk.actions import Refusal
from hts.desk.workspace_file import Imported, read, text_of
from hts.desk.workspaces import WorkspaceEntry
from widgets.panels import PANELS
from widgets.workspaces import WORKSPACES

if TYPE_CHECKING:
    from widgets.main_window import MainWindow

FILE = "hts-workspaces.json"
FILTER = "JSON (*.json)"
NAMED_MAX = 6  # so many are named, of the others the number


def ask_export(window: "MainWindow", *, of_all: bool) -> None:
    """Ask where to write the workspace in front, or all of them."""
    title = window.context.texts("action.workspace.export_all" if of_all else "action.workspace.export")
    chosen, _ = QFileDialog.getSaveFileName(window, title, FILE, FILTER)
    if chosen:
        write_file(window, Path(chosen), of_all=of_all)


def ask_import(window: "MainWindow") -> None:
    """Ask for the file whose workspaces are added."""
    chosen, _ = QFileDialog.getOpenFileName(window, window.context.texts("action.workspace.import"), "", FILTER)
    if chosen:
        take_file(window, Path(chosen))


def write_file(window: "MainWindow", path: Path, *, of_all: bool) -> None:
    """Write them, and say how many; one whose stored layout is damaged is named and left out."""
    texts = window.context.texts
    copies, damaged = window.workspaces.copies(of_all=of_all)
    if not copies:
        window.say(texts("workspace.none_to_export"))
        return
    problem = window.context.files.export(path, text_of(copies))
    if problem:
        window.say(problem)
        return
    said = texts("workspace.exported", names=_listed([one.title for one in copies]), path=path.name)
    if damaged:
        said += " · " + texts("workspace.damaged_left_out", names=_listed(damaged))
    window.say(said, is_warning=bool(damaged))


def take_file(window: "MainWindow", path: Path) -> None:
    """Add the file's workspaces, all or none; say what they are called now and what was left out."""
    texts = window.context.texts
    text, problem = window.context.files.fetch(path)
    if problem:
        window.say(problem)
        return
    try:
        imported = read(text, path.name, PANELS, tuple(WORKSPACES))
    except ConfigError as fault:
        window.say(str(fault))
        return
    entries = window.workspaces.take(imported)
    if isinstance(entries, Refusal):
        window.tell(entries)
        return
    names = _listed([_named(one, entry) for one, entry in zip(imported, entries, strict=True)])
    said = texts("workspace.imported", path=path.name, names=names)
    left_out = sorted({name for one in imported for name in one.left_out})
    if left_out:
        said += " · " + texts("workspace.panels_left_out", names=_listed(left_out))
    window.say(said, is_warning=bool(left_out))


def _named(one: Imported, entry: WorkspaceEntry) -> str:
    """Its title; with the file's before it where that one existed."""
    return entry.title if entry.title == one.title else f"{one.title[:24]} → {entry.title}"


def _listed(names: list[str]) -> str:
    more = len(names) - NAMED_MAX
    return ", ".join(names[:NAMED_MAX]) + (f" +{more}" if more > 0 else "")
