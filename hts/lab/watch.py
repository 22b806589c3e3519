"""What must always hold, checked while it happens.

    journal before wire      a request on the wire stands in the journal already, but for cancels of a halted core
    no double send           a ClOrdID leaves the house once, in its whole life
    throttle                 no more orders and amends in a second than the house allows
    kill switch              while it is on, no order and no amend leaves the house, and other systems' orders end
                             (hts.lab.others)
    sums                     LeavesQty + CumQty == OrderQty, or nothing left when it is over
    money, shares, limits    hts.lab.steps, after every write
    replay                   the journal rebuilds the state that wrote it, at every restart

A violation is a sentence; the first ones are kept, with the step at which they were seen.
"""

from collections import deque
from collections.abc import Callable, Sequence

from hts.engine.engine import Engine
from hts.lab.others import Others
from hts.lab.ports import Left
from hts.lab.steps import Children, check_holds, check_step
from hts.model.enums import Side
from hts.model.records import (
    AnyRecord,
    CancelEntered,
    KillSwitchSet,
    OrderEntered,
    ReplaceEntered,
    ReportReceived,
    WorkMoved,
)
from hts.model.reports import ExecutionReport
from hts.model.work import WorkState
from hts.oms.order_report import UNDOES
from hts.wire.ums.codec import FrameReader
from hts.wire.ums.layout import UmsLayout
from hts.wire.ums.messages import AmendOrder, CancelOrder, EnterOrder

VIOLATIONS_MAX = 20
SECOND_NS = 1_000_000_000
FULL_CHECK_EVERY = 400  # calls between two looks at every order


