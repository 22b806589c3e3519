"""조건검색: conditions with a name, kept on disk; who meets the chosen one now, who has just come and gone.

What is kept is JSON that a person may read. A file with one bad entry keeps the good ones and says which was left out;
a file that is no list of screens at all is set aside by whoever reads it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hts.base.arrays import np
from hts.desk.figures import clock_text, px_text, qty_text
from hts.desk.parsed import json_of
from hts.desk.ratios import change_bp
from hts.desk.screener_eval import Columns, matches, undecided
from hts.desk.screener_expr import FIGURES, FUNCTIONS, TRUTHS, ConditionError, Node, calls, parse
from hts.desk.screener_minutes import needs_of
from hts.desk.screener_universe import Universe
from hts.desk.tables import Column, ListTable, quoted
from hts.desk.tables_issue import at_limit, name_column, price_columns
from hts.desk.texts import Texts

FILE = "screens.json"
VERSION = 1
SCREENS_MAX = 64
NAME_MAX = 40
NAME = re.compile(r"[a-z_]+")
MARKED_NS = 30_000_000_000  # how long somebody is new, or gone and still listed

# Shipped screens: the name's text key and the condition.
SHIPPED = (
    ("screener.shipped.rise", "change >= 1 and price > vwap"),
    ("screener.shipped.breakout", "price > highest(20)"),
    ("screener.shipped.golden", "ma(5) > ma(20) and ma(5, 1) <= ma(20, 1)"),
    ("screener.shipped.oversold", "rsi(14) < 30 and not etf"),
    ("screener.shipped.volume", "surge > 30 and strength > 100"),
    ("screener.shipped.burst", "sum_volume(1, 5m) > 3 * avg_volume(20, 5m) and price > close(1, 5m)"),
)


class Screen(Struct, frozen=True, kw_only=True):
    """A condition with a name. `alerts`: whoever comes to meet it is told."""

    name: str
    condition: str
    alerts: bool = False


class ScreenBook:
    """The screens in their order. `fault` says what was left out of a damaged file, a key of the text catalogue."""

    def __init__(self, screens: Iterable[Screen] = ()) -> None:
        self.screens = list(screens)
        self.version = 0  # counts changes, so that panels that share the book can tell

    def find(self, name: str) -> Screen | None:
        """The screen of a name."""
        return next((screen for screen in self.screens if screen.name == name), None)

    def put(self, screen: Screen, names: Mapping[str, str] | None = None) -> None:
        """Add it, or replace the one of its name. Raises ConditionError for one that cannot be used."""
        check(screen, names)
        self.version += 1
        for i, known in enumerate(self.screens):
            if known.name == screen.name:
                self.screens[i] = screen
                return
        if len(self.screens) >= SCREENS_MAX:
            raise ConditionError("screener.fault.many", limit=SCREENS_MAX)
        self.screens.append(screen)

    def remove(self, name: str) -> None:
        """Forget the screen of a name."""
        self.version += 1
        self.screens = [screen for screen in self.screens if screen.name != name]

    def dump(self) -> str:
        """For the disk."""
        rows = [{"name": s.name, "condition": s.condition, "alerts": s.alerts} for s in self.screens]
        return json.dumps({"version": VERSION, "screens": rows}, ensure_ascii=False, indent=1)


def check(screen: Screen, names: Mapping[str, str] | None = None) -> Node:
    """The screen's condition. Raises ConditionError for a name or a condition that cannot be used."""
    if not screen.name.strip() or len(screen.name) > NAME_MAX or not screen.name.isprintable():
        raise ConditionError("screener.fault.title", limit=NAME_MAX)
    return parse(screen.condition, names)


def load(text: str, names: Mapping[str, str] | None = None) -> tuple[ScreenBook, list[str]]:
    """The screens of a file and the names of those that were left out. Raises ValueError for no list of screens."""
    table = json_of(text)
    rows = table.get("screens") if isinstance(table, dict) else None
    if not isinstance(rows, list):
        raise ValueError("no list of screens")  # noqa: TRY004  damaged content, whatever its type
    book, left_out = ScreenBook(), []
    for row in rows:
        try:
            book.put(_screen(row), names)
        except (ConditionError, TypeError, KeyError) as fault:
            left_out.append(str(row.get("name", fault)) if isinstance(row, dict) else str(row)[:NAME_MAX])
    return book, left_out


