"""Pictures of what no trader wishes for: an interruption, the kill switch, a venue that goes away and comes back."""

from collections.abc import Callable

from msgspec import Struct

from hts.app.hand import spin
from hts.app.shots_camera import Camera
from hts.model.enums import Phase, Side
from hts.model.views import CoreState, LinkState

VI_S_MAX = 30.0  # of the clock: the scenario has an interruption every fifteen seconds
ANSWER_S = 4.0
RISK_SIZE = (760, 620)


class OwnVenue(Struct, frozen=True, kw_only=True):
    """A venue that is ours to stop and start again."""

    stop: Callable[[], None]
    start: Callable[[], None]


class AccidentPictures:
    """The interruption leaves the issue as it was; kill switch and absence come last in the story."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._session = camera.terminal.session

    def interruption(self) -> None:
        """An issue in its interruption's call, with an order of ours in it; nothing where none comes."""
        camera, session = self._camera, self._session
        if not spin(lambda: bool(self._interrupted()), VI_S_MAX):
            return
        before, symbol = session.selection.symbol(), self._interrupted()
        session.selection.choose(symbol)
        camera.settle()
        session.actions.enter(symbol, Side.BUY, session.market.books[symbol].expected_px, 20)
        spin(lambda: bool(session.orders.working(symbol)), ANSWER_S)
        camera.settle()
        camera.window("vi")
        camera.panel("ladder", "vi_ladder")
        camera.key("Shift+Esc")
        session.selection.choose(before)
        camera.settle()

    def _interrupted(self) -> str:
        """An issue that is being called anew, preferably one whose call has just begun."""
        market = self._session.market
        calls = [
            symbol
            for symbol, book in market.books.items()
            if market.phase_of(symbol) is Phase.VI_CALL and book.phase is Phase.VI_CALL and book.expected_px
        ]
        return calls[-1] if calls else ""

    def kill_switch(self) -> None:
        """Thrown by its key with an order at work, then released by two presses."""
        camera, session = self._camera, self._session
        symbol = session.selection.symbol()
        if not session.actions.is_armed:
            camera.key("F12")
        issue = session.market.instruments[symbol]
        session.actions.enter(symbol, Side.BUY, issue.ticks.move(session.market.best_bid(symbol), -3), 20)
        spin(lambda: bool(session.orders.working(symbol)), ANSWER_S)
        camera.key("Ctrl+Shift+K")
        if not spin(lambda: self._is_killed() and not session.orders.working(symbol), ANSWER_S):
            return
        camera.settle()
        camera.window("kill_switch")
        told = session.answers.risk
        panel = camera.open("risk", RISK_SIZE)
        spin(lambda: session.answers.risk is not told, ANSWER_S)  # it asks each second
        camera.refresh(panel)
        camera.save("risk_stopped", panel)
        panel.close()
        camera.key("Ctrl+Shift+L")
        spin(lambda: bool(self._release_code()), ANSWER_S)
        camera.settle()
        camera.window("kill_release")
        camera.key("Ctrl+Shift+L")
        camera.wait("the kill switch to be released", lambda: not self._is_killed())

    def _is_killed(self) -> bool:
        status = self._session.orders.status
        return status is not None and status.kill_switch

    def _release_code(self) -> str:
        status = self._session.orders.status
        return status.release_code if status is not None else ""

    def absence(self, venue: OwnVenue) -> None:
        """The venue goes, and comes back with the day as it was."""
        camera, market = self._camera, self._session.market
        venue.stop()
        camera.wait("the venue to be gone", lambda: not self._is_up())
        camera.settle()
        camera.window("venue_down")
        venue.start()
        camera.wait("the venue to be back", self._is_up)
        at_ns = market.trade_ns
        spin(lambda: market.trade_ns > at_ns, ANSWER_S)
        camera.settle()
        camera.window("recovered")

    def _is_up(self) -> bool:
        """Every venue's order line, and the core agrees with it about what works."""
        statuses = self._session.orders.statuses.values()
        return all(one.core is CoreState.READY and one.orders is LinkState.UP for one in statuses)
