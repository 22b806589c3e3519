"""Pictures of an order over all venues: its parts at two of them, and the record of why."""

from hts.app.hand import spin
from hts.app.shots_camera import Camera
from hts.desk.venue_tabs import COMBINED, books_of
from hts.model.enums import Phase
from hts.model.units import ClOrdID
from hts.model.views import OrderView
from hts.model.work import RouteSpec

TRIES = 4  # a venue's best offer may be gone when the order comes
ANSWER_S = 4.0
OFFER_S = 6.0
COST_MAX = 5_000_000  # won: four tries are less than what the account still has
MORE = 5  # a fifth more than the smaller offer goes to the other venue


class SweepPictures:
    """Sends the order by its key, in the issue in which a split costs least."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._session = camera.terminal.session

    def take(self) -> None:
        """The workspace of execution when the parts have filled. Leaves issue and quantity as they were."""
        camera, session = self._camera, self._session
        camera.terminal.window.open_workspace("execution")
        before, qty = session.selection.symbol(), session.selection.qty
        for _ in range(TRIES):
            self._sweep()
            if len(self.parts()) != 1:
                break
        camera.settle()
        camera.window("execution")
        session.selection.choose(before)
        session.selection.set_qty(qty)
        camera.settle()

    def parts(self) -> tuple[OrderView, ...]:
        """Filled parts of a routed order, one of each venue: of the newest one that had two, else of the newest."""
        found: tuple[OrderView, ...] = ()
        for work in self._session.orders.works.values():
            if isinstance(work.spec, RouteSpec):
                parts = self._parts_of(work.work_id)
                found = parts if len(parts) >= min(len(found), 2) else found
        return found

    def _parts_of(self, work_id: ClOrdID) -> tuple[OrderView, ...]:
        orders = self._session.orders.orders.values()
        return tuple({view.venue: view for view in orders if view.parent_id == work_id and view.cum_qty}.values())

    def _sweep(self) -> None:
        """More than one venue offers at the best price, where there is such an issue."""
        session, works = self._session, self._session.orders.works
        if spin(lambda: bool(self._offers()), OFFER_S):
            _, symbol, qty = min(self._offers())
            session.selection.choose(symbol)
            session.selection.set_qty(qty)
        else:
            self._camera.key("1")
        before = set(works)
        self._camera.key("F8")
        self._camera.wait("a routed order", lambda: any(works[one].cum_qty for one in set(works) - before))
        spin(lambda: all(works[one].state.is_over for one in set(works) - before), ANSWER_S)

    def _offers(self) -> list[tuple[int, str, int]]:
        """Cost, issue and quantity that takes the smaller offer whole and some of the other venue's."""
        market, found = self._session.market, []
        for symbol in market.instruments:
            books = books_of(market, symbol, COMBINED)
            best = [(book.levels[0], book.levels[2]) for book in books if book.phase is Phase.CONTINUOUS]
            if len(best) > 1 and min(best)[0] > 0 and len({px for px, _ in best}) == 1:
                small, large = sorted(qty for _, qty in best)[:2]
                qty = small + min(large, small // MORE + 1)
                if qty * best[0][0] <= COST_MAX:
                    found.append((qty * best[0][0], symbol, qty))
        return found
