"""Where a chart's axes have their lines and what they say."""

from collections.abc import Sequence
from math import ceil, floor, log10

import numpy as np
from msgspec import Struct

from hts.desk.chart_frames import DAY_NS, DAY_S, KST_NS, NS_PER_S, Ints, sessions
from hts.desk.figures import MINUS

PRICE_GAP_PX = 34  # at least between two price lines
TIME_GAP_PX = 62  # at least between two time labels
MINUTE_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240)
VOLUME_STEPS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
UNITS = {
    "ko": ((100_000_000, "억"), (10_000, "만")),
    "ja": ((100_000_000, "億"), (10_000, "万")),
    "en": ((1_000_000, "M"), (1_000, "k")),
}
LINES_MAX = 64
UNITS_FROM = 100_000  # smaller quantities are written out


class TimeMark(Struct, frozen=True):
    """A label of the time axis at a bar; `is_session` begins a new day (a new month on a day chart)."""

    index: int
    text: str
    is_session: bool


def price_lines(low: float, high: float, height_px: float) -> list[int]:
    """Round prices between low and high, at least PRICE_GAP_PX apart."""
    return [round(value) for value in value_lines(low, high, height_px, least=1.0)]


def value_lines(low: float, high: float, height_px: float, *, least: float = 0.0) -> list[float]:
    """Round values between low and high, at least PRICE_GAP_PX and `least` apart."""
    if not high > low or height_px <= 0:
        return []
    step = round_step(max((high - low) * PRICE_GAP_PX / height_px, least))
    return [i * step for i in range(ceil(low / step), floor(high / step) + 1)]


def log_lines(low: float, high: float, height_px: float) -> list[int]:
    """Round prices for an axis of logarithms: each stretch of it has the step that fits there."""
    found: list[int] = []
    if not high > low > 0 or height_px <= 0:
        return found
    ratio = (high / low) ** (PRICE_GAP_PX / height_px)
    at = low
    while at < high and len(found) < LINES_MAX:
        step = round_step(max(at * (ratio - 1), 1.0))
        line = ceil(at / step) * step
        if line >= high:
            break
        if line > (found[-1] if found else 0):
            found.append(round(line))
        at = max(line * ratio, line + 0.5)
    return found


def round_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below `least`."""
    scale = 10.0 ** floor(log10(least))
    return next(m * scale for m in (1, 2, 5, 10) if m * scale >= least * (1 - 1e-12))


def step_text(value: float, step: float) -> str:
    """A value on an axis whose lines are `step` apart."""
    decimals = max(-floor(log10(step) + 1e-9), 0) if step > 0 else 2
    return _decimal(value, min(decimals, 6))


def value_text(value: float, span: float) -> str:
    """A value of an indicator, with as many decimals as its axis needs to tell values apart."""
    return _decimal(value, min(max(3 - ceil(log10(span)), 0), 6) if span > 0 else 2)


def _decimal(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.replace("-", MINUS) if float(text.replace(",", "")) else text.lstrip("-")


def volume_top(qty: float) -> int:
    """Top of the volume pane: a round quantity somewhat above the largest, so that it changes rarely."""
    scale = 1
    while 10 * scale < qty:
        scale *= 10
    return next(step * scale // 10 for step in VOLUME_STEPS if step * scale >= 10 * qty) if qty > 1 else 1


def stacked(wanted: Sequence[float], anchor: int, room: float, low: float, high: float) -> list[float]:
    """Where labels go so that no two are closer than `room`, in the order in which they want to stand.

    The one numbered `anchor` keeps its place and the others give way, unless it must make room at an end: all stay
    within low..high as far as there is room for them.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = [wanted[i] for i in order]
    middle = order.index(anchor)
    for i in range(middle - 1, -1, -1):
        places[i] = min(places[i], places[i + 1] - room)
    for i in range(middle + 1, len(places)):
        places[i] = max(places[i], places[i - 1] + room)
    places[0] = max(places[0], low)
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + room)
    places[-1] = min(places[-1], high)
    for i in range(len(places) - 2, -1, -1):
        places[i] = min(places[i], places[i + 1] - room)
    found = dict(zip(order, places, strict=True))
    return [found[i] for i in range(len(wanted))]


