"""OUCH over SoupBinTCP, both sides: messages by the table instead of bytes.

Theory of operation. Every OUCH (Nasdaq's, Japannext's, ODX's, OSE's; our arrowhead layout too) travels alike: what the
client wants as unsequenced data, what the venue says as sequenced data. After a cut the client logs in from the number
that it wants next and gets everything the venue said meanwhile, so executions are never lost. Requests may be: they
have no number. The client never repeats them by itself, because an order that is repeated late may trade at a price
nobody wants any more. It keeps what it has sent in `unanswered` until the venue names its token, and after a new login
the owner decides; entering an order again under the same token is safe, since a venue ignores a token that it knows.

A message that cannot be read, or that the other side may not send, is a fault: it comes as `ProtocolFault`, and the
connection closes. `next_event` gives SoupBinTCP's events with Sequenced and Unsequenced replaced by `Received`.
"""

from collections.abc import Mapping
from typing import Any, Union

from msgspec import Struct

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.layout.codec import BinaryLayout, Decoded
from hts.wire.soupbin.client import SoupClient
from hts.wire.soupbin.events import ProtocolFault, Sequenced, SoupEvent, Unsequenced
from hts.wire.soupbin.server import SoupServer, SoupStream

UNANSWERED_MAX = 100_000


class Received(Struct, frozen=True, kw_only=True):
    """A message of the other side; `seq` is the venue's number, 0 for the client's messages."""

    seq: int
    message: Decoded


OuchEvent = Union[SoupEvent, Received]


# Messages that give a request a name of its own, and the field with that name; the venue answers with the same field.
OPENERS = frozenset(("enter_order", "enter_mm_order", "replace_order"))
NAMES = ("replacement_order_token", "request_number", "user_ref_num", "order_token")


class OuchClient:
    """The trader's side; connection, login and timers are those of `soup`."""

    def __init__(self, layout: BinaryLayout, soup: SoupClient) -> None:
        self.soup = soup
        self.unanswered: dict[str | int, Decoded] = {}
        self._layout = layout

    def send(self, name: str, fields: Mapping[str, Any], mono_ns: int) -> None:
        """Send a request. Raises LocalProtocolError when the table, the connection or the bound does not allow it."""
        row = self._layout.row(name)
        if row.sender == "venue":
            raise LocalProtocolError(f"a message of the client expected, found {name}")
        if len(self.unanswered) >= UNANSWERED_MAX:
            raise LocalProtocolError(f"up to {UNANSWERED_MAX} unanswered requests expected, found more")
        self.soup.send(self._layout.encode(name, fields), mono_ns)
        if name in OPENERS:
            self.unanswered[_name(fields)] = Decoded(name, "client", dict(fields))

    def next_event(self) -> OuchEvent | None:
        """The oldest event not yet taken."""
        event = self.soup.next_event()
        if isinstance(event, Unsequenced | Sequenced):
            seq = event.seq if isinstance(event, Sequenced) else 0
            try:
                message = self._layout.decode(event.message, "venue")
            except RemoteProtocolError as error:
                return _fault(self.soup, seq, error)
            self.unanswered.pop(_name(message.fields), None)
            return Received(seq=seq, message=message)
        return event


class OuchVenue:
    """The venue's side of one connection; `stream` is shared by all connections of the same login."""

    def __init__(self, layout: BinaryLayout, soup: SoupServer, stream: SoupStream) -> None:
        self.soup = soup
        self._layout = layout
        self._stream = stream

    def send(self, name: str, fields: Mapping[str, Any], mono_ns: int) -> int:
        """Say something: numbered and kept, sent when a connection stands. Returns its number."""
        if self._layout.row(name).sender == "client":
            raise LocalProtocolError(f"a message of the venue expected, found {name}")
        seq = self._stream.append(self._layout.encode(name, fields))
        self.soup.pump(mono_ns)
        return seq

    def next_event(self) -> OuchEvent | None:
        """The oldest event not yet taken."""
        event = self.soup.next_event()
        if not isinstance(event, Unsequenced):
            return event
        try:
            return Received(seq=0, message=self._layout.decode(event.message, "client"))
        except RemoteProtocolError as error:
            return _fault(self.soup, 0, error)


def _name(fields: Mapping[str, Any]) -> str | int:
    """How the order is called; "" for messages without an order, which no request is called."""
    found: str | int = next((fields[name] for name in NAMES if name in fields), "")
    return found


def _fault(soup: SoupClient | SoupServer, seq: int, error: RemoteProtocolError) -> ProtocolFault:
    soup.close()
    return ProtocolFault(text=f"message {seq}: {error}" if seq else str(error))
