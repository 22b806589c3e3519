"""Numbered requests over SoupBinTCP, both sides.

Theory of operation. SoupBinTCP numbers what the venue says but not what the client says, so a request that was on its
way when the connection broke may or may not have arrived. Here every request has a number, and both sides agree where
they are after each login: the client asks (number_query), the venue answers with the number that it takes next
(number_answer). Requests from that number on never arrived: they are reported as `RequestsLost` and never sent again.
Until the answer comes the client takes no requests. The answer is unsequenced: it is about this connection, and must
not be told again to a later one, for which it would be wrong.

The venue takes the next number only. A lower one is a repeat and is dropped; a higher one is a fault, since a TCP
connection loses nothing in the middle.
"""

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
_QUERY, _ANSWER = "number_query", "number_answer"


class RequestsLost(Struct, frozen=True, kw_only=True):
    """Requests [first, end) never reached the venue."""

    first: int
    end: int


class Ready(Struct, frozen=True, kw_only=True):
    """Requests may be sent; the next gets this number."""

    next_request_number: int


ArrowheadEvent = Union[OuchEvent, RequestsLost, Ready]


class ArrowheadClient:
    """The participant's side. `next_number` is the number of the next request of the day."""

    def __init__(self, layout: BinaryLayout, soup: SoupClient, next_number: int = 1) -> None:
        self.soup = soup
        self.next_number = next_number
        self.is_ready = False
        self._ouch = OuchClient(layout, soup)

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
        event = self._ouch.next_event()
        if isinstance(event, LoggedOn):
            self.is_ready = False
            if self.soup.is_up:
                self._ouch.send(_QUERY, {}, mono_ns)
        elif isinstance(event, Received) and event.message.name == _ANSWER:
            return self._agree(event.message.fields["next_request_number"])
        return event

    def _agree(self, found: int) -> ArrowheadEvent:
        expected, self.next_number, self.is_ready = self.next_number, found, True
        if found < expected:
            self._ouch.unanswered = {k: v for k, v in self._ouch.unanswered.items() if v.fields[NUMBER] < found}
            return RequestsLost(first=found, end=expected)
        return Ready(next_request_number=found)


class ArrowheadVenue:
    """The venue's side of one connection. `numbers` remembers the participant's next number over its connections."""

    def __init__(self, layout: BinaryLayout, soup: SoupServer, stream: SoupStream, numbers: dict[str, int]) -> None:
        self.soup = soup
        self.repeats = 0
        self._ouch = OuchVenue(layout, soup, stream)
        self._layout = layout
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
                    self.soup.send(self._layout.encode(_ANSWER, {"next_request_number": expected}), mono_ns)
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
