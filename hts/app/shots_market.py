"""Pictures of the panels that watch the market: opened before it begins, so that they have something to show."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from hts.desk.figures import px_text
from widgets.panel import Panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.terminal import Terminal

Save = Callable[[str, "QWidget"], None]

# Panel -> size of its window.
SIZES: Final = {
    "quote": (400, 723),
    "tape": (300, 640),
    "depth_heatmap": (900, 492),
    "footprint": (900, 492),
    "ranking": (640, 520),
    "screener": (760, 420),
    "market_map": (900, 524),
    "alerts": (520, 320),
    "log": (700, 320),
}


class MarketPictures:
    """`open` early, `take` when the market has been lively for a while."""

    def __init__(self, terminal: "Terminal", save: Save, settle: Callable[[], None]) -> None:
        self._terminal = terminal
        self._save, self._settle = save, settle
        self._panels: dict[str, Panel] = {}

    def open(self) -> None:
        """Every panel in a window of its own, and an alert that will fire."""
        workspace = self._terminal.window.workspace
        for name, (width, height) in SIZES.items():
            panel = workspace.open_panel(name, 1, floats=True)
            if panel is not None:
                panel.window().resize(width, height)
                self._panels[name] = panel

    def auction(self) -> None:
        """What a call looks like in them."""
        self._settle()
        self._save("auction_quote", self._panels["quote"])

    def take(self) -> None:
        """Save each, then close it."""
        session = self._terminal.session
        symbol = session.selection.symbol()
        last = px_text(session.market.last_px(symbol), session.market.instruments[symbol].px_decimals)
        session.price_alerts.add(symbol, "price_above", last.replace(",", ""), repeats=False, sounds=False)
        session.price_alerts.add(symbol, "change_below", "-15", repeats=True, sounds=True)
        self._settle()
        for name, panel in self._panels.items():
            panel.mark_dirty()
            panel.refresh_if_dirty(self._terminal.mono_ns())
            self._save(f"panel_{name}", panel)
            self._terminal.window.workspace.close_panel(panel)
        self._panels.clear()
