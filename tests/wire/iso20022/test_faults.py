"""What can be wrong with a document, or with a value that is to become one."""

import datetime as dt
import tracemalloc
from decimal import Decimal

import msgspec
import pytest

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.iso20022 import messages as m
from hts.wire.iso20022.reader import UNREAD_MAX, read
from hts.wire.iso20022.writer import write
from tests.wire.iso20022.golden import CASH, INSTRUCTION, STATUS
from tests.wire.iso20022.samples import FULL, LAYOUT, STATUSES


def changed(old, new, golden=INSTRUCTION):
    assert old in golden
    return golden.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (
            changed("sese.023.001.11", "sese.023.001.09"),
            "a Document of sese.023.001.11.* expected, found Document of urn",
        ),
        (changed("<Document", "<Doc").replace(b"</Document", b"</Doc"), "expected, found Doc of"),
        (b"<Document/>", "found Document of no namespace"),
        (changed("SctiesSttlmTxInstr>", "Other>").replace(b"/SctiesSttlmTxInstr", b"/Other"), "found Other"),
        (changed("<TxId>T-1 &lt;&amp;&gt; 매수</TxId>", ""), "a value of tx_id .TxId. expected, found none"),
        (changed("<ISIN>KR7005930003</ISIN>", ""), "a value of isin"),
        (changed("KR7005930003", "KR700593000"), "FinInstrmId/ISIN: .* expected, found 'KR700593000'"),
        (
            changed("<CmonId>C1</CmonId>", "<CmonId>C1</CmonId><CmonId>C2</CmonId>"),
            "one CmonId expected, found another",
        ),
        (changed("<Pmt>APMT</Pmt><CmonId>C1</CmonId>", "<CmonId>C1</CmonId><Pmt>APMT</Pmt>"), "Pmt before CmonId"),
        (changed("<Pmt>APMT</Pmt>", "<Pmt>PAID</Pmt>"), "one of FREE, APMT expected, found 'PAID'"),
        (changed("<Unit>100</Unit>", "<Unit>1e2</Unit>"), "a decimal expected, found '1e2'"),
        (changed("<Unit>100</Unit>", "<Unit>NaN</Unit>"), "a decimal expected"),
        (changed("<Unit>100</Unit>", "<Unit>1<x/></Unit>"), "text expected, found element x"),
        (changed("7160000.00", "7160000.000001"), "at most 18 digits, 5 of them after the point, expected"),
        (changed("7160000.00", "-1"), "not negative expected, found -1"),
        (changed("7160000.00", "12345678901234.56789"), "at most 18 digits"),
        (changed(' Ccy="KRW">7160000', ">7160000"), "attribute Ccy expected, found none"),
        (changed(' Ccy="KRW">7160000', ' Ccy="won">7160000'), "a currency of three letters"),
        (changed("2026-11-24", "2026-11-31"), "a date expected, found 2026-11-31"),
        (changed("2026-11-24", "2026-11-24Z"), "a date as 2026-11-22 expected"),
        (changed("<TradDtls>", "<TradDtls>text"), "elements expected, found text 'text'"),
        (
            changed("<ValTp>PARV</ValTp>", "<Yldd>true</Yldd><ValTp>PARV</ValTp>"),
            "exactly one of is_yield, form expected",
        ),
        (changed("<ValTp>PARV</ValTp>", ""), "exactly one of is_yield, form expected, found none"),
        (changed("<TxId>T-1 &lt;&amp;&gt; 매수", "<TxId>" + "x" * 36), "1 to 35 characters expected, found 36"),
        (changed("2026-11-24T09:00:00+00:00", "2026-11-24T24:00:00", CASH), "a time expected"),
        (changed("2026-11-24T09:00:00+00:00", "2026-11-24 09:00:00", CASH), "a time as"),
        (changed("<RvslInd>false", "<RvslInd>no", CASH), "true or false expected, found 'no'"),
        (changed("NORE", "NONE", STATUS), "NORE expected, found 'NONE'"),
        (
            changed("</AckdAccptd>", "</AckdAccptd><Rjctd><NoSpcfdRsn>NORE</NoSpcfdRsn></Rjctd>", STATUS),
            "at most one of",
        ),
        (b'<!DOCTYPE Document [<!ENTITY a "b">]>' + INSTRUCTION.encode()[39:], "no document type expected"),
        (b"<Document>" * 500, "at most 40 levels"),
        (b"<Document>" + b" " * 10_000_000 + b"</Document>", "at most 8388608 bytes expected"),
        (INSTRUCTION.encode()[:-20], "well-formed"),
    ],
)
def test_wrong_document_is_refused_with_its_place(data, line):
    with pytest.raises(RemoteProtocolError, match=line):
        read(LAYOUT, data)


