"""One simulated world: a trader, a core, a venue, the network between them, and what goes wrong.

The real code of all three processes runs in this one, under a virtual clock, through really encoded bytes. A seed
gives one history: the same wishes, the same faults, the same market. After the last wish the faults stop, everything
settles, and `hts.lab.settled` compares what the three sides believe.
"""

from collections import Counter
from collections.abc import Callable
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from hts.gateway.fix_drop_copy import FOREIGN
from hts.lab.conditions import draw
from hts.lab.core_node import CoreNode
from hts.lab.disk import Disk
from hts.lab.faults import ALL, Fault, Faults
from hts.lab.network import Datagrams
from hts.lab.other_system import OtherSystem
from hts.lab.ports import Parts
from hts.lab.schedule import Schedule
from hts.lab.setting import ACCOUNT, Membership
from hts.lab.settled import Settlement
from hts.lab.terminal import Terminal
from hts.lab.trader import Trader
from hts.lab.venue_node import VenueNode
from hts.lab.watch import Watch
from hts.model.enums import OrdStatus
from hts.model.units import ClOrdID
from hts.model.views import OrderView
from hts.rules.dates import krx_local_ns

MONO_START_NS = 1_000_000_000_000
COPIES_CUT = 0.4  # of the connections that die are the drop copy's
FRESH = 0.5  # of the new days begin with a fresh start of the venue
SETTLE_NS = 4_000_000_000  # longer than the longest fault takes to be noticed
QUIET_NS = 2_000_000_000
HEARD_NS = 5_000_000  # longer than anything travels in peace
LOOKS = 5
LOOK_AGAIN_NS = 300_000_000
STEPS_MAX = 500_000
STEPS_AFTER_VIOLATION = 2_000  # what follows from the first one is rarely news


class Report(Struct, frozen=True, kw_only=True):
    """What one seed came to."""

    seed: int
    venues: tuple[str, ...]  # that were wanted; none: the seed drew them
    memberships: tuple[Membership, ...]  # at each of its venues
    orders: int
    filled: int  # orders with at least one fill
    elsewhere: int  # orders that another system entered for the same account
    intents: int
    steps: int
    restarts: int  # of the core
    restarts_from_snapshot: int
    violations: tuple[str, ...]
    faults: dict[str, int]
    said: dict[str, int]  # over FIX, of hts.lab.fix_network.SAID