def _screen(row: Any) -> Screen:
    if not isinstance(row, dict) or not isinstance(row["name"], str) or not isinstance(row["condition"], str):
        raise TypeError(f"expected name and condition, found {row!r:.60}")
    return Screen(name=row["name"], condition=row["condition"], alerts=row.get("alerts") is True)


def shipped(texts: Texts) -> ScreenBook:
    """What a new user begins with, in the reader's words."""
    return ScreenBook(Screen(name=texts(key), condition=in_words(condition, texts)) for key, condition in SHIPPED)


def in_words(condition: str, texts: Texts) -> str:
    """A condition of our names in the words of a language."""
    return NAME.sub(lambda found: texts(f"screener.word.{found.group()}"), condition)


def word_names(*languages: Texts) -> dict[str, str]:
    """The words of some languages for names and for and, or, not: a condition is read whatever it was written in."""
    words = (*FIGURES, *TRUTHS, *FUNCTIONS, "and", "or", "not", "m")
    return {texts(f"screener.word.{name}"): name for texts in languages for name in words}


def fault_text(fault: ConditionError, texts: Texts) -> str:
    """Why a condition cannot be used, in words."""
    return texts(fault.key, **fault.values)


# What a condition finds


class ScreenRow(Struct, frozen=True, kw_only=True):
    """One issue that meets the condition, or met it a moment ago. `mark`: "new", "gone" or ""."""

    symbol: str
    name: str
    px_decimals: int
    px: int
    change: int
    bp: int
    qty: int
    value: int
    strength_bp: int
    since_ns: int
    currency: str = ""
    is_limit: bool = False
    mark: str = ""
    lot: int = 1

    @property
    def key(self) -> str:
        """An issue stands once in the results."""
        return self.symbol