def test_ten_megabytes_are_refused_in_bounded_memory():
    data = b"<Document>" + b"<a>" * 3_400_000
    tracemalloc.start()
    with pytest.raises(RemoteProtocolError):
        read(LAYOUT, data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_elements_without_a_field_are_told_with_their_paths():
    more = changed("<CmonId>", "<x:n xmlns:x='urn:x'/><CmonId>").replace(
        b"</FinInstrmId>", b"<OthrId/></FinInstrmId>", 1
    )
    found = read(LAYOUT, more.replace(b"</TxId>", b"</TxId>\n  <!-- note -->\n", 1))
    assert found.message == FULL[0]
    assert found.unread == ("SctiesSttlmTxInstr/SttlmTpAndAddtlParams/n", "SctiesSttlmTxInstr/FinInstrmId/OthrId")


def test_unread_paths_are_bounded():
    found = read(LAYOUT, changed("</FinInstrmId>", "<OthrId/>" * 2000 + "</FinInstrmId>"))
    assert (len(found.unread), found.unread[-1]) == (UNREAD_MAX, "...")


def test_blanks_around_codes_and_numbers_do_not_count_but_do_in_texts():
    spaced = changed("<Pmt>APMT</Pmt>", "<Pmt>\n APMT </Pmt>").replace(b"<Unit>100<", b"<Unit> +100. <")
    assert read(LAYOUT, spaced).message == FULL[0]
    assert read(LAYOUT, changed("<CmonId>C1<", "<CmonId> C1<")).message.common_id == " C1"


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (msgspec.structs.replace(FULL[0], tx_id=""), "tx_id: 1 to 35 characters expected, found 0"),
        (msgspec.structs.replace(FULL[0], tx_id=None), "tx_id: str expected, found NoneType"),
        (msgspec.structs.replace(FULL[0], tx_id="a\x00"), "tx_id: characters that a document keeps expected"),
        (msgspec.structs.replace(FULL[0], tx_id="a\ud800"), "found U.D800"),
        (msgspec.structs.replace(FULL[0], quantity=1.5), "quantity: a finite Decimal expected, found 1.5"),
        (msgspec.structs.replace(FULL[0], quantity=Decimal("NaN")), "a finite Decimal expected"),
        (msgspec.structs.replace(FULL[0], quantity=Decimal("1E+18")), "at most 18 digits"),
        (msgspec.structs.replace(FULL[0], trade_date=dt.datetime(2026, 1, 1)), "trade_date: date expected"),
        (msgspec.structs.replace(FULL[0], settlement_amount=5), "SignedAmount expected, found int"),
        (
            msgspec.structs.replace(FULL[4], instruments=(m.InstrumentPostings(isin="KR7005930003", postings=()),)),
            "postings: at least one expected",
        ),
        (msgspec.structs.replace(FULL[5], for_all_accounts=True), "exactly one of for_all_accounts, accounts"),
        (msgspec.structs.replace(STATUSES[0], accepted=True), "at most one of accepted, rejected"),
        (5, "a message of the table expected, found int"),
    ],
)
def test_value_that_does_not_fit_is_not_written(message, line):
    with pytest.raises(LocalProtocolError, match=line):
        write(LAYOUT, message)


def test_numbers_are_written_without_exponent_and_zeroes_are_kept():
    for value, text in (
        (Decimal("1E+3"), "1000"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E-17"), "0." + "0" * 16 + "1"),
    ):
        data = write(LAYOUT, msgspec.structs.replace(FULL[0], quantity=value)).decode()
        assert f"<Unit>{text}</Unit>" in data
