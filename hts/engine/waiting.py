"""Orders that wait for the rate instead of being refused: first in, first out, bounded, nothing lost.

The policy is the house's (`EngineConfig.over_rate`). What waits has passed nothing yet: its turn is as though it came
then, with all checks. It is not journaled, since nothing has happened; if the process dies, the client has no answer
and asks again under the same request id. A cancel never waits, and cancels what waits as well.
"""

from typing import Final

from hts.engine.core import Batch, Core
from hts.engine.entry import deny
from hts.engine.proposals import scopes_of_intent
from hts.engine.waiting_room import Waiting
from hts.model.denials import Denial, Rule, Unit
from hts.model.effects import CancelTimer, Effect, Effects, SetTimer
from hts.model.intents import AnyIntent, CancelAll, Flatten, NewOrder, ReplaceOrder

RATE_TIMER: Final = "rate"


def free_ns(core: Core, intent: NewOrder | ReplaceOrder, mono_ns: int) -> int:
    """When the rates of all its scopes have room for it."""
    guards = core.state.guards.all_of(scopes_of_intent(core, intent))
    free = (max(guard.rate.free_ns(mono_ns), guard.messages.free_ns(mono_ns)) for guard in guards)
    return max(free, default=mono_ns)


def must_wait(core: Core, intent: AnyIntent, mono_ns: int) -> bool:
    """Whether the house lets it wait, and it has to: the rate is used up, or others came before it."""
    if core.waiting.most == 0 or not isinstance(intent, NewOrder | ReplaceOrder):
        return False
    return len(core.waiting) > 0 or free_ns(core, intent, mono_ns) > mono_ns


def let_wait(core: Core, client: int, intent: NewOrder | ReplaceOrder, trade_ns: int, mono_ns: int) -> Effects:
    """Behind the others; refused when the room is full."""
    if core.waiting.holds(intent):
        return ()
    if len(core.waiting) >= core.waiting.most:
        batch = Batch(core, trade_ns, mono_ns)
        most = core.waiting.most
        deny(batch, intent, Denial(rule=Rule.WAITING_FULL, figure=most + 1, limit=most, unit=Unit.COUNT))
        batch.reply(client, intent.account, intent.request_id)
        return batch.effects()
    core.waiting.add(client, intent)
    return (SetTimer(RATE_TIMER, _next_ns(core, mono_ns)),) if len(core.waiting) == 1 else ()


def drop_waiting(batch: Batch, wish: CancelAll | Flatten) -> None:
    """What a cancel is meant for is over before it began; each is answered."""
    for one in batch.core.waiting.drop(wish):
        deny(batch, one.intent, Denial(rule=Rule.CANCELLED_WAITING))
        batch.reply(one.client, one.intent.account, one.intent.request_id)


def next_due(core: Core, mono_ns: int) -> Waiting | None:
    """The first of those that wait, if there is room for it now."""
    if not len(core.waiting) or _next_ns(core, mono_ns) > mono_ns:
        return None
    return core.waiting.take()


def timer(core: Core, mono_ns: int) -> Effect:
    """When to look again."""
    return SetTimer(RATE_TIMER, _next_ns(core, mono_ns)) if len(core.waiting) else CancelTimer(RATE_TIMER)


def _next_ns(core: Core, mono_ns: int) -> int:
    return free_ns(core, core.waiting.queue[0].intent, mono_ns)
