"""A venue with two lines: the core's own order session, and a drop copy that hears other systems too.

`truth` is what the venue holds. A silent venue tells no broken trade on the order session, whose sums go on counting
it; the copy tells all. Each line is a list of (number, what it says), in its order.
"""

from msgspec.structs import replace

from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.reports import CopyUp, ReportCopied
from tests.engine.kit import VENUE, Desk, a_ready_desk, a_snapshot
from tests.support.builders import ACCOUNT, DATE, SYMBOL, a_report, an_intent

OTHER = "HTS01-OE50"
COPY_EPOCH = DATE * 100
PX = 71_000


class Held:
    """One order as the venue has it. `own_cum`, `own_qty`: as the order session counts."""

    def __init__(self, number, system, side, qty, request_id=""):
        self.number, self.system, self.side, self.qty, self.request_id = number, system, side, qty, request_id
        self.cum = self.own_cum = 0
        self.own_qty = qty
        self.is_over = False
        self.fills = []  # (exec_id, px, qty) that stand

    @property
    def leaves(self):
        return 0 if self.is_over else self.qty - self.cum


class TwoLines:
    def __init__(self, *, is_silent):
        self.is_silent = is_silent
        self.orders = {}
        self.own, self.copy = [], []
        self.exec_id = 500

    # -- what happens

    def new(self, number, system="", side=Side.BUY, qty=100, request_id=""):
        order = self.orders[number] = Held(number, system, side, qty, request_id)
        self._tell(order, ExecType.NEW)

    def fill(self, number, qty, px=PX):
        order = self.orders[number]
        qty = min(qty, order.leaves)
        if not qty:
            return
        self.exec_id += 1
        order.cum += qty
        order.own_cum += qty
        order.is_over = order.cum == order.qty
        order.fills.append((self.exec_id, px, qty))
        self._tell(order, ExecType.TRADE, exec_id=self.exec_id, last_qty=qty, last_px=px)

    def cancel(self, number):
        order = self.orders[number]
        if not order.is_over:
            order.is_over = True
            self._tell(order, ExecType.CANCELED)

    def undo(self, number, at=0, now=0, px=PX):
        """Break a fill, or correct it to `now` shares."""
        order = self.orders[number]
        if not order.fills:
            return
        exec_id, was_px, was_qty = order.fills.pop(at % len(order.fills))
        now = min(now, was_qty)
        if now and (now, px) == (was_qty, was_px):
            now = 0
        gone, works = was_qty - now, not order.is_over
        self.exec_id += 1
        order.cum -= gone
        if now:
            order.fills.append((self.exec_id, px, now))
        is_told = not self.is_silent
        if is_told:
            order.own_cum -= gone
        kind = ExecType.TRADE_CORRECT if now else ExecType.TRADE_CANCEL
        said = {"last_qty": now or was_qty, "last_px": px if now else was_px}
        ids = {"exec_id": self.exec_id, "exec_ref_id": exec_id}
        self._tell(order, kind, is_told=is_told, **said, **ids)
        if works and gone:
            order.qty -= gone
            if is_told:
                order.own_qty -= gone
            self._tell(order, ExecType.RESTATED, is_told=is_told)

    # -- what is said

    def _tell(self, order, exec_type, *, is_told=True, **fields):
        report = self._report(order, exec_type, order.cum, order.qty, **fields)
        seq = 2 * (len(self.copy) + 1)
        own = not order.system
        self.copy.append(
            ReportCopied(
                venue=VENUE, system=order.system or "HTS01", is_own=own,
                report=replace(report, venue_seq=seq, account="HTS01" if own else ACCOUNT),
            )
        )  # fmt: skip
        if own and is_told:
            seen = self._report(order, exec_type, order.own_cum, order.own_qty, **fields)
            self.own.append(replace(seen, venue_seq=self.first + len(self.own)))

    first = 2  # the number of the first report: a mass status ended with 1

    def _report(self, order, exec_type, cum, qty, **fields):
        status = OrdStatus.PARTIALLY_FILLED if cum else OrdStatus.NEW
        if order.is_over:
            filled = exec_type is ExecType.TRADE or (cum == qty and exec_type is ExecType.ORDER_STATUS)
            status = OrdStatus.FILLED if filled else OrdStatus.CANCELED
        return a_report(
            exec_type, 1, cl_ord_id=order.number, venue_order_id=7_000 + order.number % 1_000, side=order.side, px=PX,
            order_qty=qty, cum_qty=cum, leaves_qty=order.leaves, ord_status=status, request_id=order.request_id,
            **fields,
        )  # fmt: skip

    # -- a core on both

    def copies_up(self, desk):
        return desk.report(CopyUp(venue=VENUE, epoch=COPY_EPOCH, trading_date=DATE))

    def restart(self, desk):
        """The core is killed; both lines say again what the journal lacks."""
        again = Desk(desk.journal)
        assert again.engine.state_hash == desk.engine.state_hash
        again.start()
        again.take(again.engine.on_snapshot(a_snapshot(), *again.at()))
        return again

    def reconcile(self, desk, said):
        """Our session logs on, says again what was lost of the `said` reports, and names its orders."""
        lost = [report for report in self.own[:said] if report.venue_seq >= desk.next_seq]
        asked_from = max([desk.next_seq, self.first + said])
        told = {report.cl_ord_id: report for report in self.own[:said]}
        statuses = []
        for number, report in enumerate(told.values()):
            fields = {"exec_type": ExecType.ORDER_STATUS, "exec_id": 0, "exec_ref_id": 0, "last_qty": 0, "last_px": 0}
            seen = replace(report, venue_seq=asked_from + number, **fields)
            if seen.leaves_qty == 0 and seen.cum_qty == seen.order_qty:
                seen = replace(seen, ord_status=OrdStatus.FILLED)
            statuses.append(seen)
        self.shift = len(statuses) + 1
        desk.log_on(asked_from + len(statuses), (*lost, *statuses))


def entered(venue, count=2, **fields):
    """A ready desk with `count` orders of its own on their way."""
    desk = a_ready_desk(**fields)
    for number in range(1, count + 1):
        desk.intent(an_intent(f"o{number}", px=PX, qty=100))
    venue.first = desk.next_seq
    return desk


def held(desk, number):
    order = desk.engine.core.state.orders.find(number)
    return int(order.cum_qty), int(order.leaves_qty)


def position(desk):
    return desk.engine.core.state.ledger.qty(ACCOUNT, SYMBOL)
