"""Conditions over all issues at once: each figure is a column, each comparison a column of truths.

An issue whose figure is not known (no history yet, no trade yet) meets no comparison with it, whichever way round; nor
does a division by nothing. Prices are in whole currency units, changes in percent.
"""

from collections.abc import Callable

from hts.base.arrays import Floats, Truths, np
from hts.desk.screener_days import WINDOWED, Days, is_of_past, of_past
from hts.desk.screener_expr import Arithmetic, Both, Call, Comparison, Name, Negative, Node, Not, Number, calls
from hts.desk.screener_recursive import RECURSIVE, of_finished
from hts.desk.screener_universe import Universe
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
        """One of screener_expr.FUNCTIONS of past bars; the last price counts as the newest close."""
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
        if call.minutes:
            return self._of_minutes(call)
        days, kept, recursive = self._universe.days, self._universe.of_days, RECURSIVE.get(call.name)
        if is_of_past(call):
            found = kept.get(call)
            if found is None:
                made = of_past(call, days) if recursive is None else of_finished(recursive, days, call.days, call.ago)
                found = kept[call] = (made,)
            return found[0]
        if recursive is None:
            return WINDOWED[call.name](self._with_today(), call.days, 0)
        state = kept.get(call)
        if state is None:
            state = kept[call] = recursive.begin(days, call.days)
        return recursive.step(state, (self.px("high_px"), self.px("low_px"), self.px("px")), call.days)

    def _of_minutes(self, call: Call) -> Floats:
        """Of the issues whose minutes are followed; the others' figure is not known."""
        universe = self._universe
        out, (symbols, values) = np.full(len(universe), np.nan), universe.minutes.values(call)
        rows = np.array([universe.row_of(symbol) for symbol in symbols], np.int64)
        out[rows[rows >= 0]] = values[rows >= 0]
        return out


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


def undecided(node: Node, columns: Columns) -> Truths:
    """Issues of which only minute bars tell whether they meet a condition: the rest need none."""
    with np.errstate(all="ignore"):
        least, most = bounds(node, columns, lambda call: call.minutes > 0)
    made: Truths = most & ~least
    return made


def bounds(node: Node, columns: Columns, is_open: Callable[[Call], bool]) -> tuple[Truths, Truths]:
    """Who meets it whatever the functions say that are open, and who might."""
    if isinstance(node, Both):
        left, right = bounds(node.left, columns, is_open), bounds(node.right, columns, is_open)
        if node.word == "and":
            return left[0] & right[0], left[1] & right[1]
        return left[0] | right[0], left[1] | right[1]
    if isinstance(node, Not):
        least, most = bounds(node.of, columns, is_open)
        return ~most, ~least
    if isinstance(node, Comparison) and any(map(is_open, calls(node))):
        count = len(columns.figure("price"))
        return np.zeros(count, np.bool_), np.ones(count, np.bool_)
    found = _matches(node, columns)
    return found, found


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
