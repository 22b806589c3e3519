"""Pictures of regions of the window, of a made-up desk at a fixed time: `python -m tests.widgets.kept_pictures`.

Processes of their own paint them, one for each scale, so that nothing of the tests before is in them and nothing of the
machine: Qt's offscreen platform, the bundled fonts alone (fontconfig is given a file without a directory), no blinking
cursor. Called so, as `make pictures` does, those that are kept beside the tests are renewed.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget

from hts.model.denials import Unit
from hts.model.enums import Phase, Side
from hts.model.quotes import BookUpdate, InstrumentDef, PhaseUpdate
from hts.model.risk_views import RiskView, ScopeView, Usage
from hts.model.scopes import HaltCause, Scope, ScopeKind, TradingState
from tests.support.desk_feed import NOW_NS, SECOND_NS, Desk, bars, book, busy_desk, instruments, order, status, trade
from tests.support.panels import panel_context
from tests.support.window import make_window
from tests.widgets.kept_windows import OTHERS, PRESETS, presets
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
from widgets.risk import EDIT, RiskPanel
from widgets.tables import FillsPanel, OrdersPanel, PositionsPanel
from widgets.tape import TapePanel
from widgets.watchlist import WatchlistPanel

LOADED = chart_canvas  # before a chart asks for bars: loaded later, on a busy machine, the chart would ask again
KEPT = Path(__file__).parent / "kept"
ROOT = Path(__file__).resolve().parents[2]
SAMSUNG = "005930"
LANGUAGE = "ko"
# Region -> panel and its size.
PANELS: dict[str, tuple[Callable[[PanelContext], Panel], int, int]] = {
    "ladder": (LadderPanel, 480, 440),
    "auction": (LadderPanel, 620, 400),
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
    "risk": (RiskPanel, 520, 420),
}
BOTH = ("ladder", "order_entry", "chart", "positions", "top")  # kept in the light theme, too
DENSE = ("ladder", "order_entry")  # kept in the other languages, too: there a word too long shows first
OTHER_LANGUAGES = ("en", "ja")
COLOURED = ("ladder", "auction")  # kept in the themes for eyes that need more contrast or other colours
OTHER_THEMES = ("high_contrast", "safe_dark", "safe_light")
SHOWN_OTHERS = (("order_xray", "ja"), ("question", "en"), ("settings", "ja"), ("tour", LANGUAGE))
SCALES = (100, 90, 150)
SCALED = ("ladder", "auction", "order_entry", "positions", "chart")  # kept at 150 %, too
STEPS = 48  # moments of the heat map
TOP_SIZE = (1500, 60)
TOTAL_MAX = 1_500 * 1024  # bytes of all kept pictures together


class Picture(Struct, frozen=True):
    """What is painted, and how."""

    region: str
    theme: str = "dark"
    language: str = LANGUAGE
    scale: int = 100

    @property
    def name(self) -> str:
        """Of its file, without the ending; "ladder.en@150_dark" names all that is not usual."""
        language = f".{self.language}" if self.language != LANGUAGE else ""
        return f"{self.region}{language}{f'@{self.scale}' if self.scale != 100 else ''}_{self.theme}"


PICTURES = (
    *(Picture(region) for region in (*PANELS, "top")),
    *(Picture(region, "light") for region in BOTH),
    *(Picture(region, language=language) for region in DENSE for language in OTHER_LANGUAGES),
    *(Picture(region, theme) for region in COLOURED for theme in OTHER_THEMES),
    *(Picture(region, scale=150) for region in SCALED),
    *(Picture(region, scale=90) for region in DENSE),  # where a hairline is less than a pixel of the device
    *(Picture(region, language=language) for region, language in SHOWN_OTHERS),
    *(Picture(region, language=language) for language in OTHER_LANGUAGES for region in PRESETS),
)


def names() -> list[str]:
    """All pictures' names."""
    return [picture.name for picture in PICTURES]


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


def call(px: int, left: int, at_ns: int) -> BookUpdate:
    """Three levels a side around an expected price; `left` bids would not trade there."""
    step, levels = 100, []
    for i in range(3):
        levels += [px + (i + 1) * step, px - i * step, 1_200 + 310 * i, left if not i else 900 + 270 * i]
    levels += [0] * (40 - len(levels))
    return BookUpdate(SAMSUNG, at_ns, tuple(levels), 41_020, 52_310, px, 18_460, Phase.VI_CALL)


def hold_a_call(desk: Desk, take: Callable[[], object]) -> None:
    """An interruption whose expected price moves, with orders of ours on both sides."""
    for venue in ("KRX", "NXT"):
        desk.market.on_quote(PhaseUpdate(SAMSUNG, NOW_NS, Phase.VI_CALL, 0, venue))
    for number, (side, px, qty) in enumerate(
        ((Side.BUY, 191_500, 60), (Side.BUY, 191_300, 40), (Side.SELL, 191_700, 25))
    ):
        desk.orders.on_view(order(70 + number, SAMSUNG, side, px, qty))
    for i, px in enumerate((191_200, 191_400, 191_300, 191_600, 191_500)):
        desk.market.on_quote(call(px, 2_140 - 60 * i, NOW_NS + (20 + 9 * i) * SECOND_NS))
        take()


