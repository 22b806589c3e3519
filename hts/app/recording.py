"""Reads a recorded session from disk, as an issue that the simulated venue lists.

What FILE is, is told by its content: a LOBSTER message csv, a DBN market-by-order file (`.dbn`, or compressed with
zstd), an ITCH 5.0 file; a folder is that of a simulated venue, with the command log of a day that it played.
"""

import io
from collections.abc import Callable
from pathlib import Path

from hts.app import tables
from hts.app.config import VenueSettings
from hts.app.native_venues import is_native, native_kind
from hts.base.errors import ConfigError, CorruptRecord, RemoteProtocolError, StorageError
from hts.io.files import FileStorage
from hts.model.enums import Phase
from hts.model.venues import HOME_VENUE, VENUES
from hts.rules.market_rules import MarketRules
from hts.sim.command_log import CommandLog
from hts.sim.log_records import DayStarted
from hts.sim.replay import ReplayListing, load_replay
from hts.sim.replay_dbn import load_dbn
from hts.sim.replay_itch import load_itch
from hts.sim.replay_own import load_own
from hts.sim.venue_day import VenueConfig, VenueDay
from hts.wire.dbn.metadata import MAGIC as DBN_MAGIC
from hts.wire.lobster.messages import LobsterError
from hts.wire.ums.layout import UmsLayout

Listing = Callable[[int], ReplayListing]
MESSAGE, ORDERBOOK = "_message_", "_orderbook_"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
BYTES_MAX = 4 << 30  # of a recording, once decompressed


def read_recording(path: Path, rules: MarketRules, symbol: str = "") -> Listing:
    """The listing for a trading date: the recording's first event falls on the start of continuous trading.

    `symbol` picks one of several recorded issues. Raises ConfigError, also when the listing is asked for.
    """
    load = own_day(path, rules, symbol) if path.is_dir() else _loader(path, _read(path), symbol)

    def listing(trading_date: int) -> ReplayListing:
        steps = rules.schedule(trading_date).steps
        start_ns = next(step.start_ns for step in steps if step.phase is Phase.CONTINUOUS)
        try:
            return load(start_ns)
        except (LobsterError, RemoteProtocolError) as error:
            raise ConfigError(f"{path}: {error}") from error

    return listing


def own_day(path: Path, rules: MarketRules, symbol: str) -> Callable[[int], ReplayListing]:
    """The newest day in the folder of a simulated venue (HOME/venue, HOME/venue/NXT). Raises ConfigError."""
    name = path.name if path.name in VENUES else HOME_VENUE
    storage = FileStorage(path)
    try:
        records = CommandLog(storage).whole_day()
    except (StorageError, CorruptRecord) as fault:
        raise ConfigError(f"{path}: {fault}") from fault
    finally:
        storage.close()
    if not records or not isinstance(records[0], DayStarted):
        raise ConfigError(f"{path}: expected the command log of a simulated venue, found none; name its folder")
    kind = native_kind(name, VenueSettings()) if is_native(name) else rules.at(name)
    ums = UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums"))
    config = VenueConfig(name=name, rules=kind, ums=ums, after_date=0, intensity=0.0)
    day = records[0]
    return lambda start_ns: load_own(records, VenueDay(config, day, run=1).exchange, start_ns, symbol)


def _loader(path: Path, data: bytes, symbol: str) -> Callable[[int], ReplayListing]:
    """How these bytes are listed from a venue time on."""
    if data.startswith(DBN_MAGIC):
        return lambda start_ns: load_dbn(data, start_ns, symbol)
    if not _is_text(data):
        return lambda start_ns: load_itch(data, start_ns, symbol)
    messages, book = data.decode("ascii"), _book_beside(path)
    return lambda start_ns: load_replay(messages, book, start_ns)


def _is_text(data: bytes) -> bool:
    """Whether this is csv; ITCH begins with two bytes of length and is full of zeros."""
    return data[:4096].isascii() and b"\0" not in data[:4096]


def _book_beside(path: Path) -> str | None:
    """The order book file beside a LOBSTER message file: the book before the first event."""
    book_path = path.with_name(path.name.replace(MESSAGE, ORDERBOOK))
    if book_path == path or not book_path.exists():
        return None
    return _read(book_path).decode("ascii", "replace")


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the recording: {error}") from error
    return _decompressed(path, data) if data.startswith(ZSTD_MAGIC) else data


def _decompressed(path: Path, data: bytes) -> bytes:
    import zstandard  # late: only recordings need it

    try:
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)) as reader:
            found = reader.read(BYTES_MAX + 1)
    except zstandard.ZstdError as error:
        raise ConfigError(f"{path}: cannot read the recording: zstd: {error}") from error
    if len(found) > BYTES_MAX:
        raise ConfigError(f"{path}: at most {BYTES_MAX} bytes expected, found more")
    return bytes(found)
