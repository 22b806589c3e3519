"""A decision of the past, judged by hand."""

from hts.model.enums import Side
from hts.model.past_fills import PastRoute
from hts.model.routing import RouteRecord
from hts.router.past_route import past_route
from hts.router.plan import decide
from tests.router.test_plan import BUY, KRX


def record(deep, other):
    request = BUY.__class__(side=Side.BUY, qty=100, px=1010)
    plan = decide(request, (deep, other))
    return RouteRecord(
        order_id=9, account="P1", symbol="005930", trade_ns=10, request=request, seen=(deep, other), plan=plan
    )


def test_the_best_single_venue_is_named_with_what_was_saved():
    deep = KRX.__class__(venue="KRX", asks=((1000, 10), (1010, 90)))
    other = KRX.__class__(venue="NXT", asks=((1001, 90),))
    assert past_route(record(deep, other), 20261123, "KRW") == PastRoute(
        work_id=9,
        account="P1",
        symbol="005930",
        side=Side.BUY,
        trade_ns=10,
        trade_date=20261123,
        currency="KRW",
        qty=100,
        arrival_px=1000,
        # NXT alone finds 90 for 90,090, its missing 10 are reckoned at 1,001: 10 more than 10 x 1,000 + 90 x 1,001.
        best_single="NXT",
        saved_best_single=10,
        saved_simple=810,
        asked=(("KRX", 10), ("NXT", 90)),
    )


def test_where_nobody_offers_there_is_nothing_to_save():
    empty = KRX.__class__(venue="KRX", asks=(), bids=((990, 5),))
    found = past_route(record(empty, empty.__class__(venue="NXT", is_up=False)), 20261123, "KRW")
    assert (found.arrival_px, found.best_single, found.saved_best_single, found.saved_simple) == (0, "", 0, 0)


def test_of_venues_that_are_as_good_the_one_that_was_used_is_named():
    one = KRX.__class__(venue="KRX", asks=((1000, 100),))
    found = past_route(record(one, one.__class__(venue="NXT", asks=((1000, 100),), latency_us=0)), 20261123, "KRW")
    assert found.best_single == found.asked[0][0]
    other = past_route(record(one.__class__(venue="NXT", asks=((1000, 100),)), one), 20261123, "KRW")
    assert other.best_single == other.asked[0][0]
