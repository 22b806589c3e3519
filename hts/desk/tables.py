"""What every table is: columns that say a row's text, tone and order, and rows that are asked for by number.

A view asks only for the rows that it can show, so its cost does not grow with the table. Rows are frozen values with a
`key` that names them for the selection. Rows that are only ever added (`LogTable`) stay in the order they came and are
read from the end; when the user sorts them, a second list is kept in order by insertion.
"""

from bisect import insort
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from hts.desk.figures import MINUS


class Row(Protocol):
    """A frozen value; equal rows paint equally."""

    @property
    def key(self) -> Hashable:
        """Names the row while the table lives."""


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """One column. `head` is the head's text, `width` in pixels at 100 %.

    tone: 1 up or buy, -1 down or sell, 0 neutral, 2 own; None for plain text.
    role: type role of themes.fonts. flashes: a change of `order` lights the cell up for a moment.
    rank: where there is no room for all, columns give way from the highest rank down; those of 0 always stay.
    """

    key: str
    head: str
    width: int
    text: Callable[[R], str]
    order: Callable[[R], Any]
    tone: Callable[[R], int | None] = lambda _row: None
    role: str = "body"
    is_right: bool = True
    flashes: bool = False
    rank: int = 0


class Table(Generic[R]):
    """Rows by number in the order that is shown. `sort_by` is the sorted column's key, "" for the natural order."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        self.columns = tuple(columns)
        self.sort_by = ""
        self.descending = False

    def __len__(self) -> int:
        raise NotImplementedError

    def row(self, number: int) -> R:
        """The row that stands at a number from the top."""
        raise NotImplementedError

    def toggle_sort(self, key: str) -> None:
        """First descending, then ascending, then the natural order again."""
        if self.sort_by != key:
            self.sort_by, self.descending = key, True
        elif self.descending:
            self.descending = False
        else:
            self.sort_by = ""
        self._resort()

    def sort_as(self, key: str, *, descending: bool) -> None:
        """One order, as it was before; a column that is not there any more leaves the natural one."""
        self.sort_by = key if any(column.key == key for column in self.columns) else ""
        self.descending = descending
        self._resort()

    def find(self, key: Hashable) -> int:
        """Number of the row with a key, -1 when there is none."""
        return next((i for i in range(len(self)) if self.row(i).key == key), -1)

    def exported(self) -> Iterable[R]:
        """The rows that go into a file, in the order that is shown."""
        return map(self.row, range(len(self)))

    def csv(self) -> str:
        """Heads and all rows for a spreadsheet: no thousands separators, a plain minus."""
        lines = [[column.head for column in self.columns]]
        lines += [[plain(column.text(row)) for column in self.columns] for row in self.exported()]
        return "".join(",".join(map(quoted, line)) + "\r\n" for line in lines)

    @property
    def _sorting(self) -> Column[R] | None:
        return next((column for column in self.columns if column.key == self.sort_by), None)

    def _resort(self) -> None:
        raise NotImplementedError


class ListTable(Table[R]):
    """A table whose rows are replaced as a whole: for dozens of rows."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        super().__init__(columns)
        self._natural: list[R] = []
        self._shown: list[R] = []

    def __len__(self) -> int:
        return len(self._shown)

    def row(self, number: int) -> R:
        return self._shown[number]

    def replace(self, rows: Iterable[R]) -> None:
        """Take the rows in their natural order."""
        self._natural = list(rows)
        self._resort()

    def _resort(self) -> None:
        column = self._sorting
        if column is None:
            self._shown = self._natural
        else:
            self._shown = sorted(self._natural, key=column.order, reverse=self.descending)


class LogTable(Table[R]):
    """A table that only grows, newest row first."""

    def __init__(self, columns: Sequence[Column[R]]) -> None:
        super().__init__(columns)
        self._oldest_first: list[R] = []
        self._ascending: list[R] | None = None

    def __len__(self) -> int:
        return len(self._oldest_first)

    def row(self, number: int) -> R:
        if self._ascending is None:
            return self._oldest_first[-1 - number]
        return self._ascending[-1 - number if self.descending else number]

    def extend(self, rows: Iterable[R]) -> None:
        """Add rows, oldest first."""
        column = self._sorting
        for row in rows:
            self._oldest_first.append(row)
            if self._ascending is not None and column is not None:
                insort(self._ascending, row, key=column.order)

    def clear(self) -> None:
        """Forget all rows."""
        self._oldest_first.clear()
        self._resort()

    def _resort(self) -> None:
        column = self._sorting
        self._ascending = None if column is None else sorted(self._oldest_first, key=column.order)


def plain(text: str) -> str:
    """A cell's text as a spreadsheet reads it: figures without separators, other texts as they are."""
    bare = text.replace(",", "").replace(MINUS, "-")
    return bare if bare.lstrip("+-").replace(".", "", 1).isdigit() else text


def quoted(text: str) -> str:
    """A CSV field by RFC 4180."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text
