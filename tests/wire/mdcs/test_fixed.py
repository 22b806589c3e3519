# ruff: noqa: ISC001, ISC004  golden bytes are written field by field
"""All KOSCOM records by value: golden bytes, round trips, the live path held equal, damage."""

import contextlib
import random
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.enums import Phase
from hts.model.quotes import BookUpdate, TradeUpdate
from hts.wire.mdcs.fixed import cut_records, decode_record, encode_record
from hts.wire.mdcs.records import LEVEL_NAMES, Decoder
from tests.support.fuzz import fuzz_seconds
from tests.wire.mdcs.samples import (
    BOOK_RECORD,
    ISSUE_RECORD,
    ISSUES,
    LAYOUT,
    MIDNIGHT_NS,
    OPERATION_RECORD,
    SNAPSHOT_RECORD,
    TRADE_RECORD,
    ticks,
)
from tests.wire.mdcs.test_tables import MDCS, UDP

GOLDEN = [
    (MDCS, "IFMSRPD0001", b"I2" b"000" b"0931" b"\xff", {"current_time": "0931"}),
    (
        MDCS,
        "IFMSRPD0027",
        b"A3" b"01B" b"00000007" b"G1" b"40" b"KR103501GD12" b"101500000123"
        b"00009987.50" b"0000000010" b"20261123" b"0000000000000009987500"
        b"000003.412500" b"00009990.00" b"00010001.25" b"00009980.00"
        b"000003.400000" b"000003.390000" b"-00000.250000"
        b"000000000001000" b"0000000000998750000.00" b"20261124" b"\xff",
        {
            "trading_price": Decimal("9987.50"),
            "trading_volume": 10,
            "trading_value": 9_987_500,
            "bond_yield": Decimal("3.412500"),
            "today_high": Decimal("10001.25"),
            "yield_today_low": Decimal("-0.250000"),
            "accumulated_trading_value": Decimal("998750000.00"),
            "settlement_date": "20261124",
        },
    ),
    (
        MDCS,
        "IFMSRID0005",
        b"PB" b"01K" b"20261123" b"160000000" b"1" b"000002.875000" b"\xff",
        {"short_term_yield": Decimal("2.875000"), "calculation_time": "160000000"},
    ),
    (
        MDCS,
        "IFMSRID0009",
        b"H3" b"01F" b"KR4101WC0008" b"000012" b"000000000000345.20" b"01" b"000000000000344.95" b"1" b"\xff",
        {"settlement_price": Decimal("345.20"), "the_last_settlement_price": Decimal("344.95"), "issue_number": 12},
    ),
    (
        MDCS,
        "IFMSRPD0061",
        b"C4" b"01E" b"G3" b"KRE0000KAU26" b"000001" b"00000008900" b"0000005000" b"000000012000"
        b"0000000000000106800000" b"\xff",
        {"trading_price": 8900, "accumulated_trading_value": 106_800_000},
    ),
    (
        UDP,
        "I006F_FBB1",
        b"I0" b"06F" b"FBB1" b"20261123" b"153000000" b"1387.5" b"1394.2" b"007315" + b" " * 35 + b"\xff",
        {"smbs_low_price": Decimal("1387.5"), "smbs_high_price": Decimal("1394.2"), "volume_sp": 7315, "filler": ""},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "record_id", "golden", "values"), GOLDEN, ids=[row[1] for row in GOLDEN])
def test_golden_records(tables, record_id, golden, values):
    message = decode_record(tables, golden)
    assert (message.record.id, message.unusual, message.also) == (record_id, (), ())
    assert {name: message.values[name] for name in values} == values
    assert encode_record(tables, message.record, message.values) == golden


# -- round trips over all records --


def values_of(tables, record, code, rng):
    values = {}
    for field in record.fields[:-1]:
        if field.kind == "String":
            text = "".join(rng.choice("AZ09 az.삼성") for _ in range(rng.randrange(field.length + 1)))
            text = text.encode("euc_kr")[: field.length].decode("euc_kr", "ignore").rstrip(" ")
            values[field.name] = text
        elif field.kind in ("Int", "Long"):
            values[field.name] = rng.choice([0, 10**field.length - 1, rng.randrange(10**field.length)])
        else:
            values[field.name] = number_of(tables.price(code, field), field, rng)
    values["data_category"], values["information_category"] = code[:2], code[2:]
    if record.job_code:
        values["job_code"] = record.job_code
    return values


