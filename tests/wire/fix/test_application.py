"""Application messages of both versions: valid by the dictionary, and the same value when read again."""

from functools import cache

import pytest
from msgspec.structs import replace

from hts.base.errors import LocalProtocolError, RemoteProtocolError
from hts.model.enums import ExecType, LastLiquidityInd, OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.quotes import PhaseUpdate, TradeUpdate
from hts.model.reasons import Reason
from hts.model.reports import MassStatusEnd, SessionDown
from hts.model.requests import (
    EndSession,
    NewOrderSingle,
    OrderCancelReplaceRequest,
    OrderCancelRequest,
    OrderMassCancelRequest,
    OrderMassStatusRequest,
)
from hts.model.views import PositionView
from hts.wire.fix.application import Body
from hts.wire.fix.codec import FixMessage
from hts.wire.fix.market import ListedSecurity, MarketMessages, PositionLine
from hts.wire.fix.orders import OrderMessages
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.writer import Writer
from tests.support.builders import (
    ACCOUNT,
    SYMBOL,
    TRADE_NS,
    VENUE,
    a_book,
    a_cancel_reject,
    a_fill,
    a_report,
    an_instrument,
)
from tests.wire.fix.kit import a_dictionary

VERSIONS = ["FIX.4.4", "FIXT.1.1"]
DECIMALS = {SYMBOL: 0, "AAPL": 2}


@cache
def an_inspector(begin_string: str) -> Inspector:
    return Inspector(a_dictionary(begin_string))


def received(begin_string: str, body: Body, seq: int = 7) -> FixMessage:
    """The message as the peer gets it; it must follow the dictionary."""
    dictionary = a_dictionary(begin_string)
    writer = Writer(begin_string, "A", "B", frozenset(dictionary.header.order))
    rest = b"".join(b"%d=%b\x01" % field for field in body.fields)
    frame = writer.frame(body.msg_type.encode(), seq, b"20261123-00:00:00", rest, body.header)
    message, refusal = an_inspector(begin_string).inspect(frame)
    assert refusal is None, (refusal, frame)
    return message


def orders(begin_string: str) -> OrderMessages:
    return OrderMessages(a_dictionary(begin_string), DECIMALS.__getitem__)


def market(begin_string: str) -> MarketMessages:
    return MarketMessages(a_dictionary(begin_string), DECIMALS.__getitem__)


NAMED = {"cl_ord_id": 12, "orig_cl_ord_id": 11, "request_id": "r1", "account": ACCOUNT, "side": Side.SELL}
REQUESTS = [
    NewOrderSingle(
        cl_ord_id=11,
        request_id="r1",
        account=ACCOUNT,
        symbol="AAPL",
        side=Side.BUY,
        ord_type=OrdType.LIMIT,
        time_in_force=TimeInForce.IOC,
        px=23_405,
        qty=100,
    ),
    NewOrderSingle(
        cl_ord_id=11,
        request_id="",
        account=ACCOUNT,
        symbol=SYMBOL,
        side=Side.SELL,
        ord_type=OrdType.MARKET,
        time_in_force=TimeInForce.DAY,
        px=0,
        qty=1,
    ),
    OrderCancelRequest(symbol=SYMBOL, **NAMED),
    OrderCancelReplaceRequest(symbol="AAPL", px=23_400, qty=50, **NAMED),
    OrderMassCancelRequest(cl_ord_id=5, account=ACCOUNT),
    OrderMassCancelRequest(cl_ord_id=5, account=ACCOUNT, symbol=SYMBOL),
    OrderMassStatusRequest(mass_status_req_id=3),
]


@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: type(r).__name__)
def test_requests_round_trip(begin_string, request_):
    messages = orders(begin_string)
    message = received(begin_string, messages.request(request_, TRADE_NS))
    assert messages.read_request(message) == request_


def test_golden_new_order():
    body = orders("FIX.4.4").request(REQUESTS[0], TRADE_NS)
    text = "11=11|526=r1|1=8801-2745-01|55=AAPL|60=20261123-00:00:00.000000000|38=100|44=234.05|59=3|54=1|40=2|"
    assert "".join(f"{tag}={value.decode()}|" for tag, value in body.fields) == text
    assert body.msg_type == "D"


REPORTS = [
    a_report(venue_seq=7),
    a_report(ExecType.REJECTED, venue_seq=7, ord_status=OrdStatus.REJECTED, reason_code=int(Reason.BAD_TICK)),
    a_report(ExecType.CANCELED, venue_seq=7, ord_status=OrdStatus.CANCELED, reason_code=int(Reason.BY_TRADER)),
    a_fill(4, 4, venue_seq=7, last_px=70_900),
    a_fill(4, 4, venue_seq=7, last_px=70_900, last_liquidity_ind=LastLiquidityInd.ADDED),
    a_fill(4, 4, venue_seq=7, last_px=70_900, last_liquidity_ind=LastLiquidityInd.REMOVED),
    a_cancel_reject(9, venue_seq=7),
    MassStatusEnd(venue=VENUE, venue_seq=7, mass_status_req_id=3, count=12, transact_ns=TRADE_NS),
]


