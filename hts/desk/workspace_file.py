"""Workspaces as a file for another machine: JSON that can be read and corrected by hand.

A file that is imported must hold whole: the first fault is told with what was expected, what was found and what to do,
and nothing is taken. Only panels that this build does not know are left out, by their names. What a panel keeps of its
own is the panel's to judge, as it judges the stored layout.
"""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from hts.base.errors import ConfigError
from hts.desk.selection import GROUPS
from hts.desk.workspace_docks import (
    LAYOUT_VERSION,
    Window,
    docks_xml,
    kept_part,
    panels_in,
    part_fault,
    place_fault,
    read_docks,
)
from hts.desk.workspaces import OWN_MAX, clean_title

VERSION: Final = 1
PANELS_MAX: Final = 40  # in one workspace
OWN_BYTES: Final = 65_536  # of what one panel keeps
OWN_DEPTH: Final = 12
INT_MAX: Final = 2**53
CORRECT: Final = "correct the file or export it again"


class PanelCopy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A panel's link group and what it keeps of its own."""

    group: int
    own: dict[str, Any] = {}


class WorkspaceCopy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One workspace; `base` is the shipped one that a reset returns to."""

    title: str
    base: str
    windows: tuple[Window, ...]
    panels: dict[str, PanelCopy]


class WorkspaceFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file. `format` tells it from other JSON."""

    format: Literal["hts-workspaces"]
    version: int
    workspaces: tuple[WorkspaceCopy, ...]


class Imported(Struct, frozen=True, kw_only=True):
    """A workspace that can be opened: its stored `layout`, and the panels that were `left_out`."""

    title: str
    base: str
    layout: dict[str, Any]
    left_out: tuple[str, ...] = ()


# Writing


def copy_of(title: str, base: str, layout: Mapping[str, Any]) -> WorkspaceCopy:
    """A stored layout for the file. Raises ValueError for one that does not hold."""
    try:
        groups = {str(key): int(group) for key, group in layout["panels"]}
        windows = read_docks(base64.b64decode(str(layout["docks"]), validate=True))
    except (KeyError, TypeError) as fault:
        raise ValueError(f"expected panels and docks, found {fault}") from fault
    kept = layout.get("own")
    own = kept if isinstance(kept, dict) else {}
    panels = {
        key: PanelCopy(group=groups[key], own=own.get(key, {}))
        for window in windows
        for key in panels_in(window.inside)
        if key in groups
    }
    return WorkspaceCopy(title=title, base=base, windows=tuple(_kept(windows, panels)), panels=panels)


def text_of(copies: Sequence[WorkspaceCopy]) -> str:
    """The file's content."""
    file = WorkspaceFile(format="hts-workspaces", version=VERSION, workspaces=tuple(copies))
    return json.dumps(msgspec.to_builtins(file), ensure_ascii=False, indent=1) + "\n"


# Reading


def read(text: str, where: str, known: Collection[str], shipped: Sequence[str]) -> tuple[Imported, ...]:
    """The workspaces of a file. Raises ConfigError, and then nothing of it may be taken.

    `known`: the panels of this build; `shipped`: its workspaces.
    """
    file = _parsed(text, where)
    if not 1 <= len(file.workspaces) <= OWN_MAX:
        raise ConfigError(f"{where}: expected 1 to {OWN_MAX} workspaces, found {len(file.workspaces)}; {CORRECT}")
    made = []
    for number, one in enumerate(file.workspaces, 1):
        fault = _fault(one)
        if fault:
            raise ConfigError(f"{where}: workspace {number}: {fault}; {CORRECT}")
        taken = _imported(one, known, shipped)
        if taken is None:
            names = ", ".join(sorted({key.partition(".")[0] for key in one.panels}))[:120]
            raise ConfigError(
                f"{where}: workspace {number}: expected panels that this version has, found {names}; "
                "update this terminal"
            )
        made.append(taken)
    return tuple(made)


