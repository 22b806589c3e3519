"""What the journal holds of risk: who may trade, which limits are in force, which wait for the close."""

from typing import Union

from hts.model.record import Record
from hts.model.scopes import HaltCause, Scope, TradingState


class TradingStateSet(Record, frozen=True, kw_only=True, tag="trading_state"):
    """What a scope may do from now on; by a person (`request_id`), or by a breaker (none)."""

    account: str
    request_id: str
    scope: Scope
    state: TradingState
    cause: HaltCause
    detail: str
    user: str = ""


class ReleaseRequested(Record, frozen=True, kw_only=True, tag="release"):
    """The first of the two acts that end a halt: the second one needs `code` between the two monotonic times."""

    account: str
    request_id: str
    scope: Scope
    code: str
    from_ns: int
    until_ns: int
    user: str = ""


class LimitsSet(Record, frozen=True, kw_only=True, tag="limits"):
    """Limits of a scope, all of them by name. `is_queued`: they loosen something and wait for the close."""

    account: str
    request_id: str
    scope: Scope
    limits: dict[str, int]
    is_queued: bool
    user: str = ""


RiskRecord = Union[TradingStateSet, ReleaseRequested, LimitsSet]
"""Records that the guards take."""
