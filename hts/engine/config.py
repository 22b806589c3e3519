"""What a core is told at its start. Everything here is data; the composition root builds it."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from hts.account.profile import AVERAGE, CASH_ACCOUNT
from hts.model.enums import DisconnectPolicy, Side
from hts.model.instruments import Instrument
from hts.model.units import Notional
from hts.model.venues import HOME_VENUE
from hts.oms.ids import BLOCK_SIZE
from hts.risk.eligibility import GENERIC, Eligibility
from hts.risk.guards import HouseLimits
from hts.risk.limits import RiskLimits, ScopeLimits
from hts.risk.reckoning import AS_THEY_ARE, Rates
from hts.risk.short_rules import ShortRules

FeeFunction = Callable[[Side, Notional, Instrument, int], tuple[Notional, Notional]]
"""Costs of a fill: (side, value, issue as its venue lists it, trading date) -> (fee, tax)."""


class AccountConfig(Struct, frozen=True, kw_only=True):
    """A paper account as it is opened at the very first start."""

    account: str
    currency: str = "KRW"
    cash: Notional
    disconnect_policy: DisconnectPolicy = DisconnectPolicy.KEEP
    kind: str = CASH_ACCOUNT
    cost_method: str = AVERAGE
    may_leave_unpaid: bool = False  # 미수, unlocked by the account's owner
    fee_set: str = ""  # none: the broker's plain fee


class LineAlerts(Struct, frozen=True, kw_only=True):
    """From where on a venue's order line is an alert; 0: never."""

    venue: str
    silent_ns: int = 0  # since its last message, be it a heartbeat
    rejects_bp: int = 0  # of the orders that the venue answered within a minute
    reconnects: int = 0  # within a trading day


class EngineConfig(Struct, frozen=True, kw_only=True):
    """The core's own settings. Orders that name no venue go to the first of `venues` that lists the issue.

    `limits` are those of every account, `scopes` those of single accounts, strategies, issues and so on.
    """

    venues: tuple[str, ...] = (HOME_VENUE,)
    accounts: tuple[AccountConfig, ...]
    limits: RiskLimits = RiskLimits()
    scopes: tuple[ScopeLimits, ...] = ()
    eligibility: Eligibility = GENERIC
    rates: Rates = AS_THEY_ARE
    short_rules: ShortRules = ShortRules()
    lending_bp: int = 100  # the paper lender's part of an issue's shares, in hundredths of a percent
    waiting_max: int = 0  # orders over the rate that may wait for room; 0: they are refused
    latency_alert_ms: int = 0  # from wire to acceptance, 99th percentile; 0: no alert
    line_alerts: tuple[LineAlerts, ...] = ()
    flags: frozenset[str] = frozenset({"collar-all-venues"})  # feature flags that are on
    build: str = ""
    config_hash: str = ""
    paper: bool = True
    latency_alert_ns: int = 0  # an acceptance that takes longer is told; 0: none
    id_block_size: int = BLOCK_SIZE
    login_required: bool = False  # of a paper core that is shared; a live one always asks
    four_eyes: bool = True  # dangerous acts wait for a second person
    role_limits: Mapping[str, RiskLimits] = {}  # by role: what a user of that role has who has no limits of his own

    @property
    def asks_login(self) -> bool:
        """Whether nobody may do anything before he has proved who he is."""
        return self.login_required or not self.paper

    @property
    def house(self) -> HouseLimits:
        """All limits by scope."""
        return HouseLimits(
            accounts=self.limits,
            named={one.scope: one.limits for one in self.scopes},
            restricted={one.scope: one.restricted for one in self.scopes if one.restricted},
        )
