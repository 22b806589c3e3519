"""The watchlist: groups of issues with price, change and the day's course.

The first group holds what the account holds, then come the trader's own, the last ones follow the venue's segments. A
course is the last price of each of SPARK_STEPS slices of the venue's regular session, so that it ends at "now" on the
session's axis and not at the edge.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from msgspec import Struct

from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.ratios import bp_text, change_bp, divide
from hts.desk.regular_hours import DAY_NS, Hours, always_whole, day_at
from hts.desk.tables import Column, Table
from hts.desk.tables_issue import at_limit, name_column, price_columns
from hts.desk.texts import Texts
from hts.desk.watchlist_groups import WatchGroups
from hts.model.instruments import Instrument
from hts.model.quotes import TradeUpdate
from hts.model.venues import HOME_VENUE

SPARK_STEPS = 44
DAY_MINUTES = 400  # minute bars that hold a session


class GroupRow(Struct, frozen=True, kw_only=True):
    """Head of a group: how many rose and fell, and the mean change. `group` of an own one begins with OWN."""

    group: str
    name: str
    count: int
    up: int
    down: int
    average_bp: int
    is_folded: bool = False
    currency: str = ""  # of all its issues; empty where they have several

    @property
    def key(self) -> str:
        """Cannot be an issue code."""
        return f"group {self.group}"

    @property
    def spoken(self) -> str:
        """In words, for screen readers: it has no columns."""
        return f"{self.name} {self.count}, ▲{self.up} ▼{self.down}, {bp_text(self.average_bp)}%"


class IssueRow(Struct, frozen=True, kw_only=True):
    """One issue. `course` holds one price per slice of the session that has been, oldest first."""

    group: str
    symbol: str
    name: str
    px_decimals: int
    px: int
    change: int
    bp: int
    base_px: int
    course: tuple[int, ...]
    currency: str = ""
    is_limit: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """An issue may stand in two groups."""
        return self.group, self.symbol


WatchRow = GroupRow | IssueRow
OWN = "own:"


def own_name(group: str) -> str:
    """The name of one of the trader's own groups; empty for another."""
    return group.removeprefix(OWN) if group.startswith(OWN) else ""


def watch_columns(texts: Texts) -> tuple[Column[IssueRow], ...]:
    """Name, course, price, change, percent."""

    def head(key: str) -> str:
        return texts(f"watchlist.{key}")

    return (
        name_column(head("name"), 116),
        Column(
            key="course",
            head=head("spark"),
            rank=3,
            width=50,
            text=lambda _row: "",
            order=lambda r: r.bp,
            is_right=False,
        ),
        *price_columns(head, (76, 74, 56), price="price", change_rank=2),
    )


