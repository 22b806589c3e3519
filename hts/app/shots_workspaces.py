"""Pictures of every workspace that ships, of the ladder's stops and questions, and of the keymap editor."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hts.desk.actions import Wanted
from hts.desk.order_entry import Tab
from hts.desk.venue_tabs import COMBINED
from hts.model.enums import Side

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.terminal import Terminal

Save = Callable[[str, "QWidget"], None]
Wait = Callable[[str, Callable[[], bool]], None]
Key = Callable[[str], None]

STOP_TICKS = 6


class WorkspacePictures:
    """Drives the window by keys; `save` is called when what a picture shows has happened."""

    def __init__(self, terminal: "Terminal", save: Save, wait: Wait, key: Key, settle: Callable[[], None]) -> None:
        self._terminal = terminal
        self._save, self._wait, self._key, self._settle = save, wait, key, settle

    def workspaces(self) -> None:
        """One after the other by its number."""
        for number, entry in enumerate(self._terminal.window.workspaces.list.entries, 1):
            self._key(f"Ctrl+{number}")
            self._settle()
            self._save(f"workspace_{entry.name}", self._terminal.window)
        self._key("Ctrl+1")

    def ladder(self) -> None:
        """A stop, both exits of the holding, and a question that waits for its answer."""
        session, window = self._terminal.session, self._terminal.window
        symbol, market = session.selection.symbol(), session.market
        ticks, last = market.instruments[symbol].ticks, market.last_px(symbol)
        if not session.actions.is_armed:  # a core that was away for a moment has locked the window
            self._key("F12")
        works, denied = len(session.orders.works), len(session.orders.refusals)
        told = [
            session.actions.stop(symbol, Side.BUY, ticks.move(last, STOP_TICKS), 20),
            session.actions.protect(symbol),
        ]
        if None in told:
            self._wait(
                "conditions in the core, or its denial",
                lambda: len(session.orders.works) > works or len(session.orders.refusals) > denied,
            )
        self._terminal.settings.set("entry.confirm", value=True)
        session.actions.place(
            Wanted(symbol=symbol, side=Side.BUY, px=ticks.move(last, -2), qty=30, venue=session.actions.venue)
        )
        self._settle()
        self._save_panel("ladder", "ladder_stops")
        session.actions.withdraw()
        self._terminal.settings.set("entry.confirm", value=False)
        window.run_action("cancel.issue")
        self._around(symbol)

    def _around(self, symbol: str) -> None:
        """Orders on both sides of the market, for the workspaces to show."""
        session = self._terminal.session
        market, ticks = session.market, session.market.instruments[symbol].ticks
        bid, ask = market.best_bid(symbol), market.best_ask(symbol)
        for side, px, qty in (
            (Side.BUY, ticks.move(bid, -3), 20),
            (Side.BUY, ticks.move(bid, -6), 50),
            (Side.SELL, ticks.move(ask, 4), 10),
            (Side.SELL, ticks.move(ask, 7), 30),
        ):
            session.actions.enter(symbol, side, px, qty)
            self._settle()

    def forms(self) -> None:
        """The order form over all venues, and for a time to come."""
        session = self._terminal.session
        if len(session.market.venues_of(session.selection.symbol())) > 1:
            session.selection.choose_venue(COMBINED)
            session.form.choose_tab(Tab.BUY)
            self._wait("a route before it is sent", lambda: bool(session.form.route()))
            self._settle()
            self._save_panel("order_entry", "order_entry_routed")
            session.selection.choose_venue("")
        session.form.choose_tab(Tab.RESERVE)
        self._settle()
        self._save_panel("order_entry", "order_entry_reserve")
        session.form.choose_tab(Tab.BUY)

    def keymap(self) -> None:
        """The keymap editor, opened by its number."""
        self._terminal.window.run_action("panel.keymap_editor")
        self._settle()
        self._save_panel("keymap_editor", "keymap_editor")
        self._terminal.window.run_action("workspace.reset")
        self._settle()

    def _save_panel(self, panel: str, name: str) -> None:
        for one in self._terminal.window.workspace.panels:
            if one.objectName() == panel:
                self._save(name, one)
                return
