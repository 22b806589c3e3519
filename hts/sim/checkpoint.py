"""The venue's day in one record, so that a restart applies only what came after it.

Exchange and bars are saved as they are. Sessions are saved as what the exchange has said to their members: saying it
again gives the same numbers and the same bytes to resend.
"""

import zlib

import msgspec
from msgspec import Struct

from hts.base.errors import CorruptRecord
from hts.model.quotes import Bar
from hts.sim.events import MemberEvent
from hts.sim.exchange_state import ExchangeState
from hts.sim.log_records import DayStarted

_FAST = 1  # zlib level: the state is mostly repetition, and the market waits meanwhile


class Checkpoint(Struct, frozen=True, kw_only=True):
    """Everything of a day.

    `runs`: processes that have played it. `replayed`: commands of the recording that are applied. `told`: all private
    events of members, in order. `in_seqs`: next inbound number by session. `last_flow_id`: newest ClOrdID of the
    background flow. `bars`: today's minutes by issue.
    """

    day: DayStarted
    runs: int
    trade_ns: int
    replayed: int
    exchange: ExchangeState
    told: tuple[MemberEvent, ...]
    in_seqs: tuple[tuple[str, int], ...]
    last_flow_id: int
    bars: tuple[tuple[str, tuple[Bar, ...]], ...]


_DECODER = msgspec.msgpack.Decoder(Checkpoint)


def encode_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Compressed msgpack."""
    return zlib.compress(msgspec.msgpack.encode(checkpoint), _FAST)


def decode_checkpoint(data: bytes) -> Checkpoint:
    """CorruptRecord when the bytes are no checkpoint."""
    try:
        return _DECODER.decode(zlib.decompress(data))
    except (zlib.error, msgspec.MsgspecError) as fault:
        raise CorruptRecord(f"a checkpoint of {len(data)} bytes cannot be read: {fault}") from fault
