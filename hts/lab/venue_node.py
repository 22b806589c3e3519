"""The simulated venue of a simulation: the real one, its command log on a virtual disk, its feed on faulty lines."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from random import Random

from msgspec.structs import replace

from hts.lab.clock import Clock
from hts.lab.core_ports import Dials
from hts.lab.disk import Disk
from hts.lab.faults import Fault, Faults
from hts.lab.fix_network import FixMishaps
from hts.lab.network import Stream
from hts.lab.ports import Change
from hts.lab.schedule import Planned, Schedule
from hts.lab.setting import Membership
from hts.lab.venue_port import Port
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import VENUE, AnyCommand, BreakTrade, KillSwitch, MassCancel
from hts.sim.exchange_state import TradeSide
from hts.sim.venue import ROLL_AFTER_NS, Venue
from hts.sim.venue_day import VenueConfig
from hts.sim.venue_fix import DROP_COPY, FIX_ORDERS

RESTART_NS = (50_000_000, 2_500_000_000)
STOPPED_NS = (50_000_000, 600_000_000)
BUST_SHARE = 0.5  # of the trades that are undone; the others are corrected
CORRECTED_BY = 50  # won
ALL_LOST = 0.5  # of the times that numbers are lost; else the newest ones are
RETRANSMITTED = "R"
SECOND_NS = 1_000_000_000


class VenueNode:
    """One machine with a disk; the venue's process dies and restarts on it."""

    def __init__(
        self,
        *,
        schedule: Schedule,
        rng: Random,
        faults: Faults,
        config: VenueConfig,
        membership: Membership,
        datagram: Callable[[str, bytes], None],
    ) -> None:
        self._schedule = schedule
        self._rng = rng
        self._faults = faults
        self.config = config
        self.membership = membership
        self._datagram = datagram
        self._clock = Clock(schedule, drift_ppm=faults.drift_ppm())
        self.disk = Disk()
        self.venue: Venue | None = None
        self._numbers = 0
        by_fix = membership.by_fix
        self.orders = (
            Port(self._open_fix_stream, partial(self._tell_service, FIX_ORDERS))
            if by_fix
            else Port(self._open_stream, self._tell_orders)
        )
        self._market_data = Port(self._open_stream, self._tell_market_data)
        open_copies = self._open_fix_stream if by_fix else self._open_stream
        self.copies = Port(open_copies, partial(self._tell_service, DROP_COPY))
        self._services = {DROP_COPY: self.copies, **({FIX_ORDERS: self.orders} if by_fix else {})}
        self._timer: Planned | None = None
        self.said: Counter[str] = Counter()  # over FIX, of hts.lab.fix_network.SAID
        self._mishaps = FixMishaps(rng, faults, self.said)
        self.has_lost_numbers = False  # of the day
        self.said_ns = 0  # schedule time at which a member was last written to

    def now(self) -> int:
        """The monotonic time of the venue's machine."""
        return self._clock.now()

    def start(self) -> None:
        """A process on whatever the disk holds."""
        self.venue = Venue(self.config, self.disk, self.now())
        self.flush()

    def crash(self) -> None:
        """The process dies; connections reset; it comes back from its command log."""
        if self.venue is None or not self._faults.allowed(Fault.VENUE_CRASH):
            return
        self._stop()
        self._lose_numbers()
        self._schedule.after(self._rng.randrange(*RESTART_NS), self.start)

    def _lose_numbers(self) -> None:
        """With the process the numbers of our order session's day may be gone, all of them or the newest.

        What of its fills was not told is then known by the orders' sums alone.
        """
        serving, membership = self.config.fix, self.membership
        if not (membership.by_fix and membership.has_copies and serving and isinstance(serving.storage, Disk)):
            return
        if not self._faults.happens(Fault.NUMBERS_LOST):
            return
        self.has_lost_numbers = True
        is_all = self._rng.random() < ALL_LOST
        for name in serving.storage.names():
            if f".{membership.session}." in name:
                size = len(serving.storage.read(name))
                serving.storage.truncate(name, 0 if is_all else self._rng.randrange(size + 1))

    def _stop(self) -> None:
        self.venue = None
        if self._timer is not None:
            self._timer.cancel()
        for port in (self.orders, self._market_data, self.copies):
            port.stop()

    # -- what its operators do

    def cancel_all(self) -> None:
        """Cancel every order of ours: none of our requests asked for it."""
        if self.venue is not None and self._faults.allowed(Fault.VENUE_CANCEL):
            self.act(MassCancel(session=self.membership.session, reason=Reason.KILL_SWITCH))

    def stop_member(self) -> None:
        """Throw the venue's kill switch on us, and release it after a while."""
        if self.venue is not None and self._faults.allowed(Fault.VENUE_REJECT):
            self.act(KillSwitch(session=self.membership.session, on=True))
            self._schedule.after(self._rng.randrange(*STOPPED_NS), self._release_member)

    def break_trade(self) -> None:
        """Take one of our trades of the day back, or correct it; nothing where there was none.

        Once the day's numbers were lost nothing is: a fill that is known by sums alone has no name to be taken back by.
        """
        if self.venue is None or self.has_lost_numbers:
            return
        trades = self.venue.day.exchange.trades
        if not trades.matches:
            return
        match_id = self._rng.choice(trades.matches)
        if self._rng.random() < BUST_SHARE:
            if self._faults.allowed(Fault.TRADE_BUST):
                self.act(BreakTrade(session=VENUE, match_id=match_id))
            return
        side = trades.of_match(match_id)[0]
        px = side.px + self._rng.choice((-1, 0, 1)) * CORRECTED_BY
        lot = self._lot_of(side)
        qty = self._rng.randrange(1, max(1, side.qty // lot) + 1) * lot
        if (px, qty) != (side.px, side.qty) and self._faults.allowed(Fault.TRADE_CORRECT):
            self.act(BreakTrade(session=VENUE, match_id=match_id, px=Px(px), qty=Qty(qty)))

    def _lot_of(self, side: TradeSide) -> int:
        assert self.venue is not None
        exchange = self.venue.day.exchange
        return int(exchange.issues[exchange.members[side.session].by_id[ClOrdID(side.order_id)].symbol].instrument.lot)

    def _release_member(self) -> None:
        if self.venue is None:
            self._schedule.after(RESTART_NS[1], self._release_member)
            return
        self.act(KillSwitch(session=self.membership.session, on=False))

    def act(self, command: AnyCommand) -> None:
        """Something that no member of the simulation asked for happens at the exchange."""
        assert self.venue is not None
        self.venue.act(command, self.now())
        self.flush()

    def end_day(self) -> None:
        """The day passes in a moment: what works expires, and the close is told."""
        assert self.venue is not None
        end_ns = self.venue.day.exchange.day_end_ns + SECOND_NS
        self._clock.jump(max(0, end_ns - self.venue.trade_ns(self.now())))
        self._on_time()

    def begin_day(self, *, fresh: bool) -> None:
        """The next day: the process is started anew for it, or rolls into it."""
        assert self.venue is not None
        self.has_lost_numbers = False
        if fresh:
            self.config = replace(self.config, after_date=self.venue.trading_date)
            self._stop()
            self.venue = Venue(self.config, self.disk, self.now(), fresh=True)
            self.flush()
        else:
            self._clock.jump(ROLL_AFTER_NS)
            self._on_time()

    # -- connections

    def dials(self, ask: Callable[[bytes], None]) -> Dials:
        """How a core reaches it; `ask` is the way of its datagrams."""
        return Dials(orders=self.accept_orders, recovery=self.accept_recovery, copies=self.accept_copies, ask=ask)

    def accept_orders(self, receive: Callable[[int, bytes], None], closed: Callable[[int], None]) -> Stream | None:
        """A member connects; None when nobody listens."""
        return self._accept(self.orders, receive, closed)

    def accept_recovery(self, receive: Callable[[int, bytes], None], closed: Callable[[int], None]) -> Stream | None:
        """A listener of the feed connects for recovery."""
        return self._accept(self._market_data, receive, closed)

    def accept_copies(self, receive: Callable[[int, bytes], None], closed: Callable[[int], None]) -> Stream | None:
        """A listener of the drop copy connects."""
        return self._accept(self.copies, receive, closed)

    def _accept(
        self, port: Port, receive: Callable[[int, bytes], None], closed: Callable[[int], None]
    ) -> Stream | None:
        if self.venue is None:
            return None
        self._numbers += 1
        return port.accept(self._numbers, receive, closed)

    def ask(self, request: bytes) -> None:
        """A datagram for the feed's re-request server; its answer goes the way of the feed, as line R."""
        if self.venue is None:
            return
        answer = self.venue.md_answer(request, self.now())
        self.flush()
        if answer is not None:
            self._datagram(RETRANSMITTED, answer)

    def _open_stream(self, receive: Callable[[int, bytes], None], closed: Callable[[int], None]) -> Stream:
        return Stream(self._schedule, self._rng, self._faults, receive, closed)

    def _open_fix_stream(self, receive: Callable[[int, bytes], None], closed: Callable[[int], None]) -> Stream:
        return Stream(self._schedule, self._rng, self._faults, receive, closed, befall=self._mishaps.befall)

    def _tell_orders(self, number: int, change: Change) -> None:
        if self.venue is None:
            return
        if change is None:
            self.venue.order_connected(number, self.now())
            return
        if isinstance(change, str):
            self.venue.order_disconnected(number, self.now())
        else:
            self.venue.order_data(number, change, self.now())
        self.flush()

    def _tell_market_data(self, number: int, change: Change) -> None:
        if self.venue is None:
            return
        if change is None:
            self.venue.md_connected(number, self.now())
        elif isinstance(change, str):
            self.venue.md_disconnected(number, self.now())
        else:
            self.venue.md_data(number, change, self.now())
            self.flush()

    def _tell_service(self, port: str, number: int, change: Change) -> None:
        if self.venue is None:
            return
        if change is None:
            self.venue.service_connected(port, number, self.now())
            return
        if isinstance(change, str):
            self.venue.service_disconnected(port, number, self.now())
        else:
            self.venue.service_data(port, number, change, self.now())
        self.flush()

    def _on_time(self) -> None:
        if self.venue is not None:
            self.venue.on_timer(self.now())
            self.flush()

    def flush(self) -> None:
        """Carry out what the venue wants written and closed, and plan its next moment."""
        assert self.venue is not None
        outputs = self.venue.outputs()
        if outputs.orders or outputs.services:
            self.said_ns = self._schedule.mono_ns
        for number, data in outputs.orders:
            self.orders.write(number, data)
        for number, data in outputs.market_data:
            self._market_data.write(number, data)
        for port, number, data in outputs.services:
            self._services[port].write(number, data)
        for line, datagram in outputs.datagrams:
            self._datagram(line, datagram)
        for number in outputs.closing_orders:
            if self.orders.close(number):
                self.venue.order_disconnected(number, self.now())
        for number in outputs.closing_market_data:
            if self._market_data.close(number):
                self.venue.md_disconnected(number, self.now())
        for port, number in outputs.closing_services:
            if self._services[port].close(number):
                self.venue.service_disconnected(port, number, self.now())
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._schedule.at(self._clock.schedule_ns(self.venue.next_timer_ns()), self._on_time)
