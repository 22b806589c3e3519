"""What a core is told at its start. Everything here is data; the composition root builds it."""

from collections.abc import Callable

from msgspec import Struct

from hts.model.enums import DisconnectPolicy, Side
from hts.model.instruments import Instrument
from hts.model.units import Notional
from hts.model.venues import HOME_VENUE
from hts.oms.ids import BLOCK_SIZE
from hts.risk.limits import RiskLimits

FeeFunction = Callable[[Side, Notional, Instrument, int], tuple[Notional, Notional]]
"""Costs of a fill: (side, value, issue as its venue lists it, trading date) -> (fee, tax)."""


class AccountConfig(Struct, frozen=True, kw_only=True):
    """A paper account as it is opened at the very first start."""

    account: str
    currency: str = "KRW"
    cash: Notional
    disconnect_policy: DisconnectPolicy = DisconnectPolicy.KEEP


class EngineConfig(Struct, frozen=True, kw_only=True):
    """The core's own settings. Orders that name no venue go to the first of `venues` that lists the issue."""

    venues: tuple[str, ...] = (HOME_VENUE,)
    accounts: tuple[AccountConfig, ...]
    limits: RiskLimits = RiskLimits()
    build: str = ""
    config_hash: str = ""
    paper: bool = True
    id_block_size: int = BLOCK_SIZE
