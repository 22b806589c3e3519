"""A small market for algorithms: a walking price, trades by others, children that fill as such orders do."""

import random

from msgspec.structs import replace

from hts.algo.step import next_actions
from hts.model.algo import (
    AlgoKind,
    AlgoParams,
    AlgoState,
    AlgoView,
    AmendChild,
    Finish,
    MarketView,
    OwnFill,
    PlaceChild,
    WakeAt,
)
from hts.model.enums import Phase, Side, TimeInForce
from hts.model.instruments import TickTable
from hts.model.routing import CancelChild, ChildState

S = 1_000_000_000
T0 = 1_000_000 * S
TICKS = TickTable(starts=(0,), steps=(10,))


def params(kind=AlgoKind.TWAP, **changes):
    fields = {"algo_id": 1, "kind": kind, "account": "P1", "symbol": "005930", "side": Side.BUY, "qty": 1000}
    fields |= {"px": 10_000, "start_ns": T0, "end_ns": T0 + 600 * S, "interval_ns": 60 * S}
    return AlgoParams(**fields | changes)


def market(at_s=0, **changes):
    fields = {"trade_ns": T0 + at_s * S, "phase": Phase.CONTINUOUS, "bid_px": 9_980, "bid_qty": 500}
    fields |= {"ask_px": 9_990, "ask_qty": 500, "last_px": 9_990, "upper_px": 13_000, "lower_px": 7_000, "ticks": TICKS}
    return MarketView(**fields | changes)


def child(number=11, leaves_qty=100, cum_qty=0, px=9_980, **changes):
    return ChildState(
        cl_ord_id=number, venue="KRX", px=px, leaves_qty=leaves_qty, cum_qty=cum_qty, is_done=leaves_qty == 0, **changes
    )


def running(*children, **changes):
    return AlgoView(**{"state": AlgoState.RUNNING, "children": children, "started_ns": T0} | changes)


class Day:
    """One algorithm against a seeded market, second by second, until it says that it is over."""

    def __init__(self, seed, asked, *, rate=200, misbehave=True):
        self.dice = random.Random(seed)
        self.params = asked
        self.rate = rate
        self.misbehave = misbehave
        self.view = AlgoView(state=AlgoState.RUNNING, started_ns=asked.start_ns)
        self.now = asked.start_ns - 60 * S
        self.mid = 9_980
        self.trades = [(self.now, 0)]
        self.finish = None
        self.paid = 0

    def play(self, seconds=1_500):
        for _ in range(seconds):
            self._others_trade()
            self._children_trade()
            self._ask()
            if self.finish is not None:
                break
            self.now += S
        return self

    @property
    def filled(self):
        return sum(fill.qty for fill in self.view.fills)

    def _market(self):
        recent = tuple(point for point in self.trades if point[0] > self.now - 65 * S)
        return replace(
            market(), trade_ns=self.now, bid_px=self.mid - 10, ask_px=self.mid + 10, last_px=self.mid, traded=recent
        )

    def _ask(self):
        for action in next_actions(self.params, self.view, self._market()):
            match action:
                case PlaceChild():
                    self._place(action)
                case CancelChild():
                    self._change(action.cl_ord_id, is_pending=True)
                case AmendChild():
                    self._change(action.cl_ord_id, px=action.px)
                case Finish():
                    self.finish = action
                case WakeAt():
                    assert action.trade_ns >= self.now

    def _place(self, action):
        number = len(self.view.children) + 1
        if self.misbehave and self.dice.random() < 0.03:
            refused = child(number, leaves_qty=0, px=action.px, was_rejected=True)
            self.view = replace(self.view, children=(*self.view.children, refused))
            return
        made = child(number, leaves_qty=action.qty, px=action.px)
        self.view = replace(self.view, children=(*self.view.children, made), acted_ns=self.now)
        if action.time_in_force is TimeInForce.IOC:
            if action.px >= self.mid + 10:
                self._fill(number, min(action.qty, self.dice.randint(1, 500)))
            self._change(number, leaves_qty=0, is_done=True)

    def _others_trade(self):
        self.mid = max(9_000, min(9_990, self.mid + self.dice.choice((-10, 0, 0, 0, 10))))
        self._print(self.dice.randint(0, 2 * self.rate) if self.dice.random() < 0.8 else 0)

    def _children_trade(self):
        for one in self.view.children:
            if one.is_done:
                continue
            if one.px >= self.mid + 10 or (one.px == self.mid - 10 and self.dice.random() < 0.2):
                self._fill(one.cl_ord_id, self.dice.randint(1, one.leaves_qty))
            elif one.is_pending and self.dice.random() < 0.7:
                self._change(one.cl_ord_id, leaves_qty=0, is_done=True)

    def _fill(self, number, qty):
        one = self.view.children[number - 1]
        left = one.leaves_qty - qty
        self.view = replace(self.view, fills=(*self.view.fills, OwnFill(self.now, qty)))
        self._change(number, leaves_qty=left, cum_qty=one.cum_qty + qty, is_done=left == 0)
        self.paid += qty * one.px
        self._print(qty)

    def _print(self, qty):
        if qty:
            self.trades.append((self.now, self.trades[-1][1] + qty))

    def _change(self, number, **changes):
        children = list(self.view.children)
        children[number - 1] = replace(children[number - 1], **changes)
        self.view = replace(self.view, children=tuple(children))
