"""Model quotes to KRX market data records: one bytes template per record kind, compiled from the layout.

Only the simulated venue encodes. What the model does not know is zeros in number fields and spaces in text fields.
Each record is checked by the same rules as a received one before it leaves: a value that does not fit its field is
our own bug and raises LocalProtocolError.
"""

from hts.base.errors import ConfigError, LocalProtocolError, RemoteProtocolError
from hts.model.enums import Market, Phase
from hts.model.instruments import Instrument
from hts.model.quotes import BookUpdate, PhaseUpdate, TradeUpdate
from hts.wire.mdcs.codes import (
    BOARD_REGULAR,
    DAY_NS,
    EVENT_NEXT_PHASE,
    EVENT_NONE,
    GROUP_ETF,
    GROUP_NUMBER_SYNTHETIC_ISIN,
    GROUP_STOCK,
    KST_OFFSET_NS,
    NO_ISIN,
    SESSION_OF_PHASE,
    TAKER_OF_SIDE,
    kst_midnight_ns,
)
from hts.wire.mdcs.layout import END_KEYWORD, MdcsLayout, RecordLayout
from hts.wire.mdcs.records import LEVEL_NAMES

SEQUENCE_MODULUS = 100_000_000  # Message sequence number has eight digits

COMMON = (
    "data_category",
    "information_category",
    "message_sequence_number",
    "board_id",
    "session_id",
    "isin",
    "issue_number",
    "processing_time_of_trading_system",
)
TOTALS = ("total_ask_volume", "total_bid_volume", "estimated_trading_price", "estimated_trading_volume")
CHANGE = ("price_change_against_previous_day", "a_price_change_against_the_previous_day")
DAY_FIGURES = (
    "opening_price",
    "today_high",
    "today_low",
    "accumulated_trading_volume",
    "accumulated_trading_value",
    "final_ask_bid_type_code",
)
BOOK = (*COMMON, *LEVEL_NAMES, *TOTALS)
TRADE = (*COMMON, *CHANGE, "trading_price", "trading_volume", *DAY_FIGURES, "the_best_ask", "the_best_bid")
OPERATION = (*COMMON, "board_event_id", "start_time_of_a_board_event", "trading_halt_reason_code")
SNAPSHOT = (
    "data_category",
    "information_category",
    "board_id",
    "session_id",
    "isin",
    "issue_number",
    *CHANGE,
    "upper_limit_price",
    "lower_limit_price",
    "current_price",
    *DAY_FIGURES,
    *LEVEL_NAMES,
    *TOTALS,
    "trading_halt",
)
ISSUE = (
    "data_category",
    "information_category",
    "message_sequence_number",
    "total_number_of_instruments_of_the_contract",
    "business_date",
    "isin",
    "issue_number",
    "abbreviated_issue_code",
    "abbreviated_issue_name",
    "abbreviated_issue_name_in_en",
    "group_number",
    "security_group_id",
    "trading_halt",
    "base_price",
    "yesterday_closing_price",
    "yesterday_accumulated_trading_amount",
    "yesterday_accumulated_trading_value",
    "upper_limit_price",
    "lower_limit_price",
    "number_of_listed_shares",
    "unit_of_volume_in_main_board",
    "currency_iso_code",
)

NO_CHANGE = (b"3", 0)
NO_FIGURES = (0, 0, 0, 0, 0, b"0")


def compile_template(layout: RecordLayout, names: tuple[str, ...]) -> bytes:
    """A `%` template that takes the named fields in this order, the record's own; the rest is zeros and spaces."""
    parts, waiting = [], list(names)
    for field in layout.fields[:-1]:
        if waiting and field.name == waiting[0]:
            waiting.pop(0)
            parts.append(b"%%0%dd" % field.length if field.is_digits else b"%b")
        else:
            parts.append((b"0" if field.kind != "String" else b" ") * field.length)
    if waiting:
        raise ConfigError(
            f"layout of record {layout.kind}: expected the fields {names} in this order; see {waiting[0]}"
        )
    return b"".join(parts) + END_KEYWORD


