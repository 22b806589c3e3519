"""Work as the journal rebuilds it: what was started, how it stands, which children it has.

Everything here changes through records only (hts.engine.core_state). What the algorithms and the router decide is not
kept: they answer again from this, the orders and the market.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from hts.algo.conditions import moved_extreme
from hts.model.algo import OwnFill
from hts.model.conditional import TrailCondition
from hts.model.enums import OrdStatus, TimeInForce
from hts.model.records import (
    AlgoLearnt,
    IntentDenied,
    OrderEntered,
    RouteDecided,
    TrailsMoved,
    WorkAmended,
    WorkMoved,
    WorkStarted,
)
from hts.model.routing import RouteRecord
from hts.model.units import NO_ID, ClOrdID
from hts.model.work import (
    AlgoSpec,
    BasketSpec,
    Benchmark,
    ConditionSpec,
    QuoteSpec,
    RouteSpec,
    WorkSpec,
    WorkState,
    work_of_request,
)
from hts.oms.order import Fill, Order

FILLS_WINDOW_NS = 65_000_000_000  # POV looks back a minute
DECISIONS_MAX = 60
BREACHED = "quoting.breached"  # the cause that counts as a breach of the obligation to quote


class Work:
    """One piece of work. `entered` numbers its children, the refused ones too."""

    def __init__(self, record: WorkStarted) -> None:
        self.work_id = record.work_id
        self.request_id = record.request_id
        self.account = record.account
        self.symbol = record.symbol
        self.side = record.side
        self.qty = record.qty
        self.spec: WorkSpec = record.spec
        self.state = record.state
        self.cause = ""
        self.strategy = record.strategy
        self.user = record.user
        self.parent_id = record.parent_id
        self.breaches = 0
        self.started_ns = record.trade_ns
        self.acted_ns = 0
        self.trigger_px = 0
        self.extreme_px = 0
        self.entered = 0
        self.resumed_with = 0  # children that it had when it was last told to go on
        self.arrival = record.arrival
        self.market: Benchmark | None = None  # when it was over
        self.refusals = 0
        self.children: list[ClOrdID] = []
        self.fills: list[OwnFill] = []
        self.decisions: list[RouteRecord] = []

    @property
    def is_over(self) -> bool:
        """Nothing will come of it any more."""
        return self.state.is_over

    def plain(self) -> tuple[Any, ...]:
        """All of it, for the state hash."""
        return (
            self.work_id, self.request_id, self.account, self.symbol, self.side, self.qty, self.spec, self.state,
            self.cause, self.strategy, self.user, self.started_ns, self.acted_ns, self.trigger_px, self.extreme_px,
            self.entered, self.refusals, self.children, self.fills, self.decisions, self.parent_id, self.breaches,
            self.resumed_with, self.arrival, self.market,
        )  # fmt: skip


class Works:
    """All work of the day, and conditional orders that were carried over."""

    def __init__(self) -> None:
        self._works: dict[ClOrdID, Work] = {}
        self._active: dict[ClOrdID, Work] = {}
        self._by_symbol: dict[str, dict[ClOrdID, Work]] = {}  # active, by every issue whose quotes matter to it
        self._lookers: dict[str, dict[ClOrdID, Work]] = {}  # those of them that want to see every quote
        self._of_child: dict[ClOrdID, ClOrdID] = {}
        self._found: dict[str, list[int]] = {}  # shares asked for and found by taking, by venue

    def __iter__(self) -> Iterator[Work]:
        return iter(self._works.values())

    @property
    def is_busy(self) -> bool:
        """Whether there is anything that quotes could matter to."""
        return bool(self._active)

    def find(self, work_id: ClOrdID) -> Work | None:
        """The work of this id."""
        return self._works.get(work_id)

    def get(self, work_id: ClOrdID) -> Work:
        """The work of this id, which there is."""
        return self._works[work_id]

    def of_child(self, order_id: ClOrdID) -> Work | None:
        """The work that this order is a child of."""
        work_id = self._of_child.get(order_id)
        return self._works[work_id] if work_id is not None else None

    def parts_of(self, work_id: ClOrdID) -> list[Work]:
        """The work that is a part of this one, in the order of its start."""
        return [work for work in self._works.values() if work.parent_id == work_id]

    def active(self, account: str = "", symbol: str = "") -> list[Work]:
        """What is not over, oldest first."""
        among = self._by_symbol.get(symbol, {}) if symbol else self._active
        return [
            work
            for work in among.values()
            if (not account or work.account == account) and (not symbol or work.symbol == symbol)
        ]

    def watched(self, symbols: Iterable[str]) -> list[str]:
        """Those of the issues that work looks at, in order. What nobody works in costs one look-up."""
        return sorted(symbol for symbol in symbols if symbol in self._by_symbol)

    def lookers(self, symbol: str) -> list[Work]:
        """Work that wants to see every quote of the issue; conditions are watched by their books instead."""
        return list(self._lookers.get(symbol, {}).values())

    def found_ppm(self, venue: str) -> int:
        """Which part of the displayed shares that we went for was there; a venue not tried counts as honest."""
        asked, found = self._found.get(venue, (0, 0))
        return (found + 1_000) * 1_000_000 // (asked + 1_000)

    def plain(self) -> list[Any]:
        """All of it, for the state hash."""
        return [*(work.plain() for work in self._works.values()), sorted(self._found.items())]

    # -- records

    def start(self, record: WorkStarted) -> None:
        """A new piece of work."""
        assert record.work_id not in self._works, record.work_id
        work = self._works[record.work_id] = self._active[record.work_id] = Work(record)
        for symbol in symbols_of(work):
            self._by_symbol.setdefault(symbol, {})[work.work_id] = work
            if isinstance(work.spec, RouteSpec | AlgoSpec | QuoteSpec):
                self._lookers.setdefault(symbol, {})[work.work_id] = work
        self._start_exits(record)

    def move(self, record: WorkMoved) -> None:
        """Its state changed."""
        work = self._works[record.work_id]
        assert not work.is_over, record
        if work.state is WorkState.PAUSED and record.state is WorkState.RUNNING:
            work.resumed_with = len(work.children)
        work.market = record.market
        work.state, work.cause = record.state, record.cause
        work.breaches += record.cause == BREACHED
        work.trigger_px = int(record.px) or work.trigger_px
        if record.rearmed:
            work.trigger_px = work.extreme_px = work.refusals = 0
            work.children = []
        if work.is_over:
            del self._active[work.work_id]
            for symbol in symbols_of(work):
                for index in (self._by_symbol, self._lookers):
                    index.get(symbol, {}).pop(work.work_id, None)
                    if not index.get(symbol, True):
                        del index[symbol]

    def amend(self, record: WorkAmended) -> None:
        """A conditional order or an algorithm has other terms."""
        work = self._works[record.work_id]
        if record.order is not None:
            assert isinstance(work.spec, ConditionSpec), record
            work.spec, work.qty = ConditionSpec(order=record.order), record.order.qty
        if record.params is not None:
            assert isinstance(work.spec, AlgoSpec), record
            work.spec, work.qty = AlgoSpec(params=record.params), record.params.qty

    def decide(self, record: RouteDecided) -> None:
        """A routed order was placed, or placed again."""
        work = self._works[ClOrdID(record.decision.order_id)]
        work.decisions = [*work.decisions, record.decision][-DECISIONS_MAX:]

    def learn(self, record: AlgoLearnt) -> None:
        """An algorithm knows its curve and its costs."""
        work = self._works[record.work_id]
        assert isinstance(work.spec, AlgoSpec), record
        params = replace(work.spec.params, curve=record.curve, impact=record.impact)
        work.spec = AlgoSpec(params=params)

    def follow(self, record: TrailsMoved) -> None:
        """Trails began, or their extremes moved with the price."""
        change = record.change
        for begun in change.begun:
            self._works[begun.cond_id].extreme_px = begun.px
        for moved in change.moved:
            key = (moved.source, moved.venue, moved.is_above)
            for work in self.active(symbol=change.symbol):
                trail = trail_of(work)
                if trail is not None and work.extreme_px and (trail.source, trail.venue, trail.is_above) == key:
                    work.extreme_px = moved_extreme(trail, work.extreme_px, moved.px)

    def order_entered(self, record: OrderEntered) -> None:
        """An order is on its way: the exits of a bracket begin with it, and it may be a part of other work."""
        self._start_exits(record)
        if record.parent_id:
            self._child_entered(record)

    def _start_exits(self, record: OrderEntered | WorkStarted) -> None:
        for exit_ in record.exits:
            self.start(
                WorkStarted(
                    trade_ns=record.trade_ns, mono_ns=record.mono_ns, work_id=exit_.cond_id, request_id="",
                    account=record.account, symbol=record.symbol, side=exit_.side, qty=exit_.qty,
                    spec=ConditionSpec(order=exit_), state=WorkState.WAITING, strategy=record.strategy,
                    user=record.user,
                )
            )  # fmt: skip

    def _child_entered(self, record: OrderEntered) -> None:
        work = self._works.get(record.parent_id)
        if work is not None:
            self._adopt(work, record.cl_ord_id, work.entered + 1)
            work.acted_ns = record.trade_ns

    def child_found(self, order: Order) -> None:
        """The venue knows an order that the journal had lost; its request id may name its work."""
        work_id, number = work_of_request(order.request_id)
        work = self._works.get(work_id)
        if work is not None and order.order_id not in self._of_child:
            self._adopt(work, order.order_id, number)

    def child_denied(self, record: IntentDenied) -> None:
        """Risk refused one of its orders."""
        work = self._works.get(record.parent_id)
        if work is not None:
            work.entered += 1
            work.refusals += 1

    def child_reported(self, order: Order, fill: Fill | None, trade_ns: int) -> None:
        """The venue spoke of one of its orders."""
        work = self.of_child(order.order_id)
        if work is None:
            return
        if order.ord_status is OrdStatus.REJECTED:
            work.refusals += 1
        if fill is not None and fill.undone is None:
            work.refusals = 0
            kept = [one for one in work.fills if one.trade_ns > trade_ns - FILLS_WINDOW_NS]
            work.fills = [*kept, OwnFill(trade_ns, int(fill.qty))]
        if not order.is_working and order.time_in_force is TimeInForce.IOC:
            found = self._found.setdefault(order.venue, [0, 0])
            found[0] += order.order_qty
            found[1] += order.cum_qty

    def forget_over(self) -> None:
        """A new day of a venue: what is over is only in the journal. A whole that is still at work keeps its parts: it
        counts them, and would begin them again. An exit that still waits keeps what it protects and the other exits.
        """
        protected = self._protected()
        gone = {
            work.work_id
            for work in self._works.values()
            if work.is_over and work.parent_id not in self._active and not {work.work_id, _protects(work)} & protected
        }
        self._works = {work_id: work for work_id, work in self._works.items() if work_id not in gone}
        self._of_child = {child: work_id for child, work_id in self._of_child.items() if work_id not in gone}

    def counted_by_exits(self) -> set[ClOrdID]:
        """Orders that exits which still wait count: those of the work that they protect, and of its exits."""
        protected = self._protected() & self._works.keys()
        return {
            child
            for work in self._works.values()
            if {work.work_id, _protects(work)} & protected
            for child in work.children
        }

    def _protected(self) -> set[ClOrdID]:
        """What exits that still wait protect: orders, and work."""
        return {_protects(work) for work in self._active.values()} - {NO_ID}

    def _adopt(self, work: Work, order_id: ClOrdID, number: int) -> None:
        work.children.append(order_id)
        work.entered = max(work.entered, number)
        self._of_child[order_id] = work.work_id


def symbols_of(work: Work) -> tuple[str, ...]:
    """The issues whose quotes matter to it."""
    if isinstance(work.spec, BasketSpec):
        return ()
    if isinstance(work.spec, QuoteSpec):
        return (work.symbol, *(part.symbol for part in work.spec.inav.parts))
    return (work.symbol,)


def trail_of(work: Work) -> TrailCondition | None:
    """Its condition, where that is a trail."""
    if isinstance(work.spec, ConditionSpec) and isinstance(work.spec.order.condition, TrailCondition):
        return work.spec.order.condition
    return None


def _protects(work: Work) -> ClOrdID:
    """What an exit protects; NO_ID for other work."""
    return work.spec.order.protects if isinstance(work.spec, ConditionSpec) else NO_ID
