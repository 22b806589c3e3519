"""The life of an intent: accept it once, check it, record it, send it.

not admitted       refused, and kept nowhere (hts/engine/admission.py); comes before everything else
known request id   the first outcome again, nothing else
new, replace       all checks of hts.risk; denied: recorded as such, nothing leaves the house
cancel ...         no rule blocks it; it needs only an order and a session to travel on
journal halted     only cancels leave (hts/engine/halted.py)
"""

from collections.abc import Callable
from typing import Any

from hts.engine import halted
from hts.engine.admission import Admitted, admit, shown_to_approver
from hts.engine.alerting import acknowledge, note_denial
from hts.engine.cancels import cancel_all, cancel_last, cancel_order, flatten, set_disconnect_policy
from hts.engine.core import Batch, Core, refusal
from hts.engine.entry import deny, new_order, replace_order
from hts.engine.freeze import set_limits
from hts.engine.halts import set_kill_switch, set_trading_state, trip_breakers
from hts.engine.promises import is_promised, promise, waits_for_disk
from hts.engine.waiting import drop_waiting, let_wait, must_wait, next_due, timer
from hts.engine.work_amend import amend_work
from hts.engine.work_parts import start_basket, start_quoting
from hts.engine.work_start import control_work, end_works, place_conditionals, route_order, start_algo
from hts.engine.work_watch import watch_holdings
from hts.model.denials import Denial, Rule
from hts.model.effects import Effect, Effects, Reply
from hts.model.intents import (
    AckAlert,
    AmendWork,
    AnyIntent,
    CancelAll,
    CancelLast,
    CancelOrder,
    ControlWork,
    Flatten,
    NewOrder,
    PlaceConditionals,
    ReplaceOrder,
    RouteOrder,
    SetDisconnectPolicy,
    SetKillSwitch,
    SetLimits,
    SetTradingState,
    StartAlgo,
    StartBasket,
    StartQuoting,
    WatchHoldings,
)
from hts.model.scopes import ScopeKind
from hts.oms.idempotency import is_request_id

Rest = Callable[[], Effects]


def on_intent(core: Core, client: int, intent: AnyIntent, trade_ns: int, mono_ns: int) -> tuple[Effects, Rest]:
    """One intent of one client: what must leave at once, and a call for what can wait until it has left."""
    admitted = admit(core, client, intent, mono_ns)
    if not isinstance(admitted, Admitted):
        return admitted, _nothing
    if admitted.answers is not None:
        return _carry_out_approved(core, admitted, trade_ns, mono_ns), _nothing
    return on_admitted(core, client, admitted.intent, trade_ns, mono_ns)


def on_admitted(core: Core, client: int, intent: AnyIntent, trade_ns: int, mono_ns: int) -> tuple[Effects, Rest]:
    """An intent of somebody who may want it."""
    if core.is_halted:
        return halted.on_intent(core, client, intent, trade_ns, mono_ns), _nothing
    if not is_request_id(intent.request_id):
        return refusal(client, intent.request_id, Denial(rule=Rule.BAD_REQUEST_ID)), _nothing
    known = core.state.outcomes.find(intent.account, intent.request_id)
    if known is not None:
        if is_promised(core, intent):
            return promise(core, client, intent), _nothing
        return (Reply(client, known),), _nothing
    if must_wait(core, intent, mono_ns):
        assert isinstance(intent, NewOrder | ReplaceOrder), intent
        return let_wait(core, client, intent, trade_ns, mono_ns), _nothing
    batch = _act(core, client, intent, trade_ns, mono_ns)
    if waits_for_disk(core, intent):
        return batch.urgent(), lambda: (*promise(core, client, intent), *batch.rest())
    return batch.urgent(), batch.rest


def _carry_out_approved(core: Core, admitted: Admitted, trade_ns: int, mono_ns: int) -> Effects:
    """What one person proposed and another approved; both hear the outcome."""
    urgent, rest = on_admitted(core, admitted.client, admitted.intent, trade_ns, mono_ns)
    return (*urgent, *rest(), *admitted.shows, *shown_to_approver(core, admitted))


