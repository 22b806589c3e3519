"""Rankings over all issues: who rose, fell, traded, surged, is bought, opened with a gap, is expected in a call.

An issue that has not traded stands in no ranking of the day; one without an expected price in none of calls.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hts.desk.figures import MINUS, px_text, qty_text
from hts.desk.market import MarketState
from hts.desk.ratios import bp_text, change_bp, sign
from hts.desk.screener_eval import Columns
from hts.desk.screener_universe import Universe
from hts.desk.tables import Column, ListTable
from hts.desk.tables_issue import at_limit, name_column, price_columns
from hts.desk.texts import Texts

Floats = NDArray[np.float64]
SHOWN_MAX = 100
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """One ranking: the figure that it is by, the largest first."""

    figure: Callable[[Columns], Floats]
    least: float = -np.inf  # figures below stand in no row: a fall in no ranking of rises


KINDS: dict[str, Kind] = {
    "rise": Kind(lambda c: c.figure("change"), least=1e-9),
    "fall": Kind(lambda c: -c.figure("change"), least=1e-9),
    "volume": Kind(lambda c: c.figure("volume"), least=1),
    "value": Kind(lambda c: c.figure("value") * c.rate, least=1e-9),
    "surge": Kind(lambda c: c.figure("surge"), least=1e-9),
    "strength": Kind(lambda c: c.figure("strength"), least=1e-9),
    "gap_up": Kind(lambda c: c.figure("gap"), least=1e-9),
    "gap_down": Kind(lambda c: -c.figure("gap"), least=1e-9),
}
EXPECTED = "expected"  # by the expected price of the call, not by the last one
NAMES = (*KINDS, EXPECTED)
SCOPES = ("all", "kospi", "kosdaq", "tse", "nasdaq", "ose", "etf")


class RankRow(Struct, frozen=True, kw_only=True):
    """One row. `moved`: places won since they were remembered."""

    rank: int
    symbol: str
    name: str
    px_decimals: int
    px: int
    change: int
    bp: int
    qty: int
    value: int
    surge: int  # tenths of a percent of the day before's volume
    strength_bp: int
    gap_bp: int
    currency: str = ""
    is_limit: bool = False
    moved: int = 0

    @property
    def key(self) -> str:
        """An issue stands once in a ranking."""
        return self.symbol


class Breadth(Struct, frozen=True, kw_only=True):
    """How many rose, fell and stood still, of those that traded."""

    up: int
    down: int
    flat: int


class Ranking(ListTable[RankRow]):
    """`kind` and `scope` say which; `update` makes it anew. Each issue's place of before is kept for `moved`."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(rank_columns(texts))
        self.kind, self.scope = "rise", "all"
        self.breadth = Breadth(up=0, down=0, flat=0)
        self._texts = texts
        self._places: dict[str, int] = {}

    def choose(self, kind: str, scope: str) -> None:
        """Another ranking: nobody has moved in it yet."""
        if (kind, scope) != (self.kind, self.scope):
            self.kind, self.scope = kind, scope
            self._places = {}

    def next_scope(self, universe: Universe) -> str:
        """The scope after the one that is shown, among those that have issues."""
        columns = Columns(universe)
        filled = [scope for scope in SCOPES if scope == "all" or columns.truth(scope).any()]
        after = [scope for scope in filled if SCOPES.index(scope) > SCOPES.index(self.scope)]
        return (after or filled)[0]

    def remember(self) -> None:
        """From now on, places are compared with these."""
        self._places = {row.symbol: row.rank for row in self._natural}

    def update(self, universe: Universe, market: MarketState) -> None:
        """Rank again."""
        columns = Columns(universe)
        prices = _expected(universe, market) if self.kind == EXPECTED else universe.figure("px")
        figure, least = self._figure(universe, columns, prices)
        inside = self._inside(universe, columns) & ~np.isnan(figure)
        self.breadth = _breadth(columns, inside if self.kind == EXPECTED else self._inside(universe, columns))
        places = np.flatnonzero(inside & (np.nan_to_num(figure, nan=-np.inf) >= least))
        order = places[np.argsort(-figure[places], kind="stable")][:SHOWN_MAX]
        table = universe.figures()
        surge = columns.figure("surge")
        self.replace(
            self._row(rank, universe.symbols[at], universe, table[at].tolist(), int(prices[at]), surge[at])
            for rank, at in enumerate(order.tolist(), 1)
        )

    def _figure(self, universe: Universe, columns: Columns, prices: NDArray[np.int64]) -> tuple[Floats, float]:
        if self.kind == EXPECTED:
            base = universe.figure("base_px").astype(np.float64)
            expected = np.where(prices > 0, prices, np.nan)
            return (expected - base) * 100 / np.where(base > 0, base, np.nan), -np.inf
        kind = KINDS[self.kind]
        return kind.figure(columns), kind.least

    def _inside(self, universe: Universe, columns: Columns) -> NDArray[np.bool_]:
        """Issues of the chosen scope; ETFs stand among the others only in their own."""
        etf = columns.truth("etf")
        if self.scope == "all":
            return np.ones(len(universe), np.bool_)
        return etf if self.scope == "etf" else columns.truth(self.scope) & ~etf

    def _row(  # noqa: PLR0917
        self, rank: int, symbol: str, universe: Universe, figures: list[int], px: int, surge: float
    ) -> RankRow:
        issue = universe.issue(symbol)
        _, base_px, open_px, _, _, qty, value, bought, sold = figures
        before = self._places.get(symbol)
        return RankRow(
            rank=rank,
            symbol=symbol,
            name=self._texts.name(issue),
            px_decimals=issue.px_decimals,
            px=px,
            change=px - base_px,
            bp=change_bp(px, base_px),
            qty=qty,
            value=value // 10**issue.px_decimals,
            surge=0 if np.isnan(surge) else round(surge * 10),
            strength_bp=bought * 10_000 // sold if sold else 0,
            gap_bp=change_bp(open_px, base_px),
            currency=issue.currency,
            is_limit=at_limit(issue, px),
            moved=before - rank if before is not None else 0,
        )


