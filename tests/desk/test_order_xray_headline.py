"""The first sentences answer why: why so long, why there, why not."""

import pytest
from msgspec.structs import replace

from hts.desk.order_xray import make_way
from hts.desk.order_xray_headline import Came, Later, Since, headline
from hts.desk.order_xray_route import route_told
from hts.model.algo import AlgoKind, AlgoParams
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdStatus, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.routing import (
    NANO,
    Exclusion,
    RoutePlan,
    RouteRecord,
    RouteRequest,
    Slice,
    VenueCost,
    VenueCosts,
    VenueDepth,
)  # fmt: skip
from hts.model.trace import OrderWay
from hts.model.work import AlgoSpec, RouteView
from tests.desk.scene import ACCOUNT, NAVER, NINE, Scene, an_order

ACCEPTED = make_way(
    OrderWay(
        key_ns=1, read_ns=400_001, decided_ns=450_001, journaled_ns=480_001,
        encoded_ns=500_001, wire_ns=520_001, ack_ns=3_000_001,
    )
)  # fmt: skip


def told(view, way=ACCEPTED, route=None, language="en", **came):
    return headline(view, way, route, Scene(language=language).texts, 0, came=Came(**came))


def a_record(*, excluded=None, trade_ns=NINE):
    seen = (
        VenueDepth(venue="KRX", bids=((236_500, 40),), asks=((237_500, 30),), costs=VenueCosts(taker_ppb=150_000)),
        VenueDepth(venue="NXT", asks=((237_000, 100),), latency_us=1_840, age_ms=12),
    )
    alternatives = (
        VenueCost(venue="KRX", qty=30, cost_nano=7_126_068 * NANO, excluded=excluded),
        VenueCost(venue="NXT", qty=50, cost_nano=11_850_000 * NANO),
    )
    plan = RoutePlan(
        slices=(Slice(venue="NXT", qty=50, px=237_000, cost_nano=11_850_000 * NANO),),
        taken_qty=50,
        cost_nano=11_850_000 * NANO,
        alternatives=alternatives,
    )
    request = RouteRequest(side=Side.BUY, qty=50)
    return RouteRecord(
        order_id=7, account=ACCOUNT, symbol=NAVER, trade_ns=trade_ns, request=request, seen=seen, plan=plan
    )


def a_route(*records, savings=((12_345 * NANO, 999 * NANO),)):
    view = RouteView(work_id=7, decisions=records or (a_record(),), savings=savings)
    return route_told(view, NINE + 1, Scene(language="en").texts, 0)


def test_why_it_took_its_time():
    assert told(an_order(1, Side.BUY, 237_000, 50)).verdict == (
        "Accepted by KRX in 3.00 ms: Venue took 2.48 ms of it (83%)."
    )


def test_a_late_hop_is_told_with_its_budget():
    slow = make_way(OrderWay(key_ns=1, read_ns=9_000_001, decided_ns=9_100_001, ack_ns=9_200_001))
    assert told(an_order(1, Side.BUY, 237_000, 50), slow).verdict == (
        "Accepted by KRX in 9.20 ms: Link took 9.00 ms of it (98%). Its budget is 250 µs."
    )


def test_what_has_not_been_answered_says_so():
    waiting = make_way(OrderWay(key_ns=1, read_ns=300_001, decided_ns=400_001))
    assert told(an_order(1, Side.BUY, 237_000, 50, ord_status=OrdStatus.PENDING_NEW), waiting).verdict == (
        "KRX has not answered yet. So far 400 µs: Link took 300 µs of it (75%). Its budget is 250 µs."
    )


def test_why_our_risk_refused_it():
    denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=300_000, limit=283_000, unit=Unit.PX)
    view = an_order(1, Side.BUY, 300_000, 50, ord_status=OrdStatus.DENIED, denial=denial)
    head = told(view, make_way(OrderWay()))
    assert head.verdict.startswith(
        "Denied by our own risk, rule PRICE_ABOVE_LIMIT: Price 300,000 > upper limit 283,000"
    )
    never = "It never left the house: no venue has seen it."
    assert (head.route, head.is_refusal) == (never, True)
    assert told(view).route == f"{never} Denied 450 µs after the key."
    by_core = make_way(OrderWay(read_ns=1, decided_ns=90_001))
    assert told(view, by_core).route == f"{never} The core denied it in 90.0 µs."


def test_why_the_venue_refused_it():
    view = an_order(1, Side.BUY, 237_000, 50, ord_status=OrdStatus.REJECTED, reason_code=int(Reason.THROTTLED))
    head = told(view)
    assert head.verdict.startswith("KRX refused it after 3.00 ms: ")
    assert head.is_refusal


