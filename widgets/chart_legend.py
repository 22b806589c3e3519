"""What the chart's legend says: the issue, a bar's figures, the lines over the prices."""

from typing import TYPE_CHECKING

from hts.desk.chart_frames import CLOSE, DAY_S, HIGH, LOW, OPEN, QTY
from hts.desk.chart_scale import value_text
from hts.desk.chart_studies import color_of
from hts.desk.chart_styles import Style
from hts.desk.figures import px_text, qty_text
from hts.desk.ratios import bp_text, change_bp, sign
from hts.desk.venue_tabs import caption
from hts.model.enums import Side
from hts.model.instruments import Instrument
from widgets.chart_bars import Piece, frame_text
from widgets.chart_notes import study_title

if TYPE_CHECKING:
    from widgets.chart import ChartPanel

PRICES = (("open", OPEN), ("high", HIGH), ("low", LOW), ("close", CLOSE))


def legend_lines(panel: "ChartPanel", issue: Instrument) -> tuple[list[Piece], list[Piece]]:
    """Both lines for the bar under the crosshair, else the last one."""
    tokens, texts, series = panel.context.tokens, panel.context.texts, panel.series
    venue = caption(panel.feed.venue, texts)
    what = [issue.symbol, *([venue] if venue else []), frame_text(series.timeframe_s, texts)]
    if panel.settings.is_regular:
        what.append(texts("chart.menu.regular"))
    if panel.settings.style is not Style.CANDLES:
        what.append(texts(f"chart.style.{panel.settings.style.value}"))
    head: list[Piece] = [
        (texts.name(issue), "title", tokens.text),
        (" · ".join(what), "secondary", tokens.text2),
    ]
    if not len(series) or panel.canvas is None:
        waits = "chart.loading" if series.source_s else "chart.no_ticks"
        return head, [(texts(waits), "secondary", tokens.text3)]
    at = panel.canvas.cross.bar
    return head + _bar_pieces(panel, issue, at), _line_pieces(panel, issue, at)


def _bar_pieces(panel: "ChartPanel", issue: Instrument, at: int) -> list[Piece]:
    tokens, texts, series = panel.context.tokens, panel.context.texts, panel.series
    bar = series.columns[:, at]
    before = int(series.columns[CLOSE, at - 1]) if at else issue.base_px
    against = before if series.timeframe_s >= DAY_S or panel.feed.replay is not None else issue.base_px
    tones = {1: tokens.up, -1: tokens.down, 0: tokens.text}
    pieces: list[Piece] = []
    for key, row in PRICES:
        px = int(bar[row])
        pieces.append((texts(f"chart.{key}"), "secondary", tokens.text3))
        pieces.append((px_text(px, issue.px_decimals), "body", tones[sign(px - against)]))
    bp = change_bp(int(bar[CLOSE]), against)
    pieces.append((bp_text(bp) + "%", "body", tones[sign(bp)]))
    pieces.append((texts("chart.volume"), "secondary", tokens.text3))
    pieces.append((qty_text(int(bar[QTY])), "body", tokens.text))
    for fill in panel.own_fills(at):
        side = texts("chart.own_buy" if fill.side is Side.BUY else "chart.own_sell", qty=qty_text(fill.qty))
        pieces.append((side, "secondary", tokens.own))
        pieces.append((px_text(fill.px, issue.px_decimals), "body", tokens.own))
    return pieces


def _line_pieces(panel: "ChartPanel", issue: Instrument, at: int) -> list[Piece]:
    tokens, texts, canvas = panel.context.tokens, panel.context.texts, panel.canvas
    assert canvas is not None
    pieces: list[Piece] = []
    for one in canvas.price_pane.lines.studies:
        outputs = one.study.indicator.outputs
        name = study_title(one, texts)
        color = getattr(tokens, color_of(one.study, next((o for o in outputs if o.name == "middle"), outputs[0])))
        pieces.append((name if name[-1:].isalpha() else f"{name} ", "secondary", color))
        for output, line in zip(outputs, one.lines, strict=True):
            number = at - one.study.shift(output)
            if 0 <= number < len(line) and line[number] == line[number]:
                value = float(line[number])
                text = px_text(round(value), issue.px_decimals) if value >= 1 else value_text(value, 1)
                pieces.append((text, "secondary", tokens.text2))
    return pieces
