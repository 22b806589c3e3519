"""The protocols that `hts decode` can read: a name, and a loader of the object that reads it.

To add a protocol, write a class with the three names of `Decoder`, a function here that loads its tables and makes
it (import inside the function: `hts decode` loads only what it is asked for), and a row in LOADERS.

    framings   the inner framings that the protocol is met in, the usual one first
    frames     cuts bytes into frames, (offset, frame); raises Leftover where no whole frame is left and bytes remain.
               "raw" means the protocol's own delimiting; the others are in hts.app.framings (`cut`)
    decode     one frame as a `Decoded`; raises RemoteProtocolError when it cannot be read

Frames are decoded in the order in which they were cut, each once, so a decoder may carry state (FAST dictionaries).
Field names are unique within a message; members of groups are written `Group[1].Field`. Offsets count from the first
byte of the frame. A value is what JSON can say, or Decimal for what the protocol scales, or bytes (shown as hex).
"""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol

from msgspec import Struct

from hts.base.errors import ConfigError


class Field(Struct, frozen=True, kw_only=True):
    """One field as it lay in the frame. `note` says what it means."""

    name: str
    offset: int
    length: int
    raw: bytes
    value: Any
    note: str = ""


class Decoded(Struct, frozen=True, kw_only=True):
    """One message. `parts` are messages inside it, their offsets counted from the same frame.

    `rest` is what the frame holds beyond the message; it counts as left over.
    """

    name: str
    fields: tuple[Field, ...]
    parts: tuple["Decoded", ...] = ()
    rest: bytes = b""


class Decoder(Protocol):
    """Reads one protocol."""

    @property
    def framings(self) -> tuple[str, ...]: ...

    def frames(self, data: bytes, framing: str) -> Iterator[tuple[int, bytes]]: ...

    def decode(self, frame: bytes) -> Decoded: ...


class DecoderOptions(Struct, frozen=True, kw_only=True):
    """What the command line may add. `templates` is the FAST template file."""

    templates: Path | None = None


Loader = Callable[[DecoderOptions], Decoder]


def utc(ns: int) -> str:
    """Nanoseconds since 1970 as people read them."""
    second, rest = divmod(ns, 1_000_000_000)
    try:
        moment = dt.datetime.fromtimestamp(second, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return "beyond the calendar"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def load_decoder(name: str, options: DecoderOptions) -> Decoder:
    """The decoder of a protocol. Raises ConfigError for a name that is not in LOADERS."""
    loader = LOADERS.get(name)
    if loader is None:
        raise ConfigError(f"protocol: one of {', '.join(sorted(LOADERS))} expected, found {name}")
    return loader(options)


def _ums(_options: DecoderOptions) -> Decoder:
    from hts.app import tables
    from hts.app.decoders_krx import UmsDecoder
    from hts.wire.ums.layout import UmsLayout

    return UmsDecoder(UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums")))


def _mdcs(_options: DecoderOptions) -> Decoder:
    return _koscom("krx_mdcs_full")


def _koscom_udp(_options: DecoderOptions) -> Decoder:
    return _koscom("koscom_udp")


def _koscom(name: str) -> Decoder:
    from hts.app import tables
    from hts.app.decoders_koscom import KoscomDecoder
    from hts.wire.mdcs.tables import RecordTables

    return KoscomDecoder(RecordTables.parse(tables.load(tables.PROTOCOLS, name)))


def _krx_md(_options: DecoderOptions) -> Decoder:
    from hts.app import tables
    from hts.app.decoders_krx import PacketDecoder
    from hts.wire.mdcs.layout import MdcsLayout

    return PacketDecoder(MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs")))


def _krx_recovery(_options: DecoderOptions) -> Decoder:
    from hts.app import tables
    from hts.app.decoders_recovery import RecoveryDecoder
    from hts.wire.mdcs.layout import MdcsLayout

    return RecoveryDecoder(MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs")))


def _link(_options: DecoderOptions) -> Decoder:
    from hts.app.decoders_link import LinkDecoder

    return LinkDecoder()


def _flex(_options: DecoderOptions) -> Decoder:
    from hts.app import tables
    from hts.app.decoders_layout import FlexDecoder
    from hts.wire.layout.codec import BinaryLayout

    return FlexDecoder(BinaryLayout.parse(tables.load(tables.PROTOCOLS, "jpx_flex_mbo_1_1")))


def _moldudp64(_options: DecoderOptions) -> Decoder:
    from hts.app import tables
    from hts.app.decoders_layout import MoldDecoder
    from hts.wire.layout.codec import BinaryLayout

    return MoldDecoder(BinaryLayout.parse(tables.load(tables.PROTOCOLS, "moldudp64")))


def _by_table(name: str, usual: str) -> Loader:
    def load(_options: DecoderOptions) -> Decoder:
        from hts.app import tables
        from hts.app.decoders_layout import LayoutDecoder
        from hts.wire.layout.codec import BinaryLayout

        return LayoutDecoder(BinaryLayout.parse(tables.load(tables.PROTOCOLS, name)), usual)

    return load


def _fix(begin_string: str) -> Loader:
    def load(_options: DecoderOptions) -> Decoder:
        from hts.app.decoders_fix import FixDecoder
        from hts.app.fix_tables import load_dictionary

        return FixDecoder(load_dictionary(begin_string))

    return load


def _fast(options: DecoderOptions) -> Decoder:
    from hts.app.decoders_fast import FastStreamDecoder, load_templates

    return FastStreamDecoder(load_templates(options.templates))


def _fast_feed(_options: DecoderOptions) -> Decoder:
    from hts.app.fast_feed import FastFeedDecoder, load_feed_templates

    return FastFeedDecoder(load_feed_templates())


def _iso20022(_options: DecoderOptions) -> Decoder:
    from hts.app import tables
    from hts.app.decoders_iso20022 import IsoDecoder
    from hts.wire.iso20022.layout import Iso20022Layout

    return IsoDecoder(Iso20022Layout.parse(tables.load(tables.PROTOCOLS, "iso20022")))


# Protocols that a table describes whole, with the framing that they are mostly met in.
BY_TABLE: Final = {
    "arrowhead_ours": "soup",
    "itch50": "len16",
    "jnx_itch_1_6": "len16",
    "jnx_itch_2_0": "len16",
    "jnx_ouch_1_11": "soup",
    "jnx_ouch_2_01": "soup",
    "odx_itch_2_2": "len16",
    "odx_ouch_2_0": "soup",
    "ose_itch_5_0_6": "len16",
    "ose_ouch_5_0": "soup",
    "ouch42": "soup",
    "ouch50": "soup",
    "soupbintcp": "raw",
}

LOADERS: Final[dict[str, Loader]] = {
    **{name: _by_table(name, usual) for name, usual in BY_TABLE.items()},
    "fast": _fast,
    "fast_feed": _fast_feed,
    "fix42": _fix("FIX.4.2"),
    "fix44": _fix("FIX.4.4"),
    "fix50sp2": _fix("FIXT.1.1"),
    "flex_mbo": _flex,
    "moldudp64": _moldudp64,
    "iso20022": _iso20022,
    "koscom_udp": _koscom_udp,
    "krx_md": _krx_md,
    "krx_recovery": _krx_recovery,
    "link": _link,
    "mdcs": _mdcs,
    "ums": _ums,
}
