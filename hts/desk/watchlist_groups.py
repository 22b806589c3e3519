"""The trader's own groups of the watchlist: made, named, filled, ordered, folded; kept as JSON, taken from CSV.

A symbol that the day's list does not have stays in its group unseen: it may be listed again tomorrow.
"""

import csv
import io
import json
from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hts.desk.parsed import json_of
from hts.desk.tables import quoted

FILE = "watch_groups.json"
VERSION = 1
GROUPS_MAX = 32
SYMBOLS_MAX = 200
NAME_MAX = 24
SYMBOL_MAX = 16
IMPORT_ROWS_MAX = 5_000
NAMED_MAX = 3  # unknown codes that a message names
LOST = "groups that cannot be used"  # with their number before it
# What heads a column of a file may be, in small letters.
SYMBOL_HEADS = ("symbol", "code", "종목코드", "코드", "銘柄コード", "コード")
GROUP_HEADS = ("group", "그룹", "グループ")


class WatchGroup(Struct, frozen=True, kw_only=True):
    """One group; its name is its identity."""

    name: str
    symbols: tuple[str, ...] = ()


class GroupError(ValueError):
    """Why something cannot be done: a key of the text catalogue, and what fills its places."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class WatchGroups:
    """groups in their order. folded: keys of group heads whose issues are not shown. heat: changes have a ground."""

    def __init__(self) -> None:
        self.groups: list[WatchGroup] = []
        self.folded: set[str] = set()
        self.heat = False
        self.version = 0

    def find(self, name: str) -> WatchGroup | None:
        """The group of a name."""
        return next((group for group in self.groups if group.name == name), None)

    def make(self, name: str) -> str:
        """A new empty group; its name as it is kept. Raises GroupError."""
        name = self._checked(name)
        if len(self.groups) >= GROUPS_MAX:
            raise GroupError("watchlist.fault.groups", limit=GROUPS_MAX)
        self.groups.append(WatchGroup(name=name))
        self.version += 1
        return name

    def _checked(self, name: str) -> str:
        name = name.strip()
        if not name or len(name) > NAME_MAX or not name.isprintable():
            raise GroupError("watchlist.fault.name", limit=NAME_MAX)
        if self.find(name) is not None:
            raise GroupError("watchlist.fault.twice", name=name)
        return name

    def rename(self, name: str, to: str) -> None:
        """Another name for a group. Raises GroupError."""
        if name == to.strip():
            return
        to = self._checked(to)
        self.groups = [replace(group, name=to) if group.name == name else group for group in self.groups]
        self.version += 1

    def delete(self, name: str) -> None:
        """Forget a group."""
        self.groups = [group for group in self.groups if group.name != name]
        self.version += 1

    def add(self, name: str, symbol: str) -> None:
        """Put an issue at the end of a group, which is made if it is not there. Raises GroupError."""
        group = self.find(name)
        if group is None:
            name = self.make(name)
            group = WatchGroup(name=name)
        if symbol in group.symbols:
            return
        if len(group.symbols) >= SYMBOLS_MAX:
            raise GroupError("watchlist.fault.full", name=name, limit=SYMBOLS_MAX)
        self._set(replace(group, symbols=(*group.symbols, symbol)))

    def remove(self, name: str, symbol: str) -> None:
        """Take an issue out of a group."""
        group = self.find(name)
        if group is not None and symbol in group.symbols:
            self._set(replace(group, symbols=tuple(one for one in group.symbols if one != symbol)))

    def move(self, name: str, symbol: str, step: int) -> None:
        """Move an issue up (-1) or down (+1) in its group."""
        group = self.find(name)
        if group is None or symbol not in group.symbols:
            return
        symbols = list(group.symbols)
        at = symbols.index(symbol)
        to = min(max(at + step, 0), len(symbols) - 1)
        symbols.insert(to, symbols.pop(at))
        self._set(replace(group, symbols=tuple(symbols)))

    def move_group(self, name: str, step: int) -> None:
        """Move a group up (-1) or down (+1)."""
        group = self.find(name)
        if group is not None:
            at = self.groups.index(group)
            self.groups.insert(min(max(at + step, 0), len(self.groups) - 1), self.groups.pop(at))
            self.version += 1

    def fold(self, key: str) -> None:
        """Show only the head of a group, or all of it again."""
        self.folded ^= {key}
        self.version += 1

    def set_heat(self, on: bool) -> None:
        """Whether changes have a ground in their colour."""
        self.heat = on
        self.version += 1

    def _set(self, group: WatchGroup) -> None:
        self.groups = [group if one.name == group.name else one for one in self.groups]
        self.version += 1

    # Disk and files

    def dump(self) -> str:
        """For the disk."""
        table = {
            "version": VERSION,
            "groups": [{"name": group.name, "symbols": list(group.symbols)} for group in self.groups],
            "folded": sorted(self.folded),
            "heat": self.heat,
        }
        return json.dumps(table, ensure_ascii=False, indent=1)

    def load(self, text: str) -> int:
        """Take what was kept; how many groups could not be used. Raises ValueError for what is no list of groups."""
        table = json_of(text)
        rows = table.get("groups") if isinstance(table, dict) else None
        if not isinstance(rows, list):
            raise ValueError("no list of groups")  # noqa: TRY004  damaged content, whatever its type
        lost = sum(not self._take(row) for row in rows)
        folded = table.get("folded", [])
        self.folded = {key for key in folded if isinstance(key, str)} if isinstance(folded, list) else set()
        self.heat = table.get("heat") is True
        self.version += 1
        return lost

    def _take(self, row: Any) -> bool:
        symbols = row.get("symbols") if isinstance(row, dict) else None
        if not isinstance(symbols, list) or not isinstance(row.get("name"), str):
            return False
        try:
            name = self.make(row["name"])
            for symbol in symbols[:SYMBOLS_MAX]:
                if isinstance(symbol, str) and 0 < len(symbol) <= SYMBOL_MAX:
                    self.add(name, symbol)
        except GroupError:
            return False
        return True

    def csv(self) -> str:
        """All groups as a table of group and symbol."""
        lines = [f"{quoted(group.name)},{quoted(symbol)}" for group in self.groups for symbol in group.symbols]
        return "group,symbol\r\n" + "".join(f"{line}\r\n" for line in lines)

    def take_csv(self, text: str, known: Collection[str], default: str) -> tuple[int, list[str]]:
        """Add what a table holds; how many were added, and codes that the day's list does not have.

        Without a column of groups everything goes into `default`. Nothing is taken from a table that cannot be used:
        GroupError says which column or line it was.
        """
        entries, unknown = _entries(text, known, default)
        tried = WatchGroups()
        tried.groups = list(self.groups)
        before = sum(len(group.symbols) for group in tried.groups)
        for name, symbol in entries:
            tried.add(name, symbol)
        self.groups = tried.groups
        self.version += 1
        return sum(len(group.symbols) for group in self.groups) - before, unknown


def _entries(text: str, known: Collection[str], default: str) -> tuple[list[tuple[str, str]], list[str]]:
    """(group, symbol) of every line of a table, and the codes that are not known."""
    rows = list(_rows(text))
    heads = [head.strip().casefold() for head in rows[0]] if rows else []
    symbol_at = _place(heads, SYMBOL_HEADS)
    if symbol_at < 0:
        found = ", ".join(heads)[:60] or "–"
        raise GroupError("watchlist.fault.column", expected=", ".join(SYMBOL_HEADS[:3]), found=found)
    group_at = _place(heads, GROUP_HEADS)
    entries, unknown = [], []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(symbol_at, group_at):
            raise GroupError("watchlist.fault.line", line=number, found=len(row), expected=len(heads))
        symbol = row[symbol_at].strip()
        if symbol not in known:
            symbol = symbol.removeprefix("A")  # as Korean sheets write codes
        group = row[group_at].strip() if group_at >= 0 else ""
        if symbol in known:
            entries.append((group or default, symbol))
        else:
            unknown.append(symbol[:SYMBOL_MAX] or "–")
    return entries, unknown


def _rows(text: str) -> Iterable[list[str]]:
    lines = text.splitlines()
    if len(lines) > IMPORT_ROWS_MAX:
        raise GroupError("watchlist.fault.rows", found=len(lines), limit=IMPORT_ROWS_MAX)
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as fault:
        raise GroupError("watchlist.fault.csv", detail=str(fault)) from fault


def _place(heads: list[str], wanted: tuple[str, ...]) -> int:
    return next((i for i, head in enumerate(heads) if head in wanted), -1)