def limits() -> RiskView:
    """A firm, an account near one of its limits, a strategy that is stopped."""

    def scope(kind: ScopeKind, name: str, pnl: int, *usages: Usage, is_halted: bool = False) -> ScopeView:
        return ScopeView(
            scope=Scope(kind=kind, name=name),
            state=TradingState.HALTED if is_halted else TradingState.ACTIVE,
            cause=HaltCause.REJECT_STORM if is_halted else HaltCause.NONE,
            detail="100/100" if is_halted else "",
            working=3,
            pnl=pnl,
            usages=usages,
        )

    usages = (
        Usage(name="working_orders_max", figure=160, limit=200, unit=Unit.COUNT, queued=250),
        Usage(name="daily_loss_max", figure=412_300, limit=3_000_000, unit=Unit.NOTIONAL, is_breaker=True),
        Usage(name="order_qty_max", figure=-1, limit=20_000, unit=Unit.QTY),
        Usage(name="order_value_max", figure=-1, limit=100_000_000, unit=Unit.NOTIONAL),
    )
    return RiskView(
        scopes=(
            scope(ScopeKind.STRATEGY, "twap-1", -1_204_500, is_halted=True),
            scope(ScopeKind.FIRM, "", 812_400),
            scope(ScopeKind.ACCOUNT, "8801-2745-01", -412_300, *usages),
        )
    )


def paint_panel(picture: Picture) -> QWidget:
    """One panel after the last seconds."""
    region = picture.region
    desk = a_desk()
    context = panel_context(desk, picture.language, picture.theme)
    if region in OTHERS:
        panel = OTHERS[region](desk, context)
    else:
        make, width, height = PANELS[region]
        panel = make(context)
        panel.resize(width, height)
    panel.setStyleSheet(style_sheet(context.tokens))
    panel.setPalette(palette(context.tokens))
    panel.show()
    if not isinstance(panel, Panel):
        QApplication.processEvents()
        return panel
    market = desk.market
    context.universe.on_changes(market, frame(desk, panel))
    if region == "chart":
        market.on_bars(bars(SAMSUNG, 60, 240))
        frame(desk, panel)
    for _ in moments(desk):
        context.universe.on_changes(market, frame(desk, panel))
    if region == "auction":
        hold_a_call(desk, lambda: frame(desk, panel))
    panel.mark_dirty()
    desk.now_ns += 3_600 * SECOND_NS  # no cell is lit up any more
    frame(desk, panel)
    if region == "question":
        context.form.send()
        panel.mark_dirty()
        frame(desk, panel)
    if isinstance(panel, RiskPanel):
        edit_a_limit(desk, panel)
    return panel


def edit_a_limit(desk: Desk, panel: RiskPanel) -> None:
    """A looser figure is typed, and what it would do stands under it."""
    panel.context.answers.take(limits())
    frame(desk, panel)
    panel.mark_dirty()
    frame(desk, panel)
    panel.usages.select("order_value_max")
    panel.act(EDIT)
    panel.editor.field.setText("250,000,000")
    panel.editor.judge()
    panel.editor.field.deselect()
    panel.mark_dirty()
    frame(desk, panel)


def frame(desk: Desk, panel: Panel):
    """One frame as the frame clock gives it; the market's changes."""
    desk.now_ns += SECOND_NS
    made = desk.frame()
    panel.on_frame(made)
    panel.refresh_whole(desk.now_ns)
    QApplication.processEvents()
    return made.market


def paint(picture: Picture, to: Path) -> None:
    """One picture into a file."""
    if picture.region == "top":
        desk = a_desk()
        widget, rect = make_window(desk, language=picture.language, theme=picture.theme), QRect(0, 0, *TOP_SIZE)
        widget.resize(TOP_SIZE[0], 900)
        widget.top_bar.refresh()
        widget.top_bar.set_time(NOW_NS)
        widget.status_strip.refresh(link_is_up=True, trade_ns=NOW_NS)
    else:
        widget = paint_panel(picture)
        rect = widget.rect()
    widget.setFocus(Qt.FocusReason.NoFocusReason)
    QApplication.processEvents()
    image = widget.grab(rect).toImage()
    image.setText("Software", "")
    assert image.save(str(to / f"{picture.name}.png"), "PNG", 0), to
    widget.close()


def keep(painted: Path) -> None:
    """Put pictures beside the tests, in 256 colours: a third of the bytes for at most 10 of 255 in a channel."""
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob("*.png"):
        old.unlink()
    for name in names():
        with Image.open(painted / f"{name}.png") as image:
            few = fewer_colours(image)
        few.save(KEPT / f"{name}.png", optimize=True)


def fewer_colours(image: Image.Image) -> Image.Image:
    """256 colours; of a picture in greys sixteen, 17 of 255 apart."""
    if image.mode == "L":
        return image.point(lambda grey: round(grey / 17) * 17).quantize(16, dither=Image.Dither.NONE)
    return image.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)


def paint_all(to: Path) -> None:
    """All pictures into a directory, by a process for each scale at once."""
    to.mkdir(parents=True, exist_ok=True)
    fonts = to / "fonts.conf"
    fonts.write_text("<fontconfig></fontconfig>\n", encoding="utf-8")
    usual = {key: value for key, value in os.environ.items() if not key.startswith(("QT_", "PYTEST_"))}
    for scale in SCALES:
        env = {
            **usual,
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": f"{scale / 100:g}",
            "FONTCONFIG_FILE": str(fonts),
        }
        words = [sys.executable, "-m", "tests.widgets.kept_pictures", str(to), str(scale)]
        done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=150)
        assert done.returncode == 0, done.stderr[-2_000:]
    fonts.unlink()


def main(to: Path, scale: int) -> int:
    """The pictures of one scale, which the environment has set."""
    app = QApplication(sys.argv[:1])
    app.setCursorFlashTime(0)
    for picture in PICTURES:
        if picture.scale == scale and picture.region not in PRESETS:
            paint(picture, to)
    for language in OTHER_LANGUAGES if scale == SCALES[0] else ():
        for region, image in presets(a_desk(), language, moments):
            image.save(to / f"{Picture(region, language=language).name}.png", compress_level=0)
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
    with TemporaryDirectory() as made:
        paint_all(Path(made))
        keep(Path(made))