def test_why_it_went_there():
    view = an_order(1, Side.BUY, 237_000, 50, venue="NXT", parent_id=7)
    assert told(view, route=a_route()).route == "Routed: NXT 50. 12,345 less than the best single venue."
    free = a_route(savings=((0, 0),))
    assert told(view, route=free).route == "Routed: NXT 50. No single venue was cheaper."
    only = a_route(a_record(excluded=Exclusion.STALE), savings=((0, 0),))
    assert (
        told(view, route=only).route == "Routed: NXT 50. The only venue that could take it. KRX: The book is too old."
    )
    assert told(view).route == "A part of order 7, which chose NXT."
    assert "no routing was asked for" in told(an_order(1, Side.BUY, 237_000, 50)).route


def test_of_several_decisions_the_one_before_the_order_counts():
    early, late = a_record(trade_ns=NINE - 10), a_record(trade_ns=NINE + 100)
    found = a_route(early, late, savings=((1 * NANO, 0), (2 * NANO, 0)))
    assert (found.number, found.count, found.saved) == (1, 2, 1)
    assert "Decision 1 of 2." in told(an_order(1, Side.BUY, 1, 1, parent_id=7), route=found).route


def test_quotes_and_ways_are_told_in_figures():
    route = a_route()
    assert [(r.venue, r.bid, r.ask, r.ask_qty, r.fee_bp, r.latency, r.age, r.decision, r.tone) for r in route.seen] == [
        ("KRX", "236,500", "237,500", "30", "1.50", "—", "0", "not needed", ""),
        ("NXT", "—", "237,000", "100", "0.00", "1.84", "12", "50 taken", "taken"),
    ]
    assert [(p.name, p.qty, p.cost, p.difference, p.why, p.is_chosen) for p in route.plans] == [
        ("NXT 50", "50", "11,850,000.0", "", "chosen", True),
        ("KRX alone 30", "30", "7,126,068.0", "", "20 short", False),
    ]
    assert route_told(None, 1, Scene().texts, 0) is None


def test_every_language_has_all_sentences():
    for language in ("ko", "ja", "en"):
        head = told(an_order(1, Side.BUY, 237_000, 50), language=language)
        assert "order_xray." not in head.verdict + head.route
        assert "hop." not in head.verdict


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        (Since.KEY, "Sent by the core 9.35 s after order 7 began."),
        (Since.PART, "Sent by the core 9.35 s after the first part of order 7."),
        (Since.VENUE, "Sent by the core 9.35 s on the venue's clock after order 7 began."),
    ],
)
def test_a_later_part_says_how_much_later_and_on_whose_clock(since, sentence):
    view = an_order(1, Side.BUY, 237_000, 50, venue="NXT", parent_id=7)
    head = told(view, later=Later(since=since, ns=9_350_000_000))
    assert head.route == f"{sentence} A part of order 7, which chose NXT."


@pytest.mark.parametrize(
    ("terms", "venue", "sentence"),
    [
        ({}, "", "rests where the queue is likely to fill it first, here NXT."),
        ({"time_in_force": TimeInForce.IOC}, "", "goes where that is cheapest with fees, here NXT."),
        ({"ord_type": OrdType.MARKET}, "", "goes to the first venue that takes orders, here NXT."),
        ({}, "NXT", "A slice of algorithm 7, which may use NXT alone."),
    ],
)
def test_why_a_slice_of_an_algorithm_went_there(terms, venue, sentence):
    params = AlgoParams(
        algo_id=7, kind=AlgoKind.TWAP, account=ACCOUNT, symbol=NAVER, side=Side.BUY, qty=50, venue=venue
    )
    view = an_order(1, Side.BUY, 237_000, 50, venue="NXT", parent_id=7, **terms)
    assert told(view, by=AlgoSpec(params=params)).route.endswith(sentence)


def test_of_two_that_cost_the_same_it_says_which_goes_first():
    record = a_record()
    same = [replace(one, qty=50, cost_nano=11_850_000 * NANO) for one in record.plan.alternatives]
    tied = a_route(replace(record, plan=replace(record.plan, alternatives=tuple(same))), savings=((0, 0),))
    head = told(an_order(1, Side.BUY, 237_000, 50, venue="NXT", parent_id=7), route=tied)
    assert head.route == (
        "Routed: NXT 50. KRX alone would have cost the same: then the likelier venue goes first, then the faster."
    )
    assert a_route(savings=((0, 0),)).ties == ()
