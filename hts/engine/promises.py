"""Answers that wait for the disk. Who is told that something is stopped must find it stopped after a power cut too.

The cancels of a stop leave at once, with its record; then the journal is synced, and then the answer is given. Where
the disk refuses, the answer is that the journal has failed: cancels have left, and what is stopped is so until the end
of this process.
"""

from hts.engine.core import Core, refusal
from hts.model.denials import Denial, Rule
from hts.model.effects import Effects, Reply, SyncThen
from hts.model.intents import AnyIntent, SetKillSwitch, SetTradingState
from hts.model.scopes import TradingState


def waits_for_disk(core: Core, intent: AnyIntent) -> bool:
    """Whether an intent has stopped something, and its answer must wait."""
    if not isinstance(intent, SetKillSwitch | SetTradingState):
        return False
    is_stop = intent.on if isinstance(intent, SetKillSwitch) else intent.state is TradingState.HALTED
    outcome = core.state.outcomes.find(intent.account, intent.request_id)
    return is_stop and outcome is not None and outcome.accepted


def promise(core: Core, client: int, intent: AnyIntent) -> Effects:
    """Answer when all that was recorded so far is on disk."""
    core.sync_token += 1
    core.promises[core.sync_token] = (client, intent.account, intent.request_id)
    return (SyncThen(core.sync_token),)


def is_promised(core: Core, intent: AnyIntent) -> bool:
    """Whether the first answer to this request has not been given yet."""
    return any(made[1:] == (intent.account, intent.request_id) for made in core.promises.values())


def keep(core: Core, token: int) -> Effects:
    """The journal was synced."""
    made = core.promises.pop(token, None)
    if made is None:
        return ()
    client, account, request_id = made
    outcome = core.state.outcomes.find(account, request_id)
    assert outcome is not None, request_id
    return (Reply(client, outcome),)


def give_up(core: Core) -> Effects:
    """The disk refused."""
    made, core.promises = list(core.promises.values()), {}
    denial = Denial(rule=Rule.JOURNAL_HALTED)
    return tuple(effect for client, _, request_id in made for effect in refusal(client, request_id, denial))