def _expected(universe: Universe, market: MarketState) -> NDArray[np.int64]:
    """Expected prices of calls; 0 where there is none."""
    books = (market.books.get(symbol) for symbol in universe.symbols)
    return np.array([b.expected_px if b is not None and b.phase.is_call else 0 for b in books], np.int64)


def _breadth(columns: Columns, inside: NDArray[np.bool_]) -> Breadth:
    traded = inside & (columns.figure("volume") > 0)
    change = columns.figure("change")
    up, down = int((traded & (change > 0)).sum()), int((traded & (change < 0)).sum())
    return Breadth(up=up, down=down, flat=int(traded.sum()) - up - down)


def rank_columns(texts: Texts) -> tuple[Column[RankRow], ...]:
    """Rank, name, price, change, percent, volume, value, surge, strength, gap."""

    def head(key: str) -> str:
        return texts(f"ranking.column.{key}")

    def column(
        key: str, width: int, text: Callable[[RankRow], str], order: Callable[[RankRow], Any], **more: Any
    ) -> Column[RankRow]:
        return Column(key=key, head=head(key), width=width, text=text, order=order, **more)

    return (
        column("rank", 40, lambda r: str(r.rank), lambda r: -r.rank, role="body_quiet"),
        name_column(head("name"), 124),
        *price_columns(head, (80, 74, 62)),
        column("qty", 88, lambda r: qty_text(r.qty), lambda r: r.qty, rank=1),
        column("value", 80, lambda r: qty_text(r.value // MILLION), lambda r: r.value, rank=2),
        column("surge", 66, lambda r: _part(r.surge, 1), lambda r: r.surge, rank=5),
        column("strength", 66, lambda r: _part(r.strength_bp, 2), lambda r: r.strength_bp, rank=4),
        column("gap", 60, lambda r: bp_text(r.gap_bp), lambda r: r.gap_bp, tone=lambda r: sign(r.gap_bp), rank=6),
    )


def _part(value: int, decimals: int) -> str:
    """A ratio without a sign; a dash for one that is not known."""
    return px_text(value, decimals) if value else "—"


def moved_text(moved: int) -> str:
    """Places won or lost: "+3", and nothing for none."""
    return "" if not moved else f"+{moved}" if moved > 0 else f"{MINUS}{-moved}"
