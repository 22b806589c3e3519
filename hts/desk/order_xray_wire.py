"""Messages of an order as they were on the wire: bytes and named fields side by side, and how they lie in rows."""

from msgspec import Struct

HEX_ROW = 16


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