class Encoder:
    """Quotes of the listed issues to records. An issue's number is its place in `instruments`, from 1."""

    def __init__(self, layout: MdcsLayout, instruments: tuple[Instrument, ...]) -> None:
        self._layouts = layout.records
        self._book = compile_template(layout.record("book"), BOOK)
        self._trade = compile_template(layout.record("trade"), TRADE)
        self._issue = compile_template(layout.record("issue"), ISSUE)
        self._operation = compile_template(layout.record("operation"), OPERATION)
        self._snapshot = compile_template(layout.record("snapshot"), SNAPSHOT)
        self._issues = {
            i.symbol: (i, i.market.value.encode(), i.isin.encode(), n) for n, i in enumerate(instruments, 1)
        }
        self._count = len(instruments)
        self._second = -1
        self._second_digits = 0

    def book(self, book: BookUpdate, seq: int) -> bytes:
        """B601: the whole book. `seq` is the record's sequence number in the feed session."""
        _, letter, isin, number = self._issues[book.symbol]
        return self._checked(
            "book",
            self._book
            % (
                b"B6",
                b"01" + letter,
                seq % SEQUENCE_MODULUS,
                BOARD_REGULAR,
                SESSION_OF_PHASE[book.phase],
                isin,
                number,
                self._time(book.trade_ns),
                *book.levels,
                book.total_ask_qty,
                book.total_bid_qty,
                book.expected_px,
                book.expected_qty,
            ),
        )

    def trade(self, trade: TradeUpdate, best_ask: int, best_bid: int, seq: int) -> bytes:
        """A301: one trade, the day's figures after it, and the best prices after it (0 where there is none)."""
        issue, letter, isin, number = self._issues[trade.symbol]
        return self._checked(
            "trade",
            self._trade
            % (
                b"A3",
                b"01" + letter,
                seq % SEQUENCE_MODULUS,
                BOARD_REGULAR,
                SESSION_OF_PHASE[trade.phase],
                isin,
                number,
                self._time(trade.trade_ns),
                *_change(issue, trade.px),
                trade.px,
                trade.qty,
                *_day_figures(trade),
                best_ask,
                best_bid,
            ),
        )

    def issue(self, instrument: Instrument, seq: int) -> bytes:
        """A001: one issue of the day's list."""
        _, letter, isin, number = self._issues[instrument.symbol]
        code = instrument.symbol if instrument.market is Market.REPLAY else "A" + instrument.symbol
        return self._checked(
            "issue",
            self._issue
            % (
                b"A0",
                b"01" + letter,
                seq % SEQUENCE_MODULUS,
                self._count,
                b"%08d" % instrument.trading_date,
                isin,
                number,
                code.encode("ascii").ljust(9),
                padded_name(instrument.name_ko, 40),
                padded_name(instrument.name_en, 40),
                (GROUP_NUMBER_SYNTHETIC_ISIN if instrument.isin_is_synthetic else "00000").encode(),
                (GROUP_ETF if instrument.is_etf else GROUP_STOCK).encode(),
                b"N",
                instrument.base_px,
                instrument.prev_close_px,
                instrument.prev_volume,
                instrument.prev_value,
                instrument.upper_px,
                instrument.lower_px,
                instrument.listed_shares,
                instrument.lot,
                instrument.currency.encode("ascii"),
            ),
        )

    def operation(self, update: PhaseUpdate, market: Market, seq: int) -> bytes:
        """A701: the phase of one issue, or of the whole market when the update names no symbol."""
        letter, isin, number = market.value.encode(), NO_ISIN, 0
        if update.symbol:
            _, letter, isin, number = self._issues[update.symbol]
        midnight_ns = kst_midnight_ns(update.trade_ns)
        # The record tells a time of day only: a start on another day cannot be said.
        known = midnight_ns < update.until_ns < midnight_ns + DAY_NS
        start = self._time(update.until_ns)[:9] if known else b"0" * 9
        return self._checked(
            "operation",
            self._operation
            % (
                b"A7",
                b"01" + letter,
                seq % SEQUENCE_MODULUS,
                BOARD_REGULAR,
                SESSION_OF_PHASE[update.phase],
                isin,
                number,
                self._time(update.trade_ns),
                EVENT_NEXT_PHASE if known else EVENT_NONE,
                start,
                b"000",
            ),
        )

    def snapshot(self, book: BookUpdate, last: TradeUpdate | None) -> bytes:
        """B201: the issue's book with the day's figures after `last`, its newest trade (None: none today)."""
        issue, letter, isin, number = self._issues[book.symbol]
        px, change, figures = 0, NO_CHANGE, NO_FIGURES
        if last is not None:
            px, change, figures = last.px, _change(issue, last.px), _day_figures(last)
        return self._checked(
            "snapshot",
            self._snapshot
            % (
                b"B2",
                b"01" + letter,
                BOARD_REGULAR,
                SESSION_OF_PHASE[book.phase],
                isin,
                number,
                *change,
                issue.upper_px,
                issue.lower_px,
                px,
                *figures,
                *book.levels,
                book.total_ask_qty,
                book.total_bid_qty,
                book.expected_px,
                book.expected_qty,
                b"Y" if book.phase is Phase.HALTED else b"N",
            ),
        )

    def _time(self, trade_ns: int) -> bytes:
        """HHMMSSuuuuuu in Korea."""
        second, rest = divmod(trade_ns + KST_OFFSET_NS, 1_000_000_000)
        if second != self._second:
            minute, seconds = divmod(second % 86_400, 60)
            hour, minute = divmod(minute, 60)
            self._second, self._second_digits = second, (hour * 100 + minute) * 100 + seconds
        return b"%06d%06d" % (self._second_digits, rest // 1000)

    def _checked(self, kind: str, record: bytes) -> bytes:
        try:
            self._layouts[kind].check(record)
        except RemoteProtocolError as error:
            raise LocalProtocolError(f"cannot encode: {error}") from error
        return record


def _change(issue: Instrument, px: int) -> tuple[bytes, int]:
    """Sign code and distance to the base price: 1 at the upper limit, 2 up, 3 level, 4 at the lower limit, 5 down."""
    if px == issue.upper_px:
        code = b"1"
    elif px == issue.lower_px:
        code = b"4"
    elif px == issue.base_px:
        code = b"3"
    else:
        code = b"2" if px > issue.base_px else b"5"
    return code, abs(px - issue.base_px)


def _day_figures(trade: TradeUpdate) -> tuple[int, int, int, int, int, bytes]:
    return (
        trade.open_px,
        trade.high_px,
        trade.low_px,
        trade.cum_qty,
        trade.cum_value,
        TAKER_OF_SIDE[trade.side],
    )


def padded_name(name: str, width: int) -> bytes:
    """EUC-KR, cut on a character's border, padded with spaces; a character that EUC-KR lacks becomes '?'."""
    found = b""
    for char in name:
        encoded = char.encode("euc_kr", "replace")
        if len(found) + len(encoded) > width:
            break
        found += encoded
    return found.ljust(width)
