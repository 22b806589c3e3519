"""Messages of an order as they were on the wire: bytes and named fields side by side, and how they lie in rows."""

from collections.abc import Callable, Iterable
from enum import Enum

from msgspec import Struct

from hts.desk.order_xray import took_text
from hts.desk.tables import Column
from hts.desk.texts import Texts
from hts.model.terms import TERMS
from hts.model.views import OrderView

HEX_ROW = 16
UNKNOWN_NS = -1


class WireField(Struct, frozen=True, kw_only=True):
    """One field of a message; `value` is text for a reader, `note` says what it means."""

    name: str
    offset: int
    length: int
    value: str
    note: str = ""


class WireMessage(Struct, frozen=True, kw_only=True):
    """One message. `fault` says why it has no fields."""

    venue: str
    protocol: str
    name: str
    is_sent: bool
    mono_ns: int
    data: bytes
    fields: tuple[WireField, ...] = ()
    fault: str = ""


ASKED = (
    *("order_id", "request_id", "account", "symbol", "venue", "side", "ord_type", "time_in_force", "px", "order_qty"),
    *TERMS,
)


def asked_fields(view: OrderView) -> tuple[WireField, ...]:
    """What an order was that never left, as its message would have said it."""
    return tuple(WireField(offset=0, length=0, name=name, value=_word(getattr(view, name))) for name in ASKED)


def _word(value: object) -> str:
    return value.name if isinstance(value, Enum) else str(value)


class MessageRow(Struct, frozen=True, kw_only=True):
    """A message in the list: `at_ns` counts from the way's beginning, UNKNOWN_NS where that is not known."""

    number: int
    message: WireMessage
    at_ns: int

    @property
    def key(self) -> int:
        """Its number."""
        return self.number

    @property
    def at(self) -> str:
        """When it was on the wire."""
        return f"+{took_text(self.at_ns)}" if self.at_ns != UNKNOWN_NS else "—"


def message_rows(messages: Iterable[WireMessage], start_ns: int) -> tuple[MessageRow, ...]:
    """The list of an order's messages."""
    return tuple(
        MessageRow(number=number, message=one, at_ns=one.mono_ns - start_ns if start_ns else UNKNOWN_NS)
        for number, one in enumerate(messages)
    )


def message_columns(texts: Texts) -> tuple[Column[MessageRow], ...]:
    """When, which way, venue, protocol, name, how many bytes, and the first of them."""

    def way(row: MessageRow) -> str:
        return texts("order_xray.sent" if row.message.is_sent else "order_xray.received")

    def column(
        key: str, width: int, text: Callable[[MessageRow], str], rank: int = 0, *, is_right: bool = False,
        role: str = "secondary",
    ) -> Column[MessageRow]:  # fmt: skip
        head = texts(f"order_xray.message.{key}")
        return Column(key=key, head=head, width=width, rank=rank, text=text, order=text, is_right=is_right, role=role)

    return (
        column("at", 68, lambda r: r.at),
        column("way", 52, way),
        column("venue", 56, lambda r: r.message.venue, 2),
        column("protocol", 80, lambda r: r.message.protocol, 3),
        column("name", 140, lambda r: r.message.name or r.message.fault, role="body_medium"),
        column("bytes", 52, lambda r: str(len(r.message.data)), 1, is_right=True),
        column("data", 420, lambda r: r.message.data.hex(" "), 4, role="mono"),
    )


class HexRow(Struct, frozen=True, kw_only=True):
    """Sixteen bytes. `marks` tell of each byte the number of the field it belongs to, -1 for none."""

    offset: int
    cells: tuple[str, ...]
    ascii: str
    marks: tuple[int, ...]


def hex_rows(message: WireMessage) -> tuple[HexRow, ...]:
    """The message's bytes in rows."""
    owners = field_of_bytes(message)
    rows = []
    for at in range(0, len(message.data), HEX_ROW):
        part = message.data[at : at + HEX_ROW]
        rows.append(
            HexRow(
                offset=at,
                cells=tuple(f"{byte:02x}" for byte in part),
                ascii="".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in part),
                marks=owners[at : at + HEX_ROW],
            )
        )
    return tuple(rows)


def field_of_bytes(message: WireMessage) -> tuple[int, ...]:
    """For each byte the number of its field; of fields that overlap the shorter one."""
    owners = [-1] * len(message.data)
    widths = [len(message.data) + 1] * len(message.data)
    for number, field in enumerate(message.fields):
        for at in range(max(field.offset, 0), min(field.offset + field.length, len(owners))):
            if field.length < widths[at]:
                owners[at], widths[at] = number, field.length
    return tuple(owners)


def hex_text(message: WireMessage) -> str:
    """Bytes for the clipboard: `hts decode --framing hex` reads them again."""
    return "\n".join(" ".join(row.cells) for row in hex_rows(message)) + "\n"


def fields_text(message: WireMessage) -> str:
    """Fields for the clipboard: name, value, offset and length, with tabs between."""
    head = f"{message.name}\t{message.protocol}\t{len(message.data)}\n"
    return head + "".join(f"{f.name}\t{f.value}\t{f.offset}\t{f.length}\n" for f in message.fields)
