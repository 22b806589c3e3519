"""Nasdaq's TotalView-ITCH 5.0 as changes of a venue's books.

Times are nanoseconds since New York's midnight. An auction's executions do not print; the cross message does. The
crosses themselves are moments, so the phases are those of the system events, and halts of single issues.
"""

from collections.abc import Callable
from typing import Any, Final

from hts.base.errors import RemoteProtocolError
from hts.gateway.feed_reader import OrderBooks
from hts.model.enums import Phase
from hts.wire.itch.fast import decode

PHASES: Final = {
    b"O": Phase.CLOSED,
    b"S": Phase.PRE_MARKET,
    b"Q": Phase.CONTINUOUS,
    b"M": Phase.AFTER_MARKET,
    b"E": Phase.CLOSED,
    b"C": Phase.CLOSED,
}
STATES: Final = {b"H": Phase.HALTED, b"P": Phase.VI_CALL, b"Q": Phase.RESUME_CALL}
TRADING: Final = b"T"
_TIME: Final = slice(5, 11)
_TIME_END: Final = 11


class NasdaqReader:
    """See the module's text. `midnight_of(date)` is New York's, in UTC nanoseconds."""

    def __init__(self, feed: OrderBooks, midnight_of: Callable[[int], int]) -> None:
        self.feed = feed
        self._midnight_of = midnight_of
        self._midnight_ns = 0
        self._takes: dict[bytes, Callable[[tuple[Any, ...]], None]] = {
            b"S": self._system_event,
            b"H": self._trading_action,
            b"A": self._added,
            b"F": self._added,
            b"E": self._executed,
            b"C": self._executed_with_price,
            b"X": self._reduced,
            b"D": self._deleted,
            b"U": self._replaced,
            b"P": self._traded,
            b"Q": self._crossed,
            b"B": self._broken,
            b"I": self._imbalance,
        }

    def begin(self, trading_date: int) -> None:
        """See FeedReader."""
        self._midnight_ns = self._midnight_of(trading_date)
        self.feed.open_day(trading_date)

    def read(self, message: bytes) -> None:
        """See FeedReader."""
        found = decode(message)
        take = self._takes.get(found[0])
        if take is not None:
            self.feed.trade_ns = self._midnight_ns + found[3]
            take(found)

    def time_of(self, messages: tuple[bytes, ...]) -> int:
        """Every message has its whole time."""
        if not messages or len(messages[-1]) < _TIME_END or not self._midnight_ns:
            return 0
        return self._midnight_ns + int.from_bytes(messages[-1][_TIME], "big")

    def _system_event(self, found: tuple[Any, ...]) -> None:
        phase = PHASES.get(found[4])
        if phase is not None:
            self.feed.turn("", phase, self.feed.trade_ns)

    def _trading_action(self, found: tuple[Any, ...]) -> None:
        symbol, state = _text(found[4]), found[5]
        if state == TRADING:
            self.feed.agree(symbol)
        elif state in STATES:
            self.feed.turn(symbol, STATES[state], self.feed.trade_ns)

    def _added(self, found: tuple[Any, ...]) -> None:
        key, side, qty, stock, px = found[4:9]
        if side not in (b"B", b"S"):
            raise RemoteProtocolError(f"ITCH order {key}: side B or S expected, found {side!r}")
        self.feed.add(_text(stock), key, is_bid=side == b"B", qty=qty, px=px)

    def _executed(self, found: tuple[Any, ...]) -> None:
        self.feed.execute(found[4], found[5], self.feed.trade_ns, match=found[6])

    def _executed_with_price(self, found: tuple[Any, ...]) -> None:
        key, qty, match, printable, px = found[4:9]
        self.feed.execute(key, qty, self.feed.trade_ns, px, prints=printable == b"Y", match=match)

    def _reduced(self, found: tuple[Any, ...]) -> None:
        self.feed.reduce(found[4], found[5])

    def _deleted(self, found: tuple[Any, ...]) -> None:
        self.feed.delete(found[4])

    def _replaced(self, found: tuple[Any, ...]) -> None:
        self.feed.replace(*found[4:8])

    def _traded(self, found: tuple[Any, ...]) -> None:
        """A trade with an order that was not shown; whose the aggression was is not told (the side is always B)."""
        self.feed.print_trade(_text(found[7]), found[8], found[6], "", self.feed.trade_ns, found[9])

    def _crossed(self, found: tuple[Any, ...]) -> None:
        qty, stock, px, match = found[4:8]
        self.feed.print_trade(_text(stock), px, qty, "", self.feed.trade_ns, match)

    def _broken(self, found: tuple[Any, ...]) -> None:
        """A trade was taken back, named by its match. The book is not concerned."""
        self.feed.break_trade(found[4], self.feed.trade_ns)

    def _imbalance(self, found: tuple[Any, ...]) -> None:
        """Paired shares and the near price: where the cross would be now."""
        paired, stock, near_px = found[4], found[7], found[9]
        self.feed.expect(_text(stock), near_px, paired)


def _text(padded: bytes) -> str:
    return padded.decode("ascii").rstrip(" ")
