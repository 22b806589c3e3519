"""Limits change by records only: at the start when the settings changed, by a person, and when the market closes."""

from msgspec.structs import asdict

from hts.engine.core import Batch, Core
from hts.engine.entry import deny
from hts.model.denials import Denial, Rule
from hts.model.enums import Phase
from hts.model.intents import SetLimits
from hts.model.records import IntentDone
from hts.model.records_risk import LimitsSet, TradingStateSet
from hts.model.scopes import FIRM, HaltCause, Scope, ScopeKind, TradingState
from hts.risk.freeze import ALL_ACCOUNTS, changed, split
from hts.risk.limits import RiskLimits


def is_frozen(core: Core) -> bool:
    """Whether a market may be open: some venue is not known to be closed."""
    return any(
        not venue.market.instruments or venue.market.phase is not Phase.CLOSED for venue in core.venues.values()
    )  # fmt: skip


def take_settings(batch: Batch) -> None:
    """The settings at the start against what the journal says is in force. The very first start takes them whole."""
    core = batch.core
    guards = core.state.guards
    wanted = {ALL_ACCOUNTS: core.config.limits, **{one.scope: one.limits for one in core.config.scopes}}
    for scope, limits in wanted.items():
        before = guards.in_force(scope)
        if before is None and (core.state.runs <= 1 or scope == ALL_ACCOUNTS):
            _record(batch, scope, limits, is_queued=False)
        elif before is None:
            # New in the settings: from now on the journal says what holds, whatever the settings say later.
            _record(batch, scope, guards.default_of(scope), is_queued=False)
            change_limits(batch, scope, guards.default_of(scope), limits, frozen=True)
        elif before != limits:
            change_limits(batch, scope, before, limits, frozen=True)


def set_limits(batch: Batch, intent: SetLimits) -> None:
    """A person changes limits of a scope; what that loosens waits for the close, beside what waits already.

    Naming a limit that waits takes it back from there, if the figure is not looser than what holds.
    """
    scope = intent.scope or Scope(kind=ScopeKind.ACCOUNT, name=intent.account)
    guards = batch.core.state.guards
    before = guards.default_of(scope) if scope == ALL_ACCOUNTS else guards.of(scope).limits
    waiting = RiskLimits(**guards.queued[scope]) if scope in guards.queued else None
    after = changed(waiting or before, intent.limits)
    denial = _unknown(batch.core, scope)
    if denial is None and (after is None or after == (waiting or before)):
        denial = Denial(rule=Rule.NOTHING_TO_DO)
    if denial is not None or after is None:
        deny(batch, intent, denial or Denial(rule=Rule.NOTHING_TO_DO))
        return
    frozen = is_frozen(batch.core)
    change = split(before, after, is_frozen=frozen)
    if waiting is not None and change.later is None and change.now == before:
        _record(batch, scope, before, is_queued=False, user=intent.user)  # what waited is taken back, all of it
    change_limits(batch, scope, before, after, frozen=frozen, user=intent.user)
    batch.record(
        IntentDone(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            request_id=intent.request_id,
            account=intent.account,
            count=1,
        )
    )


def _unknown(core: Core, scope: Scope) -> Denial | None:
    """A limit of something that is not there would protect nobody, and look as if it did."""
    if scope.kind is ScopeKind.ACCOUNT and scope.name and not core.state.ledger.has_account(scope.name):
        return Denial(rule=Rule.UNKNOWN_ACCOUNT, detail=scope.name)
    if scope.kind is ScopeKind.VENUE and scope.name not in core.venues:
        return Denial(rule=Rule.UNKNOWN_VENUE, detail=scope.name)
    is_listing = any(venue.market.instruments for venue in core.venues.values())
    if scope.kind is ScopeKind.SYMBOL and is_listing and core.listing(scope.name) is None:
        return Denial(rule=Rule.UNKNOWN_SYMBOL, detail=scope.name)
    return None


def change_limits(
    batch: Batch, scope: Scope, before: RiskLimits, after: RiskLimits, *, frozen: bool, user: str = ""
) -> None:
    """Record what holds now, and what waits."""
    change = split(before, after, is_frozen=frozen)
    if change.now != before:
        _record(batch, scope, change.now, is_queued=False, user=user)
        batch.notice("change_in_force", scope_name(scope), is_warning=False)
    if change.later is not None:
        _record(batch, scope, change.later, is_queued=True, user=user)
        batch.notice("change_queued", f"{scope_name(scope)} {', '.join(change.loosened)}")


def take_up_queued(batch: Batch) -> None:
    """The market is closed, or its day has not begun: what waited holds now."""
    for scope, limits in list(batch.core.state.guards.queued.items()):
        _record(batch, scope, RiskLimits(**limits), is_queued=False)
        batch.notice("change_in_force", scope_name(scope), is_warning=False)


def judge_start(batch: Batch) -> None:
    """A venue's day goes on under another build or other settings: a live core stops until somebody has looked."""
    core = batch.core
    if not core.changed_from:
        return
    detail = f"{core.changed_from} -> {core.config.build} {core.config.config_hash}".strip()
    core.changed_from = ""
    batch.notice("change_freeze", detail)
    if core.config.paper:
        return
    batch.record(
        TradingStateSet(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            account="",
            request_id="",
            scope=FIRM,
            state=TradingState.HALTED,
            cause=HaltCause.CHANGE_FREEZE,
            detail=detail,
        )
    )


def _record(batch: Batch, scope: Scope, limits: RiskLimits, *, is_queued: bool, user: str = "") -> None:
    batch.record(
        LimitsSet(
            trade_ns=batch.trade_ns,
            mono_ns=batch.mono_ns,
            account="",
            request_id="",
            scope=scope,
            limits=asdict(limits),
            is_queued=is_queued,
            user=user,
        )
    )


def scope_name(scope: Scope) -> str:
    """How notices and alerts name a scope, those of every account included."""
    return "account:*" if scope == ALL_ACCOUNTS else str(scope)