class ScreenRun:
    """One condition as it is met over time. `members`: symbol -> venue time since when."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.needs_days = any(not call.minutes for call in calls(node))
        self.needs_minutes = needs_of(node)
        self.members: dict[str, int] = {}
        self.gone: dict[str, int] = {}
        self._is_begun = False
        self._new: dict[str, int] = {}
        self._unknown: frozenset[str] = frozenset()  # whose history was not there at the last look

    def update(self, universe: Universe, columns: Columns, trade_ns: int) -> tuple[list[str], list[str]]:
        """Look again; who came and who left since the last look.

        Those of the first look are not new, nor are those whose history was on its way until now.
        """
        if self.needs_minutes:
            self._want_minutes(universe, columns)
        found = matches(self.node, columns)
        now = {symbol for symbol, meets in zip(universe.symbols, found.tolist(), strict=True) if meets}
        came = [symbol for symbol in universe.symbols if symbol in now and symbol not in self.members]
        left = [symbol for symbol in self.members if symbol not in now]
        fresh = [symbol for symbol in came if self._is_begun and symbol not in self._unknown]
        self._unknown = self._lacking(universe)
        for symbol in came:
            self.members[symbol] = trade_ns
            self.gone.pop(symbol, None)
        self._new |= dict.fromkeys(fresh, trade_ns + MARKED_NS)
        for symbol in left:
            del self.members[symbol]
            self.gone[symbol] = trade_ns + MARKED_NS
        self._new = {s: until for s, until in self._new.items() if until > trade_ns and s in self.members}
        self.gone = {symbol: until for symbol, until in self.gone.items() if until > trade_ns}
        self._is_begun = True
        return fresh, left

    def _want_minutes(self, universe: Universe, columns: Columns) -> None:
        """Of the issues that only minutes decide, those with the most turnover first."""
        rows = np.flatnonzero(undecided(self.node, columns))
        value = np.nan_to_num(columns.figure("value") * columns.rate)[rows]
        symbols = [universe.symbols[row] for row in rows[np.argsort(-value, kind="stable")].tolist()]
        universe.minutes.want(self, self.needs_minutes, symbols)

    def _lacking(self, universe: Universe) -> frozenset[str]:
        """Issues of which not all is known that the condition asks for."""
        days = universe.without_days() if self.needs_days else ()
        return frozenset((*days, *(universe.minutes.lacking(self) if self.needs_minutes else ())))

    def waiting(self, universe: Universe) -> tuple[int, int, int]:
        """Issues that wait for days, for minutes, and for which there is no room."""
        days = len(universe.without_days()) if self.needs_days else 0
        return (days, *(universe.minutes.waiting(self) if self.needs_minutes else (0, 0)))

    def mark(self, symbol: str) -> str:
        """Whether an issue is new or gone."""
        return "new" if symbol in self._new else "gone" if symbol in self.gone else ""


def screen_columns(texts: Texts) -> tuple[Column[ScreenRow], ...]:
    """Name, price, change, percent, volume, value, strength, since when."""

    def head(key: str) -> str:
        return texts(f"screener.column.{key}")

    return (
        Column(
            key="symbol",
            head=head("symbol"),
            width=66,
            rank=4,
            text=lambda r: r.symbol,
            order=lambda r: r.symbol,
            is_right=False,
            role="body_quiet",
        ),
        name_column(head("name"), 132),
        *price_columns(head, (82, 78, 66)),
        Column(key="qty", head=head("qty"), width=92, text=lambda r: qty_text(r.qty), order=lambda r: r.qty),
        Column(
            key="value",
            head=head("value"),
            width=84,
            rank=2,
            text=lambda r: qty_text(r.value // 1_000_000),
            order=lambda r: r.value,
        ),
        Column(
            key="strength",
            head=head("strength"),
            width=72,
            rank=1,
            text=lambda r: f"{r.strength_bp // 100:,}.{r.strength_bp % 100:02d}" if r.strength_bp else "—",
            order=lambda r: r.strength_bp,
        ),
        Column(
            key="since",
            head=head("since"),
            width=76,
            text=lambda r: clock_text(r.since_ns) if r.since_ns else "—",
            order=lambda r: r.since_ns,
            role="body_quiet",
        ),
    )


class ScreenTable(ListTable[ScreenRow]):
    """The results of a run: those that meet the condition, then those that have just gone."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(screen_columns(texts))
        self._texts = texts

    def update(self, run: ScreenRun, universe: Universe) -> None:
        """Make the rows anew."""
        table = universe.figures()
        names = [*run.members, *(symbol for symbol in run.gone if symbol not in run.members)]
        self.replace(self._row(run, universe, table[universe.row_of(symbol)].tolist(), symbol) for symbol in names)

    def _row(self, run: ScreenRun, universe: Universe, figures: list[int], symbol: str) -> ScreenRow:
        issue = universe.issue(symbol)
        px, base_px, _, _, _, qty, value, bought, sold = figures
        return ScreenRow(
            symbol=symbol,
            name=self._texts.name(issue),
            px_decimals=issue.px_decimals,
            px=px,
            change=px - base_px,
            bp=change_bp(px, base_px),
            qty=qty,
            value=value // 10**issue.px_decimals,
            strength_bp=bought * 10_000 // sold if sold else 0,
            since_ns=run.members.get(symbol, 0),
            currency=issue.currency,
            is_limit=at_limit(issue, px),
            mark=run.mark(symbol),
            lot=issue.lot,
        )

    def exported(self) -> Iterable[ScreenRow]:
        return (row for row in super().exported() if row.mark != "gone")

    def basket(self, qty: int) -> str:
        """The members bought at the last price, so many shares of each: in whole lots, one at least."""
        return _basket((row, "BUY", max(qty // row.lot, 1) * row.lot) for row in self.exported())

    def basket_of_held(self, held: Mapping[str, int]) -> str:
        """The members that are held sold at the last price; empty where none is."""
        rows = [(row, "SELL", held[row.symbol]) for row in self.exported() if held.get(row.symbol, 0) > 0]
        return _basket(rows) if rows else ""


def _basket(rows: Iterable[tuple[ScreenRow, str, int]]) -> str:
    """A file of orders: symbol, side, quantity, limit price, one line each; prices without commas between digits."""
    lines = (
        f"{quoted(row.symbol)},{side},{qty},{px_text(row.px, row.px_decimals).replace(',', '')}"
        for row, side, qty in rows
    )
    return "symbol,side,qty,px\r\n" + "".join(f"{line}\r\n" for line in lines)


def with_alerts(screen: Screen, on: bool) -> Screen:
    """The same screen that tells of newcomers, or does not."""
    return replace(screen, alerts=on)
