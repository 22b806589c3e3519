"""Where a chart's axes have their lines and what they say."""

from collections.abc import Sequence
from math import ceil, floor

import numpy as np
from msgspec import Struct

from hts.desk.chart import DAY_NS, DAY_S, KST_NS, NS_PER_S, Ints

PRICE_GAP_PX = 34  # at least between two price lines
TIME_GAP_PX = 62  # at least between two time labels
MINUTE_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240)
VOLUME_STEPS = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100)
UNITS = {
    "ko": ((100_000_000, "억"), (10_000, "만")),
    "ja": ((100_000_000, "億"), (10_000, "万")),
    "en": ((1_000_000, "M"), (1_000, "k")),
}
UNITS_FROM = 100_000  # smaller quantities are written out


class TimeMark(Struct, frozen=True):
    """A label of the time axis at a bar; `is_session` begins a new day (a new month on a day chart)."""

    index: int
    text: str
    is_session: bool


def price_lines(low: float, high: float, height_px: float) -> list[int]:
    """Round prices between low and high, at least PRICE_GAP_PX apart."""
    if high <= low or height_px <= 0:
        return []
    least = max((high - low) * PRICE_GAP_PX / height_px, 1.0)
    scale = 1
    while scale * 10 <= least:
        scale *= 10
    step = next(m * scale for m in (1, 2, 5, 10) if m * scale >= least)
    return list(range(ceil(low / step) * step, floor(high / step) * step + 1, step))


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


def time_marks(start_ns: Ints, first: int, bar_px: float, timeframe_s: int, stride: int = 1) -> list[TimeMark]:
    """Labels for the bars whose start times are given; `first` is the number of the first of them.

    Of many bars in view only every `stride`-th needs to be given.
    """
    if timeframe_s >= DAY_S:
        return _thinned(_month_marks(start_ns, first, stride), bar_px)
    local = start_ns + KST_NS
    days, seconds = local // DAY_NS, local % DAY_NS // NS_PER_S
    begins = np.r_[False, days[1:] != days[:-1]]
    round_times = seconds % _step_s(bar_px, timeframe_s) == 0
    round_times[:1] = False  # the first bar in view has no room for half a label
    marks = []
    for i in np.flatnonzero(begins | round_times).tolist():
        second = int(seconds[i])
        text = date_text(int(days[i])) if begins[i] else f"{second // 3600:02d}:{second // 60 % 60:02d}"
        marks.append(TimeMark(first + i * stride, text, bool(begins[i])))
    return _thinned(marks, bar_px)


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


def _step_s(bar_px: float, timeframe_s: int) -> int:
    for minutes in MINUTE_STEPS:
        if minutes * 60 >= timeframe_s and minutes * 60 / timeframe_s * bar_px >= TIME_GAP_PX:
            return minutes * 60
    return DAY_S


def _month_marks(start_ns: Ints, first: int, stride: int) -> list[TimeMark]:
    marks = []
    month_before = 0
    for i, ns in enumerate((start_ns + KST_NS).tolist()):
        year, month, _ = civil(ns // DAY_NS)
        if month != month_before and i:
            marks.append(TimeMark(first + i * stride, str(year) if month == 1 else f"{month}", month == 1))
        month_before = month
    return marks


def _thinned(marks: list[TimeMark], bar_px: float) -> list[TimeMark]:
    """No two labels closer than TIME_GAP_PX; a session's start goes before the times around it."""
    kept: list[TimeMark] = []
    for mark in marks:
        while kept and (mark.index - kept[-1].index) * bar_px < TIME_GAP_PX and mark.is_session > kept[-1].is_session:
            kept.pop()
        if not kept or (mark.index - kept[-1].index) * bar_px >= TIME_GAP_PX:
            kept.append(mark)
    return kept
