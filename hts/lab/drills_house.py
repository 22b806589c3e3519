"""A broker's house for a drill: one core, one venue, one seat, no faults, and a market that the drill's script makes.

The real code of core and venue runs under virtual time. There is no background flow: every quote of others is placed
by the script, so that what an accident cost can be counted to the won.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from msgspec import Struct

from hts.lab.conditions import Conditions
from hts.lab.core_node import CoreNode
from hts.lab.disk import Disk
from hts.lab.faults import Faults
from hts.lab.network import Datagrams
from hts.lab.ports import Parts
from hts.lab.schedule import Schedule
from hts.lab.setting import ACCOUNT
from hts.lab.terminal import Terminal
from hts.lab.venue_node import VenueNode
from hts.lab.watch import Watch
from hts.model.denials import Rule
from hts.model.enums import OrdStatus, OrdType, Side, TimeInForce
from hts.model.intents import AnyIntent, NewOrder
from hts.model.units import ClOrdID, Px, Qty
from hts.model.views import FillView, OrderView, OutcomeView
from hts.risk.limits import RiskLimits, ScopeLimits
from hts.rules.dates import krx_local_ns
from hts.sim.commands import AGENTS, Enter, MassCancel

VENUE: Final = "KRX"
SECOND: Final = 1_000_000_000
MS: Final = 1_000_000
CONTINUOUS_S: Final = 9 * 3600 + 35  # the opening auction has ended
_START_NS: Final = 1_000_000_000_000
_STEPS_MAX: Final = 2_000_000
_SEED: Final = 1


class DrillSetting(Struct, frozen=True, kw_only=True):
    """How the house is set up. `shares`: listed shares of the one issue that trades."""

    symbol: str = "016360"
    base_px: int = 39_800
    shares: int = 89_300_000
    cash: int = 1_000_000_000_000
    limits: RiskLimits = RiskLimits()
    scopes: tuple[ScopeLimits, ...] = ()
    waiting_max: int = 0
    start_s: int = CONTINUOUS_S


class House:
    """Built from a setting; `start` brings it to READY in continuous trading."""

    def __init__(self, parts: Parts, setting: DrillSetting) -> None:
        self.setting = setting
        self.symbol = setting.symbol
        self.schedule = Schedule(_START_NS)
        conditions = Conditions(intensity=0.0, start_s=setting.start_s)
        faults = Faults(Random(_SEED), frozenset())
        network = Random(_SEED + 1)
        self.feed_is_on = True
        self.venue = VenueNode(
            schedule=self.schedule,
            rng=network,
            faults=faults,
            config=parts.venue(VENUE, _SEED, conditions, Disk()),
            membership=parts.membership(VENUE),
            datagram=self._tell,
        )
        self._lines = {
            line: Datagrams(self.schedule, network, faults, self._hear(line)) for line in ("A", "B")
        }  # fmt: skip
        self.core = CoreNode(
            schedule=self.schedule,
            rng=Random(_SEED + 2),
            faults=faults,
            watch=Watch(parts.ums, lambda: self.schedule.steps, lambda _: False),
            parts=parts,
            dials={VENUE: self.venue.dials(self.venue.ask)},
            start_ns=krx_local_ns(self.venue.config.after_date, 0),
            segment_bytes=1 << 20,
        )
        self.outcomes: dict[str, OutcomeView] = {}
        self.terminal = Terminal(
            schedule=self.schedule,
            rng=network,
            faults=faults,
            core=self.core,
            venues=(VENUE,),
            name="drill",
            on_outcome=lambda outcome: self.outcomes.update({outcome.request_id: outcome}),
            on_ready=lambda: None,
            on_unkept=lambda _: None,
        )
        self._asked = 0
        self._quoted = 0

    def _hear(self, line: str) -> Callable[[bytes], None]:
        return lambda data: self.core.datagram(VENUE, line, data)

    def _tell(self, line: str, data: bytes) -> None:
        if self.feed_is_on:
            self._lines[line].send(data)

    # -- time

    def start(self) -> "House":
        """Until the core has reconciled and the list of issues is known."""
        self.venue.start()
        self.core.start()
        self.terminal.dial()
        self.until(lambda: self.terminal.is_ready and bool(self.terminal.instruments), "ready")
        return self

    def run(self, duration_ns: int) -> None:
        """Let time pass."""
        end = self.schedule.mono_ns + duration_ns
        self.schedule.at(end, lambda: None)
        while self.schedule.mono_ns < end:
            assert self.schedule.step(), "nothing is planned"

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Until something has come about."""
        for _ in range(_STEPS_MAX):
            if is_so():
                return
            assert self.schedule.step(), f"{what}: nothing is planned"
        raise AssertionError(f"{what}: did not come about in {_STEPS_MAX} steps")

    # -- what we want

    def say(self, intent: AnyIntent) -> str:
        """Any intent; its request id."""
        self.terminal.say(intent)
        return intent.request_id

    def next_id(self) -> str:
        """A request id that was never used."""
        self._asked += 1
        return f"drill-{self._asked}"

    def order(
        self, side: Side, qty: int, px: int = 0, *, strategy: str = "", tif: TimeInForce = TimeInForce.DAY
    ) -> str:
        """An order of ours; without a price at the market. Its request id."""
        return self.say(
            NewOrder(
                request_id=self.next_id(),
                account=ACCOUNT,
                symbol=self.symbol,
                side=side,
                ord_type=OrdType.LIMIT if px else OrdType.MARKET,
                time_in_force=tif,
                px=Px(px),
                qty=Qty(qty),
                strategy=strategy,
            )
        )

    # -- what others want

    def quote(self, side: Side, px: int, qty: int) -> None:
        """Somebody else's orders: as many as it takes, since the venue bounds each at a hundredth of the shares."""
        while qty > 0:
            part = min(qty, self.setting.shares // 100)
            qty -= part
            self._quoted += 1
            self._act(
                Enter(
                    session=AGENTS,
                    cl_ord_id=ClOrdID(self._quoted),
                    symbol=self.symbol,
                    side=side,
                    px=Px(px),
                    qty=Qty(part),
                )
            )

    def withdraw_quotes(self) -> None:
        """Everybody else goes away."""
        self._act(MassCancel(session=AGENTS))

    def _act(self, command: Enter | MassCancel) -> None:
        assert self.venue.venue is not None
        self.venue.venue.act(command, self.venue.now())
        self.venue.flush()

    # -- what came of it

    @property
    def sent(self) -> list[OrderView]:
        """Orders that left the house."""
        return [order for order in self.terminal.orders.values() if order.ord_status is not OrdStatus.DENIED]

    @property
    def fills(self) -> list[FillView]:
        """All fills of ours."""
        return list(self.terminal.fills.values())

    @property
    def denied(self) -> list[Rule]:
        """Why orders were refused before they left."""
        return [outcome.denial.rule for outcome in self.outcomes.values() if outcome.denial is not None]

    def first_denial(self) -> OutcomeView | None:
        """The first refusal."""
        return next((outcome for outcome in self.outcomes.values() if outcome.denial is not None), None)
