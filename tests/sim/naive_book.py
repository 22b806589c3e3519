"""The same rules as hts.sim.matching, as plainly as they can be written: one list of orders, sorted at every turn."""

from hts.model.enums import TimeInForce

BUY, SELL = 0, 1


class NaiveBook:
    def __init__(self):
        self.orders = []  # [key, side, level, qty], in order of arrival
        self.keys = 0

    def against(self, side, level):
        other = [o for o in self.orders if o[1] != side and (o[2] <= level if side == BUY else o[2] >= level)]
        return sorted(other, key=lambda o: (o[2] if side == BUY else -o[2], self.orders.index(o)))

    def enter(self, side, level, qty, time_in_force):
        reach = self.against(side, level)
        fills = []
        if time_in_force is TimeInForce.FOK and sum(o[3] for o in reach) < qty:
            return None, qty, fills
        for order in reach:
            hit = min(qty, order[3])
            if hit == 0:
                break
            fills.append((order[0], order[2], hit))
            order[3] -= hit
            qty -= hit
        self.orders = [o for o in self.orders if o[3]]
        if qty == 0 or time_in_force is not TimeInForce.DAY:
            return None, qty, fills
        self.keys += 1
        self.orders.append([self.keys, side, level, qty])
        return self.keys, qty, fills

    def cancel(self, key):
        self.orders = [o for o in self.orders if o[0] != key]

    def reduce(self, key, by):
        next(o for o in self.orders if o[0] == key)[3] -= by

    def content(self):
        found = []
        for side in (BUY, SELL):
            mine = [o for o in self.orders if o[1] == side]
            levels = sorted({o[2] for o in mine}, reverse=side == BUY)
            found += [(side, level, tuple(o[3] for o in mine if o[2] == level)) for level in levels]
        return tuple(found)
