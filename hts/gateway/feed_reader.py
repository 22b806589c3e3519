"""What a reader of a venue's feed by order is: messages of its protocol in, changes of the venue's books out.

The books themselves are no gateway's business: `OrderBooks` says what a reader needs of them, and they are handed in.
"""

from typing import Any, Protocol

from hts.model.enums import Phase
from hts.model.quotes import AnyQuote, Bar


class BarSource(Protocol):
    """Bars of what was heard."""

    def bars(self, symbol: str, timeframe_s: int, count: int) -> tuple[Bar, ...]: ...


class OrderBooks(Protocol):
    """hts.marketdata.order_feed.OrderFeed. What does not fit raises RemoteProtocolError."""

    venue: str
    trade_ns: int

    @property
    def bars(self) -> BarSource: ...

    @property
    def symbols(self) -> tuple[str, ...]: ...

    @property
    def missed_breaks(self) -> int: ...

    def open_day(self, trading_date: int) -> None: ...

    def change_terms(self, symbol: str, **terms: Any) -> None: ...

    def add(self, symbol: str, key: int, *, is_bid: bool, qty: int, px: int) -> None: ...

    def reduce(self, key: int, qty: int) -> None: ...

    def delete(self, key: int) -> object: ...

    def replace(self, key: int, new_key: int, qty: int, px: int) -> None: ...

    def change_qty(self, key: int, qty: int) -> None: ...

    def resting(self, key: int) -> object | None: ...

    def execute(
        self, key: int, qty: int, trade_ns: int, px: int | None = None, *, prints: bool = True, match: int = 0
    ) -> None: ...

    def print_trade(  # noqa: PLR0917
        self, symbol: str, px: int, qty: int, side: str, trade_ns: int, match: int = 0
    ) -> None: ...

    def break_trade(self, match: int, trade_ns: int) -> None: ...

    def expect(self, symbol: str, px: int, qty: int) -> None: ...

    def scheduled_phase(self, trade_ns: int) -> Phase: ...

    def turn(self, symbol: str, phase: Phase, trade_ns: int) -> None: ...

    def agree(self, symbol: str) -> None: ...

    def take(self) -> tuple[AnyQuote, ...]: ...

    def whole(self) -> tuple[AnyQuote, ...]: ...


class FeedReader(Protocol):
    """One protocol. `feed` is what it tells; `read` raises RemoteProtocolError for what does not fit."""

    feed: OrderBooks

    def begin(self, trading_date: int) -> None:
        """A feed session of this day is read from its beginning, or from a snapshot that follows."""
        ...

    def read(self, message: bytes) -> None:
        """The next message in order, of a packet or of a snapshot."""
        ...

    def time_of(self, messages: tuple[bytes, ...]) -> int:
        """The venue's time that these messages tell, whatever was read before; 0 when they tell none in full."""
        ...
