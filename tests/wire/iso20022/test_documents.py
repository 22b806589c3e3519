"""Golden documents by hand, round trips, and everything that can be wrong with a document."""

import datetime as dt
import tracemalloc
from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.wire.iso20022 import messages as m
from hts.wire.iso20022.reader import UNREAD_MAX, ReadDocument, read
from hts.wire.iso20022.writer import write
from tests.wire.iso20022.samples import ALL, FULL, IDS, LAYOUT, LEAST, STATUSES

STATUS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:sese.024.001.12"><SctiesSttlmTxStsAdvc>'
    "<TxId><AcctOwnrTxId>T-1</AcctOwnrTxId><AcctSvcrTxId>S-1</AcctSvcrTxId>"
    "<MktInfrstrctrTxId>M-1</MktInfrstrctrTxId></TxId>"
    "<PrcgSts><AckdAccptd><NoSpcfdRsn>NORE</NoSpcfdRsn></AckdAccptd></PrcgSts>"
    "<MtchgSts><Mtchd></Mtchd></MtchgSts>"
    "<SttlmSts><Pdg><Rsn><Cd><Cd>AWMO</Cd></Cd><AddtlRsnInf>no cash yet</AddtlRsnInf></Rsn>"
    "<Rsn><Cd><Cd>LATE</Cd></Cd></Rsn></Pdg></SttlmSts>"
    "</SctiesSttlmTxStsAdvc></Document>\n"
)
INSTRUCTION = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:sese.023.001.11"><SctiesSttlmTxInstr>'
    "<TxId>T-1 &lt;&amp;&gt; 매수</TxId>"
    "<SttlmTpAndAddtlParams><SctiesMvmntTp>RECE</SctiesMvmntTp><Pmt>APMT</Pmt><CmonId>C1</CmonId>"
    "<CorpActnEvtId>E1</CorpActnEvtId></SttlmTpAndAddtlParams>"
    "<TradDtls><TradId>1</TradId><TradId>2</TradId><TradDt><Dt><Dt>2026-11-20</Dt></Dt></TradDt>"
    "<SttlmDt><Dt><Dt>2026-11-24</Dt></Dt></SttlmDt>"
    '<DealPric><Tp><ValTp>PARV</ValTp></Tp><Val><Amt Ccy="KRW">71600.0000000000001</Amt></Val></DealPric></TradDtls>'
    "<FinInstrmId><ISIN>KR7005930003</ISIN><Desc>삼성전자</Desc></FinInstrmId>"
    "<QtyAndAcctDtls><SttlmQty><Qty><Unit>100</Unit></Qty></SttlmQty>"
    "<AcctOwnr><Id><AnyBIC>HTSBKRSE</AnyBIC></Id></AcctOwnr><SfkpgAcct><Id>8801-2745-01</Id></SfkpgAcct>"
    "</QtyAndAcctDtls>"
    "<SttlmParams><SctiesTxTp><Cd>TRAD</Cd></SctiesTxTp><PrtlSttlmInd>NPAR</PrtlSttlmInd></SttlmParams>"
    "<DlvrgSttlmPties><Pty1><Id><AnyBIC>OTHRKRSE</AnyBIC></Id></Pty1></DlvrgSttlmPties>"
    "<RcvgSttlmPties><Dpstry><Id><AnyBIC>KSDCKRSE</AnyBIC></Id></Dpstry>"
    "<Pty1><Id><AnyBIC>HTSBKRSEXXX</AnyBIC></Id><SfkpgAcct><Id>8801-2745-01</Id></SfkpgAcct><PrcgId>P1</PrcgId></Pty1>"
    "<Pty2><Id><AnyBIC>MEMBKRSE</AnyBIC></Id></Pty2></RcvgSttlmPties>"
    '<SttlmAmt><Amt Ccy="KRW">7160000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></SttlmAmt>'
    "</SctiesSttlmTxInstr></Document>\n"
)
CASH = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.12"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-24T09:00:00+00:00</CreDtTm></GrpHdr>"
    "<Stmt><Id>B1-1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-11-24T18:00:00</CreDtTm>"
    "<FrToDt><FrDtTm>2026-11-23T00:00:00+00:00</FrDtTm><ToDtTm>2026-11-24T00:00:00+00:00</ToDtTm></FrToDt>"
    "<Acct><Id><Othr><Id>8801-2745-01</Id></Othr></Id><Ccy>KRW</Ccy><Ownr><Nm>홍길동</Nm></Ownr></Acct>"
    '<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="KRW">100000000</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="KRW">92840000</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    "<Dt><Dt>2026-11-24</Dt></Dt></Bal>"
    '<Ntry><NtryRef>1</NtryRef><Amt Ccy="KRW">7160000</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>false</RvslInd>'
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt><ValDt><Dt>2026-11-24</Dt></ValDt>"
    "<AcctSvcrRef>S-1</AcctSvcrRef><BkTxCd><Prtry><Cd>TRAD</Cd><Issr>HTS</Issr></Prtry></BkTxCd>"
    "<AddtlNtryInf>매수 삼성전자 100</AddtlNtryInf></Ntry></Stmt></BkToCstmrStmt></Document>\n"
)
GOLDEN = [(FULL[0], INSTRUCTION), (FULL[1], STATUS), (FULL[7], CASH)]


