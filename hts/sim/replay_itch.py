"""A recorded ITCH 5.0 feed, listed on the simulated venue: one of its issues.

Without a symbol the issue with the most orders is taken. Recordings are often excerpts: executions and cancels of
orders that were added before the recording began are said in the listing's notes. Orders of the opening, closing and
halt crosses (B, I, Q) are printed; everything else that does not concern the book is stepped over.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from hts.base.errors import RemoteProtocolError
from hts.sim.replay import ReplayListing
from hts.sim.replay_flow import OrderFlow
from hts.sim.replay_listing import listing_of, price_scale
from hts.wire.itch.fast import LENGTHS, decode

DECIMALS: Final = 4
PRICE_AT: Final = {b"A": 8, b"F": 8, b"U": 7, b"P": 8, b"C": 8, b"Q": 6}  # place of the price in the decoded message
BOOK: Final = frozenset((b"A", b"F", b"E", b"C", b"X", b"D", b"U", b"P", b"Q"))

Message = tuple[Any, ...]


def load_itch(data: bytes, start_ns: int, symbol: str = "") -> ReplayListing:
    """List one issue of the recording. Raises RemoteProtocolError."""
    messages = list(itch_messages(data))
    names = {m[1]: m[4].decode("latin-1").strip() for m in messages if m[0] == b"R"}
    locate = _chosen(messages, names, symbol)
    own = [m for m in messages if m[1] == locate and m[0] in BOOK]
    if not own:
        raise RemoteProtocolError("ITCH: orders of the issue expected, found none")
    scale, decimals = price_scale((px for m in own if (px := _px(m))), DECIMALS)
    first_ns = own[0][3]
    flow = OrderFlow(names.get(locate, str(locate)))
    for line, message in enumerate(own, start=1):
        flow.at(start_ns + message[3] - first_ns, line)
        _take(flow, message, scale)
    end_ns = start_ns + own[-1][3] - first_ns
    return listing_of(flow, names.get(locate, str(locate)), decimals=decimals, times_ns=(start_ns, end_ns))


def itch_messages(data: bytes) -> Iterator[Message]:
    """Decoded messages of a file with two bytes of length before each; 0 is as long as the type says."""
    at, end = 0, len(data)
    while at + 2 < end:
        size = int.from_bytes(data[at : at + 2], "big") or LENGTHS.get(data[at + 2], 0)
        if not size or at + 2 + size > end:
            raise RemoteProtocolError(f"ITCH at {at}: a whole message expected, found {end - at} bytes")
        yield decode(data[at + 2 : at + 2 + size])
        at += 2 + size


def _chosen(messages: list[Message], names: dict[int, str], symbol: str) -> int:
    if not symbol:
        counts = Counter(m[1] for m in messages if m[0] in (b"A", b"F"))
        if not counts:
            raise RemoteProtocolError("ITCH: added orders expected, found none")
        return int(counts.most_common(1)[0][0])
    found = next((locate for locate, name in names.items() if name == symbol), None)
    if found is None:
        raise RemoteProtocolError(f"ITCH: a symbol of the recording's directory expected, found {symbol}")
    return found


def _px(message: Message) -> int:
    place = PRICE_AT.get(message[0])
    return int(message[place]) if place is not None else 0


def _take(flow: OrderFlow, message: Message, scale: int) -> None:
    kind, rest = message[0], message[4:]
    if kind in (b"A", b"F"):
        flow.added(rest[0], is_buy=rest[1] == b"B", px=rest[4] // scale, qty=rest[2])
    elif kind == b"E":
        flow.executed(rest[0], rest[1])
    elif kind == b"C":
        flow.executed(rest[0], rest[1], rest[4] // scale)
    elif kind == b"X":
        flow.reduced(rest[0], rest[1])
    elif kind == b"D":
        flow.deleted(rest[0])
    elif kind == b"U":
        flow.changed(rest[0], rest[1], px=rest[3] // scale, qty=rest[2])
    elif kind == b"P":
        # The side is the resting order's: what was not displayed was hit by the other one.
        flow.printed(rest[4] // scale, rest[2], "2" if rest[1] == b"B" else "1")
    elif kind == b"Q" and rest[0]:
        flow.printed(rest[2] // scale, rest[0], "")
