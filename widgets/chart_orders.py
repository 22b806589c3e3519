"""What a chart does with the trader's own orders: its lines cancel and amend; one in the hand falls with its order."""

from typing import TYPE_CHECKING

from hts.desk.actions import Refusal
from hts.desk.chart_marks import FillMark, LineKind, OrderLine, snapped, stepped, stop_lines
from hts.desk.chart_past import PastMarks
from hts.desk.sentences import refusal_text
from hts.model.instruments import Instrument
from hts.model.work import WorkAct

if TYPE_CHECKING:
    from widgets.chart import ChartPanel
    from widgets.chart_canvas import ChartCanvas


class ChartOrders:
    """Of one panel."""

    def __init__(self, panel: "ChartPanel") -> None:
        self._panel = panel
        self.past = PastMarks()

    def mark_past(self, canvas: "ChartCanvas", instrument: Instrument) -> None:
        """Fills of days before, where they are wanted; the core is asked for them once."""
        panel, context = self._panel, self._panel.context
        if not panel.settings.shows_past:
            is_other = self.past.hide()
        else:
            past, orders = context.answers.past, context.orders
            past.ask(orders.account_id, context.query)
            of = (instrument.symbol, panel.feed.venue)
            is_other = self.past.follow(past, orders.fills, of, panel.series)
        if is_other:
            canvas.mark_past(self.past.shown)

    def is_behind(self, symbol: str) -> bool:
        """Whether more fills of days before are known than are marked."""
        past = self._panel.context.answers.past
        return self._panel.settings.shows_past and self.past.lags(past, symbol)

    def of_bar(self, number: int) -> tuple[FillMark, ...]:
        """What was traded in a bar, on whatever day."""
        panel = self._panel
        today = panel.canvas.marks_layer.marks.fills if panel.canvas is not None else ()
        return (*self.past.shown.of_bar(number), *(fill for fill in today if fill.index == number))

    def snap(self, px: float) -> int:
        """The price that a line dropped there means."""
        feed = self._panel.feed
        is_live = feed.instrument is not None and feed.replay is None
        return snapped(feed.instrument, px) if is_live and feed.instrument is not None else round(px)

    def step(self, px: float, ticks: int) -> float:
        """So many ticks away."""
        issue = self._panel.feed.instrument
        return stepped(issue, px, ticks) if issue is not None else px + ticks

    def cancel(self, order: OrderLine) -> None:
        """The order of a line, or all that the core watches for there."""
        actions = self._panel.context.actions
        if order.kind is LineKind.ORDER:
            self._tell(actions.cancel(order.order_id))
        for work_id in order.work_ids:
            self._tell(actions.control_work(work_id, WorkAct.CANCEL))

    def amend(self, order: OrderLine, px: float) -> None:
        """A line was dropped at another price."""
        actions, px = self._panel.context.actions, self.snap(px)
        if order.kind is LineKind.ORDER:
            self._tell(actions.replace(order.order_id, px))
            return
        for work_id in order.work_ids:
            self._tell(actions.move_stop(work_id, px))

    def _tell(self, refusal: Refusal | None) -> None:
        if refusal is not None and self._panel.canvas is not None:
            self._panel.canvas.say(refusal_text(refusal, self._panel.context.texts))

    def end_lost_drag(self, instrument: Instrument) -> None:
        """A line in the hand falls when its order has ended, or when nothing can be sent any more."""
        canvas, context = self._panel.canvas, self._panel.context
        drag = canvas.marks_layer.drag if canvas is not None else None
        if drag is None or canvas is None:
            return
        orders = context.orders
        held = (
            orders.working(instrument.symbol) if drag.order.kind is LineKind.ORDER else stop_lines(instrument, orders)
        )
        if drag.order.order_id not in {one.order_id for one in held}:
            canvas.hand.give_up()
            canvas.say(context.texts("chart.drag.ended"))
        elif not context.actions.is_armed:
            canvas.hand.give_up()
            canvas.say(context.texts("chart.drag.locked"))