@pytest.mark.parametrize(("message", "golden"), GOLDEN, ids=["sese.023", "sese.024", "camt.053"])
def test_golden_document_both_ways(message, golden):
    assert write(LAYOUT, message).decode() == golden
    found = read(LAYOUT, golden.encode())
    assert found == ReadDocument(version=LAYOUT.by_class[type(message)].version, message=message, unread=())


@pytest.mark.parametrize("message", ALL, ids=IDS)
def test_every_sample_comes_back(message):
    found = read(LAYOUT, write(LAYOUT, message))
    assert (found.message, found.unread) == (message, ())


def test_each_message_has_a_sample_with_every_field():
    assert [type(message) for message in FULL] == list(get_args(m.AnyDocument)) == [type(message) for message in LEAST]
    empty = [
        f"{type(message).__name__}.{field}"
        for message in FULL
        for field in message.__struct_fields__
        if getattr(message, field) in (None, ()) and not isinstance(message, m.SettlementStatus)
    ]
    # The alternative to `accounts`.
    assert empty == []


# -- property --

TEXT = st.text(
    st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"), min_size=1
)
AMOUNTS = st.decimals(0, 10**13, places=5, allow_nan=False, allow_infinity=False)
TIMES = st.datetimes(
    min_value=dt.datetime(1, 1, 2), timezones=st.sampled_from([None, dt.UTC, dt.timezone(dt.timedelta(hours=9))])
)
SCALARS = {
    "decimal": lambda t: st.decimals(-(10**15), 10**15, places=min(t.fraction, 3)).filter(
        lambda value: t.fraction or value == int(value)
    ),
    "amount": lambda _: st.builds(m.Amount, currency=st.from_regex("[A-Z]{3}", fullmatch=True), value=AMOUNTS),
    "date": lambda _: st.dates(),
    "datetime": lambda _: TIMES,
    "flag": lambda _: st.booleans(),
    "empty": lambda _: st.just(True),
    "const": lambda _: st.just(True),
    "code": lambda t: st.sampled_from(t.codes),
    "text": lambda t: (
        st.from_regex(t.pattern, fullmatch=True).filter(str.isascii)
        if t.pattern
        else TEXT.map(lambda text: text[: t.length])
    ),
}


def values(layout):
    """Any value of a message or group that the schema allows."""
    rows, given = {}, [field for choice in layout.choices + layout.one_of for field in choice[1:]]
    for node in leaves(layout.nodes):
        one = values(node.group) if node.group is not None else SCALARS[node.scalar.kind](node.scalar)
        if node.field in given:
            continue
        if node.presence in "*+":
            rows[node.field] = st.lists(one, min_size=node.presence == "+", max_size=2).map(tuple)
        elif any(node.field == choice[0] for choice in layout.one_of):
            rows[node.field] = one
        elif node.presence == "?":
            rows[node.field] = (st.just(False) if node.field in layout.statements else st.none()) | one
        else:
            rows[node.field] = one
    return st.builds(layout.cls, **rows)


def leaves(nodes):
    for node in nodes:
        yield from [node] if node.field else leaves(node.children)


ANY = st.one_of([values(layout.body) for layout in LAYOUT.by_class.values()])


@settings(max_examples=80, deadline=None)
@given(message=ANY)
def test_any_message_comes_back(message):
    data = write(LAYOUT, message)
    found = read(LAYOUT, data)
    assert (found.message, found.unread) == (message, ())
    assert write(LAYOUT, found.message) == data


# -- what is wrong --


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
