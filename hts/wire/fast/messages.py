"""What the decoder gives and the encoder takes."""

from decimal import Decimal
from typing import Any, Union

from msgspec import Struct

# Any of the values below: a group is a dict, a sequence a tuple of dicts, a dynamic reference a FastMessage.
Value = Union[int, str, bytes, Decimal, dict[str, Any], tuple[dict[str, Any], ...], "FastMessage"]
Fields = dict[str, Value]


class FastMessage(Struct, frozen=True, kw_only=True):
    """One message. A field that is absent is not in `fields`.

    `reported` has the codes R6..R9 of what was out of order in the encoding but could be read.
    """

    template: str
    template_id: int
    fields: Fields
    reported: tuple[str, ...] = ()


class FastLimits(Struct, frozen=True, kw_only=True):
    """Bounds on what a sender can make us keep. All but the first two count within one message.

    A feed's datagram is below 1,500 bytes and its messages are smaller; 64 KiB leaves room for TCP replays.
    """

    message_bytes_max: int = 65_536
    block_bytes_max: int = 1_048_576
    field_bytes_max: int = 65_536
    elements_max: int = 10_000
    combined_bytes_max: int = 1_048_576  # made by delta and tail, which send one byte and make thousands
    depth_max: int = 16


class Trace(Struct, frozen=True, kw_only=True):
    """Where in the stream a field lay: what `hts decode --explain` shows."""

    name: str
    offset: int
    length: int
    value: Any
    note: str = ""
