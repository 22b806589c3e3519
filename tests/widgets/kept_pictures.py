"""Pictures of regions of the window, of a made-up desk at a fixed time: `python -m tests.widgets.kept_pictures [DIR]`.

A process of its own paints them, so that nothing of the tests before is in them and nothing of the machine: Qt's
offscreen platform, the bundled fonts alone (fontconfig is given a file without a directory), no blinking cursor, a
scale of one. Without a directory, as `make pictures` calls it, those that are kept beside the tests are renewed.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from hts.model.enums import Phase
from hts.model.quotes import InstrumentDef, PhaseUpdate
from tests.support.desk_feed import NOW_NS, SECOND_NS, Desk, bars, book, busy_desk, instruments, status, trade
from tests.support.panels import panel_context
from tests.support.window import make_window
from themes.style import palette, style_sheet
from widgets import chart_canvas
from widgets.chart import ChartPanel
from widgets.footprint import FootprintPanel
from widgets.heatmap import HeatmapPanel
from widgets.ladder import LadderPanel
from widgets.market_map import MarketMapPanel
from widgets.order_entry import OrderEntryPanel
from widgets.panel import Panel, PanelContext
from widgets.quote_panel import QuotePanel
from widgets.tables import FillsPanel, OrdersPanel, PositionsPanel
from widgets.tape import TapePanel
from widgets.watchlist import WatchlistPanel

LOADED = chart_canvas  # before a chart asks for bars: loaded later, on a busy machine, the chart would ask again
KEPT = Path(__file__).parent / "kept"
SAMSUNG = "005930"
LANGUAGE = "ko"
# Region -> panel and its size. Those of BOTH are kept in the light theme too.
PANELS: dict[str, tuple[Callable[[PanelContext], Panel], int, int]] = {
    "ladder": (LadderPanel, 480, 440),
    "order_entry": (OrderEntryPanel, 320, 560),
    "chart": (ChartPanel, 480, 320),
    "quote": (QuotePanel, 340, 500),
    "positions": (PositionsPanel, 600, 200),
    "orders": (OrdersPanel, 514, 200),
    "fills": (FillsPanel, 412, 150),
    "tape": (TapePanel, 260, 200),
    "watchlist": (WatchlistPanel, 372, 200),
    "depth_heatmap": (HeatmapPanel, 420, 220),
    "footprint": (FootprintPanel, 480, 240),
    "market_map": (MarketMapPanel, 420, 220),
}
BOTH = ("ladder", "order_entry", "chart", "positions", "top")
DENSE = ("ladder", "order_entry")  # kept in the other languages, too: there a word too long shows first
OTHER_LANGUAGES = ("en", "ja")
STEPS = 48  # moments of the heat map
TOP_SIZE = (1500, 60)
TOTAL_MAX = 400 * 1024  # bytes of all kept pictures together


def names() -> list[str]:
    """All pictures' names."""
    other = [f"{region}.{language}_dark" for region in DENSE for language in OTHER_LANGUAGES]
    return [f"{region}_dark" for region in (*PANELS, "top")] + [f"{region}_light" for region in BOTH] + other


def a_desk() -> Desk:
    """The busy desk with a second venue, armed."""
    desk = busy_desk()
    issue = instruments()[0]
    desk.market.on_quote(InstrumentDef(instrument=replace(issue, venue="NXT")))
    desk.market.on_quote(PhaseUpdate("", NOW_NS, Phase.CONTINUOUS, 0, "NXT"))
    desk.market.on_quote(replace(book(SAMSUNG, 191_500, 191_400, seed=5), venue="NXT"))
    desk.orders.on_view(status(venue="NXT"))
    desk.actions.arm(True)
    return desk


def moments(desk: Desk) -> Iterator[None]:
    """The last seconds of the market, one after the other: the book breathes, trades come."""
    for i in range(STEPS):
        at_ns = NOW_NS + i * SECOND_NS // 4
        ask = 191_400 + 100 * (i // 12 % 2)
        desk.market.on_quote(book(SAMSUNG, ask, ask - 100, trade_ns=at_ns, seed=3 + i // 6))
        if i % 3 == 0:
            px, side = (ask, "1") if i % 2 else (ask - 100, "2")
            desk.market.on_quote(trade(SAMSUNG, px, 20 + 37 * i % 400, side, trade_ns=at_ns))
        yield


def paint_panel(region: str, theme: str) -> QWidget:
    """One panel after the last seconds; `region` names another language behind a dot."""
    region, _, language = region.partition(".")
    make, width, height = PANELS[region]
    desk = a_desk()
    context = panel_context(desk, language or LANGUAGE, theme)
    panel = make(context)
    panel.setStyleSheet(style_sheet(context.tokens))
    panel.setPalette(palette(context.tokens))
    panel.resize(width, height)
    panel.show()
    market = desk.market
    context.universe.on_changes(market, frame(desk, panel))
    if region == "chart":
        market.on_bars(bars(SAMSUNG, 60, 240))
        frame(desk, panel)
    for _ in moments(desk):
        context.universe.on_changes(market, frame(desk, panel))
    panel.mark_dirty()
    desk.now_ns += 3_600 * SECOND_NS  # no cell is lit up any more
    frame(desk, panel)
    return panel


def frame(desk: Desk, panel: Panel):
    """One frame as the frame clock gives it; the market's changes."""
    desk.now_ns += SECOND_NS
    made = desk.frame()
    panel.on_frame(made)
    panel.refresh_whole(desk.now_ns)
    QApplication.processEvents()
    return made.market


def paint(region: str, theme: str, to: Path) -> None:
    """One picture into a file."""
    if region == "top":
        desk = a_desk()
        widget, rect = make_window(desk, language=LANGUAGE, theme=theme), QRect(0, 0, *TOP_SIZE)
        widget.resize(TOP_SIZE[0], 900)
        widget.top_bar.refresh()
        widget.top_bar.set_time(NOW_NS)
        widget.status_strip.refresh(link_is_up=True, trade_ns=NOW_NS)
    else:
        widget = paint_panel(region, theme)
        rect = widget.rect()
    widget.setFocus(Qt.FocusReason.NoFocusReason)
    QApplication.processEvents()
    picture = widget.grab(rect).toImage()
    picture.setText("Software", "")
    assert picture.save(str(to / f"{region}_{theme}.png"), "PNG", 0), to
    widget.close()


def keep(painted: Path) -> None:
    """Put pictures beside the tests, in 256 colours: a third of the bytes for at most 10 of 255 in a channel."""
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob("*.png"):
        old.unlink()
    for name in names():
        with Image.open(painted / f"{name}.png") as image:
            few = image.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        few.save(KEPT / f"{name}.png", optimize=True)


def main(to: Path) -> int:
    """All pictures into a directory, or beside the tests."""
    to.mkdir(parents=True, exist_ok=True)
    empty = to / "fonts.conf"
    empty.write_text("<fontconfig></fontconfig>\n", encoding="utf-8")
    os.environ.update(QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR="1", FONTCONFIG_FILE=str(empty))
    app = QApplication(sys.argv[:1])
    app.setCursorFlashTime(0)
    for name in names():
        region, _, theme = name.rpartition("_")
        paint(region, theme, to)
    empty.unlink()
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    with TemporaryDirectory() as made:
        main(Path(made))
        keep(Path(made))
