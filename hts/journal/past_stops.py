"""First stops out of the journal's records: what a position was protected by before anybody moved it.

A bracket's stop is told as it stood when its entry first filled, any other one as it was placed. A trail's first stop
lies its distance from the price at which it began.
"""

from itertools import islice
from typing import Final, TypeVar

from msgspec import Struct

from hts.model.conditional import ConditionalOrder, PriceCondition, TrailCondition, trail_px
from hts.model.enums import CashMargin, OrdType, Side
from hts.model.instruments import Instrument
from hts.model.past_fills import PastStop
from hts.model.records import OrderEntered, TrailsMoved, WorkAmended, WorkStarted
from hts.model.units import NO_ID, ClOrdID, Px
from hts.model.work import ConditionSpec

WAITING_MAX: Final = 10_000  # entries without a fill, trails that have not begun: the oldest are forgotten first
_One = TypeVar("_One")
_STOPS: Final = (OrdType.STOP, OrdType.STOP_LIMIT)


class Waiting(Struct, kw_only=True):
    """A stop whose price, or whose entry's first fill, is still to come."""

    order: ConditionalOrder
    is_filled: bool = False


class StopScan:
    """Takes records in their order; `trade_date` is that of the newest day. No stop is older than a fill before it."""

    def __init__(self) -> None:
        self._attached: dict[ClOrdID, Waiting] = {}  # by what they protect
        self._trails: dict[ClOrdID, ConditionalOrder] = {}
        self._newest_ns = 0

    def begin(self) -> None:
        """Another segment, perhaps an older one, from its first record on."""
        self._newest_ns = 0

    @property
    def waits_for_trails(self) -> bool:
        """Whether a trail is known that has not begun."""
        return bool(self._trails)

    def entered(self, record: OrderEntered, trade_date: int) -> list[PastStop]:
        """An order: a stop itself, or an entry with its exits."""
        self._attach(record)
        if record.ord_type not in _STOPS or not record.stop_px:
            return []
        kind = "short" if record.is_short else "margin"
        return [
            PastStop(
                stop_id=record.cl_ord_id,
                account=record.account,
                symbol=record.symbol,
                side=record.side,
                px=record.stop_px,
                trade_ns=max(record.trade_ns, self._newest_ns),
                trade_date=trade_date,
                row="" if record.credit is CashMargin.CASH and not record.is_short else kind,
            )
        ]

    def started(self, record: WorkStarted, trade_date: int) -> list[PastStop]:
        """Work: a routed entry with its exits, or a conditional order that may be a stop."""
        self._attach(record)
        if not isinstance(record.spec, ConditionSpec) or not _is_stop(record.spec.order):
            return []
        order = record.spec.order
        if isinstance(order.condition, TrailCondition):
            _keep(self._trails, order.cond_id, order)
            return []
        assert isinstance(order.condition, PriceCondition), record
        return self._told(order, order.condition.px, record.trade_ns, trade_date)

    def _attach(self, record: OrderEntered | WorkStarted) -> None:
        for exit_ in record.exits:
            if _is_stop(exit_):
                _keep(self._attached, exit_.protects, Waiting(order=exit_))

    def amended(self, record: WorkAmended, trade_date: int) -> list[PastStop]:
        """Other terms count only as long as the entry has no fill, or the first one brings the price."""
        order = record.order
        waiting = self._attached.get(order.protects) if order is not None and order.protects else None
        if order is None or waiting is None or waiting.order.cond_id != order.cond_id:
            return []
        waiting.order = order
        return self._settle(waiting, record.trade_ns, trade_date) if waiting.is_filled else []

    def filled(self, order_id: ClOrdID, work_id: ClOrdID, trade_ns: int, trade_date: int) -> list[PastStop]:
        """An order, or the routed order that it is a part of, had a fill."""
        self._newest_ns = trade_ns
        waiting = self._attached.get(order_id) or self._attached.get(work_id)
        if waiting is None:
            return []
        waiting.is_filled = True
        return self._settle(waiting, trade_ns, trade_date)

    def _settle(self, waiting: Waiting, trade_ns: int, trade_date: int) -> list[PastStop]:
        """Told once; nothing yet where its price follows from the fill."""
        order = waiting.order
        assert isinstance(order.condition, PriceCondition), order
        if not order.condition.px:
            return []
        del self._attached[order.protects]
        return self._told(order, order.condition.px, trade_ns, trade_date)

    def begun(self, record: TrailsMoved, issue: Instrument | None, trade_date: int) -> list[PastStop]:
        """Trails began to follow the price. Where the issue is unknown a distance in ticks says nothing."""
        found = []
        for one in record.change.begun:
            order = self._trails.pop(one.cond_id, None)
            if order is not None and issue is not None:
                assert isinstance(order.condition, TrailCondition), order
                px = trail_px(order.condition, one.px, issue.ticks)
                found += self._told(order, Px(px), record.trade_ns, trade_date)
        return found

    def _told(self, order: ConditionalOrder, px: Px, trade_ns: int, trade_date: int) -> list[PastStop]:
        if px <= 0:
            return []
        kind = "margin" if order.side is Side.SELL else "short"
        return [
            PastStop(
                stop_id=order.cond_id,
                account=order.account,
                symbol=order.symbol,
                side=order.side,
                px=px,
                trade_ns=max(trade_ns, self._newest_ns),
                trade_date=trade_date,
                row="" if order.credit is CashMargin.CASH else kind,
                protects=order.protects or NO_ID,
            )
        ]


def _is_stop(order: ConditionalOrder) -> bool:
    """Whether it is sent when the price goes against who wants to leave by it."""
    condition = order.condition
    return isinstance(condition, PriceCondition | TrailCondition) and condition.is_above == (order.side is Side.BUY)


def _keep(kept: dict[ClOrdID, _One], key: ClOrdID, one: _One) -> None:
    kept[key] = one
    if len(kept) > WAITING_MAX:
        for old in list(islice(kept, WAITING_MAX // 2)):
            del kept[old]
