"""One line that stands for the whole recoverable state: equal before a crash and after the replay."""

from hashlib import blake2b

from msgspec import msgpack

from hts.engine.core_state import CoreState
from hts.model.wide import encode_wide


def state_hash(state: CoreState) -> str:
    """32 hexadecimal digits over orders, outcomes, ids, money, risk memory and the venues' days.

    Which blocks of ids are on disk is not part of it: that is a fact about this process, not about the trading.
    """
    digest = blake2b(digest_size=16)
    parts = (
        (state.runs, state.ids.reserved_last, state.ids.next_id),
        state.days(),
        list(state.orders),
        state.orders.all_booked(),
        list(state.outcomes),
        state.book.state(),
        state.guards.memory,
        list(state.policies.items()),
        list(state.flattening.values()),
        list(state.listed.values()),
        list(state.fills),
        [*state.works.plain(), *state.aside.plain()],
        sorted(state.copies.items()),
        sorted(state.orders.unsaid.items()),
    )
    for part in parts:
        digest.update(msgpack.encode(part, enc_hook=encode_wide))
    return digest.hexdigest()