class World:
    """Builds everything from a seed. `run` plays it to its end."""

    def __init__(
        self,
        parts: Parts,
        *,
        seed: int,
        orders: int,
        enabled: frozenset[Fault] = ALL,
        venues: tuple[str, ...] = (),
    ) -> None:
        """`venues`: those of the parts; the seed draws Korea's where none are named."""
        self.seed = seed
        self._wanted = venues
        self._orders = orders
        self._traded: dict[ClOrdID, OrderView] = {}
        self.parts = parts
        self._rng = Random(seed)
        self.schedule = Schedule(MONO_START_NS)
        drawn = draw(seed)
        self.conditions = replace(drawn, venues=venues) if venues else drawn
        self.faults = Faults(Random(seed + 1), enabled, self.conditions.rates)
        self.watch = Watch(self.parts.ums, lambda: self.schedule.steps, self._flattens)
        self._network = Random(seed + 2)
        self.venues = {name: self._venue(name) for name in self.conditions.venues}
        self.core = CoreNode(
            schedule=self.schedule,
            rng=Random(seed + 3),
            faults=self.faults,
            watch=self.watch,
            parts=self.parts,
            dials={name: venue.dials(self._asks(venue)) for name, venue in self.venues.items()},
            start_ns=krx_local_ns(next(iter(self.venues.values())).config.after_date, 0),
            segment_bytes=self.conditions.segment_bytes,
        )
        self._lines = {(name, line): self._line(name, line) for name in self.venues for line in ("A", "B", "R")}
        self.trader = Trader(
            schedule=self.schedule,
            rng=Random(seed + 4),
            faults=self.faults,
            account=ACCOUNT,
            conditions=self.conditions,
            lists=Random(seed + 5),
        )
        self.trader.terminals = [self._terminal(number) for number in range(self.conditions.terminals)]

        self.other = (
            OtherSystem(schedule=self.schedule, rng=Random(seed + 6), venues=self.venues, conditions=self.conditions)
            if parts.has_copies
            else None
        )
        self.settlement = Settlement(
            watch=self.watch, parts=self.parts, trader=self.trader, core=self.core, venues=self.venues
        )

    def _flattens(self, request_id: str) -> bool:
        return self.trader.flattens(request_id)  # who is made after the watch

    def _venue(self, name: str) -> VenueNode:
        return VenueNode(
            schedule=self.schedule,
            rng=self._network,
            faults=self.faults,
            config=self.parts.venue(name, self.seed, self.conditions, Disk()),
            membership=self.parts.membership(name),
            datagram=lambda line, data: self._lines[name, line].send(data),
        )

    def _line(self, venue: str, line: str) -> Datagrams:
        return Datagrams(self.schedule, self._network, self.faults, lambda data: self.core.datagram(venue, line, data))

    def _asks(self, venue: VenueNode) -> Callable[[bytes], None]:
        """The way of datagrams to its re-request server."""
        return Datagrams(self.schedule, self._network, self.faults, venue.ask).send

    def _terminal(self, number: int) -> Terminal:
        return Terminal(
            schedule=self.schedule,
            rng=self._network,
            faults=self.faults,
            core=self.core,
            venues=self.conditions.venues,
            name=f"lab-{number}",
            on_outcome=self.trader.take_outcome,
            on_unkept=self.trader.take_unkept,
            on_ready=self.trader.repeat_waiting if number == 0 else lambda: None,
        )

    # -- planned faults

    def _trouble(self) -> None:
        """One thing goes wrong, then there is a while of peace."""
        if self.faults.paused:
            return
        self.schedule.after(self._rng.randrange(*self.conditions.trouble_ns), self._trouble)
        roll = self._rng.random()
        if roll < 0.40:
            self.core.arm()
        elif roll < 0.48:
            self.core.cut_power()
        elif roll < 0.66:
            self._trouble_at(self._rng.choice(list(self.venues.values())))
        elif roll < 0.90:
            self._cut()
        else:
            self._rng.choice(self.trader.terminals).crash()

    def _trouble_at(self, venue: VenueNode) -> None:
        roll = self._rng.random()
        if roll < 0.3:
            venue.crash()
        elif roll < 0.45:
            venue.cancel_all()
        elif roll < 0.6:
            venue.stop_member()
        else:
            venue.break_trade()

    def _cut(self) -> None:
        """An order session dies; where there is a drop copy, now and then that one."""
        copies = [stream for venue in self.venues.values() for stream in venue.copies.streams.values()]
        if copies and self._rng.random() < COPIES_CUT:
            if self.faults.allowed(Fault.COPY_CUT):
                self._rng.choice(copies).cut()
            return
        streams = [stream for venue in self.venues.values() for stream in venue.orders.streams.values()]
        if streams and self.faults.allowed(Fault.CUT):
            self._rng.choice(streams).cut()

    # -- the run

    def run(self) -> Report:
        """Play until everything has settled: one day, and a second one where days may end."""
        for venue in self.venues.values():
            venue.start()
        self.core.start()
        for terminal in self.trader.terminals:
            terminal.dial()
        two_days = self.conditions.days > 1 and self.faults.allowed(Fault.NEW_DAY)
        first = self._orders * 2 // 3 if two_days else self._orders
        self._play(first)
        if two_days and not self.watch.violations:
            self._change_day()
            self._play(self._orders - first)
        return self._report()

    def _play(self, orders: int) -> None:
        """So many orders through all trouble, then peace, and a comparison of what everybody believes."""
        self.faults.paused = False
        self.trader.begin(orders)
        if self.other is not None:
            self.other.begin()
        self.schedule.after(self._rng.randrange(*self.conditions.trouble_ns), self._trouble)
        self._steps_until(lambda: self.trader.is_exhausted, "the last wish")
        self._settle()

    def _settle(self) -> None:
        self.faults.paused = True
        self.trader.settle()
        if self.other is not None:
            self.other.settle()
        self._let_pass(SETTLE_NS)
        self._steps_until(lambda: self.trader.is_done, "the last answer")
        self._let_pass(QUIET_NS)
        self._steps_until(self._is_heard, "the end of what a venue has just said")
        self.core.check_replay()
        self._compare()
        self._traded.update(self.trader.terminal.orders)

    def _is_heard(self) -> bool:
        """Nothing that a venue said is on its way: an order may trade in the very moment of the comparison."""
        return all(self.schedule.mono_ns - venue.said_ns > HEARD_NS for venue in self.venues.values())

    def _compare(self) -> None:
        """Stops and algorithms go on, and may have an order on its way when one looks: that is no fault. What everybody
        never agrees on is one.
        """
        for _ in range(LOOKS):
            found = self.settlement.check()
            if not found:
                return
            self._let_pass(LOOK_AGAIN_NS)
        for sentence in found:
            self.watch.violate(sentence)

    def _change_day(self) -> None:
        """The venues close, or are put aside in the middle of a day; the next day begins everywhere."""
        fresh = {name: self._rng.random() < FRESH for name in self.venues}
        for name, venue in self.venues.items():
            if not fresh[name]:
                venue.end_day()
        self._settle()
        self.settlement.close_day()
        for terminal in self.trader.terminals:
            terminal.begin_day()
        for name, venue in self.venues.items():
            venue.begin_day(fresh=fresh[name])
        self._let_pass(SETTLE_NS)
        self._steps_until(lambda: self.trader.is_done, "the new day")
        self.settlement.begin_day()

    def _let_pass(self, duration_ns: int) -> None:
        end = self.schedule.mono_ns + duration_ns
        while self.schedule.mono_ns < end and not self._has_gone_wrong() and self.schedule.step():
            pass

    def _steps_until(self, is_reached: Callable[[], bool], what: str) -> None:
        for _ in range(STEPS_MAX):
            if is_reached():
                return
            if self._has_gone_wrong():
                return
            if not self.schedule.step():
                break
        self.watch.violate(f"{what} was not reached within {self.schedule.steps} steps")

    def _has_gone_wrong(self) -> bool:
        first = self.watch.first_violation_step
        return first is not None and self.schedule.steps > first + STEPS_AFTER_VIOLATION

    def _report(self) -> Report:
        sent = [
            order
            for order in self._traded.values()
            if order.ord_status is not OrdStatus.DENIED and order.order_id < FOREIGN
        ]
        return Report(
            seed=self.seed,
            venues=self._wanted,
            memberships=tuple(self.parts.membership(name) for name in self.venues),
            orders=len(sent),
            filled=sum(order.cum_qty > 0 for order in sent),
            elsewhere=self.other.entered if self.other is not None else 0,
            intents=len(self.trader.intents),
            steps=self.schedule.steps,
            restarts=self.core.run - 1,
            restarts_from_snapshot=self.core.from_snapshot,
            violations=(*self.watch.violations, *self.trader.violations),
            said=dict(sum((venue.said for venue in self.venues.values()), Counter[str]())),
            faults={fault.value: count for fault, count in sorted(self.faults.fired.items(), key=lambda f: f[0].value)},
        )
