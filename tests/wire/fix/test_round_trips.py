"""Property tests: every order message and book, whatever stands in it, is valid and the same when read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.base.errors import RemoteProtocolError
from hts.model.enums import OrdType
from hts.model.reasons import Reason
from hts.model.reports import MassStatusEnd
from hts.wire.fix.application import Body
from hts.wire.fix.book_changes import BookChanges, levels
from hts.wire.fix.entries import BID, OFFER
from hts.wire.fix.market import MarketMessages
from hts.wire.fix.orders import OrderMessages
from tests.support.builders import TRADE_NS, VENUE, a_book, a_report
from tests.wire.fix import strategies as some
from tests.wire.fix.kit import a_dictionary
from tests.wire.fix.test_application import REQUESTS, VERSIONS, received

ORDERS = {version: OrderMessages(a_dictionary(version), some.DECIMALS.__getitem__) for version in VERSIONS}
BOOKS = {version: BookChanges(a_dictionary(version), some.DECIMALS.__getitem__) for version in VERSIONS}


@pytest.mark.parametrize("version", VERSIONS)
@given(
    request=some.new_orders | some.cancels | some.replaces | some.mass_cancels | some.mass_statuses,
    now_ns=some.times_ns,
)
def test_requests(version, request, now_ns):
    messages = ORDERS[version]
    assert messages.read_request(received(version, messages.request(request, now_ns))) == request


@pytest.mark.parametrize("version", VERSIONS)
@given(request=some.status_requests)
def test_status_requests(version, request):
    messages = ORDERS[version]
    assert messages.read_status_request(received(version, messages.status_request(request))) == request


@pytest.mark.parametrize("version", VERSIONS)
@given(report=some.executions() | some.cancel_rejects | some.mass_cancel_reports)
def test_reports(version, report):
    messages = ORDERS[version]
    assert messages.read_report(received(version, messages.report(report), some.SEQ), VENUE) == report


@pytest.mark.parametrize("version", VERSIONS)
@given(req_id=some.ids, count=st.integers(0, 10**6), now_ns=some.times_ns)
def test_the_end_of_a_mass_status(version, req_id, count, now_ns):
    end = MassStatusEnd(venue=VENUE, venue_seq=some.SEQ, mass_status_req_id=req_id, count=count, transact_ns=now_ns)
    messages = ORDERS[version]
    assert messages.read_report(received(version, messages.report(end), some.SEQ), VENUE) == end


@pytest.mark.parametrize("version", VERSIONS)
@given(before=some.books(), after=some.books())
def test_changes_lead_from_one_book_to_the_next(version, before, after):
    body = BOOKS[version].changes("1", before, after)
    if not body.fields:
        assert all(levels(before, kind) == levels(after, kind) for kind in (BID, OFFER))
        return
    assert BOOKS[version].apply(received(version, body), before) == after


@pytest.mark.parametrize("version", VERSIONS)
@given(book=some.books())
def test_snapshots(version, book):
    messages = MarketMessages(a_dictionary(version), some.DECIMALS.__getitem__)
    found = messages.read_snapshot(received(version, messages.snapshot("1", book)))
    assert (found.symbol, found.levels) == (book.symbol, book.levels)
    if any(book.levels):  # an empty book has no entry to tell its time and phase with
        assert found == book


def test_golden_change():
    before, after = a_book(), a_book()
    (px, _), *_ = levels(before, BID)
    changed = list(after.levels)
    changed[3] += 5
    after = type(after)(**{**fields_of(after), "levels": tuple(changed)})
    body = BOOKS["FIX.4.4"].changes("1", before, after)
    text = f"262=1|268=1|279=1|269=0|55=005930|270={px}|271={changed[3]}|272="
    assert "".join(f"{tag}={value.decode()}|" for tag, value in body.fields).startswith(text)


def fields_of(book):
    return {name: getattr(book, name) for name in book.__struct_fields__}


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [(279, b"0", "of another price than"), (279, b"3", "0, 1 or 2 expected, found 3"), (270, b"1", "of another price")],
)
def test_a_change_that_does_not_fit_the_book_is_refused(place, value, told):
    before = a_book()
    changed = list(before.levels)
    changed[3] += 5
    messages = BOOKS["FIXT.1.1"]  # FIX 5.0 has more codes of MDUpdateAction(279) than this reader knows
    body = messages.changes("1", before, type(before)(**{**fields_of(before), "levels": tuple(changed)}))
    damaged = tuple((tag, value if tag == place else old) for tag, old in body.fields)
    with pytest.raises(RemoteProtocolError, match=told):
        messages.apply(received("FIXT.1.1", Body(msg_type="X", fields=damaged)), before)


@pytest.mark.parametrize(
    ("ord_type", "fields"),
    [
        (OrdType.MIDPOINT, {40: b"P", 18: b"M"}),
        (OrdType.PRIMARY_PEG, {40: b"P", 18: b"R"}),
        (OrdType.BEST_OWN, {40: b"P", 18: b"R", 835: b"1"}),
        (OrdType.BEST_COUNTER, {40: b"K"}),
        (OrdType.LIMIT_OR_CLOSE, {40: b"I"}),
        (OrdType.STOP_LIMIT, {40: b"4"}),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_golden_order_types(version, ord_type, fields):
    request = type(REQUESTS[0])(**{**fields_of(REQUESTS[0]), "ord_type": ord_type})
    body = dict(ORDERS[version].request(request, TRADE_NS).fields)
    assert {tag: body[tag] for tag in (40, 18, 835) if tag in body} == fields


def test_a_peg_of_fix_5_that_is_fixed_at_entry_is_read():
    request = type(REQUESTS[0])(**{**fields_of(REQUESTS[0]), "ord_type": OrdType.MIDPOINT})
    body = ORDERS["FIXT.1.1"].request(request, TRADE_NS)
    changed = Body(msg_type="D", fields=tuple((tag, b"T" if tag == 18 else value) for tag, value in body.fields))
    assert ORDERS["FIXT.1.1"].read_request(received("FIXT.1.1", changed)).ord_type is OrdType.BEST_OWN


@pytest.mark.parametrize(
    ("reason", "text", "wire"),
    [
        (0, "", b""),
        (0, "closed early", b"closed early"),
        (Reason.HALTED, "", b"HALTED"),
        (Reason.HALTED, "VI", b"HALTED: VI"),
        (4711, "", b"4711"),
        (0, "HALTED: VI", b"NONE: HALTED: VI"),
        (0, "12", b"NONE: 12"),
    ],
)
def test_golden_reasons(reason, text, wire):
    report = a_report(reason_code=int(reason), text=text, venue_seq=some.SEQ)
    messages = ORDERS["FIX.4.4"]
    body = messages.report(report)
    assert dict(body.fields).get(58, b"") == wire
    assert messages.read_report(received("FIX.4.4", body), VENUE) == report
