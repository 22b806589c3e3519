"""Pictures of the panels that look back: x-ray, latency, risk, journal, account."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hts.app.hand import spin
from hts.model.enums import OrdStatus
from hts.model.units import ClOrdID
from widgets.journal import JournalPanel
from widgets.panel import Panel
from widgets.panels import make_panel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hts.app.terminal import Terminal

Save = Callable[[str, "QWidget"], None]
Wait = Callable[[str, Callable[[], bool]], None]

XRAY_SIZE = (1914, 760)
ANSWER_S = 2.0


def _let_lay_out() -> None:
    """Two turns of the loop, in which a panel that was just filled finds its places."""
    turns = iter((False, False))
    spin(lambda: next(turns, True), ANSWER_S)


class TradePictures:
    """Opens panels in windows of their own, so that no workspace has to hold them."""

    def __init__(self, terminal: "Terminal", save: Save, wait: Wait) -> None:
        self._terminal = terminal
        self._save = save
        self._wait = wait

    def open(self, name: str, size: tuple[int, int]) -> Panel:
        """A panel in a window of its own, refreshed once."""
        panel = make_panel(name, self._terminal.context)
        panel.resize(*size)
        panel.show()
        self._refresh(panel)
        return panel

    def _refresh(self, panel: Panel) -> None:
        panel.mark_dirty()
        panel.refresh_if_dirty(self._terminal.mono_ns())

    def xray(self, order_id: ClOrdID, name: str) -> None:
        """The x-ray of an order when the core has answered."""
        session = self._terminal.session
        session.answers.look_at(order_id)
        panel = self.open("order_xray", XRAY_SIZE)
        self._wait("a trace", lambda: session.answers.trace(order_id) is not None)
        self._refresh(panel)
        self._save(name, panel)
        panel.close()

    def take(self) -> None:
        """All of them."""
        self.xrays()
        session = self._terminal.session
        self._asked("latency", (760, 620), lambda: session.answers.latency is not None)
        self._asked("risk", (760, 620), lambda: session.answers.risk is not None)
        self._journal()
        self._asked("executions", (1_200, 520), lambda: session.answers.past.is_whole)
        self._asked("account", (1_000, 420), lambda: bool(session.orders.monies))

    def _asked(self, name: str, size: tuple[int, int], has_answer: Callable[[], bool]) -> None:
        """A panel that asks the core, when the answer is there; nothing where nobody answers."""
        panel = self.open(name, size)
        if spin(has_answer, ANSWER_S):
            self._refresh(panel)
            _let_lay_out()
            self._save(name, panel)
        panel.close()

    def _journal(self) -> None:
        """The trades so far beside the first issue of the selection, bought and held."""
        session = self._terminal.session
        panel = self.open("journal", (1_500, 820))
        assert isinstance(panel, JournalPanel)
        panel.choose_benchmark(session.selection.symbol())

        def has_line() -> bool:
            self._refresh(panel)
            held = panel.state.held
            return held is not None and bool(held.values)

        if spin(lambda: session.answers.past.is_whole, ANSWER_S):
            spin(has_line, ANSWER_S)
            self._save("journal", panel)
        panel.close()

    def xrays(self) -> None:
        """A part of a routed order that filled, and an order that was denied."""
        orders = self._terminal.session.orders.orders
        parts = [view for view in orders.values() if view.parent_id and view.cum_qty]
        if parts:
            self._wait("a routing record", lambda: self._asked_route(parts[-1].order_id))
            self.xray(parts[-1].order_id, "order_xray_routed")
        denied = [view for view in orders.values() if view.ord_status is OrdStatus.DENIED]
        if denied:
            self.xray(denied[-1].order_id, "order_xray_denied")

    def _asked_route(self, order_id: ClOrdID) -> bool:
        session = self._terminal.session
        view = session.orders.orders[order_id]
        if view.parent_id not in session.orders.routes:
            session.answers.look_at(view.order_id)
            panel = self.open("order_xray", XRAY_SIZE)
            panel.close()
        return view.parent_id in session.orders.routes
