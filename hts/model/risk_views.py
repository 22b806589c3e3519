"""What a terminal is told of risk: each scope's state, and how much of each limit is used."""

from msgspec import Struct

from hts.model.denials import Unit
from hts.model.scopes import HaltCause, Scope, TradingState


class Usage(Struct, frozen=True, kw_only=True):
    """One limit. `figure` is what is used now; -1 for a limit of a single order, which has no use to show.

    `queued` is the looser limit that waits for the close, -1 for none. `is_breaker`: reaching it halts the scope.
    A `limit` of 0 is switched off. `grows_tighter`: a larger figure allows less.
    """

    name: str  # of the limit, and the key of the text catalogue ("limit.daily_loss_max")
    figure: int
    limit: int
    unit: Unit
    queued: int = -1
    is_breaker: bool = False
    grows_tighter: bool = False


class ScopeView(Struct, frozen=True, kw_only=True):
    """One scope: the firm, a venue, an account, a user, an issue, a strategy."""

    scope: Scope
    state: TradingState
    cause: HaltCause
    detail: str
    working: int
    pnl: int  # the day's result in the house currency
    usages: tuple[Usage, ...]
    release_until_ns: int = 0  # monotonic: a release was asked for and can be given until then
    release_code: str = ""


class RiskView(Struct, frozen=True, kw_only=True, tag="risk"):
    """All scopes that have limits, orders or a state of their own, in answer to RequestRisk."""

    scopes: tuple[ScopeView, ...]
    more: int = 0  # scopes left out: quiet issues and names of many
    mono_ns: int = 0
    trade_ns: int = 0
