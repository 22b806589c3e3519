import msgspec
import pytest

from hts.base.errors import ConfigError, LocalProtocolError
from hts.model.enums import Market, Phase
from hts.model.quotes import PhaseUpdate
from hts.wire.mdcs.encode import Encoder, compile_template, padded_name
from tests.wire.mdcs.samples import (
    BOOK,
    BOOK_RECORD,
    ISSUE_RECORD,
    ISSUES,
    LAYOUT,
    MIDNIGHT_NS,
    OPERATION,
    OPERATION_RECORD,
    SAMSUNG,
    SECOND,
    SNAPSHOT_RECORD,
    TRADE,
    TRADE_RECORD,
)


def test_golden_records_encode():
    encoder = Encoder(LAYOUT, ISSUES)
    assert encoder.book(BOOK, 42) == BOOK_RECORD
    assert encoder.trade(TRADE, 71_700, 71_600, 43) == TRADE_RECORD
    assert encoder.operation(OPERATION, Market.KOSPI, 44) == OPERATION_RECORD
    assert encoder.issue(SAMSUNG, 1) == ISSUE_RECORD
    assert encoder.snapshot(BOOK, TRADE) == SNAPSHOT_RECORD


def test_sequence_number_keeps_its_last_eight_digits():
    assert Encoder(LAYOUT, ISSUES).book(BOOK, 700_000_042) == BOOK_RECORD


@pytest.mark.parametrize(
    ("px", "code", "distance"),
    [(92_900, b"1", 21_400), (71_600, b"2", 100), (71_500, b"3", 0), (50_100, b"4", 21_400), (71_400, b"5", 100)],
)
def test_price_change_code_and_distance(px, code, distance):
    record = Encoder(LAYOUT, ISSUES).trade(msgspec.structs.replace(TRADE, px=px), 0, 0, 1)
    assert record[47:59] == code + b"%011d" % distance


def test_snapshot_before_the_first_trade_has_no_figures():
    record = Encoder(LAYOUT, ISSUES).snapshot(BOOK, None)
    assert record[27:39] == b"3" + b"0" * 11
    assert record[61:140] == b"0" * 79


@pytest.mark.parametrize("until_ns", [0, MIDNIGHT_NS + 32 * 3600 * SECOND])
def test_next_phase_of_another_day_is_not_said(until_ns):
    update = PhaseUpdate("", MIDNIGHT_NS + 18 * 3600 * SECOND, Phase.CLOSED, until_ns)
    record = Encoder(LAYOUT, ISSUES).operation(update, Market.KOSDAQ, 1)
    assert record[:5] == b"A701Q"
    assert record[47:59] == b"NON000000000"


def test_korean_name_is_cut_on_a_character_border():
    assert padded_name("가" * 30, 40) == ("가" * 20).encode("euc_kr")
    assert padded_name("A" + "가" * 30, 40) == ("A" + "가" * 19).encode("euc_kr") + b" "
    assert padded_name("A😀B", 4) == b"A?B "


def test_value_too_long_for_its_field_is_our_own_error():
    encoder = Encoder(LAYOUT, ISSUES)
    for wrong in (10**12, -1):
        with pytest.raises(LocalProtocolError, match="cannot encode"):
            encoder.book(msgspec.structs.replace(BOOK, total_ask_qty=wrong), 1)


def test_template_refuses_fields_out_of_order():
    with pytest.raises(ConfigError, match="in this order; see board_id"):
        compile_template(LAYOUT.record("book"), ("session_id", "board_id"))
