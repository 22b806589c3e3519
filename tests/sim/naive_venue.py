"""The engine's rules once more, as plainly as they can be written: one list of orders, looked through at every turn.

It is slow and keeps nothing sorted. It is told when a scheduled phase begins; interruptions it finds by itself.
"""

from fractions import Fraction

from hts.model.enums import OrdType, Phase, TimeInForce

T, C = OrdType, TimeInForce
PEGS = (T.MIDPOINT, T.PRIMARY_PEG)


class Resting:
    def __init__(self, command, seq):
        self.id, self.is_buy = command.cl_ord_id, command.side.sign > 0
        self.kind, self.acts, self.tif = command.ord_type, command.ord_type, command.time_in_force
        self.px, self.left, self.display = command.px, command.qty, command.display_qty
        self.hidden = command.is_hidden or command.ord_type in PEGS
        self.min_qty, self.stop, self.seq = command.min_qty, command.stop_px, seq
        self.smp, self.smp_mode = command.smp_id, command.smp_mode
        self.asleep = bool(command.stop_px)
        self.shown = self.first_part()

    def first_part(self):
        return min(self.display, self.left) if self.display else self.left


class NaiveVenue:
    """`rests`: what is left of a market order rests (KRX). `vi`: (ratio by phase, static ratio) or None."""

    def __init__(self, instrument, *, rests=False, vi=None, tiers=False):
        self.i, self.rests, self.vi, self.tiers = instrument, rests, vi, tiers
        self.prices = []
        px = instrument.lower_px
        while px <= instrument.upper_px:
            self.prices.append(px)
            px = instrument.ticks.up(px)
        self.orders, self.seq, self.last, self.phase = [], 0, instrument.base_px, Phase.CLOSED
        self.static = instrument.base_px
        self.fills, self.gone = [], []  # of the last act: (buy, sell, px, qty); (id, why)

    # -- prices --

    def level(self, order):
        """The price that ranks the order."""
        if order.acts is T.MARKET:
            return self.i.upper_px if order.is_buy else self.i.lower_px
        return order.px

    def shown_of(self, is_buy):
        found = [o for o in self.orders if o.is_buy == is_buy and not o.hidden and not o.asleep]
        return sorted(found, key=lambda o: (-self.level(o) if is_buy else self.level(o), o.seq))

    def best(self, is_buy):
        return next((o.px for o in self.shown_of(is_buy) if o.acts is not T.MARKET), 0)

    def resting_px(self, order, taker=None):
        """Where a resting order trades now; 0 for nowhere."""
        if order.kind in PEGS:
            bid, ask = self.best(True), self.best(False)
            px = (
                ((bid + ask) // 2 if bid and ask else 0) if order.kind is T.MIDPOINT else (bid if order.is_buy else ask)
            )
            if px and order.px:
                px = min(px, order.px) if order.is_buy else max(px, order.px)
            return px
        if order.acts is not T.MARKET:
            return order.px
        ticks, best = self.i.ticks, self.best(order.is_buy)
        if order.is_buy:
            px = min(ticks.up(best) if best else ticks.ceil(self.last), self.i.upper_px)
        else:
            px = max(ticks.down(best) if best else ticks.floor(self.last), self.i.lower_px)
        if taker is not None and taker.acts is not T.MARKET and taker.px:
            px = min(px, taker.px) if taker.is_buy else max(px, taker.px)
        return px

    def limit(self, order):
        if order.acts is T.MARKET:
            return self.i.upper_px * 9 if order.is_buy else 0
        return self.resting_px(order) if order.kind in PEGS else order.px

    def reaches(self, order, px):
        limit = self.limit(order)
        if order.kind in PEGS and not limit:
            return False
        return px <= limit if order.is_buy else px >= limit

    def is_far(self, px, last):
        if self.vi is None:
            return False
        dynamic, static = self.vi
        ratio = dynamic.get(self.phase)
        far = ratio is not None and abs(Fraction(px, last) - 1) >= ratio
        return far or abs(Fraction(px, self.static) - 1) >= static

    # -- continuous trading --

    def next_resting(self, order, skipped):
        shown = next((o for o in self.shown_of(not order.is_buy) if o.id not in skipped), None)
        hidden = [
            (self.resting_px(o), o)
            for o in self.orders
            if o.hidden and not o.asleep and o.is_buy != order.is_buy and o.id not in skipped and self.resting_px(o)
        ]
        hidden.sort(key=lambda found: (-found[0] if found[1].is_buy else found[0], found[1].seq))
        if not hidden:
            return (self.resting_px(shown, order), shown) if shown else None
        if shown:
            px = self.resting_px(shown, order)
            if px <= hidden[0][0] if order.is_buy else px >= hidden[0][0]:
                return px, shown
        return hidden[0]

    def available(self, order):
        """All that the order could take now."""
        hidden = sum(
            o.left
            for o in self.orders
            if o.hidden
            and not o.asleep
            and o.is_buy != order.is_buy
            and self.resting_px(o)
            and self.reaches(order, self.resting_px(o))
        )
        shown = self.shown_of(not order.is_buy)
        return hidden + sum(o.left for o in shown if self.reaches_level(order, o))

    def reaches_level(self, order, other):
        if other.acts is T.MARKET or order.acts is T.MARKET:
            return True
        return self.reaches(order, other.px)

    def would_trade(self, command):
        order = Resting(command, 0)
        found = self.next_resting(order, ())
        return found is not None and self.reaches(order, found[0])

    def enter(self, command, px=None):
        """A new order that the venue has accepted; `px`: the one that the venue has given it."""
        self.fills, self.gone = [], []
        self.seq += 1
        order = Resting(command, self.seq)
        if command.ord_type in (T.BEST_COUNTER, T.BEST_OWN, T.LIMIT_OR_CLOSE):
            order.px, order.acts = px or command.px, T.LIMIT
        self.place(order)
        self.settle()

    def place(self, order):
        if order.asleep or not self.phase.is_continuous:
            self.orders.append(order)
            return
        why = self.match(order)
        if order.left and why != "ended":
            at_once = order.tif in (C.IOC, C.FOK)
            if at_once or why == "cancel" or (order.acts is T.MARKET and not self.rests):
                self.gone.append(order.id)
            else:
                order.shown = order.first_part()
                self.orders.append(order)

    def match(self, order):
        last = self.last
        if order.tif is C.FOK and not self.fits(order, last):
            return "cancel"
        if order.min_qty and order.tif is not C.FOK and self.available(order) < min(order.min_qty, order.left):
            return ""
        skipped = set()
        while order.left:
            found = self.next_resting(order, skipped)
            if found is None or not self.reaches(order, found[0]):
                return ""
            px, other = found
            same = order.smp_mode and order.smp and order.smp == other.smp
            if same and order.smp_mode == 2:
                return "cancel"
            if same and order.smp_mode == 1:
                self.orders.remove(other)
                self.gone.append(other.id)
                continue
            if not same and self.is_far(px, last):
                self.phase = Phase.VI_CALL
                return ""
            if other.hidden and other.min_qty > order.left:
                skipped.add(other.id)
                continue
            qty = min(order.left, other.left if other.hidden else other.shown)
            if same:
                self.take(order, other, qty)
                if not other.left:
                    self.gone.append(other.id)
                if not order.left:
                    self.gone.append(order.id)
                continue
            self.trade(order, other, px, qty)
        return ""

    def fits(self, order, last):
        """Fill or kill: all of it can be had, and none of it interrupts (a far price interrupts and kills)."""
        plain = (
            not any(o.hidden and not o.asleep and o.is_buy != order.is_buy for o in self.orders) and not order.hidden
        )
        if not plain or order.smp_mode:
            return self.available(order) >= order.left
        shown = [o for o in self.shown_of(not order.is_buy) if self.reaches_level(order, o)]
        left = order.left
        for other in shown:
            if other.acts is not T.MARKET and self.is_far(other.px, last):
                if sum(o.left for o in shown) >= order.left:
                    self.phase = Phase.VI_CALL
                return False
            left -= other.left
            if left <= 0:
                return True
        return False

    def take(self, order, other, qty):
        for one in (order, other):
            one.left -= qty
        if not other.hidden:
            other.shown -= qty
            if other.left and not other.shown:
                self.seq += 1
                other.seq, other.shown = self.seq, other.first_part()
        if not other.left:
            self.orders.remove(other)

    def trade(self, order, other, px, qty):
        self.fills.append((*((order.id, other.id) if order.is_buy else (other.id, order.id)), px, qty))
        self.take(order, other, qty)
        self.last = px

    def settle(self):
        """Hidden orders meet, stops wake."""
        while self.phase.is_continuous:
            if self.cross_hidden():
                continue
            due = [o for o in self.orders if o.asleep and (self.last >= o.stop if o.is_buy else self.last <= o.stop)]
            sells = sorted((o for o in due if not o.is_buy), key=lambda o: (-o.stop, o.seq))
            buys = sorted((o for o in due if o.is_buy), key=lambda o: (o.stop, o.seq))
            if not due:
                return
            order = (sells or buys)[0]
            self.orders.remove(order)
            order.asleep, order.acts = False, T.MARKET if order.kind is T.STOP else T.LIMIT
            self.seq += 1
            order.seq = self.seq
            self.place(order)

    def cross_hidden(self):
        def best(is_buy):
            found = [(self.resting_px(o), o) for o in self.orders if o.hidden and not o.asleep and o.is_buy == is_buy]
            found = [(px, o) for px, o in found if px]
            return min(found, key=lambda f: (-f[0] if is_buy else f[0], f[1].seq), default=None)

        bid, ask = best(True), best(False)
        if bid is None or ask is None or bid[0] < ask[0]:
            return False
        (px, old), (_, new) = sorted((bid, ask), key=lambda f: f[1].id)
        qty = min(old.left, new.left)
        if qty < max(old.min_qty, new.min_qty):
            return False
        self.fills.append((bid[1].id, ask[1].id, px, qty))
        self.last = px
        for order in (old, new):
            order.left -= qty
            if not order.left:
                self.orders.remove(order)
        return True

    def cancel(self, cl_ord_id):
        self.fills, self.gone = [], []
        self.orders = [o for o in self.orders if o.id != cl_ord_id]
        self.settle()

    def reduce(self, cl_ord_id, by):
        self.fills, self.gone = [], []
        order = next(o for o in self.orders if o.id == cl_ord_id)
        order.left -= by
        order.shown = min(order.shown, order.left)

    # -- phases and calls --

    def begin(self, phase, carries):
        """A scheduled phase begins; `carries(kind, tif, asleep)`: what lives on."""
        self.fills, self.gone = [], []
        joins_close = self.phase is Phase.VI_CALL and phase is Phase.CLOSE_CALL
        if self.phase.is_call and phase is not self.phase and not joins_close:
            self.uncross()
        self.orders = [o for o in self.orders if carries(o)]
        if phase is Phase.CLOSE_CALL:
            old = [o for o in self.orders if o.kind is T.LIMIT_OR_CLOSE and o.acts is T.LIMIT]
            for order in sorted(old, key=lambda o: (o.is_buy, -o.px if o.is_buy else o.px, o.seq)):
                self.seq += 1
                order.acts, order.px, order.seq = T.MARKET, 0, self.seq
        self.phase = phase
        self.settle()

    def uncross(self):
        bids, asks = self.shown_of(True), self.shown_of(False)
        quotes = [[(o, self.call_px(o, bids, asks)) for o in side] for side in (bids, asks)]
        best = None
        volumes = {}
        for px in self.prices:
            volumes[px] = min(
                sum(o.left for o, p in quotes[0] if p >= px), sum(o.left for o, p in quotes[1] if p <= px)
            )
        most = max(volumes.values())
        if not most:
            return
        good = [
            px
            for px in self.prices
            if volumes[px] == most
            and sum(o.left for o, p in quotes[0] if p > px) <= most
            and sum(o.left for o, p in quotes[1] if p < px) <= most
        ]
        best = max(good) if self.last >= max(good) else min(px for px in good if px >= self.last)
        shares = []
        for side, is_buy in ((bids, True), (asks, False)):
            queue = [o for o in side if (self.level(o) >= best if is_buy else self.level(o) <= best)]
            at_limit = best == (self.i.upper_px if is_buy else self.i.lower_px)
            shares.append(
                self.by_tiers(queue, most)
                if self.tiers and at_limit and self.phase is Phase.OPEN_CALL
                else by_time(queue, most)
            )
        while shares[0]:
            (bid, b), (ask, a) = shares[0][0], shares[1][0]
            qty = min(a, b)
            self.fills.append((bid.id, ask.id, best, qty))
            for rows, one, had in ((shares[0], bid, b), (shares[1], ask, a)):
                rows[0] = (one, had - qty)
                if had == qty:
                    rows.pop(0)
                one.left -= qty
                if one.display:
                    reserve = one.left + qty - one.shown
                    one.shown -= max(0, qty - reserve)
                else:
                    one.shown = one.left
        self.orders = [o for o in self.orders if o.left]
        self.last = self.static = best

    def call_px(self, order, bids, asks):
        """A limit order's own price, a market order's deemed one (KRX)."""
        if order.acts is not T.MARKET:
            return order.px
        ticks, last = self.i.ticks, self.last
        limit_bids = [o.px for o in bids if o.acts is not T.MARKET]
        limit_asks = [o.px for o in asks if o.acts is not T.MARKET]
        if not limit_bids and not limit_asks:
            more = sum(o.left for o in bids) - sum(o.left for o in asks)
            if more == 0:
                return ticks.ceil(last)
            if more > 0:
                return min(ticks.up(ticks.floor(last)), self.i.upper_px)
            return max(ticks.down(ticks.ceil(last)), self.i.lower_px)
        if order.is_buy:
            above = [min(ticks.up(max(limit_bids)), self.i.upper_px)] if limit_bids else []
            return min(max([*above, *limit_asks, ticks.ceil(last)]), self.i.upper_px)
        below = [max(ticks.down(min(limit_asks)), self.i.lower_px)] if limit_asks else []
        return max(min([*below, *limit_bids, ticks.floor(last)]), self.i.lower_px)

    def by_tiers(self, queue, qty):
        """동시호가: a hundred each, half of the rest, the rest; the bigger first."""
        got = {o.id: 0 for o in queue}
        for tier in range(3):
            for order in sorted(queue, key=lambda o: (-o.left, queue.index(o))):
                left = order.left - got[order.id]
                share = min((100, (left + 1) // 2, left)[tier], left, qty)
                got[order.id] += share
                qty -= share
        return [(o, got[o.id]) for o in queue if got[o.id]]

    def state(self):
        return sorted((o.id, o.left, 0 if o.hidden or o.asleep else o.shown) for o in self.orders)


def by_time(queue, qty):
    found = []
    for order in queue:
        share = min(order.left, qty)
        if share:
            found.append((order, share))
        qty -= share
    return found