class Course:
    """One issue's prices by slice of the session at its venue. `day`: when its trading day began."""

    def __init__(self, venue: str = HOME_VENUE, hours: Hours = always_whole) -> None:
        self.day = 0
        self._venue, self._hours = venue, hours
        self._begin_ns = self._span_ns = 0
        self._prices: list[int] = []

    def add(self, trade_ns: int, px: int) -> None:
        """A price at a time; slices without a trade keep the price before, those before the first known one are 0."""
        if not 0 <= trade_ns - self.day < DAY_NS:
            self._begin(trade_ns)
        step = min(max(trade_ns - self._begin_ns, 0) * SPARK_STEPS // self._span_ns, SPARK_STEPS - 1)
        if step < len(self._prices) - 1:
            return
        before = self._prices[-1] if self._prices else 0
        self._prices.extend([before] * (step - len(self._prices)))
        if step == len(self._prices):
            self._prices.append(px)
        else:
            self._prices[step] = px

    def _begin(self, trade_ns: int) -> None:
        self.day, self._begin_ns, end_ns = day_at(self._hours, self._venue, trade_ns)
        self._span_ns, self._prices = end_ns - self._begin_ns, []

    def follow(self, later: "Course") -> None:
        """Take what another course of the same day knows; one of a newer day replaces this one."""
        if later.day > self.day:
            self._begin(later.day)
        if later.day == self.day:
            newer = later.prices
            last = self._prices[-1] if self._prices else 0
            self._prices += [last] * max(len(newer) - len(self._prices), 0)
            for step, px in enumerate(newer):
                self._prices[step] = px or self._prices[step]

    @property
    def prices(self) -> tuple[int, ...]:
        """Oldest first."""
        return tuple(self._prices)


class WatchlistTable(Table[IssueRow]):
    """Groups and their issues; sorting stays within the groups."""

    def __init__(self, texts: Texts, own: WatchGroups | None = None, hours: Hours = always_whole) -> None:
        super().__init__(watch_columns(texts))
        self._hours = hours
        self.own = own if own is not None else WatchGroups()
        self._texts = texts
        self._courses: dict[str, Course] = {}
        self._seeded: dict[str, int] = {}  # the first minute that an issue's course was taken from
        self._whole: set[str] = set()  # no answer could tell more of the day
        self._groups: dict[str, list[IssueRow]] = {}
        self._shown: list[WatchRow] = []

    def __len__(self) -> int:
        return len(self._shown)

    def row(self, number: int) -> WatchRow:  # type: ignore[override]
        return self._shown[number]

    @property
    def count(self) -> int:
        """Issues on the list, each counted once."""
        return len({row.symbol for rows in self._groups.values() for row in rows})

    def on_trades(self, trades: Iterable[TradeUpdate]) -> None:
        """Take every trade: courses need them all."""
        for trade in trades:
            course = self._courses.get(trade.symbol)
            if course is None:
                course = self._courses[trade.symbol] = Course(trade.venue, self._hours)
            course.add(trade.trade_ns, trade.px)

    def seed(self, market: MarketState) -> None:
        """Take courses from minute bars that have come, again when they begin earlier; later trades go on top."""
        for (symbol, timeframe_s), view in market.bars.items():
            if timeframe_s != 60 or not view.bars:
                continue
            first_ns = view.bars[0].start_ns
            if symbol not in self._seeded or first_ns < self._seeded[symbol]:
                self._seeded[symbol] = first_ns
                course = Course(view.venue, self._hours)
                today, _, _ = day_at(self._hours, view.venue, market.trade_ns)
                if first_ns < today or len(view.bars) >= DAY_MINUTES:
                    self._whole.add(symbol)
                for bar in view.bars[-DAY_MINUTES:]:
                    if bar.start_ns >= today:
                        course.add(bar.start_ns, bar.close_px)
                live = self._courses.get(symbol)
                if live is not None:
                    course.follow(live)
                self._courses[symbol] = course

    def unseeded(self, market: MarketState) -> list[str]:
        """Issues whose course of today is not known from bars yet."""
        return [symbol for symbol in market.instruments if symbol not in self._whole]

    def update(self, market: MarketState, orders: OrdersState, changed: AbstractSet[str] | None = None) -> None:
        """Build groups and rows; with `changed`, only those issues are looked at again while the groups stay."""
        members = self._members(market, orders)
        old = {row.key: row for rows in self._groups.values() for row in rows}
        self._groups = {
            group: [self._row(group, symbol, market, old, changed) for symbol in symbols]
            for group, symbols in members.items()
        }
        self._resort()

    def exported(self) -> Iterable[IssueRow]:
        return (row for row in self._shown if isinstance(row, IssueRow))

    def _members(self, market: MarketState, orders: OrdersState) -> dict[str, list[str]]:
        held = [view.symbol for view in orders.positions.values() if view.qty and view.symbol in market.instruments]
        members: dict[str, list[str]] = {"held": held} if held else {}
        for own in self.own.groups:
            members[f"{OWN}{own.name}"] = [symbol for symbol in own.symbols if symbol in market.instruments]
        for issue in market.instruments.values():
            members.setdefault(issue.market.name.lower(), []).append(issue.symbol)
        return members

    def _row(
        self,
        group: str,
        symbol: str,
        market: MarketState,
        old: dict[tuple[str, str], IssueRow],
        changed: AbstractSet[str] | None,
    ) -> IssueRow:
        before = old.get((group, symbol))
        if before is not None and changed is not None and symbol not in changed:
            return before
        issue: Instrument = market.instruments[symbol]
        px = market.last_px(symbol)
        course = self._courses.get(symbol)
        return IssueRow(
            group=group,
            symbol=symbol,
            name=self._texts.name(issue),
            px_decimals=issue.px_decimals,
            px=px,
            change=px - issue.base_px,
            bp=change_bp(px, issue.base_px),
            base_px=issue.base_px,
            course=course.prices if course is not None else (),
            currency=issue.currency,
            is_limit=at_limit(issue, px),
        )

    def _resort(self) -> None:
        column = self._sorting
        shown: list[WatchRow] = []
        for group, members in self._groups.items():
            rows = members
            changes = [row.change for row in rows]
            currencies = {row.currency for row in rows}
            is_folded = group in self.own.folded
            shown.append(
                GroupRow(
                    group=group,
                    name=own_name(group) or self._texts("watchlist.held" if group == "held" else f"market.{group}"),
                    count=len(rows),
                    up=sum(change > 0 for change in changes),
                    down=sum(change < 0 for change in changes),
                    average_bp=divide(sum(row.bp for row in rows), len(rows)) if rows else 0,
                    is_folded=is_folded,
                    currency=currencies.pop() if len(currencies) == 1 else "",
                )
            )
            if is_folded:
                continue
            if column is not None:
                rows = sorted(rows, key=column.order, reverse=self.descending)
            shown.extend(rows)
        self._shown = shown
