"""What the crowd does with one issue, one decision at a time.

    continuous  1. follow    the efficient price has moved through the touch: an informed order takes the level,
                             or the market makers pull it
                2. make      fill the thinnest of the levels around the efficient price (quantities grow away from the
                             touch, with more at round prices)
                3. take      a slice of a large parent order, momentum, reversion or plain noise, heavy-tailed in size
                4. linger    a limit order somewhere in the book
                5. retreat   cancel or re-price a waiting order, those far from the market first
    call        orders on both sides of the efficient price, some of them crossing, so that the auction has a price

Each decision yields a few commands at most. Above `WORKING_MAX` own orders the issue only takes and cancels.
"""

from collections.abc import Callable
from math import exp, floor, log2
from random import Random

from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.instruments import Instrument
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.agents_book import IssueBook, SideBook
from hts.sim.agents_parents import SLICE_TAKES, Parents
from hts.sim.agents_path import FairPath
from hts.sim.agents_profile import SECOND_NS, IssueProfile
from hts.sim.commands import AGENTS, Amend, AnyCommand, Cancel, Enter
from hts.sim.scenario import SingleOrder

WORKING_MAX = 180  # own working orders of one issue
LEVELS = 12  # levels per side that market makers keep filled
_PULL_LEVELS, _PULL_ORDERS = 3, 3  # what market makers pull at once
_MAKE_LEVELS = 2  # and add at once
_KEEP = 17  # orders farther than this many levels from the touch are pulled
_HALF_SPREAD = 0.14  # ticks between the efficient price and the nearest quote
_IMPACT = 0.15  # ticks that taking one level's usual quantity moves the efficient price
_IMPACT_MAX = 6.0
_IMPACT_NS = 60 * SECOND_NS  # an impact decays to 1/e in this time
_MOMENTUM_NS = 8 * SECOND_NS
_LOOK_LEVELS = 3  # levels of each side in which a large order is noticed
_NOTICED = 2.0  # times the usual quantity of a level: what shows less says nothing; twice that says all it can
_GROWTH = tuple(0.5 + 0.18 * min(k, 7) for k in range(LEVELS))  # of the quantity, away from the touch
_ROUND = (1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class IssueFlow:
    """The crowd's state for one issue; `excitement` adds to the arrival rate and decays."""

    def __init__(
        self,
        instrument: Instrument,
        profile: IssueProfile,
        path: FairPath,
        book: IssueBook,
        *,
        next_id: Callable[[], ClOrdID],
        cancelling: set[ClOrdID],
        parents: Parents,
    ) -> None:
        self.instrument = instrument
        self.profile = profile
        self.book = book
        self._path = path
        self._next_id = next_id
        self._top = len(book.grid) - 2.5
        self._impact = 0.0
        self._impact_ns = 0
        self._trend = 0.0  # signed flow of the last seconds, in usual takes
        self._cancelling = cancelling  # asked for since the last events came in
        self._usual = _usual_depth(instrument, profile, book.grid)
        self._parents = parents
        self.second = 0.0  # of the local day
        self.depth = 1.0  # scale of the quantities that are quoted
        self.reaction = 0.0  # ticks that a shown large order moves the efficient price, at most

    def fair(self, trade_ns: int) -> float:
        """The efficient price, with the pressure of recent trades, as a position on the grid."""
        position = self._path.at(trade_ns)
        if self._impact:
            position += self._impact * exp((self._impact_ns - trade_ns) / _IMPACT_NS)
        if self.reaction:
            position += self.reaction * (self._shown(self.book.bids) - self._shown(self.book.asks))
        return position if 1.5 < position < self._top else min(max(position, 1.5), self._top)

    def on_print(self, trade_ns: int, side: str, qty: int) -> None:
        """Trades push the efficient price and set the trend that momentum follows."""
        if not side:
            return
        sign = 1 if side == "1" else -1
        elapsed = max(0, trade_ns - self._impact_ns)
        push = sign * _IMPACT * min(qty / self.profile.level_qty, 8.0)
        impact = self._impact * exp(-elapsed / _IMPACT_NS) + push
        self._impact = max(-_IMPACT_MAX, min(_IMPACT_MAX, impact))
        self._trend = self._trend * exp(-elapsed / _MOMENTUM_NS) + sign * min(qty / self.profile.take_qty, 4.0)
        self._impact_ns = trade_ns

    def _shown(self, side: SideBook) -> float:
        """How much a side shows beyond its habit: 0 up to twice a level's usual quantity, 1 from four times on.

        Who sees it expects the price to go away from it: such an order wants more than the level can have. The shift
        is there as long as the order stands near the touch and does not add up.
        """
        best = side.best()
        if best is None:
            return 0.0
        away = -1 if side.is_bid else 1
        times = max(
            side.qty.get(level, 0) / self._wanted(level, k)
            for k, level in enumerate(range(best, best + _LOOK_LEVELS * away, away))
        )
        return min(max(log2(times / _NOTICED), 0.0), 1.0)

    # -- whole books --

    def seed_book(self, trade_ns: int, dice: Random, *, crossing: bool) -> list[AnyCommand]:
        """A book where there is none: every level on both sides; in a call also orders that cross."""
        out: list[AnyCommand] = []
        fair = self.fair(trade_ns)
        for side in (self.book.bids, self.book.asks):
            if not side.own:
                self._seed_side(side, fair, dice, out, crossing=crossing)
        dice.shuffle(out)  # nobody sees which order came first, but price-time priority does
        return out

    def _seed_side(self, side: SideBook, fair: float, dice: Random, out: list[AnyCommand], *, crossing: bool) -> None:
        away = -1 if side.is_bid else 1
        touch = self._touch(side, fair)
        for k in range(-4 if crossing else 0, LEVELS + 3):
            level = touch + away * k
            wanted = self._wanted(level, max(k, 0)) * (2.2 + 0.5 * k if k < 0 else 1.0)
            for part in (0.55, 0.45):
                self._enter(out, side, level, self._lots(wanted * part * dice.uniform(0.6, 1.3), dice))

    def single(self, order: SingleOrder, out: list[AnyCommand]) -> None:
        """An order of the scenario: what does not trade at once waits like any other."""
        grid = self.book.grid
        is_buy = order.side is Side.BUY
        level = {"limit_up": len(grid) - 1, "limit_down": 0, "": len(grid) - 1 if is_buy else 0}.get(order.px)
        if level is None:
            level = self.book.level_of(int(self.instrument.base_px)) + int(order.px)
        side = self.book.bids if is_buy else self.book.asks
        self._enter(out, side, min(max(level, 0), len(grid) - 1), max(1, round(order.takes * self.profile.take_qty)))

    # -- single decisions --

    def decide(self, trade_ns: int, dice: Random, out: list[AnyCommand]) -> None:
        """One decision in continuous trading."""
        fair = self.fair(trade_ns)
        bids, asks = self.book.bids, self.book.asks
        bid, ask = bids.best(), asks.best()
        if bid is None or ask is None:
            out.extend(self.seed_book(trade_ns, dice, crossing=False))
            return
        touch = self._touch(bids, fair)
        if bid > touch and dice.random() < 0.85:
            self._follow(bids, bid, touch, dice, out)
            return
        touch = self._touch(asks, fair)
        if ask < touch and dice.random() < 0.85:
            self._follow(asks, ask, touch, dice, out)
            return
        choice = dice.random()
        if choice < 0.46:
            self._make(bids if dice.random() < 0.5 else asks, fair, dice, out)
        elif choice < 0.62:
            self._take(fair, bid, ask, dice, out)
        elif choice < 0.62 + 0.32 * (1 - self.book.own_count / WORKING_MAX):  # the fuller the book, the fewer come
            self._linger(dice, bid, ask, out)
        else:
            self._retreat(bids if dice.random() < 0.5 else asks, dice, out)

    def decide_call(self, trade_ns: int, dice: Random, out: list[AnyCommand]) -> None:
        """One decision in a call auction."""
        fair = self.fair(trade_ns)
        side = self.book.bids if dice.random() < 0.5 else self.book.asks
        choice = dice.random()
        if choice < 0.30:
            self._make(side, fair, dice, out)
        elif choice < 0.75 and self.book.own_count < WORKING_MAX:
            away = -1 if side.is_bid else 1
            level = floor(fair + 0.5 + away * dice.gauss(1.5, 3.5))
            self._enter(out, side, level, self._heavy_tail(1.5, 1.1, dice))
        else:
            self._retreat(side, dice, out)

    def _follow(self, side: SideBook, best: int, touch: int, dice: Random, out: list[AnyCommand]) -> None:
        """Levels of `side` from `best` down to short of `touch` are better than the efficient price allows: they are
        taken, or pulled.
        """
        back = -1 if side.is_bid else 1
        stale = [level for level in range(best, touch, back) if level in side.qty]
        own = side.own.get(best)
        if own is None or dice.random() < 0.45:
            standing = sum(side.qty[level] for level in stale)
            qty = min(max(1, int(standing * dice.uniform(0.35, 1.25))), 4 * self.profile.level_qty)
            self._enter_taking(out, side, touch - back, self._lots(qty, dice))
            return
        for level in stale[:_PULL_LEVELS]:
            for order_id in side.own.get(level, ())[-_PULL_ORDERS:]:
                self._cancel(out, order_id)

    def _make(self, side: SideBook, fair: float, dice: Random, out: list[AnyCommand]) -> None:
        """Add to the first levels that are thin; when none is, someone retreats."""
        before = len(out)
        if self.book.own_count < WORKING_MAX:
            away = -1 if side.is_bid else 1
            level = self._touch(side, fair)
            qty, usual = side.qty, self._usual
            for growth in _GROWTH:
                wanted = usual[level] * growth * self.depth
                if qty.get(level, 0) < 0.45 * wanted:
                    self._enter(out, side, level, self._lots(wanted * dice.uniform(0.25, 0.7), dice))
                    if len(out) - before == _MAKE_LEVELS:
                        return
                level += away
        if len(out) == before:
            self._retreat(side, dice, out)

    def _take(self, fair: float, bid: int, ask: int, dice: Random, out: list[AnyCommand]) -> None:
        """Cross the spread: a slice of the parent order that works now, if there is one; else one third with the
        trend, one sixth against it, half without a view.
        """
        parent = self._parents.at(self.second)
        if parent is not None and dice.random() < parent.share:
            side, level = (self.book.asks, ask) if parent.is_buy else (self.book.bids, bid)
            self._enter_taking(out, side, level, self._lots(SLICE_TAKES * self.profile.take_qty, dice))
            return
        mood = dice.random()
        lean = 0.30 * (fair - (bid + ask) / 2)
        if mood < 0.33:
            lean += 0.12 * self._trend
        elif mood < 0.5:
            lean -= 0.10 * self._trend
        buys = dice.random() < 0.5 + max(-0.4, min(0.4, lean))
        side = self.book.asks if buys else self.book.bids
        level = (ask if buys else bid) + (dice.random() < 0.2) * (1 if buys else -1)
        qty = min(self._heavy_tail(0.55, 1.15, dice), 3 * self.profile.level_qty)
        self._enter_taking(out, side, level, qty)

    def _linger(self, dice: Random, bid: int, ask: int, out: list[AnyCommand]) -> None:
        side = self.book.bids if dice.random() < 0.5 else self.book.asks
        k = 0
        while dice.random() < 0.78 and k < LEVELS:
            k += 1
        self._enter(out, side, bid - k if side.is_bid else ask + k, self._heavy_tail(1.0, 1.2, dice))

    def _retreat(self, side: SideBook, dice: Random, out: list[AnyCommand]) -> None:
        """Cancel an order: what is too far first, then any; one in eight is re-priced a tick or two away instead."""
        worst, best = side.worst_own(), side.best()
        if worst is None or best is None:
            return
        level = worst
        if abs(worst - best) <= _KEEP:
            levels = list(side.own)
            level = levels[int(dice.random() * len(levels))]
            if side.qty[level] < 0.6 * self._wanted(level, abs(level - best)):
                # A level that is thin already is left alone, it would be filled again at once; one more try.
                level = levels[int(dice.random() * len(levels))]
                if side.qty[level] < 0.6 * self._wanted(level, abs(level - best)):
                    return
        ids = side.own[level]
        order_id = ids[int(dice.random() * len(ids))]
        if order_id in self._cancelling:
            return
        if level != worst and dice.random() < 0.125:
            moved = level + (-1 if side.is_bid else 1)
            self._cancelling.add(order_id)
            self._amend(out, order_id, moved)
            return
        self._cancel(out, order_id)

    # -- sizes and prices --

    def _touch(self, side: SideBook, fair: float) -> int:
        """Best level at which a market maker quotes this side."""
        return floor(fair - _HALF_SPREAD) if side.is_bid else -floor(-fair - _HALF_SPREAD)

    def _wanted(self, level: int, k: int) -> float:
        """Usual quantity at a level that is `k` levels from the touch."""
        return self._usual[level] * _GROWTH[min(k, LEVELS - 1)] * self.depth

    def _heavy_tail(self, mean_takes: float, sigma: float, dice: Random) -> int:
        """Log-normal size around so many average takes; every other trader likes a round figure."""
        qty = self.profile.take_qty * mean_takes * exp(dice.gauss(-0.2, sigma))
        if dice.random() < 0.45:
            return next((r for r in _ROUND if r >= qty), self._lots(qty, dice))
        return self._lots(qty, dice)

    def _lots(self, qty: float, dice: Random) -> int:
        whole = max(1, int(qty))
        if whole >= 1000 and dice.random() < 0.6:
            return whole // 100 * 100
        if whole >= 50 and dice.random() < 0.7:
            return whole // 10 * 10
        return whole

    # -- commands --

    def _enter(self, out: list[AnyCommand], side: SideBook, level: int, qty: int) -> None:
        if 0 <= level < len(self.book.grid):
            self._command(out, Side.BUY if side.is_bid else Side.SELL, level, qty, TimeInForce.DAY)

    def _enter_taking(self, out: list[AnyCommand], side: SideBook, level: int, qty: int) -> None:
        """Take from `side`, not beyond `level`."""
        level = min(max(level, 0), len(self.book.grid) - 1)
        self._command(out, Side.SELL if side.is_bid else Side.BUY, level, qty, TimeInForce.IOC)

    def _command(self, out: list[AnyCommand], side: Side, level: int, qty: int, tif: TimeInForce) -> None:
        lot = self.instrument.lot
        out.append(
            Enter(
                session=AGENTS,
                cl_ord_id=self._next_id(),
                account=AGENTS,
                symbol=self.instrument.symbol,
                side=side,
                ord_type=OrdType.LIMIT,
                time_in_force=tif,
                px=Px(self.book.grid[level]),
                qty=Qty(max(lot, qty - qty % lot)),
            )
        )

    def _cancel(self, out: list[AnyCommand], order_id: ClOrdID) -> None:
        if order_id not in self._cancelling:
            self._cancelling.add(order_id)
            out.append(Cancel(session=AGENTS, cl_ord_id=self._next_id(), orig_cl_ord_id=order_id))

    def _amend(self, out: list[AnyCommand], order_id: ClOrdID, level: int) -> None:
        """Re-price; the quantity stays as it was entered."""
        order_qty = self.book.own_order_qty(order_id)
        if order_qty and 0 <= level < len(self.book.grid):
            px = Px(self.book.grid[level])
            out.append(
                Amend(session=AGENTS, cl_ord_id=self._next_id(), orig_cl_ord_id=order_id, px=px, qty=Qty(order_qty))
            )


def _usual_depth(instrument: Instrument, profile: IssueProfile, grid: tuple[int, ...]) -> list[float]:
    """A quantity of its own for each price, more at round ones; padded for levels beyond the grid."""
    usual = []
    for level, px in enumerate(grid):
        mixed = (level * 2_654_435_761 ^ profile.level_qty * 40_503) >> 5 & 0xFF
        is_round = px % (10 * instrument.ticks.step_at(px)) == 0
        usual.append(profile.level_qty * (0.6 + mixed * 0.8 / 255 + (0.6 if is_round else 0.0)))
    return usual + [float(profile.level_qty)] * (4 * LEVELS)
