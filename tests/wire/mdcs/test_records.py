import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.base.errors import ConfigError
from hts.model.enums import Market, Phase
from hts.model.quotes import BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate
from hts.wire.mdcs.encode import Encoder
from hts.wire.mdcs.layout import MdcsLayout
from hts.wire.mdcs.records import BOOK_NAMES, Decoder, compile_reader
from tests.wire.mdcs.samples import (
    APPLE,
    BOOK,
    BOOK_RECORD,
    ECOPRO,
    ISSUE_RECORD,
    ISSUES,
    LAYOUT,
    OPEN_NS,
    OPERATION,
    OPERATION_RECORD,
    SAMSUNG,
    SNAPSHOT_RECORD,
    TABLE,
    TRADE,
    TRADE_RECORD,
    ticks,
)


def a_decoder(known=ISSUES):
    told = []
    return Decoder(LAYOUT, ticks, known=known, report=lambda kind, detail: told.append((kind, detail))), told


@pytest.mark.parametrize(
    ("record", "quotes"),
    [
        (BOOK_RECORD, (BOOK,)),
        (TRADE_RECORD, (TRADE,)),
        (OPERATION_RECORD, (OPERATION,)),
        (ISSUE_RECORD, (InstrumentDef(instrument=SAMSUNG),)),
        (
            SNAPSHOT_RECORD,
            (
                TradeUpdate(
                    "005930", OPEN_NS, 71_600, 0, "", 71_400, 71_700, 71_300, 1_010, 72_316_000, Phase.CONTINUOUS
                ),
                msgspec.structs.replace(BOOK, trade_ns=OPEN_NS),
            ),
        ),
    ],
    ids=["book", "trade", "operation", "issue", "snapshot"],
)
def test_golden_record_decodes(record, quotes):
    decoder, told = a_decoder()
    assert decoder.decode(record, 1, OPEN_NS) == quotes
    assert told == []


def test_issue_record_teaches_the_isin():
    decoder, told = a_decoder(known=())
    assert decoder.decode(BOOK_RECORD, 1, OPEN_NS) == ()
    assert [kind for kind, _ in told] == ["unknown_isin"]
    assert decoder.decode(ISSUE_RECORD + BOOK_RECORD, 2, OPEN_NS) == (InstrumentDef(instrument=SAMSUNG), BOOK)


def test_foreign_and_etf_issues_survive_the_wire():
    encoder = Encoder(LAYOUT, ISSUES)
    decoder, told = a_decoder(known=())
    payload = encoder.issue(ECOPRO, 1) + encoder.issue(APPLE, 2)
    assert decoder.decode(payload, 2, OPEN_NS) == (InstrumentDef(instrument=ECOPRO), InstrumentDef(instrument=APPLE))
    assert told == []


def test_phase_of_the_whole_venue_is_one_quote_for_all_markets():
    decoder, _ = a_decoder()
    kosdaq = OPERATION_RECORD.replace(b"A701S", b"A701Q")
    decoded = [decoder.decode(record, 1, OPEN_NS) for record in (OPERATION_RECORD, kosdaq)]
    assert decoded == [(OPERATION,), ()]
    later = OPERATION_RECORD.replace(b"090000000007", b"090000000008")
    assert len(decoder.decode(later + later.replace(b"A701S", b"A701Q"), 2, OPEN_NS)) == 1
    again = [decoder.decode(OPERATION_RECORD + kosdaq, 2, OPEN_NS) for _ in range(2)]
    assert again == [(OPERATION,), (OPERATION,)]


def test_unusable_record_is_told_and_the_rest_counts():
    decoder, told = a_decoder()
    payload = (
        TRADE_RECORD.replace(b"KR7005930003", b"KR7999999999")
        + BOOK_RECORD.replace(b"G140", b"G177")
        + TRADE_RECORD.replace(b"090000005000", b"0900xx005000")
        + TRADE_RECORD.replace(b"090000005000", b"246000005000")
        + ISSUE_RECORD.replace(b"KRW", b"XXX")
        + TRADE_RECORD
    )
    assert decoder.decode(payload, 6, OPEN_NS) == (TRADE,)
    assert [kind for kind, _ in told] == ["unknown_isin"] + ["unknown_code"] * 4
    assert told[0][1] == "record A301S: expected an ISIN of today's list, found b'KR7999999999'"