def _nothing() -> Effects:
    return ()


def on_rate_timer(core: Core, trade_ns: int, mono_ns: int) -> Effects:
    """The rate has room again for some of those that wait."""
    effects: list[Effect] = []
    if core.is_halted:
        while len(core.waiting):
            one = core.waiting.take()
            effects.extend(refusal(one.client, one.intent.request_id, Denial(rule=Rule.JOURNAL_HALTED)))
    while (due := next_due(core, mono_ns)) is not None:
        effects.extend(_act(core, due.client, due.intent, trade_ns, mono_ns).effects())
    return (*effects, timer(core, mono_ns))


def _act(core: Core, client: int, intent: AnyIntent, trade_ns: int, mono_ns: int) -> Batch:
    batch = Batch(core, trade_ns, mono_ns)
    if isinstance(intent, CancelAll | Flatten):
        drop_waiting(batch, intent)
    if core.state.ledger.has_account(intent.account):
        _ACTS[type(intent)](batch, intent)
    else:
        deny(batch, intent, Denial(rule=Rule.UNKNOWN_ACCOUNT, detail=intent.account))
    if isinstance(intent, NewOrder):
        batch.then(lambda: _end_new_order(batch, client, intent))
    elif not waits_for_disk(core, intent):
        batch.reply(client, intent.account, intent.request_id)
    return batch


def _new_order(batch: Batch, intent: NewOrder) -> None:
    new_order(batch, intent, is_late=True)


def _end_new_order(batch: Batch, client: int, intent: NewOrder) -> None:
    _watch_flow(batch, intent)
    batch.reply(client, intent.account, intent.request_id)


def _watch_flow(batch: Batch, intent: NewOrder) -> None:
    """An order that went out, or met one of its own: the breakers count both."""
    outcome = batch.core.state.outcomes.find(intent.account, intent.request_id)
    if outcome is not None and outcome.denial is not None:
        note_denial(batch, intent.account, outcome.denial)
    if outcome is not None and outcome.order_id:
        trip_breakers(batch, batch.core.state.orders.get(outcome.order_id))


def _cancel_all(batch: Batch, intent: CancelAll) -> None:
    """Orders, and the work that would place them again."""
    end_works(batch, intent.account, intent.symbol, intent.side)
    cancel_all(batch, intent)


def _flatten(batch: Batch, intent: Flatten) -> None:
    end_works(batch, intent.account, intent.symbol)
    flatten(batch, intent)


def _set_kill_switch(batch: Batch, intent: SetKillSwitch) -> None:
    if intent.on:
        _end_works_in(batch, intent)
    set_kill_switch(batch, intent)


def _end_works_in(batch: Batch, intent: SetKillSwitch) -> None:
    """Work in the scope that is stopped. Of a strategy, a user or a venue each part is refused, which ends it too."""
    scope = intent.scope
    if scope is None:
        end_works(batch, intent.account)
    elif scope.kind is ScopeKind.ACCOUNT:
        end_works(batch, scope.name)
    elif scope.kind in (ScopeKind.FIRM, ScopeKind.SYMBOL):
        for account in batch.core.state.policies:
            end_works(batch, account, scope.name)


_ACTS: dict[type, Callable[[Batch, Any], None]] = {
    NewOrder: _new_order,
    ReplaceOrder: replace_order,
    CancelOrder: cancel_order,
    CancelAll: _cancel_all,
    CancelLast: cancel_last,
    Flatten: _flatten,
    SetKillSwitch: _set_kill_switch,
    SetTradingState: set_trading_state,
    SetLimits: set_limits,
    AckAlert: acknowledge,
    SetDisconnectPolicy: set_disconnect_policy,
    RouteOrder: route_order,
    StartAlgo: start_algo,
    PlaceConditionals: place_conditionals,
    WatchHoldings: watch_holdings,
    StartBasket: start_basket,
    StartQuoting: start_quoting,
    ControlWork: control_work,
    AmendWork: amend_work,
}
