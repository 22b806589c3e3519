"""The list of workspaces: those that ship, in their order, and the trader's own behind them.

A workspace of one's own has a title and the shipped layout that it was made from, to which a reset returns it. Shipped
ones can be reset and copied, and are neither renamed nor deleted.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import count
from typing import Any

from msgspec import Struct

from hts.desk.actions import Refusal

OWN_MAX = 16
TITLE_MAX = 24
OWN_PREFIX = "own-"


class WorkspaceEntry(Struct, frozen=True, kw_only=True):
    """`name` is its identity; `title` is empty for a shipped one, whose words are in the text catalogue."""

    name: str
    base: str
    title: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the trader made it."""
        return self.name.startswith(OWN_PREFIX)


def clean_title(title: str) -> str:
    """A title as one line of what can be printed; empty when nothing is left."""
    return " ".join("".join(c if c.isprintable() else " " for c in title).split())[:TITLE_MAX].strip()


def _numbered(word: str, taken: Collection[str], first: int) -> str:
    """The word and the first number that make a title which nobody has; a number that it ends with is replaced."""
    stem = re.sub(r" \d+$", "", word)[: TITLE_MAX - 3].strip()
    return next(title for n in count(first) if (title := f"{stem} {n}".strip()) not in taken)


class WorkspaceList:
    """`entries` in the order of the tabs."""

    def __init__(self, shipped: Iterable[str]) -> None:
        self._shipped = tuple(WorkspaceEntry(name=name, base=name) for name in shipped)
        self._own: list[WorkspaceEntry] = []

    @property
    def entries(self) -> tuple[WorkspaceEntry, ...]:
        """All of them."""
        return (*self._shipped, *self._own)

    def find(self, name: str) -> WorkspaceEntry | None:
        """The one of that name."""
        return next((entry for entry in self.entries if entry.name == name), None)

    def at(self, number: int) -> WorkspaceEntry | None:
        """The one with that number, counted from 1."""
        return self.entries[number - 1] if 1 <= number <= len(self.entries) else None

    def after(self, name: str, step: int) -> WorkspaceEntry:
        """The next one, or the one before, around the ends."""
        names = [entry.name for entry in self.entries]
        return self.entries[(names.index(name) + step) % len(names)]

    def add(self, title: str, base: str) -> WorkspaceEntry | Refusal:
        """One more, made from a shipped layout."""
        if len(self._own) >= OWN_MAX:
            return Refusal(key="refusal.workspaces_full", values={"limit": str(OWN_MAX)})
        clean = self._clean(title)
        if isinstance(clean, Refusal):
            return clean
        taken = {entry.name for entry in self._own}
        name = next(name for n in range(1, OWN_MAX + 1) if (name := f"{OWN_PREFIX}{n}") not in taken)
        entry = WorkspaceEntry(name=name, base=base, title=clean)
        self._own.append(entry)
        return entry

    def rename(self, name: str, title: str) -> Refusal | None:
        """Give one of the trader's own another title."""
        entry = self.find(name)
        if entry is None or not entry.is_own:
            return Refusal(key="refusal.workspace_ships")
        clean = self._clean(title, but=name)
        if isinstance(clean, Refusal):
            return clean
        renamed = WorkspaceEntry(name=name, base=entry.base, title=clean)
        self._own = [renamed if one.name == name else one for one in self._own]
        return None

    def remove(self, name: str) -> Refusal | None:
        """Delete one of the trader's own."""
        entry = self.find(name)
        if entry is None or not entry.is_own:
            return Refusal(key="refusal.workspace_ships")
        self._own.remove(entry)
        return None

    def add_all(
        self, wanted: Sequence[tuple[str, str]], shipped: Collection[str]
    ) -> tuple[WorkspaceEntry, ...] | Refusal:
        """All of them, or none when there is no room. Title and base of each; a title that exists gets a number.

        `shipped`: what the shipped ones are called in the language of now.
        """
        room = OWN_MAX - len(self._own)
        if len(wanted) > room:
            values = {"limit": str(OWN_MAX), "found": str(len(wanted)), "room": str(room)}
            return Refusal(key="refusal.workspaces_no_room", values=values)
        made = []
        for title, base in wanted:
            clean = clean_title(title)
            taken = {*shipped, *(entry.title for entry in self._own)}
            entry = self.add(clean if clean and clean not in taken else _numbered(clean, taken, 2), base)
            assert isinstance(entry, WorkspaceEntry), entry
            made.append(entry)
        return tuple(made)

    def free_title(self, word: str) -> str:
        """A title that nobody has: the word and a number."""
        return _numbered(word, {entry.title for entry in self._own}, 1)

    def _clean(self, title: str, but: str = "") -> str | Refusal:
        clean = clean_title(title)
        if not clean:
            return Refusal(key="refusal.workspace_untitled")
        if any(entry.title == clean for entry in self._own if entry.name != but):
            return Refusal(key="refusal.workspace_title_taken", values={"title": clean})
        return clean

    def state(self) -> list[dict[str, str]]:
        """The trader's own, for storing."""
        return [{"name": entry.name, "base": entry.base, "title": entry.title} for entry in self._own]

    def restore(self, stored: Any) -> bool:
        """Take what was stored; False when some of it was no workspace, which is left out."""
        rows: Sequence[Any] = stored if isinstance(stored, list) else []
        shipped = {entry.name for entry in self._shipped}
        self._own = []
        for row in rows[:OWN_MAX]:
            name, base, title = (row.get(key) if isinstance(row, dict) else None for key in ("name", "base", "title"))
            if not isinstance(name, str) or not name.startswith(OWN_PREFIX) or self.find(name) is not None:
                continue
            clean = self._clean(title) if isinstance(title, str) else None
            if base in shipped and isinstance(clean, str):
                self._own.append(WorkspaceEntry(name=name, base=str(base), title=clean))
        return isinstance(stored, list) and len(self._own) == len(stored)
