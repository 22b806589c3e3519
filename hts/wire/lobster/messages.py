"""LOBSTER message files: one line per event of one issue's session.

    field       meaning
    1 time      seconds after midnight (exchange-local), up to nine decimals
    2 type      1 submission of a limit order        5 execution of a hidden order
                2 partial cancel                     6 cross trade (auction)
                3 deletion of the whole rest         7 trading halt or resume
                4 execution of a visible order
    3 order id  0 for types 5 to 7 where there is none
    4 size      shares of this event
    5 price     dollars times 10,000 (type 7: -1 halt, 0 quoting resumes, 1 trading resumes)
    6 direction of the *resting* order: 1 buy, -1 sell (the initiator of a type 4 is on the other side)

The file holds the events within the recorded depth only: what happens to deeper levels is not in it.
Source: the layout published with the LOBSTER sample files.
"""

import re
from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct

from hts.base.errors import RemoteProtocolError

PRICE_SCALE = 10_000
NS = 1_000_000_000
LINES_MAX = 5_000_000
_LINE_MAX = 96  # six numbers and five commas are far shorter
_DAY_S = 86_400
_TIME = re.compile(r"(\d{1,5})(?:\.(\d{1,9}))?")
_INTEGER = re.compile(r"-?\d{1,18}")


class LobsterError(RemoteProtocolError):
    """A recorded file does not follow its layout: the file is at fault. The text begins with the line number."""


class EventType(IntEnum):
    """Second field of a message line."""

    SUBMISSION = 1
    PARTIAL_CANCEL = 2
    DELETION = 3
    EXECUTION = 4
    HIDDEN_EXECUTION = 5
    CROSS = 6
    HALT = 7

    @property
    def is_visible(self) -> bool:
        """Whether the event changes the visible book."""
        return self <= EventType.EXECUTION


class LobsterMessage(Struct, frozen=True, kw_only=True):
    """One line. `time_ns` counts from the exchange's midnight; `price` is dollars times 10,000."""

    line: int
    time_ns: int
    event_type: EventType
    order_id: int
    size: int
    price: int
    direction: int

    @property
    def is_buy(self) -> bool:
        """Whether the resting order bids."""
        return self.direction == 1


def parse_messages(text: str) -> tuple[LobsterMessage, ...]:
    """All events of a message file, in order. LobsterError names the first line that is wrong, and why."""
    messages: list[LobsterMessage] = []
    before_ns = 0
    for number, line in numbered_lines(text, line_max=_LINE_MAX):
        message = _parse_line(number, line)
        if message.time_ns < before_ns:
            raise LobsterError(f"line {number}: expected a time not before the line above, found {line.split(',')[0]}")
        before_ns = message.time_ns
        messages.append(message)
    if not messages:
        raise LobsterError("line 1: expected a message, found an empty file")
    return tuple(messages)


def numbered_lines(text: str, *, line_max: int) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1; a final line end is not a line. Bounds what a line may hold."""
    lines = text.split("\n", LINES_MAX)
    if lines and not lines[-1]:
        lines.pop()
    if len(lines) > LINES_MAX:
        raise LobsterError(f"line {LINES_MAX + 1}: expected at most {LINES_MAX} lines")
    for number, line in enumerate(lines, 1):
        if len(line) > line_max:
            raise LobsterError(f"line {number}: expected at most {line_max} characters, found {len(line)}")
        yield number, line.removesuffix("\r")


def parse_integer(number: int, name: str, field: str) -> int:
    """A decimal integer of at most 18 digits."""
    if _INTEGER.fullmatch(field) is None or not field.isascii():
        raise LobsterError(f"line {number}: expected an integer {name}, found {field[:24]!r}")
    return int(field)


def _parse_line(number: int, line: str) -> LobsterMessage:
    fields = line.split(",")
    if len(fields) != 6:
        raise LobsterError(f"line {number}: expected 6 fields, found {len(fields)}")
    time_ns = _parse_time(number, fields[0])
    code = parse_integer(number, "type", fields[1])
    if code not in _EVENT_TYPES:
        raise LobsterError(f"line {number}: expected type 1 to 7, found {code}")
    message = LobsterMessage(
        line=number,
        time_ns=time_ns,
        event_type=_EVENT_TYPES[code],
        order_id=parse_integer(number, "order id", fields[2]),
        size=parse_integer(number, "size", fields[3]),
        price=parse_integer(number, "price", fields[4]),
        direction=parse_integer(number, "direction", fields[5]),
    )
    _check(message)
    return message


def _check(message: LobsterMessage) -> None:
    if message.direction not in (1, -1):
        raise LobsterError(f"line {message.line}: expected direction 1 or -1, found {message.direction}")
    if message.order_id < 0:
        raise LobsterError(f"line {message.line}: expected an order id of 0 or more, found {message.order_id}")
    if message.event_type is EventType.HALT:
        return  # size and price carry no trade there
    if message.size <= 0:
        raise LobsterError(f"line {message.line}: expected a size above 0, found {message.size}")
    if message.price <= 0:
        raise LobsterError(f"line {message.line}: expected a price above 0, found {message.price}")
    if message.event_type.is_visible and message.order_id == 0:
        raise LobsterError(f"line {message.line}: expected an order id with type {message.event_type}, found 0")


def _parse_time(number: int, field: str) -> int:
    match = _TIME.fullmatch(field)
    if match is None or not field.isascii() or int(match[1]) >= _DAY_S:
        raise LobsterError(f"line {number}: expected seconds of a day with at most 9 decimals, found {field[:24]!r}")
    return int(match[1]) * NS + int((match[2] or "").ljust(9, "0"))


_EVENT_TYPES = {int(event_type): event_type for event_type in EventType}