@pytest.mark.parametrize(
    ("payload", "count"),
    [
        (BOOK_RECORD, 2),
        (BOOK_RECORD[:-1], 1),
        (BOOK_RECORD[:-1] + b" ", 1),
        (b"Z999S" + BOOK_RECORD[5:], 1),
        (BOOK_RECORD.replace(b"00000071600", b"0000007160x"), 1),
        (BOOK_RECORD.replace(b"00000071600", b"-0000071600"), 1),
        (BOOK_RECORD.replace(b"00000071600", b"000000_1600"), 1),
        (BOOK_RECORD + b"A3", 1),
    ],
)
def test_malformed_payload_gives_nothing_and_one_line(payload, count):
    decoder, told = a_decoder()
    assert decoder.decode(payload, count, OPEN_NS) == ()
    assert [kind for kind, _ in told] == ["malformed"]
    assert all("expected" in detail and "found" in detail for _, detail in told)


def test_time_of_day_is_of_the_packets_day():
    decoder, told = a_decoder()
    day_ns = 86_400 * 10**9
    times = [decoder.decode(TRADE_RECORD, 1, OPEN_NS + days * day_ns)[0].trade_ns for days in (0, 1, 1, 0)]
    assert [time - TRADE.trade_ns for time in times] == [0, day_ns, day_ns, 0]
    damaged = TRADE_RECORD.replace(b"090000005000", b"09000000 000")
    assert decoder.decode(damaged, 1, OPEN_NS) == ()
    assert [kind for kind, _ in told] == ["unknown_code"]


def test_issue_of_a_market_that_only_the_layout_knows_is_told():
    table = msgspec.json.decode(msgspec.json.encode(TABLE))
    table["record"]["issue"]["tr_codes"].append("A001Z")
    told = []
    decoder = Decoder(MdcsLayout.parse(table), ticks, report=lambda *fault: told.append(fault))
    assert decoder.decode(ISSUE_RECORD.replace(b"A001S", b"A001Z"), 1, OPEN_NS) == ()
    known = ", ".join(market.value for market in Market)
    assert told == [("unknown_code", f"record A001Z: expected a market letter of {known}, found 'Z'")]


def test_layout_with_moved_fields_is_refused_at_start():
    table = msgspec.json.decode(msgspec.json.encode(TABLE))
    fields = table["record"]["book"]["fields"]
    fields["session_id"], fields["board_id"] = fields["board_id"], fields["session_id"]
    layout = MdcsLayout.parse(table)
    compile_reader(layout.record("book"), BOOK_NAMES)
    fields["session_id"], fields["total_bid_volume"] = [519, 12, "Long"], [13, 2, "String"]
    fields["board_id"] = [15, 2, "String"]
    with pytest.raises(ConfigError, match=r"expected isin at 531 or later"):
        compile_reader(MdcsLayout.parse(table).record("book"), BOOK_NAMES)


PX = st.integers(0, 999_999_999)
QTY = st.integers(0, 999_999_999_999)
TIMES = st.integers(0, 86_400 * 1_000_000 - 1).map(lambda us: OPEN_NS - 9 * 3600 * 10**9 + us * 1000)
PHASES = st.sampled_from(Phase)
SYMBOLS = st.sampled_from([i.symbol for i in ISSUES])
BOOKS = st.builds(
    BookUpdate,
    SYMBOLS,
    TIMES,
    st.tuples(*([PX, PX, QTY, QTY] * 10)),
    QTY,
    QTY,
    PX,
    QTY,
    PHASES,
)
TRADES = st.builds(
    TradeUpdate,
    SYMBOLS,
    TIMES,
    PX,
    st.integers(0, 9_999_999_999),
    st.sampled_from(["1", "2", ""]),
    PX,
    PX,
    PX,
    QTY,
    st.integers(0, 10**22 - 1),
    PHASES,
)
OPERATIONS = st.builds(PhaseUpdate, SYMBOLS, TIMES, PHASES, st.just(0))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(BOOKS, TRADES, OPERATIONS), max_size=4, unique=True), st.integers(0, 2**40))
def test_quotes_round_trip(quotes, seq):
    encoder = Encoder(LAYOUT, ISSUES)
    markets = {i.symbol: i.market for i in ISSUES}
    payload = b""
    for quote in quotes:
        match quote:
            case BookUpdate():
                payload += encoder.book(quote, seq)
            case TradeUpdate():
                payload += encoder.trade(quote, 0, 0, seq)
            case PhaseUpdate():
                payload += encoder.operation(quote, markets[quote.symbol], seq)
    decoder, told = a_decoder()
    assert decoder.decode(payload, len(quotes), OPEN_NS) == tuple(quotes)
    assert told == []


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_fuzzed_payload_is_quotes_or_a_told_fault(data):
    payload = bytearray(data.draw(st.sampled_from([BOOK_RECORD, TRADE_RECORD, ISSUE_RECORD, SNAPSHOT_RECORD])))
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    decoder, told = a_decoder()
    quotes = decoder.decode(bytes(payload), 1, OPEN_NS)
    assert (quotes == ()) == (len(told) == 1)