def number_of(prices, field, rng):
    if prices:
        price = rng.choice(prices)
        digits = rng.choice([0, 1, rng.randrange(10 ** (price.digits - 1) * 10**price.decimals)])
        decimals = price.decimals
    else:
        decimals = rng.randrange(4)
        digits = rng.randrange(10 ** (field.length - 3))
    number = Decimal(digits * rng.choice([1, 1, -1])).scaleb(-decimals) if decimals else digits
    return -number if not decimals and prices and rng.random() < 0.2 else number


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_record_goes_there_and_back(seed):
    rng = random.Random(seed)
    for tables in (MDCS, UDP):
        for record in tables.records:
            code = rng.choice(record.tr_codes or ("ZZ99Z",))
            values = values_of(tables, record, code, rng)
            data = encode_record(tables, record, values)
            message = decode_record(tables, data)
            assert len(data) == record.length
            assert record in (message.record, *message.also)
            if message.record == record:
                assert (message.values, message.unusual) == (values, ())
                assert encode_record(tables, message.record, message.values) == data


# -- the live path --

LIVE_RECORDS = (BOOK_RECORD, TRADE_RECORD, ISSUE_RECORD, OPERATION_RECORD, SNAPSHOT_RECORD)


def same_as_live(layout, record):
    live, found = layout.unpack(record), decode_record(MDCS, record).values
    for field in layout.fields[:-1]:
        value = live[field.name]
        assert found[field.name] == (Decimal(value) if field.kind != "String" and isinstance(value, str) else value)


@pytest.mark.parametrize("record", LIVE_RECORDS, ids=["book", "trade", "issue", "operation", "snapshot"])
def test_records_written_by_hand_read_as_on_the_live_path(record):
    same_as_live(LAYOUT.by_tr_code[record[:5]], record)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_generated_records_read_as_on_the_live_path(seed):
    rng = random.Random(seed)
    for layout in LAYOUT.records.values():
        code = rng.choice(layout.tr_codes[:2]).decode()
        (record,) = MDCS.by_key[code, layout.length]
        values = values_of(MDCS, record, code, rng)
        # This program's five records are read as whole numbers without a sign.
        values |= {name: abs(int(v)) for name, v in values.items() if not isinstance(v, str)}
        same_as_live(layout, encode_record(MDCS, record, values))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_quotes_of_the_fast_decoder_are_the_values_of_the_table(seed):
    rng = random.Random(seed)
    decoder = Decoder(LAYOUT, ticks, known=ISSUES)
    numbers = {name: rng.randrange(10**8) for name in (*LEVEL_NAMES, "total_ask_volume", "total_bid_volume")}
    values = decode_record(MDCS, BOOK_RECORD).values | numbers
    record = decode_record(MDCS, BOOK_RECORD).record
    (book,) = decoder.decode(encode_record(MDCS, record, values), 1, MIDNIGHT_NS)
    assert isinstance(book, BookUpdate)
    assert book.levels == tuple(values[name] for name in LEVEL_NAMES)
    assert (book.total_ask_qty, book.total_bid_qty) == (values["total_ask_volume"], values["total_bid_volume"])

    trade_message = decode_record(MDCS, TRADE_RECORD)
    values = trade_message.values | {"trading_price": rng.randrange(10**9), "trading_volume": rng.randrange(10**10)}
    (trade,) = decoder.decode(encode_record(MDCS, trade_message.record, values), 1, MIDNIGHT_NS)
    assert isinstance(trade, TradeUpdate)
    assert (trade.px, trade.qty) == (values["trading_price"], values["trading_volume"])


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_snapshots_issues_and_phases_of_the_fast_decoder_are_the_values_of_the_table(seed):
    rng = random.Random(seed)
    decoder = Decoder(LAYOUT, ticks, known=ISSUES)

    def both(record, **numbers):
        message = decode_record(MDCS, record)
        values = message.values | numbers
        return values, decoder.decode(encode_record(MDCS, message.record, values), 1, MIDNIGHT_NS)

    prices = ("current_price", "opening_price", "today_high", "today_low")
    numbers = {name: rng.randrange(1, 10**9) for name in (*prices, "accumulated_trading_volume", *LEVEL_NAMES)}
    values, (trade, book) = both(SNAPSHOT_RECORD, **numbers)
    assert (trade.px, trade.open_px, trade.high_px, trade.low_px) == tuple(values[name] for name in prices)
    assert trade.cum_qty == values["accumulated_trading_volume"]
    assert book.levels == tuple(values[name] for name in LEVEL_NAMES)

    names = ("base_price", "upper_limit_price", "lower_limit_price", "number_of_listed_shares")
    values, (listed,) = both(ISSUE_RECORD, **{name: rng.randrange(1, 10**9) for name in names})
    issue = listed.instrument
    assert (issue.base_px, issue.upper_px, issue.lower_px, issue.listed_shares) == tuple(values[n] for n in names)
    assert (issue.isin, issue.name_ko, issue.name_en) == (
        values["isin"],
        values["abbreviated_issue_name"],
        values["abbreviated_issue_name_in_en"],
    )

    second = rng.randrange(86_400)
    clock = f"{second // 3600:02}{second // 60 % 60:02}{second % 60:02}{rng.randrange(10**6):06}"
    values, (phase,) = both(OPERATION_RECORD, processing_time_of_trading_system=clock)
    assert phase.trade_ns == MIDNIGHT_NS + (second * 10**6 + int(clock[6:])) * 1000
    assert values["session_id"] == "40" and phase.phase is Phase.CONTINUOUS