def _parsed(text: str, where: str) -> WorkspaceFile:
    try:
        head = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as fault:
        raise ConfigError(f"{where}: expected exported workspaces (JSON), found {_short(fault)}; {CORRECT}") from fault
    if bytes(head.get("format", msgspec.Raw(b""))) != b'"hts-workspaces"':
        raise ConfigError(
            f'{where}: expected "format": "hts-workspaces", found another file; choose exported workspaces'
        )
    version = bytes(head.get("version", msgspec.Raw(b"none")))
    if version != str(VERSION).encode():
        found = version[:20].decode("utf-8", "replace")
        raise ConfigError(
            f"{where}: expected version {VERSION} of exported workspaces, found {found}; "
            "update this terminal or export it again from one like it"
        )
    try:
        return msgspec.json.decode(text, type=WorkspaceFile)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as fault:
        raise ConfigError(f"{where}: {_short(fault)}; {CORRECT}") from fault


def _short(fault: BaseException) -> str:
    said = "lists nested too deep" if isinstance(fault, RecursionError) else str(fault)
    return said if len(said) <= 160 else f"{said[:157]}..."


def _fault(one: WorkspaceCopy) -> str:
    """What is wrong with a workspace of the right shape; nothing when it holds."""
    windows = one.windows
    if not clean_title(one.title):
        return f"expected a title that can be read, found {one.title[:40]!r}"
    if not windows or windows[0].place is not None or any(window.place is None for window in windows[1:]):
        return "expected the main window first, without a place, and a place for each torn-off one"
    if len(windows) > PANELS_MAX + 1:
        return f"expected at most {PANELS_MAX} torn-off windows, found {len(windows) - 1}"
    fault = next(filter(None, (part_fault(each.inside) or place_fault(each.place) for each in windows)), "")
    if fault:
        return fault
    names = list(chain.from_iterable(panels_in(window.inside) for window in windows))
    if sorted(names) != sorted(one.panels) or not 1 <= len(names) <= PANELS_MAX:
        return f"expected 1 to {PANELS_MAX} panels, each at one place, found {len(one.panels)} panels at {len(names)}"
    for name, panel in one.panels.items():
        kind, _, number = name.partition(".")
        if not _is_word(kind) or not (number.isascii() and number.isdecimal() and len(number) <= 3):
            return f"expected a panel's name and number as chart.1, found {name[:40]!r}"
        if panel.group not in GROUPS:
            return f"{name}: expected a group of {GROUPS[0]} to {GROUPS[-1]}, found {panel.group}"
        if not _is_small(panel.own):
            return f"{name}: expected at most {OWN_BYTES} bytes and {OWN_DEPTH} levels of its own"
    return ""


def _is_word(kind: str) -> bool:
    return kind.isascii() and kind.replace("_", "").isalnum() and len(kind) <= 40


def _is_small(own: dict[str, Any]) -> bool:
    return _holds(own, 1) and len(json.dumps(own)) <= OWN_BYTES


def _holds(value: object, depth: int) -> bool:
    """Whether a value can be written again: nested not too deep, figures that any reader takes."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return depth <= OWN_DEPTH and all(_holds(one, depth + 1) for one in inner)
    return not isinstance(value, int) or abs(value) <= INT_MAX


def _imported(one: WorkspaceCopy, known: Collection[str], shipped: Sequence[str]) -> Imported | None:
    kept = {key: panel for key, panel in one.panels.items() if key.partition(".")[0] in known}
    if not kept:
        return None
    docks = base64.b64encode(docks_xml(_kept(one.windows, kept))).decode("ascii")
    return Imported(
        title=one.title,
        base=one.base if one.base in shipped else shipped[0],
        layout={
            "version": LAYOUT_VERSION,
            "panels": [[key, panel.group] for key, panel in kept.items()],
            "docks": docks,
            "own": {key: panel.own for key, panel in kept.items() if panel.own},
        },
        left_out=tuple(sorted({key.partition(".")[0] for key in one.panels if key not in kept})),
    )


def _kept(windows: Sequence[Window], panels: Collection[str]) -> list[Window]:
    """The windows with these panels alone; a torn-off one that becomes empty is gone."""
    left = [
        Window(inside=kept_part(window.inside, lambda key: key in panels), place=window.place) for window in windows
    ]
    return [window for window in left if window.place is None or window.inside is not None]