def time_marks(
    start_ns: Ints, first: int, bar_px: float, timeframe_s: int, *, stride: int = 1, begin_s: int = 0
) -> list[TimeMark]:
    """Labels for the bars whose start times are given; `first` is the number of the first of them.

    Of many bars in view only every `stride`-th needs to be given.
    """
    if not len(start_ns):
        return []
    step_px = bar_px * stride
    days = sessions(start_ns, begin_s)
    seconds = (start_ns + KST_NS) % DAY_NS // NS_PER_S
    for unit in ("D", "M", "Y") if timeframe_s < DAY_S else ("M", "Y"):
        counts = days if unit == "D" else days.astype("M8[D]").astype(f"M8[{unit}]").astype(np.int64)
        begins = np.flatnonzero(counts[1:] != counts[:-1]) + 1
        if len(begins) * TIME_GAP_PX <= 2 * len(start_ns) * step_px:
            break
    places = {int(i): True for i in begins}
    if timeframe_s < DAY_S and unit == "D":
        places |= {i: places.get(i, False) for i in _round_times(seconds, bar_px, timeframe_s)}
    kept = _thinned(sorted(places.items()), step_px)
    marks = []
    for i, is_begin in kept:
        second = int(seconds[i])
        text = _begin_text(int(days[i]), unit) if is_begin else f"{second // 3600:02d}:{second // 60 % 60:02d}"
        is_session = is_begin and (timeframe_s < DAY_S or civil(int(days[i]))[1] == 1)
        marks.append(TimeMark(first + i * stride, text, is_session))
    return marks


def _round_times(seconds: Ints, bar_px: float, timeframe_s: int) -> list[int]:
    """Bars that begin at a round time; of bars counted in trades, the first of every few minutes."""
    if timeframe_s < 0:
        minutes = seconds // 60
        changes: list[int] = (np.flatnonzero(minutes[1:] != minutes[:-1]) + 1).tolist()
        return changes
    at = np.flatnonzero(seconds % _step_s(bar_px, timeframe_s) == 0)
    found: list[int] = at[at > 0].tolist()  # the first bar in view has no room for half a label
    return found


def _begin_text(day: int, unit: str) -> str:
    year, month, _ = civil(day)
    if unit == "D":
        return date_text(day)
    return str(year) if unit == "Y" or month == 1 else f"{month}" if unit == "M" else ""


def date_text(day: int) -> str:
    """`11-20` of a day number since 1970."""
    _, month, dom = civil(day)
    return f"{month:02d}-{dom:02d}"


def civil(day: int) -> tuple[int, int, int]:
    """Year, month, day of a day number since 1970-01-01 (proleptic Gregorian, years counted from March)."""
    era_day = day + 719_468
    era, of_era = divmod(era_day, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    return (
        year + era * 400 + (month >= 10),
        month + 3 if month < 10 else month - 9,
        of_year - (153 * month + 2) // 5 + 1,
    )


def qty_label(qty: int, language: str) -> str:
    """A quantity in few characters, by the language's units: `83,172`, `12.4만`, `1.2M`."""
    for size, word in UNITS[language] if qty >= UNITS_FROM else ():
        if qty >= size:
            return f"{qty // size:,}.{qty % size * 10 // size}{word}"
    return f"{qty:,}"


def axis_qty(qty: int, language: str) -> str:
    """The same for round quantities on an axis: `400만`, not `400.0만`."""
    for size, word in UNITS[language] if qty >= UNITS_FROM else ():
        if qty >= size and qty % size == 0:
            return f"{qty // size:,}{word}"
    return qty_label(qty, language)


def _step_s(bar_px: float, timeframe_s: int) -> int:
    for minutes in MINUTE_STEPS:
        if minutes * 60 >= timeframe_s and minutes * 60 / timeframe_s * bar_px >= TIME_GAP_PX:
            return minutes * 60
    return DAY_S


def _thinned(places: Sequence[tuple[int, bool]], step_px: float) -> list[tuple[int, bool]]:
    """No two labels closer than TIME_GAP_PX; a session's start goes before the times around it."""
    kept: list[tuple[int, bool]] = []
    for place in places:
        while kept and (place[0] - kept[-1][0]) * step_px < TIME_GAP_PX and place[1] > kept[-1][1]:
            kept.pop()
        if not kept or (place[0] - kept[-1][0]) * step_px >= TIME_GAP_PX:
            kept.append(place)
    return kept


def percent_text(share: float) -> str:
    """`+1.25%`, `0.00%`."""
    text = f"{abs(share):.2f}%"
    return text if text == "0.00%" else f"+{text}" if share > 0 else f"{MINUS}{text}"
