"""A venue in continuous trading, written to be read: lists, no levels, no handles. Against it the engine is tried.

Price, then shown before hidden, then time. An iceberg shows a part at a time; the next part goes to the end of its
price's queue. At ODX two providers of liquidity pass each other by.
"""

from hts.model.enums import Side, TimeInForce
from hts.model.reasons import Reason
from hts.sim.commands import Amend, Cancel, Enter

AT_ONCE = (TimeInForce.IOC, TimeInForce.FOK)


class NaiveOrder:
    def __init__(self, command, number):
        self.session, self.number, self.cl_ord_id = command.session, number, command.cl_ord_id
        self.is_buy = command.side is Side.BUY
        self.px, self.qty, self.leaves = command.px, command.qty, command.qty
        self.display, self.is_hidden = command.display_qty, command.is_hidden
        self.is_provider = command.client_type == "L"
        self.shown = 0

    def show(self):
        self.shown = min(self.display or self.leaves, self.leaves)


class NaiveVenue:
    def __init__(self, instrument, *, providers_pass=False, qty_may_grow=False):
        self.instrument = instrument
        self.providers_pass = providers_pass
        self.qty_may_grow = qty_may_grow
        self.resting = []  # in the order of time
        self.by_id = {}
        self.number = 0

    def apply(self, command):
        """(what happened, trades): trades are (resting number, incoming number, price, quantity)."""
        if isinstance(command, Enter):
            return self._enter(command)
        order = self.by_id.get((command.session, command.orig_cl_ord_id))
        if order is None:
            return Reason.UNKNOWN_ORDER, []
        if order not in self.resting:
            return Reason.TOO_LATE, []
        if isinstance(command, Cancel):
            self.resting.remove(order)
            return "canceled", []
        return self._amend(command, order)

    def book(self):
        """{side: [(price, shown quantities)]}, hidden orders left out."""
        found = []
        for is_buy in (True, False):
            prices = sorted({o.px for o in self.resting if o.is_buy == is_buy and not o.is_hidden}, reverse=is_buy)
            found.append(
                [(px, [o.shown for o in self.resting if o.is_buy == is_buy and o.px == px and not o.is_hidden])
                 for px in prices]
            )  # fmt: skip
        return dict(enumerate(found))

    def _refusal(self, px, qty):
        instrument = self.instrument
        if qty <= 0:
            return Reason.BAD_QTY
        if qty % instrument.lot:
            return Reason.BAD_LOT
        if not instrument.lower_px <= px <= instrument.upper_px:
            return Reason.PRICE_LIMIT
        return Reason.NONE if px > 0 and px % instrument.ticks.step_at(px) == 0 else Reason.BAD_TICK

    def _enter(self, command):
        reason = self._refusal(command.px, command.qty)
        if reason is not Reason.NONE:
            return reason, []
        order = NaiveOrder(command, 0)
        if command.post_only and self._best(order) is not None:
            return Reason.POST_ONLY, []
        self.number += 1
        order.number = self.number
        self.by_id[command.session, command.cl_ord_id] = order
        if command.time_in_force is TimeInForce.FOK and self._reachable(order) < order.qty:
            return "killed", []
        trades = self._match(order)
        if order.leaves and command.time_in_force in AT_ONCE:
            return "killed", trades
        self._rest(order)
        return "entered", trades

    def _amend(self, command: Amend, order):
        cum = order.qty - order.leaves
        reason = Reason.NONE
        if command.qty <= 0:
            reason = Reason.BAD_QTY
        elif command.qty > order.qty and not self.qty_may_grow:
            reason = Reason.QTY_INCREASE
        elif command.qty <= cum:
            reason = Reason.QTY_BELOW_CUM
        elif command.qty % self.instrument.lot:
            reason = Reason.BAD_LOT
        elif (command.px, command.qty) == (order.px, order.qty):
            reason = Reason.NOTHING_CHANGED
        else:
            reason = self._refusal(command.px, command.qty)
        if reason is not Reason.NONE:
            return reason, []
        self.by_id[command.session, command.cl_ord_id] = order
        moves = command.px != order.px or command.qty > order.qty
        order.px, order.qty, order.leaves = command.px, command.qty, command.qty - cum
        if not moves:
            order.shown = min(order.shown, order.leaves)  # the hidden part of an iceberg goes first
            return "amended", []
        self.resting.remove(order)
        trades = self._match(order)
        self._rest(order)
        return "amended", trades

    def _rest(self, order):
        if order.leaves:
            order.show()
            self.resting.append(order)

    def _candidates(self, order):
        for other in self.resting:
            reaches = other.px <= order.px if order.is_buy else other.px >= order.px
            passes = self.providers_pass and order.is_provider and other.is_provider
            if other.is_buy != order.is_buy and reaches and not passes:
                yield other

    def _best(self, order):
        sign = 1 if order.is_buy else -1
        ranked = enumerate(self._candidates(order))
        found = min(ranked, key=lambda row: (sign * row[1].px, row[1].is_hidden, row[0]), default=None)
        return None if found is None else found[1]

    def _reachable(self, order):
        return sum(other.leaves for other in self._candidates(order))

    def _match(self, order):
        trades = []
        while order.leaves and (other := self._best(order)) is not None:
            qty = min(order.leaves, other.leaves if other.is_hidden else other.shown)
            trades.append((other.number, order.number, other.px, qty))
            order.leaves -= qty
            other.leaves -= qty
            other.shown -= min(qty, other.shown)
            if not other.leaves:
                self.resting.remove(other)
            elif not other.is_hidden and not other.shown:
                self.resting.remove(other)
                self._rest(other)
        return trades
