"""Conditions over all issues at once: each figure is a column, each comparison a column of truths.

An issue whose figure is not known (no history yet, no trade yet) meets no comparison with it, whichever way round; nor
does a division by nothing. Prices are in whole currency units, changes in percent.
"""

from collections.abc import Callable

from hts.base.arrays import Floats, Truths, np
from hts.desk.screener_days import WINDOWED, newest, range_begin, range_step
from hts.desk.screener_expr import Arithmetic, Both, Call, Comparison, Name, Negative, Node, Not, Number
from hts.desk.screener_universe import Days, State, Universe
from hts.model.enums import Market


class Columns:
    """The figures of all issues by name, made when first asked for. Good for one look at the universe."""

    def __init__(self, universe: Universe, held: frozenset[str] = frozenset()) -> None:
        self._universe = universe
        self._held = held
        self._figures: dict[str, Floats] = {}
        self._calls: dict[Call, Floats] = {}
        self._truths: dict[str, Truths] = {}
        self._whole: Days | None = None

    def figure(self, name: str) -> Floats:
        """One of screener_expr.FIGURES."""
        found = self._figures.get(name)
        if found is None:
            made: Floats = _FIGURES[name](self)
            found = self._figures[name] = made
        return found

    def truth(self, name: str) -> Truths:
        """One of screener_expr.TRUTHS."""
        found = self._truths.get(name)
        if found is None:
            found = self._truths[name] = self._make_truth(name)
        return found

    def call(self, call: Call) -> Floats:
        """One of screener_expr.FUNCTIONS of past days; today's price counts as the newest close."""
        found = self._calls.get(call)
        if found is None:
            found = self._calls[call] = self._make_call(call)
        return found

    def px(self, name: str) -> Floats:
        """A price of the table in whole currency units; not a number for one that is not there yet."""
        column = self._universe.figure(name) / self._universe.scale
        return np.where(column > 0, column, np.nan)

    def count(self, name: str) -> Floats:
        """A count of the table."""
        return self._universe.figure(name).astype(np.float64)

    @property
    def rate(self) -> Floats:
        """What a sum of each issue is multiplied by to be compared with others."""
        return self._universe.rate

    def of_issue(self, name: str) -> Floats:
        """A field of the instruments; not a number where it is unknown."""
        column = self._universe.issue_values(name)
        return np.where(column > 0, column, np.nan)

    def prev_volume(self) -> Floats:
        """The day before's volume as the list tells it, else as the history does."""
        told = self.of_issue("prev_volume")
        return np.where(np.isnan(told), self._universe.days.qty[:, -1], told)

    def _with_today(self) -> Days:
        """Past days and today, made once for a look."""
        if self._whole is None:
            days = self._universe.days
            self._whole = Days(
                np.column_stack([days.close, self.px("px")]),
                np.column_stack([days.high, self.px("high_px")]),
                np.column_stack([days.low, self.px("low_px")]),
                np.column_stack([days.qty, self.count("qty")]),
            )
        return self._whole

    def _make_truth(self, name: str) -> Truths:
        universe = self._universe
        issues = [universe.issue(symbol) for symbol in universe.symbols]
        if name == "held":
            values = [issue.symbol in self._held for issue in issues]
        elif name == "etf":
            values = [issue.is_etf for issue in issues]
        elif name in {"limit_up", "limit_down"}:
            prices = universe.figure("px").tolist()
            limits = [issue.upper_px if name == "limit_up" else issue.lower_px for issue in issues]
            return np.array([px == limit for px, limit in zip(prices, limits, strict=True)], np.bool_)
        else:
            values = [issue.market is Market[name.upper()] for issue in issues]
        return np.array(values, np.bool_)

    def _make_call(self, call: Call) -> Floats:
        """What does not change with today's price is kept with the universe until other days come."""
        days, kept = self._universe.days, self._universe.of_days
        if call.ago or call.name in {"highest", "lowest", "avg_volume"}:
            found = kept.get(call)
            if found is None:
                found = kept[call] = (_of_past(call, days),)
            return found[0]
        if call.name == "ma":
            return _mean(newest(np.column_stack([days.close, self.px("px")]), call.days, 0))
        if call.name in WINDOWED:
            return WINDOWED[call.name](self._with_today(), call.days, 0)
        if call.name == "atr":
            state = kept.get(call)
            if state is None:
                state = kept[call] = range_begin(days, call.days)
            return range_step(state, (self.px("high_px"), self.px("low_px"), self.px("px")), call.days)
        begin, step = (_ema_begin, _ema_step) if call.name == "ema" else (_rsi_begin, _rsi_step)
        state = kept.get(call)
        if state is None:
            state = kept[call] = begin(days.close, call.days)
        return step(state, self.px("px"), call.days)


_FIGURES: dict[str, Callable[[Columns], Floats]] = {
    "price": lambda c: c.px("px"),
    "open": lambda c: c.px("open_px"),
    "high": lambda c: c.px("high_px"),
    "low": lambda c: c.px("low_px"),
    "base": lambda c: c.px("base_px"),
    "change": lambda c: percent(c.figure("price"), c.figure("base")),
    "gap": lambda c: percent(c.figure("open"), c.figure("base")),
    "volume": lambda c: c.count("qty"),
    "value": lambda c: c.count("value") / c._universe.scale,  # noqa: SLF001  the table of this module
    "prev_volume": lambda c: c.prev_volume(),
    "surge": lambda c: ratio(c.figure("volume") * 100, c.figure("prev_volume")),
    "strength": lambda c: ratio(c.count("buy_qty") * 100, c.count("sell_qty")),
    "vwap": lambda c: ratio(c.figure("value"), c.figure("volume")),
    "cap": lambda c: c.of_issue("listed_shares") * c.figure("price"),
    "from_high": lambda c: percent(c.figure("price"), c.figure("high")),
    "from_low": lambda c: percent(c.figure("price"), c.figure("low")),
}