# -- several records, ambiguous ones, unusual ones --


def test_records_are_cut_at_their_end_keyword():
    data = b"".join(LIVE_RECORDS)
    found = list(cut_records(MDCS, data + b"B601S0000"))
    assert [record for _, record in found] == list(LIVE_RECORDS)
    assert [offset for offset, _ in found] == [0, 590, 776, 1408, 1476]


def test_bytes_without_an_end_are_not_searched_for_ever():
    assert list(cut_records(MDCS, b"0" * 10_000_000 + b"\xff")) == []


def test_a_record_that_two_interfaces_share_names_both():
    (first, second) = MDCS.by_key["H101F", 166]
    rng = random.Random(1)
    message = decode_record(MDCS, encode_record(MDCS, first, values_of(MDCS, first, "H101F", rng)))
    assert {message.record.id, *(r.id for r in message.also)} == {first.id, second.id}


def test_a_price_that_is_not_written_as_its_market_does_is_told():
    odd = TRADE_RECORD.replace(b"00000071600", b"00071600.50", 1)
    message = decode_record(MDCS, odd)
    assert message.values["trading_price"] == Decimal("71600.50")
    assert message.unusual == ("trading_price",)


# -- damage --


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ((b"00000071600", b"0000007160x"), "IFMSRPD0004.trading_price at 59: expected a number, found b'0000007160x'"),
        ((b"00000071600", b"           "), "IFMSRPD0004.trading_price at 59: expected a number"),
        ((b"00000071600", b"0000007160."), "IFMSRPD0004.trading_price at 59: expected a number"),
        ((b"00000043", b"-0000043"), "IFMSRPD0004.message_sequence_number at 5: expected 8 digits"),
        ((b"G140", b"G1\xff0"), "IFMSRPD0004.session_id at 15: expected no end keyword"),
    ],
)
def test_a_damaged_field_is_named(damage, told):
    with pytest.raises(RemoteProtocolError) as error:
        decode_record(MDCS, TRADE_RECORD.replace(*damage, 1))
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"trading_price": 10**10}, "trading_price: expected up to 11 bytes"),
        ({"trading_price": Decimal("1.5")}, "trading_price: expected up to 0 decimals, found 1.5"),
        ({"trading_price": "1"}, "trading_price: expected a number, found '1'"),
        ({"trading_price": Decimal("NaN")}, "trading_price: expected a finite number"),
        ({"trading_volume": -1}, "trading_volume: expected a count, found -1"),
        ({"trading_volume": None}, "trading_volume: expected a value, found none"),
        ({"isin": "KR70059300031"}, "isin: expected text of up to 12 bytes"),
        ({"isin": "한 "}, "isin: expected text of up to 12 bytes"),
        ({"isin": "ÿ"}, "isin: expected text of EUC-KR"),
        ({"isin": 5}, "isin: expected text of up to 12 bytes, found 5"),
    ],
)
def test_a_value_that_does_not_fit_is_our_mistake(change, told):
    message = decode_record(MDCS, TRADE_RECORD)
    with pytest.raises(LocalProtocolError) as error:
        encode_record(MDCS, message.record, message.values | change)
    assert told in str(error.value)


def test_fuzzed_records_give_values_or_a_documented_error():
    rng = random.Random(20261123)
    sources = [golden for _, _, golden, _ in GOLDEN] + list(LIVE_RECORDS)
    until = time.monotonic() + fuzz_seconds(2.0)
    rounds = 0
    while time.monotonic() < until:
        data = bytearray(rng.choice(sources))
        for _ in range(rng.randrange(1, 6)):
            kind = rng.randrange(3)
            at = rng.randrange(len(data))
            if kind == 0:
                data[at] = rng.randrange(256)
            elif kind == 1:
                del data[at : at + rng.randrange(4)]
            else:
                data[at:at] = rng.randbytes(rng.randrange(4))
            if not data:
                data = bytearray(b"\xff")
        for tables in (MDCS, UDP):
            with contextlib.suppress(RemoteProtocolError):
                decode_record(tables, bytes(data))
        rounds += 1
    assert rounds > 100
