"""Moving what the core watches: a stop, one of a pair, an exit that waits, and a trail by its distance."""

from hts.desk.exits import is_movable, is_true_at, trail_distance
from hts.desk.figures import px_text
from hts.desk.ladder_stops import watched_px
from hts.desk.sending import Refusal, Sender
from hts.model.conditional import PriceCondition, TrailCondition
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID
from hts.model.work import ConditionSpec, WorkView


class StopSender(Sender):
    """A Sender that moves stops."""

    def move_stop(self, work_id: int, px: int) -> Refusal | None:
        """Watch for another price instead. One of a pair moves alone: its partner stays where it is.

        A trail follows at another distance: so far that it comes true at `px` as its extreme is now.
        """
        view = self._orders.works.get(ClOrdID(work_id))
        if not self.is_armed:
            return self._refuse("refusal.locked")
        if view is None or not is_movable(view):
            return self._refuse("refusal.no_order")
        issue = self._market.instruments.get(view.symbol)
        assert isinstance(view.spec, ConditionSpec)
        watched, last_px = view.spec.order.condition, self._market.last_px(view.symbol)
        if issue is None or (
            isinstance(watched, PriceCondition | TrailCondition) and is_true_at(px, last_px, is_above=watched.is_above)
        ):
            return self._refuse("refusal.stop_at_once", px=px_text(px, issue.px_decimals if issue else 0))
        if not isinstance(watched, TrailCondition):
            return self.amend_work(view.work_id, px)
        distance = trail_distance(watched, int(view.extreme_px), px, issue.ticks)
        if not distance:
            return self._refuse("refusal.stop_at_once", px=px_text(px, issue.px_decimals))
        return self.amend_algo(view.work_id, {"distance": distance})

    def step_stop(self, symbol: str, ticks: int) -> Refusal | None:
        """Move the newest stop or trail of an issue by ticks, as a key does."""
        issue = self._market.instruments.get(symbol)
        view = self._newest_stop(issue) if issue is not None else None
        if issue is None or view is None:
            return self._refuse("refusal.no_stop")
        return self.move_stop(view.work_id, int(issue.ticks.move(watched_px(view, issue), ticks)))

    def _newest_stop(self, issue: Instrument) -> WorkView | None:
        views = [view for view in self._orders.works.values() if watched_px(view, issue) and is_movable(view)]
        return max(views, key=lambda view: view.work_id, default=None)
