"""Another program that trades under the same account at the same venues: the core hears of it by the drop copy alone.

It is a session of its own at each venue. A little of what it enters is for somebody else's account, of which the core
must take no notice. What it wants is small: the core's limits count it and cannot hold it back.
"""

from collections.abc import Mapping
from random import Random

from hts.lab.conditions import Conditions
from hts.lab.schedule import Schedule
from hts.lab.setting import ACCOUNT, OTHER_SYSTEM
from hts.lab.venue_node import VenueNode
from hts.model.enums import Phase, Side, TimeInForce
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter
from hts.sim.fix_names import packed
from hts.sim.order import Order
from hts.sim.venue import Venue

STRANGER = "9900-0000-01"  # an account that is not ours
STRANGERS = 0.1  # of its orders
SELLS = 0.1  # of its orders: after one, shares of that issue may be sold twice
PAUSES = 12  # so many times longer than the trader's pauses are its own
WORKING_MAX = 3
LOTS = (1, 4)


class OtherSystem:
    """`begin` and `settle` as the trader's."""

    def __init__(
        self, *, schedule: Schedule, rng: Random, venues: Mapping[str, VenueNode], conditions: Conditions
    ) -> None:
        self._schedule = schedule
        self._rng = rng
        self._venues = venues
        self._conditions = conditions
        self._number = 0
        self._is_settling = True
        self.entered = 0

    def begin(self) -> None:
        """Want things until `settle`."""
        self._is_settling = False
        self._schedule.after(self._pause(), self._want)

    def settle(self) -> None:
        """Want nothing more; what works goes on to work."""
        self._is_settling = True

    def _pause(self) -> int:
        return self._rng.randrange(*self._conditions.pause_ns) * PAUSES

    def _want(self) -> None:
        if self._is_settling:
            return
        self._schedule.after(self._pause(), self._want)
        node = self._rng.choice(list(self._venues.values()))
        if node.venue is None or node.venue.day.exchange.phase() is not Phase.CONTINUOUS:
            return
        command = self._next(node.venue)
        if command is not None:
            node.act(command)

    def _next(self, venue: Venue) -> AnyCommand | None:
        member = venue.day.exchange.members.get(OTHER_SYSTEM)
        working = [*member.working.values()] if member is not None else []
        roll = self._rng.random()
        if working and (roll < 0.35 or len(working) >= WORKING_MAX):
            order = self._rng.choice(working)
            return self._amend(venue, order) if roll < 0.15 else self._cancel(order)
        return self._enter(venue)

    def _enter(self, venue: Venue) -> Enter:
        instrument = self._rng.choice(venue.day.exchange.instruments)
        side = Side.SELL if self._rng.random() < SELLS else Side.BUY
        last_px = Px(venue.day.exchange.close_px(instrument.symbol))
        is_stranger = self._rng.random() < STRANGERS
        self.entered += not is_stranger
        number = self._next_number()
        return Enter(
            session=OTHER_SYSTEM,
            cl_ord_id=number,
            request_id=_name(number),
            account=STRANGER if is_stranger else ACCOUNT,
            symbol=instrument.symbol,
            side=side,
            time_in_force=self._rng.choice((TimeInForce.DAY, TimeInForce.DAY, TimeInForce.IOC)),
            px=instrument.ticks.move(last_px, self._rng.randrange(-4, 5)),
            qty=Qty(self._rng.randrange(*LOTS) * instrument.lot),
        )

    def _amend(self, venue: Venue, order: Order) -> Amend:
        ticks = venue.day.exchange.issues[order.symbol].instrument.ticks
        number = self._next_number()
        return Amend(
            session=OTHER_SYSTEM,
            cl_ord_id=number,
            orig_cl_ord_id=order.cl_ord_id,
            request_id=_name(number),
            px=ticks.move(order.px, self._rng.choice((-2, -1, 1, 2))),
            qty=Qty(order.order_qty),
        )

    def _cancel(self, order: Order) -> Cancel:
        number = self._next_number()
        return Cancel(session=OTHER_SYSTEM, cl_ord_id=number, orig_cl_ord_id=order.cl_ord_id, request_id=_name(number))

    def _next_number(self) -> ClOrdID:
        self._number += 1
        return ClOrdID(self._number)


def _name(number: ClOrdID) -> str:
    """As its FIX session would have it."""
    return packed(f"OTHER-{number}", "")
