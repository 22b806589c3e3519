"""What a trader wants to know of his trips: rates, expectancy, drawdown; also by issue, hour, weekday, tag, setup."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from math import isqrt

from msgspec import Struct

from hts.desk.figures import px_text
from hts.desk.ratios import divide
from hts.desk.texts import Texts
from hts.desk.trade_journal import Realised, RoundTrip

HOUR_NS = 3_600_000_000_000
KOREA_NS = 9 * HOUR_NS


class Figures(Struct, frozen=True, kw_only=True):
    """Of closed trips. Amounts in the currency's smallest unit; ratios in hundredths, rates in hundredths of a percent.

    `payoff` is the average win over the average loss, `factor` all wins over all losses; 0 where nothing was lost.
    `r_mean` is the mean of the `r_count` trips that had a stop, each a multiple of its own first risk; `per_risk` their
    result over their risks together, in which the large ones weigh more.
    """

    count: int = 0
    wins: int = 0
    losses: int = 0
    net: int = 0
    profit: int = 0
    loss: int = 0
    costs: int = 0
    win_bp: int = 0
    payoff: int = 0
    factor: int = 0
    expectancy: int = 0
    best: int = 0
    worst: int = 0
    held_ns: int = 0  # on average
    r_count: int = 0
    r_mean: int = 0
    per_risk: int = 0


class Drawdown(Struct, frozen=True, kw_only=True):
    """The deepest fall of the curve from a peak; places are numbers of points."""

    amount: int = 0
    peak: int = 0
    trough: int = 0


class GroupBy(Enum):
    """What trips are grouped by; the value is part of the text key ("journal.by.symbol")."""

    SYMBOL = "symbol"
    HOUR = "hour"
    WEEKDAY = "weekday"
    TAG = "tag"
    SETUP = "setup"


class GroupRow(Struct, frozen=True, kw_only=True):
    """One group with its figures."""

    key: str
    name: str
    figures: Figures
    currency: str


def win_text(figures: Figures) -> str:
    """Trips won in percent, one decimal; a dash where none is closed."""
    return px_text(figures.win_bp // 10, 1) if figures.count else "—"


def figures_of(trips: Iterable[RoundTrip]) -> Figures:
    """Of the closed ones among them."""
    closed = [trip for trip in trips if not trip.is_open]
    wins = [trip.net for trip in closed if trip.net > 0]
    losses = [trip.net for trip in closed if trip.net < 0]
    profit, loss = sum(wins), -sum(losses)
    count = len(closed)
    if not count:
        return Figures()
    risked = [trip for trip in closed if trip.r_centi is not None]
    multiples = [trip.r_centi or 0 for trip in risked]
    payoff = divide(profit * len(losses) * 100, loss * len(wins)) if loss and wins else 0
    return Figures(
        count=count,
        wins=len(wins),
        losses=len(losses),
        net=profit - loss,
        profit=profit,
        loss=loss,
        costs=sum(trip.costs for trip in closed),
        win_bp=divide(len(wins) * 10_000, count),
        payoff=payoff,
        factor=divide(profit * 100, loss) if loss else 0,
        expectancy=divide(profit - loss, count),
        best=max(trip.net for trip in closed),
        worst=min(trip.net for trip in closed),
        held_ns=sum(trip.held_ns for trip in closed) // count,
        r_count=len(risked),
        r_mean=divide(sum(multiples), len(risked)) if risked else 0,
        per_risk=divide(sum(one.net for one in risked) * 100, sum(one.risk for one in risked)) if risked else 0,
    )


def curve(realised: Sequence[Realised]) -> list[tuple[int, int]]:
    """(time, result so far) after each fill that changed it."""
    points, total = [], 0
    for one in realised:
        total += one.amount
        points.append((one.trade_ns, total))
    return points


def drawdown_of(points: Sequence[tuple[int, int]]) -> Drawdown:
    """The deepest fall; the curve begins at zero."""
    found, peak, peak_at = Drawdown(), 0, 0
    for at, (_, value) in enumerate(points):
        if value >= peak:
            peak, peak_at = value, at
        elif peak - value > found.amount:
            found = Drawdown(amount=peak - value, peak=peak_at, trough=at)
    return found


def by_day(realised: Iterable[Realised]) -> dict[int, int]:
    """Trading date -> the day's result."""
    days: dict[int, int] = {}
    for one in realised:
        days[one.trade_date] = days.get(one.trade_date, 0) + one.amount
    return days


def daily_ratio(days: Sequence[int]) -> int:
    """Mean of the days' results over their sample deviation, in hundredths, nearest; 0 where it cannot be told.

    Money, not returns, no interest taken off, not made yearly: a Sharpe ratio of days in its plainest form. With sum S
    and sum of squares Q of n days it is S * sqrt((n - 1) / (n * (n * Q - S * S))), reckoned in whole numbers.
    """
    count, total = len(days), sum(days)
    spread = count * sum(day * day for day in days) - total * total
    if count < 2 or not spread:
        return 0
    twice = isqrt(4 * 10_000 * total * total * (count - 1) // (count * spread))
    return (twice + 1) // 2 * (1 if total >= 0 else -1)


def grouped(
    trips: Iterable[RoundTrip],
    by: GroupBy,
    texts: Texts,
    names: Callable[[str], str],
    tags: Mapping[object, Sequence[str]],
) -> list[GroupRow]:
    """Groups by result, the best first; hours and weekdays in their own order. A trip of two tags counts in both."""
    found: dict[str, list[RoundTrip]] = {}
    for trip in trips:
        if trip.is_open:
            continue
        for key in _keys(trip, by, tags):
            found.setdefault(key, []).append(trip)
    rows = [
        GroupRow(key=key, name=_name(key, by, texts, names), figures=figures_of(of), currency=of[0].currency)
        for key, of in found.items()
    ]
    if by in (GroupBy.HOUR, GroupBy.WEEKDAY):
        return sorted(rows, key=lambda row: row.key)
    return sorted(rows, key=lambda row: -row.figures.net)


def in_group(trip: RoundTrip, by: GroupBy, key: str, tags: Mapping[object, Sequence[str]]) -> bool:
    """Whether a closed trip is counted in the group of a key."""
    return not trip.is_open and key in _keys(trip, by, tags)


def curve_of(trips: Iterable[RoundTrip]) -> list[tuple[int, int]]:
    """(time, result so far) after the end of each of some closed trips."""
    points, total = [], 0
    for trip in sorted(trips, key=lambda one: one.close_ns):
        total += trip.net
        points.append((trip.close_ns, total))
    return points


def _keys(trip: RoundTrip, by: GroupBy, tags: Mapping[object, Sequence[str]]) -> Sequence[str]:
    local_ns = trip.open_ns + KOREA_NS
    if by is GroupBy.SYMBOL:
        return (trip.symbol,)
    if by is GroupBy.HOUR:
        return (f"{local_ns // HOUR_NS % 24:02d}",)
    if by is GroupBy.WEEKDAY:
        return (str((local_ns // (24 * HOUR_NS) + 3) % 7),)  # the epoch began on a Thursday
    if by is GroupBy.TAG:
        return tuple(tags.get(trip.key, ())) or ("",)
    return (trip.strategy,)


def _name(key: str, by: GroupBy, texts: Texts, names: Callable[[str], str]) -> str:
    if by is GroupBy.SYMBOL:
        return names(key)
    if by is GroupBy.HOUR:
        return f"{key}:00"
    if by is GroupBy.WEEKDAY:
        return texts(f"weekday.{key}")
    return key or texts("journal.none")
