"""KRX market data records to model quotes.

Fast path: the bytes a quote needs are cut by one compiled struct per record kind and turned into ints in one `map`;
which bytes these are comes from the layout. Every record is checked before it is read, so a value is either whole or
not there. The decoder learns ISIN -> symbol from the issue records (A001) it has seen.

A record that is well formed but cannot be used (unknown ISIN, unknown session code) is told to `report` and skipped;
the others of its packet still count. A malformed payload is told likewise and gives nothing.
"""

import struct
from collections.abc import Callable, Iterable, Mapping

from hts.base.errors import ConfigError, RemoteProtocolError
from hts.model.enums import Market, Phase
from hts.model.instruments import Instrument, TickTable
from hts.model.quotes import AnyQuote, BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate
from hts.model.units import Notional, Px, Qty
from hts.model.venues import HOME_VENUE
from hts.wire.mdcs.codes import (
    EVENT_NEXT_PHASE,
    GROUP_ETF,
    GROUP_NUMBER_SYNTHETIC_ISIN,
    NO_ISIN,
    PHASE_OF_SESSION,
    SIDE_OF_TAKER,
    kst_midnight_ns,
)
from hts.wire.mdcs.layout import MdcsLayout, RecordLayout

TickSource = Callable[[Market, bool, int], TickTable]
"""Tick table of (market, is_etf, trading date YYYYMMDD): rules that the wire does not carry."""

Report = Callable[[str, str], None]
"""Told (kind, one clear line) about what could not be used. Kinds: malformed, unknown_isin, unknown_code."""

LEVEL_COUNT = 40
LEVEL_NAMES = tuple(f"{name}_{level}" for level in range(1, 11) for name in ("ask_px", "bid_px", "ask_qty", "bid_qty"))
BOOK_NAMES = (
    "session_id",
    "isin",
    "processing_time_of_trading_system",
    *LEVEL_NAMES,
    "total_ask_volume",
    "total_bid_volume",
    "estimated_trading_price",
    "estimated_trading_volume",
)
TRADE_NAMES = (
    "session_id",
    "isin",
    "processing_time_of_trading_system",
    "trading_price",
    "trading_volume",
    "opening_price",
    "today_high",
    "today_low",
    "accumulated_trading_volume",
    "accumulated_trading_value",
    "final_ask_bid_type_code",
)
OPERATION_NAMES = (
    "session_id",
    "isin",
    "processing_time_of_trading_system",
    "board_event_id",
    "start_time_of_a_board_event",
)
SNAPSHOT_NAMES = (
    "session_id",
    "isin",
    "current_price",
    "opening_price",
    "today_high",
    "today_low",
    "accumulated_trading_volume",
    "accumulated_trading_value",
    *LEVEL_NAMES,
    "total_ask_volume",
    "total_bid_volume",
    "estimated_trading_price",
    "estimated_trading_volume",
)


def compile_reader(layout: RecordLayout, names: tuple[str, ...]) -> struct.Struct:
    """A struct that cuts the named fields, in this order, out of a record. ConfigError when the order is another."""
    parts, at = [], 0
    for name in names:
        field = layout.field(name)
        if field.offset < at:
            raise ConfigError(f"layout of record {layout.kind}: expected {name} at {at} or later, found {field.offset}")
        parts.append(f"{field.offset - at}x{field.length}s")
        at = field.end
    return struct.Struct("".join(parts) + f"{layout.length - at}x")


def _report_nothing(_kind: str, _detail: str) -> None:
    """Counts are not wanted."""


