"""Pictures of an order that the venue sends back: the window as it is told, and the order's x-ray."""

from collections.abc import Callable, Sequence
from typing import Final

from hts.app.hand import spin
from hts.app.shots_camera import Camera
from hts.model.enums import OrdStatus
from hts.model.units import ClOrdID
from hts.rules.dates import krx_second
from hts.sim.scenario import Window

BLOCK_S_MAX: Final = 20.0  # of the clock, from the opening until the venue refuses
ANSWER_S: Final = 4.0


class RejectPictures:
    """Arms the window for one order, and locks it again."""

    def __init__(self, camera: Camera, blocks: Sequence[Window], xray: Callable[[ClOrdID, str], None]) -> None:
        """`blocks`: when the venue refuses every new order. `xray`: takes the picture of an order's x-ray."""
        self._camera, self._session = camera, camera.terminal.session
        self._blocks, self._xray = blocks, xray

    def take(self) -> None:
        """Both, when the venue refuses; nothing where that is over."""
        spin(lambda: self._refuses() or self._is_over(), BLOCK_S_MAX)
        if not self._refuses():
            return
        camera = self._camera
        for key in ("F12", "1", "F1"):
            camera.key(key)
        if spin(lambda: bool(self._rejected()), ANSWER_S):
            camera.settle()
            camera.window("reject")
            self._xray(self._rejected()[-1], "order_xray_rejected")
        camera.key("F12")
        self._session.toasts.dismiss()

    def _rejected(self) -> list[ClOrdID]:
        orders = self._session.orders.orders.values()
        return [view.order_id for view in orders if view.ord_status is OrdStatus.REJECTED]

    def _refuses(self) -> bool:
        """A second is left for the order's way."""
        second = krx_second(self._session.market.trade_ns)
        return any(one.holds(second) and one.holds(second + 1) for one in self._blocks)

    def _is_over(self) -> bool:
        return krx_second(self._session.market.trade_ns) >= max((one.to_s for one in self._blocks), default=0)
