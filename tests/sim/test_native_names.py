"""What clients of Tokyo's and Osaka's own protocols call their requests, as the drop copy repeats it."""

import pytest

from hts.model.requests import OrderCancelReplaceRequest, OrderCancelRequest
from hts.sim.events import MEMBER_EVENTS
from hts.sim.fix_session_day import SessionDay
from hts.sim.native_names import NATIVE_NAMES
from tests.support.native_market import NativeMarket
from tests.support.order_member import Member


@pytest.mark.parametrize(("venue", "cancel"), [("TSE", "600"), ("OSE", "500")])
def test_requests_have_the_names_that_the_client_gave(venue, cancel):
    """Osaka's cancel has no name of its own: it is called as the order is."""
    member = Member(NativeMarket(venue))
    member.start()
    member.want(member.order(41), member.order(42, px=1))
    member.want(member.about(OrderCancelReplaceRequest, 500, 41, px=member.px - member.step, qty=200))
    member.want(member.about(OrderCancelRequest, 600, 500))
    day = SessionDay(NATIVE_NAMES[venue])
    again = NativeMarket(venue)
    found = []
    for trade_ns, command in member.market.log:
        for event in again.exchange.apply(command, trade_ns):
            if isinstance(event, MEMBER_EVENTS):
                day.learn(event)
                orig = day.names.name(event.orig_cl_ord_id) if event.orig_cl_ord_id else ""
                found.append((type(event).__name__, day.names.name(event.cl_ord_id), orig))
    assert found == [
        ("OrderAccepted", "41", ""),
        ("OrderRejected", "42", ""),
        ("OrderAmended", "500", "41"),
        ("OrderCanceled", cancel, "500"),
    ]