def matches(node: Node, columns: Columns) -> Truths:
    """Which issues meet a condition, in the universe's order."""
    with np.errstate(all="ignore"):  # beyond what a float holds: a figure that nothing meets
        return _matches(node, columns)


def _matches(node: Node, columns: Columns) -> Truths:
    if isinstance(node, Both):
        left, right = _matches(node.left, columns), _matches(node.right, columns)
        return left & right if node.word == "and" else left | right
    if isinstance(node, Not):
        return ~_matches(node.of, columns)
    if isinstance(node, Comparison):
        return _compare(node, values(node.left, columns), values(node.right, columns))
    assert isinstance(node, Name), node
    return columns.truth(node.name)


def values(node: Node, columns: Columns) -> Floats:
    """A figure of all issues."""
    if isinstance(node, Number):
        return np.full(len(columns.figure("price")), node.value)
    if isinstance(node, Name):
        return columns.figure(node.name)
    if isinstance(node, Call):
        return columns.call(node)
    if isinstance(node, Negative):
        return -values(node.of, columns)
    assert isinstance(node, Arithmetic), node
    left, right = values(node.left, columns), values(node.right, columns)
    if node.sign == "/":
        return ratio(left, right)
    made: Floats = {"+": np.add, "-": np.subtract, "*": np.multiply}[node.sign](left, right)
    return made


def _compare(node: Comparison, left: Floats, right: Floats) -> Truths:
    known = ~(np.isnan(left) | np.isnan(right))
    compare = {
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
        "=": np.equal,
        "!=": np.not_equal,
    }[node.sign]
    made: Truths = known & compare(left, right)
    return made


def ratio(part: Floats, whole: Floats) -> Floats:
    """Quotient; not a number over nothing."""
    out = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=(whole != 0) & ~np.isnan(whole))
    return out


def percent(now: Floats, before: Floats) -> Floats:
    """Change in percent."""
    return ratio((now - before) * 100, before)


def _mean(table: Floats) -> Floats:
    made: Floats = table.mean(axis=1)
    return made


def _of_past(call: Call, days: Days) -> Floats:
    """A function of whole days alone. `ago` counts back from today, whose close is not known."""
    if call.name in {"highest", "lowest"}:
        # Of the days before: today breaks out of them.
        window = newest(days.high if call.name == "highest" else days.low, call.days, call.ago)
        edge: Floats = window.max(axis=1) if call.name == "highest" else window.min(axis=1)
        return edge
    if call.name == "avg_volume":
        return _mean(newest(days.qty, call.days, call.ago))
    back = call.ago - 1
    if call.name in WINDOWED:
        return WINDOWED[call.name](days, call.days, back)
    if call.name == "atr":
        end = days.close.shape[1] - back
        before = Days(*(one[:, : end - 1] for one in (days.close, days.high, days.low, days.qty)))
        last = (days.high[:, end - 1], days.low[:, end - 1], days.close[:, end - 1])
        return range_step(range_begin(before, call.days), last, call.days)
    closes = days.close[:, : days.close.shape[1] - back]
    if call.name == "ma":
        return _mean(newest(closes, call.days, 0))
    begin, step = (_ema_begin, _ema_step) if call.name == "ema" else (_rsi_begin, _rsi_step)
    return step(begin(closes[:, :-1], call.days), closes[:, -1], call.days)


def _ema_begin(closes: Floats, days: int) -> State:
    """Level and number of closes after some days."""
    count = len(closes)
    state: State = (np.zeros(count), np.zeros(count))
    for column in closes.T:
        state = _ema_next(state, column, days)
    return state


def _ema_next(state: State, close: Floats, days: int) -> State:
    """Exponential mean with the weight 2 / (days + 1), begun with the mean of the first `days` closes."""
    level, seen = state
    known = ~np.isnan(close)
    seen = seen + known
    value = np.where(known, close, 0.0)
    begun = np.where(seen <= days, level + value / days, level + (value - level) * 2.0 / (days + 1))
    return np.where(known, begun, level), seen


def _ema_step(state: State, close: Floats, days: int) -> Floats:
    level, seen = _ema_next(state, close, days)
    return np.where(seen >= days, level, np.nan)


def _rsi_begin(closes: Floats, days: int) -> State:
    """Mean rise, mean fall, number of changes, last close after some days."""
    count = len(closes)
    state: State = (np.zeros(count), np.zeros(count), np.zeros(count), np.full(count, np.nan))
    for column in closes.T:
        state = _rsi_next(state, column, days)
    return state


def _rsi_next(state: State, close: Floats, days: int) -> State:
    """Wilder's: means of rises and falls begun over the first `days` changes, then smoothed."""
    up, down, seen, last = state
    known = ~(np.isnan(close) | np.isnan(last))
    change = np.where(known, close - last, 0.0)
    rise, fall = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    seen = seen + known
    begins = seen <= days
    up_next = np.where(begins, up + rise / days, (up * (days - 1) + rise) / days)
    down_next = np.where(begins, down + fall / days, (down * (days - 1) + fall) / days)
    return (
        np.where(known, up_next, up),
        np.where(known, down_next, down),
        seen,
        np.where(np.isnan(close), last, close),
    )


def _rsi_step(state: State, close: Floats, days: int) -> Floats:
    """50 where nothing moved."""
    up, down, seen, _ = _rsi_next(state, close, days)
    total = up + down
    value = np.full(len(close), 50.0)
    np.divide(100.0 * up, total, out=value, where=total > 0)
    return np.where(seen >= days, value, np.nan)
