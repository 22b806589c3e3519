"""What charts, heat map and footprint show, in words and figures, for screen readers: one sentence per row.

A row names where it stands by a price, so that the widget can say which part of the picture it is.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from hts.desk.chart_frames import CLOSE, HIGH, LOW, OPEN, QTY, Floats
from hts.desk.chart_marks import LineKind, Marks
from hts.desk.figures import clock_text, px_text, qty_text, signed_text
from hts.desk.footprint import FootBar, Footprint, Profile
from hts.desk.heatmap import HeatMap
from hts.desk.ratios import bp_text, change_bp
from hts.desk.texts import Texts
from hts.model.enums import Side
from hts.model.views import OrderView

PRICES = (("open", OPEN), ("high", HIGH), ("low", LOW), ("close", CLOSE))


class SpokenPlace(Struct, frozen=True, kw_only=True):
    """A sentence and where it is about: a price (0 for none), and a bar counted from the oldest shown (-1 for none)."""

    text: str
    px: int = 0
    bar: int = -1


def chart_bar_text(bar: Floats, time: str, texts: Texts, px_decimals: int) -> str:
    """Time, the four prices and the volume of a bar."""
    prices = (f"{texts(f'chart.{key}')} {px_text(int(bar[row]), px_decimals)}" for key, row in PRICES)
    return ", ".join([time, *prices, f"{texts('chart.volume')} {qty_text(int(bar[QTY]))}"])


def chart_marks_rows(marks: Marks, texts: Texts, px_decimals: int) -> list[SpokenPlace]:
    """Last price with its change, holding, own orders from the highest price down."""
    rows = []
    if marks.last_px:
        change = f" {bp_text(change_bp(marks.last_px, marks.base_px))}%" if marks.base_px else ""
        text = f"{texts('spoken.last_px')} {px_text(marks.last_px, px_decimals)}{change}"
        rows.append(SpokenPlace(text=text, px=marks.last_px))
    if marks.average_px:
        qty, pnl = qty_text(marks.position_qty), signed_text(marks.pnl, marks.money_decimals)
        text = texts("chart.average", qty=qty, pnl=pnl, percent=bp_text(marks.pnl_bp))
        text = f"{px_text(marks.average_px, px_decimals)} {' '.join(text.split())}"
        rows.append(SpokenPlace(text=text, px=marks.average_px))
    for order in sorted(marks.orders, key=lambda one: -one.px):
        own = own_text(order.side, order.qty, texts) if order.kind is LineKind.ORDER else order.text(texts)
        waits = f", {texts('spoken.pending')}" if order.is_pending else ""
        rows.append(SpokenPlace(text=f"{own}, {px_text(order.px, px_decimals)}{waits}", px=order.px))
    return rows


def heat_rows(heat: HeatMap, own: Iterable[OrderView], texts: Texts) -> list[SpokenPlace]:
    """Every price with a published size, an own order or the last trade, from the highest down."""
    decimals, base_px = heat.instrument.px_decimals, heat.instrument.base_px
    parts: dict[int, list[str]] = {}
    levels = heat.book.levels if heat.book is not None else ()
    for i in range(0, len(levels), 4):
        for px, qty, key in ((levels[i], levels[i + 2], "spoken.ask"), (levels[i + 1], levels[i + 3], "spoken.bid")):
            if px and qty:
                parts.setdefault(px, []).append(texts(key, qty=qty_text(qty)))
    for order in own:
        parts.setdefault(order.px, []).append(own_text(order.side, order.leaves_qty, texts))
    if heat.last_px:
        parts.setdefault(heat.last_px, []).append(texts("spoken.last_px"))
    return [
        SpokenPlace(text=", ".join([f"{px_text(px, decimals)} {bp_text(change_bp(px, base_px))}%", *parts[px]]), px=px)
        for px in sorted(parts, reverse=True)
    ]


def foot_rows(foot: Footprint, bars: Sequence[FootBar], profile: Profile, texts: Texts) -> list[SpokenPlace]:
    """The bars from the newest back, each price of the newest, and the profile of all."""
    rows = [SpokenPlace(text=_foot_bar(foot, bars[i], texts), bar=i) for i in range(len(bars) - 1, -1, -1)]
    newest = len(bars) - 1
    for row, traded in sorted(bars[newest].rows.items(), reverse=True) if bars else ():
        sold, bought = (qty_text(traded.sell_qty), qty_text(traded.buy_qty))
        said = [_row_px(foot, row), texts("heatmap.sold", qty=sold), texts("heatmap.bought", qty=bought)]
        rows.append(SpokenPlace(text=", ".join(said), px=foot.row_px(row), bar=newest))
    if profile.poc >= 0:
        values = {"poc": profile.poc, "vah": profile.value_high, "val": profile.value_low}
        areas = (f"{texts(f'footprint.{key}')} {_row_px(foot, row)}" for key, row in values.items())
        text = f"{texts('footprint.profile')} {', '.join(areas)}"
        rows.append(SpokenPlace(text=text, px=foot.row_px(profile.poc)))
    return rows


def _foot_bar(foot: Footprint, bar: FootBar, texts: Texts) -> str:
    decimals = foot.instrument.px_decimals
    prices = {"open": bar.open_px, "high": bar.high_px, "low": bar.low_px, "close": bar.close_px}
    said = [f"{texts(f'chart.{key}')} {px_text(px, decimals)}" for key, px in prices.items()]
    said.append(f"{texts('footprint.delta')} {signed_text(bar.delta)}")
    said.append(f"{texts('footprint.volume')} {qty_text(bar.qty)}")
    said.append(f"{texts('footprint.poc')} {_row_px(foot, bar.poc)}")
    return ", ".join([clock_text(bar.start_ns)[:5], *said])


def _row_px(foot: Footprint, row: int) -> str:
    return px_text(foot.row_px(row), foot.instrument.px_decimals)


def own_text(side: Side, qty: int, texts: Texts) -> str:
    """An own order's side and quantity."""
    return texts("spoken.own_buy" if side is Side.BUY else "spoken.own_sell", qty=qty_text(qty))
