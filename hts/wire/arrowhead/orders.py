"""Numbered requests over SoupBinTCP, both sides.

Theory of operation. SoupBinTCP numbers what the venue says but not what the client says, so a request that was on its
way when the connection broke may or may not have arrived. Here every request has a number, and both sides agree where
they are after each login: the client asks (number_query), the venue answers with the number that it takes next
(number_answer). Requests from that number on never arrived: they are reported as `RequestsLost` and never sent again.
Until the answer comes the client takes no requests. The answer is unsequenced: it is about this connection, and must
not be told again to a later one, for which it would be wrong. It tells the number of the venue's next message too: when
the client has read up to there, everything that happened before the login has been said.

The venue takes the next number only. A lower one is a repeat and is dropped; a higher one is a fault, since a TCP
connection loses nothing in the middle.
"""

from collections import deque
from collections.abc import Mapping
from typing import Any, Union

from msgspec import Struct

from hts.base.errors import LocalProtocolError
from hts.wire.layout.codec import BinaryLayout
from hts.wire.ouch.session import OuchClient, OuchEvent, OuchVenue, Received
from hts.wire.soupbin.client import SoupClient
from hts.wire.soupbin.events import LoggedOn, ProtocolFault
from hts.wire.soupbin.server import SoupServer, SoupStream

NUMBER = "request_number"
CANCEL, KEEP = "C", "K"  # what becomes of working orders when a connection ends
_QUERY, _ANSWER = "number_query", "number_answer"


class RequestsLost(Struct, frozen=True, kw_only=True):
    """Requests [first, end) never reached the venue."""

    first: int
    end: int


class Ready(Struct, frozen=True, kw_only=True):
    """Requests may be sent; the next gets this number. Follows RequestsLost where there were some."""

    next_request_number: int


ArrowheadEvent = Union[OuchEvent, RequestsLost, Ready]


class ArrowheadClient:
    """The participant's side. `next_number` is the number of the next request of the day.

    `said_until` is the number of the venue's message before which all was said at the login, 0 before it is known.
    """

    def __init__(
        self, layout: BinaryLayout, soup: SoupClient, next_number: int = 1, *, cancels_on_disconnect: bool = True
    ) -> None:
        self.soup = soup
        self.next_number = next_number
        self.is_ready = False
        self.said_until = 0
        self._on_disconnect = CANCEL if cancels_on_disconnect else KEEP
        self._ouch = OuchClient(layout, soup)
        self._events: deque[ArrowheadEvent] = deque()

    def send(self, name: str, fields: Mapping[str, Any], mono_ns: int) -> int:
        """Number a request and send it; returns the number. `fields` without request_number."""
        if not (self.is_ready and self.soup.is_up):
            raise LocalProtocolError(f"agreed numbers expected before {name}, found none")
        number = self.next_number
        self._ouch.send(name, {**fields, NUMBER: number}, mono_ns)
        self.next_number = number + 1
        return number

    def next_event(self, mono_ns: int) -> ArrowheadEvent | None:
        """The oldest event not yet taken."""
        if self._events:
            return self._events.popleft()
        event = self._ouch.next_event()
        if isinstance(event, LoggedOn):
            self.is_ready = False
            self.said_until = 0
            if self.soup.is_up:
                self._ouch.send(_QUERY, {"on_disconnect": self._on_disconnect}, mono_ns)
        elif isinstance(event, Received) and event.message.name == _ANSWER:
            return self._agree(event.message.fields)
        return event

    def _agree(self, fields: Mapping[str, Any]) -> ArrowheadEvent:
        expected, found = self.next_number, fields["next_request_number"]
        self.next_number, self.said_until, self.is_ready = found, fields["next_sequence_number"], True
        ready = Ready(next_request_number=found)
        if found >= expected:
            return ready
        self._ouch.unanswered = {k: v for k, v in self._ouch.unanswered.items() if v.fields[NUMBER] < found}
        self._events.append(ready)
        return RequestsLost(first=found, end=expected)


class ArrowheadVenue:
    """The venue's side of one connection. `numbers` remembers the participant's next number over its connections."""

    def __init__(self, layout: BinaryLayout, soup: SoupServer, stream: SoupStream, numbers: dict[str, int]) -> None:
        self.soup = soup
        self.repeats = 0
        self._ouch = OuchVenue(layout, soup, stream)
        self._layout = layout
        self._stream = stream
        self._numbers = numbers

    def send(self, name: str, fields: Mapping[str, Any], mono_ns: int) -> int:
        """Say something; returns its number in the stream."""
        return self._ouch.send(name, fields, mono_ns)

    def next_event(self, mono_ns: int) -> OuchEvent | None:
        """The oldest event not yet taken; requests with the next number only."""
        while (event := self._ouch.next_event()) is not None:
            if not isinstance(event, Received):
                return event
            expected = self._numbers.get(self.soup.username, 1)
            if event.message.name == _QUERY:
                if self.soup.is_up:
                    answer = {"next_request_number": expected, "next_sequence_number": self._stream.next_seq}
                    self.soup.send(self._layout.encode(_ANSWER, answer), mono_ns)
                continue
            found = event.message.fields[NUMBER]
            if found < expected:
                self.repeats += 1
            elif found > expected:
                self.soup.close()
                return ProtocolFault(text=f"request number {expected} expected, found {found}")
            else:
                self._numbers[self.soup.username] = expected + 1
                return event
        return None
