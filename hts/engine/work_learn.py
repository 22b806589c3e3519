"""What algorithms learn from a venue's minutes of past days: the day's volume by time, and what haste costs."""

from hts.algo.impact import fit_impact
from hts.algo.volume import learn_curve
from hts.engine.core import Core
from hts.engine.work_market import quote_of
from hts.model.algo import Impact, VolumeCurve
from hts.model.quotes import Bar
from hts.model.views import BarsView

BIN_NS = 300_000_000_000
_DAY_S = 86_400
_MINUTES_OF_BIN = 5


def curve_of(bars: tuple[Bar, ...], trade_ns: int) -> VolumeCurve:
    """Five-minute bins of whole past days, laid on today. Raises ValueError without a past day."""
    days: dict[int, dict[int, int]] = {}
    for bar in bars:
        second = bar.start_ns // 1_000_000_000
        days.setdefault(second // _DAY_S, {})[second % _DAY_S // (60 * _MINUTES_OF_BIN)] = 0
    for bar in bars:
        second = bar.start_ns // 1_000_000_000
        days[second // _DAY_S][second % _DAY_S // (60 * _MINUTES_OF_BIN)] += bar.qty
    today = trade_ns // 1_000_000_000 // _DAY_S
    past = [bins for day, bins in sorted(days.items()) if day < today]
    places = [place for bins in past for place in bins]
    if not places:
        raise ValueError("at least one past day of minutes expected, found none")
    first, last = min(places), max(places)
    whole = [[bins.get(place, 0) for place in range(first, last + 1)] for bins in past]
    start_ns = (today * _DAY_S + first * 60 * _MINUTES_OF_BIN) * 1_000_000_000
    return learn_curve(whole, start_ns, BIN_NS)


def impact_of(core: Core, bars: BarsView) -> Impact:
    """Volatility from the last minutes, the spread from the book. Raises ValueError when there is too little."""
    issue = core.listing(bars.symbol)
    recent = bars.bars[-2_000:]
    quote = quote_of(core, bars.symbol, bars.venue)
    tick = issue.ticks.step_at(quote.last_px or 1) if issue else 1
    spread = quote.ask_px - quote.bid_px if quote.ask_px and quote.bid_px else tick
    minutes = max(len(recent), 1)
    return fit_impact([bar.close_px for bar in recent], max(spread, 1), sum(bar.qty for bar in recent), minutes * 60)
