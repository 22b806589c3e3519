"""Reads a recorded session from disk, as an issue that the simulated venue lists."""

from collections.abc import Callable
from pathlib import Path

from hts.base.errors import ConfigError
from hts.model.enums import Phase
from hts.rules.market_rules import MarketRules
from hts.sim.replay import ReplayListing, load_replay
from hts.wire.lobster.messages import LobsterError

Listing = Callable[[int], ReplayListing]
MESSAGE, ORDERBOOK = "_message_", "_orderbook_"


def read_recording(path: Path, rules: MarketRules) -> Listing:
    """The listing for a trading date: the recording's first event falls on the start of continuous trading.

    The order book file beside FILE, named as LOBSTER names it, gives the book before the first event. Raises
    ConfigError.
    """
    messages = _read(path)
    book_path = path.with_name(path.name.replace(MESSAGE, ORDERBOOK))
    book = _read(book_path) if book_path != path and book_path.exists() else None

    def listing(trading_date: int) -> ReplayListing:
        steps = rules.schedule(trading_date).steps
        start_ns = next(step.start_ns for step in steps if step.phase is Phase.CONTINUOUS)
        try:
            return load_replay(messages, book, start_ns)
        except LobsterError as error:
            raise ConfigError(f"{path}: {error}") from error

    return listing


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot read the recording: {error}") from error