class Decoder:
    """Records to quotes. `known` gives issues beforehand; issue records (A001) add to them.
    `names_ja` are names by symbol: the wire has none. `venue` is whose feed this is: quotes name it.

    `isins` maps each known symbol to its ISIN.
    """

    def __init__(
        self,
        layout: MdcsLayout,
        ticks: TickSource,
        *,
        known: Iterable[Instrument] = (),
        names_ja: Mapping[str, str] | None = None,
        report: Report = _report_nothing,
        venue: str = HOME_VENUE,
    ) -> None:
        self._venue = venue
        self._layout = layout
        self._ticks = ticks
        self._names_ja = dict(names_ja or {})
        self._report = report
        self.isins: dict[str, str] = {i.symbol: i.isin for i in known}
        self._symbols: dict[bytes, str] = {isin.encode("ascii"): symbol for symbol, isin in self.isins.items()}
        self._book = compile_reader(layout.record("book"), BOOK_NAMES).unpack
        self._trade = compile_reader(layout.record("trade"), TRADE_NAMES).unpack
        self._operation = compile_reader(layout.record("operation"), OPERATION_NAMES).unpack
        self._snapshot = compile_reader(layout.record("snapshot"), SNAPSHOT_NAMES).unpack
        self._decoders: dict[str, Callable[[bytes], tuple[AnyQuote, ...]]] = {
            "book": self._decode_book,
            "trade": self._decode_trade,
            "issue": self._decode_issue,
            "operation": self._decode_operation,
            "snapshot": self._decode_snapshot,
        }
        layout.record("issue")
        self._trade_ns = 0
        self._midnight_ns = kst_midnight_ns(0)
        self._second = b""
        self._second_ns = 0
        self._whole_venue: PhaseUpdate | None = None
        self._whole_venue_letter = 0

    def decode(self, payload: bytes, count: int, trade_ns: int) -> tuple[AnyQuote, ...]:
        """Quotes of a packet's payload, in order. `trade_ns` is the packet's venue time: it tells the day.

        Never raises for what a peer sent: see `report`.
        """
        self._anchor(trade_ns)
        try:
            records = self._layout.split(payload, count)
        except RemoteProtocolError as error:
            self._report("malformed", str(error))
            return ()
        quotes: list[AnyQuote] = []
        for layout, record in records:
            try:
                quotes += self._decoders[layout.kind](record)
            except _Unusable as unusable:
                self._report(unusable.kind, f"record {record[:5].decode('ascii')}: {unusable}")
        return tuple(quotes)

    def _anchor(self, trade_ns: int) -> None:
        self._trade_ns = trade_ns
        midnight = kst_midnight_ns(trade_ns)
        if midnight != self._midnight_ns:
            self._midnight_ns = midnight
            self._second = b""

    def _decode_book(self, record: bytes) -> tuple[AnyQuote, ...]:
        session, isin, time, *rest = self._book(record)
        numbers = tuple(map(int, rest))
        return (self._book_update(self._symbol(isin), self._time_ns(time), numbers, _phase(session)),)

    def _decode_trade(self, record: bytes) -> tuple[AnyQuote, ...]:
        session, isin, time, *rest, taker = self._trade(record)
        side = SIDE_OF_TAKER.get(taker)
        if side is None:
            raise _Unusable("unknown_code", f"expected Final Ask/Bid Type Code 0, 1 or 2, found {taker!r}")
        px, qty, open_px, high_px, low_px, cum_qty, cum_value = map(int, rest)
        phase = _phase(session)
        return (
            TradeUpdate(
                self._symbol(isin),
                self._time_ns(time),
                px,
                qty,
                side,
                open_px,
                high_px,
                low_px,
                cum_qty,
                cum_value,
                phase,
                self._venue,
            ),
        )

    def _decode_operation(self, record: bytes) -> tuple[AnyQuote, ...]:
        session, isin, time, event, start = self._operation(record)
        symbol = "" if isin == NO_ISIN else self._symbol(isin)
        until_ns = self._clock_ns(start[:6], start[6:], 1_000_000) if event == EVENT_NEXT_PHASE else 0
        update = PhaseUpdate(symbol, self._time_ns(time), _phase(session), until_ns, self._venue)
        if not symbol:
            # A change of the whole venue is told once per market; the first market's copy says it all.
            letter = record[4]
            if update == self._whole_venue and letter != self._whole_venue_letter:
                return ()
            self._whole_venue, self._whole_venue_letter = update, letter
        return (update,)

    def _decode_snapshot(self, record: bytes) -> tuple[AnyQuote, ...]:
        session, isin, *rest = self._snapshot(record)
        px, open_px, high_px, low_px, cum_qty, cum_value, *numbers = map(int, rest)
        symbol, phase, trade_ns = self._symbol(isin), _phase(session), self._trade_ns
        book = self._book_update(symbol, trade_ns, tuple(numbers), phase)
        if cum_qty == 0:
            return (book,)
        # A quantity of 0 says that these are the day's figures and not one more trade.
        figures = (open_px, high_px, low_px, cum_qty, cum_value)
        return (TradeUpdate(symbol, trade_ns, px, 0, "", *figures, phase, self._venue), book)

    def _book_update(self, symbol: str, trade_ns: int, numbers: tuple[int, ...], phase: Phase) -> BookUpdate:
        """`numbers` are the 40 of the levels, then the totals and the expected price and quantity."""
        asks, bids, px, qty = numbers[-4:]
        return BookUpdate(symbol, trade_ns, numbers[:LEVEL_COUNT], asks, bids, px, qty, phase, self._venue)

    def _decode_issue(self, record: bytes) -> tuple[AnyQuote, ...]:
        values = self._layout.records["issue"].unpack(record)
        instrument = self._instrument(chr(record[4]), values)
        self._symbols[instrument.isin.encode("ascii")] = instrument.symbol
        self.isins[instrument.symbol] = instrument.isin
        return (InstrumentDef(instrument=instrument),)

    def _instrument(self, letter: str, values: dict[str, str | int]) -> Instrument:
        try:
            market = Market(letter)
        except ValueError:
            known = ", ".join(market.value for market in Market)
            raise _Unusable("unknown_code", f"expected a market letter of {known}, found {letter!r}") from None
        code, isin, currency = (str(values[name]) for name in ("abbreviated_issue_code", "isin", "currency_iso_code"))
        symbol = code if market is Market.REPLAY else code.removeprefix("A")
        date_text = str(values["business_date"])
        if not (date_text.isdigit() and symbol and isin.isascii() and len(isin) == len(NO_ISIN)):
            raise _Unusable("unknown_code", f"expected date, code and ISIN, found {date_text!r} {code!r} {isin!r}")
        if currency not in self._layout.px_decimals:
            raise _Unusable("unknown_code", f"expected a currency of the layout, found {currency!r}")
        numbers = {name: value for name, value in values.items() if isinstance(value, int)}
        is_etf = values["security_group_id"] == GROUP_ETF
        trading_date = int(date_text)
        return Instrument(
            symbol=symbol,
            isin=isin,
            isin_is_synthetic=values["group_number"] == GROUP_NUMBER_SYNTHETIC_ISIN,
            market=market,
            name_ko=str(values["abbreviated_issue_name"]),
            name_en=str(values["abbreviated_issue_name_in_en"]),
            name_ja=self._names_ja.get(symbol, ""),
            currency=currency,
            px_decimals=self._layout.px_decimals[currency],
            lot=Qty(numbers["unit_of_volume_in_main_board"]),
            is_etf=is_etf,
            listed_shares=Qty(numbers["number_of_listed_shares"]),
            ticks=self._ticks(market, is_etf, trading_date),
            trading_date=trading_date,
            base_px=Px(numbers["base_price"]),
            upper_px=Px(numbers["upper_limit_price"]),
            lower_px=Px(numbers["lower_limit_price"]),
            prev_close_px=Px(numbers["yesterday_closing_price"]),
            prev_volume=Qty(numbers["yesterday_accumulated_trading_amount"]),
            prev_value=Notional(numbers["yesterday_accumulated_trading_value"]),
            venue=self._venue,
        )

    def _symbol(self, isin: bytes) -> str:
        symbol = self._symbols.get(isin)
        if symbol is None:
            raise _Unusable("unknown_isin", f"expected an ISIN of today's list, found {isin!r}")
        return symbol

    def _time_ns(self, text: bytes) -> int:
        """HHMMSSuuuuuu of the current Korean day."""
        if text[:6] == self._second and text.isdigit():
            return self._second_ns + int(text[6:]) * 1000
        moment = self._clock_ns(text[:6], text[6:], 1000)
        self._second, self._second_ns = text[:6], moment - int(text[6:]) * 1000
        return moment

    def _clock_ns(self, second: bytes, fraction: bytes, unit_ns: int) -> int:
        if not (second.isdigit() and fraction.isdigit()):
            raise _Unusable("unknown_code", f"expected a time of day in digits, found {second + fraction!r}")
        hour, minute, seconds = int(second[:2]), int(second[2:4]), int(second[4:])
        if hour > 23 or minute > 59 or seconds > 59:
            raise _Unusable("unknown_code", f"expected a time of day, found {second!r}")
        since_midnight = ((hour * 60 + minute) * 60 + seconds) * 1_000_000_000
        return self._midnight_ns + since_midnight + int(fraction) * unit_ns


class _Unusable(Exception):  # noqa: N818  the record is well formed, this program cannot use it
    """A record to be skipped."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind


def _phase(session: bytes) -> Phase:
    phase = PHASE_OF_SESSION.get(session)
    if phase is None:
        raise _Unusable("unknown_code", f"expected a Session ID of {sorted(PHASE_OF_SESSION)}, found {session!r}")
    return phase
