"""The panels that exist, by name. Layout files and workspaces speak of panels by these names alone.

A module is imported when its first panel is made, so that the chart's library does not delay the first paint.
"""

from importlib import import_module

from widgets.panel import Panel, PanelContext

# Name -> (module, class).
PANELS = {
    "watchlist": ("widgets.watchlist", "WatchlistPanel"),
    "chart": ("widgets.chart", "ChartPanel"),
    "ladder": ("widgets.ladder", "LadderPanel"),
    "order_entry": ("widgets.order_entry", "OrderEntryPanel"),
    "positions": ("widgets.tables", "PositionsPanel"),
    "orders": ("widgets.tables", "OrdersPanel"),
    "algo_form": ("widgets.algo_form", "AlgoFormPanel"),
    "basket_form": ("widgets.basket_form", "BasketFormPanel"),
    "works": ("widgets.tables_works", "WorksPanel"),
    "fills": ("widgets.tables", "FillsPanel"),
    "notices": ("widgets.toasts_log", "NoticesPanel"),
    "tape": ("widgets.tape", "TapePanel"),
    "depth_heatmap": ("widgets.heatmap", "HeatmapPanel"),
    "footprint": ("widgets.footprint", "FootprintPanel"),
    "order_xray": ("widgets.order_xray", "OrderXrayPanel"),
    "latency": ("widgets.latency", "LatencyPanel"),
    "risk": ("widgets.risk", "RiskPanel"),
    "account": ("widgets.account", "AccountPanel"),
    "journal": ("widgets.journal", "JournalPanel"),
    "executions": ("widgets.executions", "ExecutionsPanel"),
    "screener": ("widgets.screener", "ScreenerPanel"),
    "alerts": ("widgets.price_alerts", "PriceAlertsPanel"),
    "log": ("widgets.log", "LogPanel"),
    "ranking": ("widgets.ranking", "RankingPanel"),
    "market_map": ("widgets.market_map", "MarketMapPanel"),
    "quote": ("widgets.quote_panel", "QuotePanel"),
    "keymap_editor": ("widgets.keymap_editor", "KeymapEditorPanel"),
    "screen_numbers": ("widgets.screen_numbers", "ScreenNumbersPanel"),
}


def make_panel(name: str, context: PanelContext, *, group: int = 1) -> Panel:
    """A new panel. Raises KeyError for a name that PANELS does not hold."""
    module, cls = PANELS[name]
    made: Panel = getattr(import_module(module), cls)(context, group=group)
    made.setObjectName(name)
    return made
