"""Questions and their answers round trip in both versions, whatever stands in them, and bad ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.base.errors import RemoteProtocolError
from hts.wire.fix.application import Body
from hts.wire.fix.entries import BID, OFFER, OPENING, TRADE
from hts.wire.fix.queries import (
    BusinessReject,
    MarketDataRefusal,
    MarketDataRequest,
    MarketDataRequestReject,
    PositionAnswer,
    QueryMessages,
    RequestForPositions,
    RequestForPositionsAck,
    SecurityListRequest,
    Subscription,
    TradingSessionStatusRequest,
)
from tests.wire.fix.kit import START_NS, a_dictionary
from tests.wire.fix.strategies import times_ns, words
from tests.wire.fix.test_application import VERSIONS, received

MESSAGES = {version: QueryMessages(a_dictionary(version), lambda _symbol: 0) for version in VERSIONS}
some = words()
maybe = some | st.just("")
KINDS = {
    "V": (
        "market_data_request",
        "read_market_data_request",
        st.builds(
            MarketDataRequest,
            req_id=some,
            subscription=st.sampled_from(Subscription),
            symbols=st.lists(some, min_size=1, max_size=5).map(tuple),
            depth=st.integers(0, 99),
            entry_types=st.lists(
                st.sampled_from([BID, OFFER, TRADE, OPENING]), min_size=1, max_size=4, unique=True
            ).map(tuple),
        ),
    ),
    "Y": (
        "market_data_reject",
        "read_market_data_reject",
        st.builds(MarketDataRequestReject, req_id=some, reason=st.sampled_from(MarketDataRefusal), text=maybe),
    ),
    "x": (
        "security_list_request",
        "read_security_list_request",
        st.builds(SecurityListRequest, req_id=some, symbol=maybe),
    ),
    "g": (
        "trading_session_status_request",
        "read_trading_session_status_request",
        st.builds(TradingSessionStatusRequest, req_id=some, subscription=st.sampled_from(Subscription)),
    ),
    "AN": (
        "request_for_positions",
        "read_request_for_positions",
        st.builds(RequestForPositions, req_id=some, account=some, symbol=maybe, transact_ns=times_ns),
    ),
    "AO": (
        "positions_ack",
        "read_positions_ack",
        st.builds(
            RequestForPositionsAck,
            report_id=some,
            req_id=maybe,
            account=some,
            status=st.sampled_from(PositionAnswer),
            result=st.sampled_from(["0", "1", "2", "3", "4", "99"]),
            count=st.integers(0, 10**6),
            text=maybe,
        ),
    ),
    "j": (
        "business_reject",
        "read_business_reject",
        st.builds(
            BusinessReject,
            ref_seq=st.integers(1, 10**9),
            ref_msg_type=st.sampled_from(["D", "AN", "V"]),
            reason=st.integers(0, 6),
            ref_id=maybe,
            text=maybe,
        ),
    ),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("msg_type", KINDS)
@given(data=st.data())
def test_round_trip(version, msg_type, data):
    write, read, values = KINDS[msg_type]
    value = data.draw(values)
    body = getattr(MESSAGES[version], write)(value)
    assert body.msg_type == msg_type
    assert getattr(MESSAGES[version], read)(received(version, body)) == value


def test_golden_position_request():
    request = RequestForPositions(req_id="Q1", account="A1", transact_ns=START_NS)
    body = MESSAGES["FIX.4.4"].request_for_positions(request)
    text = "710=Q1|724=0|1=A1|581=1|715=20261123|60=20261123-00:00:00.000000000|453=1|448=A1|447=D|452=24|"
    assert "".join(f"{tag}={value.decode()}|" for tag, value in body.fields) == text


def test_golden_market_data_request():
    request = MarketDataRequest(req_id="M", subscription=Subscription.UPDATES, symbols=("A",), entry_types=(BID,))
    body = MESSAGES["FIX.4.4"].market_data_request(request)
    text = "262=M|263=1|264=0|265=1|267=1|269=0|146=1|55=A|"
    assert "".join(f"{tag}={value.decode()}|" for tag, value in body.fields) == text


@pytest.mark.parametrize(
    ("msg_type", "changed", "told"),
    [
        ("x", {559: b"1"}, r"SecurityListRequestType\(559\) 0 or 4 expected, found 1"),
        ("x", {559: b"0", 55: None}, "tag 55 expected, found none"),
        ("AN", {724: b"1"}, r"PosReqType\(724\) 0 expected, found 1"),
        ("Y", {281: None}, "tag 281 expected, found none"),
        ("Y", {281: b"A"}, r"MarketDataRefusal\(281\): a known code expected, found A"),
    ],
)
def test_what_cannot_be_answered_is_refused(msg_type, changed, told):
    values = {
        "x": SecurityListRequest(req_id="1", symbol="A"),
        "AN": RequestForPositions(req_id="1", account="A", transact_ns=START_NS),
        "Y": MarketDataRequestReject(req_id="1", reason=MarketDataRefusal.DEPTH),
    }
    messages = MESSAGES["FIX.4.4"]
    write, read, _ = KINDS[msg_type]
    body = getattr(messages, write)(values[msg_type])
    fields = [(tag, changed.get(tag, value)) for tag, value in body.fields]
    damaged = Body(msg_type=msg_type, fields=tuple((tag, value) for tag, value in fields if value is not None))
    with pytest.raises(RemoteProtocolError, match=told):
        getattr(messages, read)(received("FIX.4.4", damaged))