class Watch:
    """Sees every journal write and every frame that leaves the core."""

    def __init__(self, layout: UmsLayout, step: Callable[[], int], is_flatten: Callable[[str], bool]) -> None:
        self._layout = layout
        self._is_flatten = is_flatten  # whether a request of this id closes a position
        self._step = step
        self._written: set[int] = set()
        self._unwritten: list[str] = []  # cancels of the running call without a record
        self._sent: set[int] = set()
        self._killed: set[str] = set()  # accounts
        self._stops: set[int] = set()  # conditional orders that have come true
        self._exits: set[int] = set()  # what they and flattening sent: the rate does not hold up a way out
        self._undone: set[str] = set()  # issues of which a trade was taken back: what followed from it stands
        self._sold_elsewhere: set[str] = set()  # issues that another system sells under our account, whoever sells too
        self._bought_elsewhere: dict[int, int] = {}  # what another system's orders can cost, by their names
        self._per_second = 0
        self._left_ns: deque[int] = deque()  # when the newest orders and amends left, by the core's own clock
        self._has_written = False
        self._is_stop = False  # the kill switch went on in the running call
        self._others = Others()
        self._now_ns = 0  # of the newest record, by the core's own clock
        self._calls = 0
        self._children = Children()
        self.violations: list[str] = []
        self.first_violation_step: int | None = None

    def violate(self, sentence: str) -> None:
        """Something that must never be."""
        if self.first_violation_step is None:
            self.first_violation_step = self._step()
        if len(self.violations) < VIOLATIONS_MAX:
            self.violations.append(f"step {self._step()}: {sentence}")

    def written(self, records: Sequence[AnyRecord]) -> None:
        """Records that are in the operating system's hands."""
        self._has_written = True
        for record in records:
            self._now_ns = int(record.mono_ns)
            if isinstance(record, OrderEntered | CancelEntered | ReplaceEntered):
                self._written.add(record.cl_ord_id)
                if isinstance(record, OrderEntered) and self._is_exit(record):
                    self._exits.add(record.cl_ord_id)
            elif isinstance(record, WorkMoved) and record.state is WorkState.TRIGGERED:
                self._stops.add(record.work_id)
            elif isinstance(record, KillSwitchSet):
                self._set_killed(record)
            elif isinstance(record, ReportReceived):
                self._note_report(record)

    def _note_report(self, record: ReportReceived) -> None:
        report = record.report
        if not isinstance(report, ExecutionReport):
            return
        if report.exec_type in UNDOES:
            self._undone.add(report.symbol)
        if record.system and report.side is Side.SELL:
            self._sold_elsewhere.add(report.symbol)
        elif record.system:
            self._bought_elsewhere[report.cl_ord_id] = max(
                self._bought_elsewhere.get(report.cl_ord_id, 0), int(record.reserved)
            )

    def may_lack(self, symbol: str) -> bool:
        """Whether an issue may have been sold that was not held: no request of ours did it."""
        return symbol in self._undone or symbol in self._sold_elsewhere

    def _spent_elsewhere(self) -> int | None:
        """Money that may have been promised twice, since another system bought with it; None for any amount."""
        return None if self._undone else sum(self._bought_elsewhere.values())

    def _is_exit(self, record: OrderEntered) -> bool:
        return record.parent_id in self._stops or self._is_flatten(record.request_id)

    def recovered(self, engine: Engine, died_with: str) -> None:
        """A process has read its journal; `died_with` is the state of the one before it, if all of it was written."""
        self._killed = {guard.scope.name for guard in engine.core.state.guards if guard.is_killed}
        self._per_second = engine.core.config.limits.orders_per_second
        self._left_ns = deque(maxlen=self._per_second + 1)
        self._is_stop = False
        self._others.begin()
        if died_with and engine.state_hash != died_with:
            self.violate(f"the core died with state {died_with} and recovered {engine.state_hash}")
        self.check_orders(engine)

    def _set_killed(self, record: KillSwitchSet) -> None:
        (self._killed.add if record.on else self._killed.discard)(record.account)
        self._is_stop |= record.on

    def wire(self, direction: str, frame: bytes | Left, mono_ns: int) -> None:
        """A frame between core and venue, at the core's own time."""
        left = frame if isinstance(frame, Left) else self._read(frame) if direction == "out" else None
        if left is not None:
            self._leaves(left, mono_ns)

    def _read(self, frame: bytes) -> Left | None:
        reader = FrameReader(self._layout)
        reader.append(frame)
        found = reader.next_frame()
        assert found is not None, "a tapped frame is whole"
        message = found.message
        if not isinstance(message, EnterOrder | CancelOrder | AmendOrder):
            return None
        is_cancel = isinstance(message, CancelOrder)
        account = "" if isinstance(message, CancelOrder) else message.account
        return Left(name=type(message).__name__, cl_ord_id=message.cl_ord_id, account=account, is_cancel=is_cancel)

    def _leaves(self, left: Left, mono_ns: int) -> None:
        name, cl_ord_id = left.name, left.cl_ord_id
        if cl_ord_id not in self._written:
            unwritten = f"{name} {cl_ord_id} is on the wire and not in the journal"
            if left.is_cancel:
                self._unwritten.append(unwritten)  # only a halted core may send it: see after_call
            else:
                self.violate(unwritten)
        if cl_ord_id in self._sent:
            self.violate(f"{name} {cl_ord_id} is on the wire for the second time")
        if not left.is_cancel:
            if left.account in self._killed:
                self.violate(f"{name} {cl_ord_id} is on the wire under the kill switch")
            self._count(name, cl_ord_id, mono_ns)
        self._sent.add(cl_ord_id)

    def _count(self, name: str, cl_ord_id: int, mono_ns: int) -> None:
        if cl_ord_id in self._exits:
            return
        self._left_ns.append(mono_ns)
        if self._per_second and len(self._left_ns) > self._per_second and mono_ns - self._left_ns[0] < SECOND_NS:
            self.violate(f"{name} {cl_ord_id} is more than {self._per_second} orders in a second")

    def check_replay(self, engine: Engine, rebuilt: Engine, source: str) -> None:
        """What the disk gives must be the state in memory."""
        if rebuilt.state_hash != engine.state_hash:
            self.violate(f"memory holds {engine.state_hash}, {source} gives {rebuilt.state_hash}")

    def died(self, engine: Engine | None) -> None:
        """The process is gone, perhaps in the middle of a call: what it sent until then is judged by what it was."""
        if engine is not None:
            self._judge_unwritten(engine)

    def _judge_unwritten(self, engine: Engine) -> None:
        unwritten, self._unwritten = self._unwritten, []
        if not engine.core.is_halted:
            for sentence in unwritten:
                self.violate(sentence)

    def after_call(self, engine: Engine | None) -> None:
        """The process has done one thing."""
        self._calls += 1
        if engine is None:
            return
        self._judge_unwritten(engine)
        if self._has_written:
            self._has_written, is_stop, self._is_stop = False, self._is_stop, False
            self._others.check(self.violate, engine.core, self._now_ns, is_stop=is_stop)
            check_step(self.violate, engine.core, self._children, self.may_lack, self._spent_elsewhere())
        if self._calls % FULL_CHECK_EVERY == 0:
            self._children.forget()
            self.check_orders(engine)

    def check_orders(self, engine: Engine) -> None:
        """Sums of every order, and the cash that it holds."""
        check_holds(self.violate, engine.core)
        for order in engine.core.state.orders:
            expected = 0 if order.ord_status.is_terminal else order.order_qty - order.cum_qty
            if order.leaves_qty != expected:
                self.violate(
                    f"order {order.order_id} {order.ord_status.name}: LeavesQty {expected} expected "
                    f"({order.order_qty} - {order.cum_qty}), found {order.leaves_qty}"
                )
            if order.cum_qty > order.order_qty + order.late_qty:
                self.violate(f"order {order.order_id}: CumQty {order.cum_qty} of {order.order_qty}")
