"""An issue's history by venue, and that of all its venues as one.

A bar of all venues has the highest, the lowest and the sums of its parts. Who traded first and last within it the
history does not tell: it opens and closes where the home venue did, and elsewhere only while home did not trade.
"""

from collections.abc import Sequence

from hts.model.quotes import Bar
from hts.model.views import BarsView

BarsKey = tuple[str, str, int]
"""Venue, symbol, seconds."""


def longer(known: BarsView | None, view: BarsView) -> BarsView:
    """An answer with what an earlier one had before its beginning: a shorter one never takes anything away."""
    if known is None or not known.bars or not view.bars or known.bars[0].start_ns >= view.bars[0].start_ns:
        return view
    older = tuple(bar for bar in known.bars if bar.start_ns < view.bars[0].start_ns)
    return BarsView(symbol=view.symbol, timeframe_s=view.timeframe_s, bars=older + view.bars, venue=view.venue)


def as_one(parts: Sequence[Sequence[Bar]]) -> tuple[Bar, ...]:
    """Bars of several venues, the home's first, as one history."""
    found: dict[int, Bar] = {}
    for bars in parts:
        for bar in bars:
            known = found.get(bar.start_ns)
            found[bar.start_ns] = _sum(known, bar) if known is not None else bar
    return tuple(found[start_ns] for start_ns in sorted(found))


def _sum(one: Bar, other: Bar) -> Bar:
    return Bar(
        start_ns=one.start_ns,
        open_px=one.open_px,
        high_px=max(one.high_px, other.high_px),
        low_px=min(one.low_px, other.low_px),
        close_px=one.close_px,
        qty=one.qty + other.qty,
        value=one.value + other.value,
    )
