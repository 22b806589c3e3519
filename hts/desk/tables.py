"""What every table is: columns that say a row's text, tone and order, and rows that are asked for by number.

A view asks only for the rows that it can show, so its cost does not grow with the table. Rows are frozen values with a
`key` that names them for the selection. Rows that are only ever added (`LogTable`) stay in the order they came and are
read from the end; when the user sorts them, a second list is kept in order by insertion. Rows that come, change and go
(`KeyedTable`) are kept in order one by one: what a change costs does not grow with the table.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from hts.desk.figures import MINUS
from hts.desk.tables_ranked import Ranked
from hts.model.enums import Side


class Row(Protocol):
    """A frozen value; equal rows paint equally."""

    @property
    def key(self) -> Hashable:
        """Names the row while the table lives."""


R = TypeVar("R", bound=Row)

BOUGHT: Final = 4
SOLD: Final = -BOUGHT


def side_tone(side: Side) -> int:
    """The tone of a cell that tells a side."""
    return BOUGHT * side.sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """One column. `head` is the head's text, `width` in pixels at 100 %.

    tone: 1 up, -1 down, 0 neutral, 2 own, 3 attention, 4 bought, -4 sold; None for plain text. Up and down are
    coloured as in the market of the row's `currency`, where it has one, sides always as the trader wants them.
    role: type role of themes.fonts. flashes: a change of `order` lights the cell up for a moment.
    rank: where there is no room for all, columns give way from the highest rank down; those of 0 always stay.
    is_drawn: the cell is a picture: neither files nor the clipboard have it.
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
    is_drawn: bool = False


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
        self._at: dict[Hashable, int] = {}

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
            self._at[row.key] = len(self._oldest_first)
            self._oldest_first.append(row)
            if self._ascending is not None and column is not None:
                insort(self._ascending, row, key=column.order)

    def clear(self) -> None:
        """Forget all rows."""
        self._oldest_first.clear()
        self._at.clear()
        self._resort()

    def find(self, key: Hashable) -> int:
        at = self._at.get(key)
        if at is None:
            return -1
        column = self._sorting
        if self._ascending is None or column is None:
            return len(self._oldest_first) - 1 - at
        number = bisect_left(self._ascending, column.order(self._oldest_first[at]), key=column.order)
        while self._ascending[number].key != key:
            number += 1
        return len(self._ascending) - 1 - number if self.descending else number

    def _resort(self) -> None:
        column = self._sorting
        self._ascending = None if column is None else sorted(self._oldest_first, key=column.order)


class KeyedTable(Table[R]):
    """A table whose rows are put and removed by key. `natural` ranks them while the user has not sorted."""

    def __init__(self, columns: Sequence[Column[R]], natural: Callable[[R], Any]) -> None:
        super().__init__(columns)
        self._natural = natural
        self._rows: dict[Hashable, tuple[R, int, Any]] = {}  # row, its number, its rank in the order that is shown
        self._numbers = 0
        self._ranked: Ranked[R] = Ranked()

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> R:
        return self._ranked.at(len(self._rows) - 1 - number if self._is_reversed else number)

    def get(self, key: Hashable) -> R | None:
        """The row of a key."""
        found = self._rows.get(key)
        return found[0] if found is not None else None

    def rows(self) -> Iterable[R]:
        """All rows, in the order in which they first came."""
        return (row for row, _, _ in self._rows.values())

    def put(self, row: R) -> None:
        """Add a row, or exchange the one of its key."""
        before = self._rows.get(row.key)
        rank = self._rank(row)
        if before is not None:
            self._ranked.remove(before[2], before[1])
            number = before[1]
        else:
            self._numbers += 1
            number = self._numbers
        self._rows[row.key] = (row, number, rank)
        self._ranked.add(rank, number, row)

    def remove(self, key: Hashable) -> R | None:
        """Take a row out; None when there is none."""
        before = self._rows.pop(key, None)
        if before is None:
            return None
        self._ranked.remove(before[2], before[1])
        return before[0]

    def clear(self) -> None:
        """Forget all rows."""
        self._rows.clear()
        self._ranked = Ranked()

    def find(self, key: Hashable) -> int:
        found = self._rows.get(key)
        if found is None:
            return -1
        at = self._ranked.position(found[2], found[1])
        return len(self._rows) - 1 - at if self._is_reversed else at

    @property
    def _is_reversed(self) -> bool:
        return self.descending and self._sorting is not None

    def _rank(self, row: R) -> Any:
        column = self._sorting
        return self._natural(row) if column is None else column.order(row)

    def _resort(self) -> None:
        self._rows = {key: (row, number, self._rank(row)) for key, (row, number, _) in self._rows.items()}
        self._ranked = Ranked((rank, number, row) for row, number, rank in self._rows.values())


def plain(text: str) -> str:
    """A cell's text as a spreadsheet reads it: figures without separators, other texts as they are."""
    bare = text.replace(",", "").replace(MINUS, "-")
    return bare if bare.lstrip("+-").replace(".", "", 1).isdigit() else text


def quoted(text: str) -> str:
    """A CSV field by RFC 4180."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text