@pytest.mark.parametrize(
    ("begin_string", "expected"), [("FIX.4.4", LastLiquidityInd.UNKNOWN), ("FIXT.1.1", LastLiquidityInd.AUCTION)]
)
def test_fix_4_4_has_no_word_for_an_auction(begin_string, expected):
    messages = orders(begin_string)
    auction = a_fill(4, 4, venue_seq=7, last_px=70_900, last_liquidity_ind=LastLiquidityInd.AUCTION)
    found = messages.read_report(received(begin_string, messages.report(auction, avg_px=71_000)), VENUE)
    assert found == replace(auction, last_liquidity_ind=expected)


@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize("report", REPORTS, ids=lambda r: type(r).__name__)
def test_reports_round_trip(begin_string, report):
    messages = orders(begin_string)
    message = received(begin_string, messages.report(report, avg_px=71_000))
    assert messages.read_report(message, VENUE) == report


def test_a_reason_without_a_name_is_taken_from_the_nearest_code():
    messages = orders("FIX.4.4")
    body = messages.report(
        a_report(ExecType.REJECTED, ord_status=OrdStatus.REJECTED, reason_code=Reason.UNKNOWN_ACCOUNT)
    )
    fields = tuple((tag, b"no such account" if tag == 58 else value) for tag, value in body.fields)
    report = messages.read_report(received("FIX.4.4", Body(msg_type="8", fields=fields)), VENUE)
    assert report.reason_code == Reason.UNKNOWN_ACCOUNT


def test_what_is_no_order_message_is_refused():
    messages = orders("FIX.4.4")
    with pytest.raises(LocalProtocolError):
        messages.request(EndSession(), TRADE_NS)
    with pytest.raises(LocalProtocolError):
        messages.report(SessionDown(venue=VENUE, reason="x"))
    with pytest.raises(LocalProtocolError):
        OrderMessages(a_dictionary("FIX.4.2"), DECIMALS.__getitem__)
    with pytest.raises(RemoteProtocolError):
        messages.read_request(received("FIX.4.4", messages.report(REPORTS[0])))


@pytest.mark.parametrize(("tag", "value"), [(40, b"J"), (44, b"234.055"), (38, b"1.5"), (11, b"abc"), (54, b"7")])
def test_codes_and_numbers_that_the_model_does_not_know_are_refused(tag, value):
    messages = orders("FIX.4.4")
    body = messages.request(REQUESTS[0], TRADE_NS)
    fields = tuple((t, value if t == tag else v) for t, v in body.fields)
    with pytest.raises(RemoteProtocolError):
        messages.read_request(received("FIX.4.4", Body(msg_type="D", fields=fields)))


@pytest.mark.parametrize("begin_string", VERSIONS)
def test_snapshot_round_trips(begin_string):
    messages, book = market(begin_string), a_book()
    found = messages.read_snapshot(received(begin_string, messages.snapshot("1", book)))
    assert (found.symbol, found.levels, found.phase) == (book.symbol, book.levels, book.phase)
    assert found.trade_ns == book.trade_ns


@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize("side", ["1", "2", ""])
def test_incremental_round_trips(begin_string, side):
    messages = market(begin_string)
    trade = TradeUpdate("AAPL", TRADE_NS, 23_405, 10, side, 23_300, 23_500, 23_200, 1_000, 0, Phase.CONTINUOUS)
    assert messages.read_incremental(received(begin_string, messages.incremental("1", trade))) == trade


@pytest.mark.parametrize("begin_string", VERSIONS)
def test_security_list_round_trips(begin_string):
    messages = market(begin_string)
    listed = (an_instrument(), an_instrument("000660", name_en="SK hynix"))
    found = messages.read_security_list(received(begin_string, messages.security_list("1", "2", listed)))
    assert found == tuple(
        ListedSecurity(symbol=i.symbol, isin=i.isin, name=i.name_en, currency=i.currency, lot=1) for i in listed
    )


@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize("phase", list(Phase), ids=lambda p: p.name)
def test_phases_round_trip(begin_string, phase):
    messages = market(begin_string)
    update = PhaseUpdate("", TRADE_NS, phase, TRADE_NS + 1)
    message = received(begin_string, messages.trading_session_status(update))
    assert messages.read_trading_session_status(message) == update


@pytest.mark.parametrize("begin_string", VERSIONS)
@pytest.mark.parametrize("qty", [10, -10, 0])
def test_position_report_round_trips(begin_string, qty):
    messages = market(begin_string)
    none = dict.fromkeys(("cost", "sellable_qty", "realised", "fees", "taxes"), 0)
    position = PositionView(account=ACCOUNT, symbol=SYMBOL, qty=qty, last_px=71_000, **none)
    found = messages.read_position_report(received(begin_string, messages.position_report("1", position, TRADE_NS)))
    assert found == PositionLine(account=ACCOUNT, symbol=SYMBOL, qty=qty)
