"""Pictures of the panels that look back: x-ray, latency, risk, executions, account."""

from collections.abc import Callable

from hts.app.hand import spin
from hts.app.shots_camera import Camera
from hts.app.shots_sweep import SweepPictures
from hts.model.enums import OrdStatus
from hts.model.units import ClOrdID
from widgets.risk import EDIT, RiskPanel

XRAY_SIZE = (1914, 760)
RISK_SIZE = (760, 620)
EDITED, TYPED = "order_value_max", "250,000,000"
ANSWER_S = 2.0


def _let_lay_out() -> None:
    """Two turns of the loop, in which a panel that was just filled finds its places."""
    turns = iter((False, False))
    spin(lambda: next(turns, True), ANSWER_S)


class TradePictures:
    """Opens panels in windows of their own, so that no workspace has to hold them."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._terminal = camera.terminal

    def xray(self, order_id: ClOrdID, name: str) -> None:
        """The x-ray of an order when the core has answered."""
        session = self._terminal.session
        session.answers.look_at(order_id)
        panel = self._camera.open("order_xray", XRAY_SIZE)
        self._camera.wait("a trace", lambda: session.answers.trace(order_id) is not None)
        self._camera.refresh(panel)
        self._camera.save(name, panel)
        panel.close()

    def take(self) -> None:
        """All of them."""
        self.xrays()
        session = self._terminal.session
        self._asked("latency", (760, 620), lambda: session.answers.latency is not None)
        self._asked("risk", RISK_SIZE, lambda: session.answers.risk is not None)
        self._risk_edit()

    def money(self) -> None:
        """What was saved by routing and what the account has, when the day has brought something."""
        session = self._terminal.session
        self._asked("executions", (1_200, 380), lambda: session.answers.past.is_whole)
        self._asked("account", (1_000, 200), lambda: bool(session.orders.monies))

    def _asked(self, name: str, size: tuple[int, int], has_answer: Callable[[], bool]) -> None:
        """A panel that asks the core, when the answer is there; nothing where nobody answers."""
        panel = self._camera.open(name, size)
        if spin(has_answer, ANSWER_S):
            self._camera.refresh(panel)
            _let_lay_out()
            self._camera.save(name, panel)
        panel.close()

    def _risk_edit(self) -> None:
        """A limit that is being typed, looser than the one that holds: what Enter would do stands under it."""
        panel, answers = self._camera.open("risk", RISK_SIZE), self._terminal.session.answers
        assert isinstance(panel, RiskPanel), panel
        if spin(lambda: answers.risk is not None, ANSWER_S):
            self._camera.refresh(panel)
            panel.usages.select(EDITED)
            panel.act(EDIT)
            panel.editor.field.setText(TYPED)
            panel.editor.judge()
            self._camera.refresh(panel)
            self._camera.save("risk_edit", panel)
        panel.close()

    def xrays(self) -> None:
        """A part of an order over two venues with its record, and an order that was denied."""
        orders = self._terminal.session.orders.orders
        parts = SweepPictures(self._camera).parts()
        if parts:
            self._camera.wait("a routing record", lambda: self._asked_route(parts[-1].order_id))
            self.xray(parts[-1].order_id, "order_xray_routed")
        denied = [view for view in orders.values() if view.ord_status is OrdStatus.DENIED]
        if denied:
            self.xray(denied[-1].order_id, "order_xray_denied")
        if parts:
            self._terminal.session.answers.look_at(parts[-1].order_id)  # for the workspaces that have an x-ray

    def _asked_route(self, order_id: ClOrdID) -> bool:
        session = self._terminal.session
        view = session.orders.orders[order_id]
        if view.parent_id not in session.orders.routes:
            session.answers.look_at(view.order_id)
            panel = self._camera.open("order_xray", XRAY_SIZE)
            panel.close()
        return view.parent_id in session.orders.routes
