"""What is asked about, refused, stopped and bracketed before an order leaves."""

import pytest
from msgspec.structs import replace

from hts.desk.actions import Actions, Refusal, Wanted
from hts.desk.settings import Settings
from hts.desk.venue_tabs import COMBINED
from hts.model.bracket import Exits
from hts.model.conditional import (
    ConditionalOrder,
    FillCondition,
    PriceCondition,
    TrailCondition,
    TrailUnit,
    trail_px,
)
from hts.model.enums import OrdType, Side
from hts.model.intents import AmendWork, NewOrder, RouteOrder
from hts.model.quotes import InstrumentDef
from hts.model.units import ClOrdID, Px, Qty
from hts.model.work import ConditionSpec, WorkState, WorkView
from tests.desk.scene import NAVER, NAVER_ISSUE, SAMSUNG, Scene, a_position, fill_naver

QUIET = {"entry.warn_qty": 0, "entry.warn_krw": 0, "entry.warn_ticks": 0}


def scene(**options):
    made = Scene(settings=Settings({**QUIET, **{f"entry.{name}": value for name, value in options.items()}}))
    fill_naver(made)
    return made


def wanted(**changes):
    return Wanted(**{"symbol": NAVER, "side": Side.BUY, "px": 237_000, "qty": 50, **changes})


def a_stop(work_id, side, at, qty=50, **changes):
    state = changes.pop("state", WorkState.RUNNING)
    condition = changes.pop("condition", PriceCondition(is_above=side is Side.BUY, px=Px(at)))
    order = ConditionalOrder(
        cond_id=ClOrdID(work_id), account="8801-2745-01", symbol=NAVER, condition=condition, side=side, qty=Qty(qty)
    )
    return WorkView(
        work_id=ClOrdID(work_id),
        request_id="",
        account="8801-2745-01",
        symbol=NAVER,
        side=side,
        qty=Qty(qty),
        cum_qty=Qty(0),
        working_qty=Qty(0),
        filled_value=0,
        state=state,
        cause="",
        spec=ConditionSpec(order=replace(order, **changes)),
        started_ns=0,
    )


def test_an_order_goes_to_its_venue_and_over_all_of_them():
    one = scene()
    assert one.actions.place(wanted(venue="NXT")) is None
    assert one.actions.place(wanted(venue=COMBINED)) is None
    assert one.actions.place(wanted(venue=COMBINED, px=0, ord_type=OrdType.MARKET)) is None
    assert [(type(i), getattr(i, "venue", "")) for i in one.sent] == [
        (NewOrder, "NXT"),
        (RouteOrder, ""),
        (RouteOrder, ""),
    ]
    assert [i.request.px for i in one.sent[1:]] == [237_000, 0]


def test_a_question_is_answered_by_enter_and_dropped_by_escape():
    one = scene(confirm=True)
    asked = one.actions.place(wanted())
    assert (asked.key, one.actions.asked.wanted) == ("refusal.confirm_order_buy", wanted())
    assert one.actions.confirm() is None
    assert [(i.px, i.qty) for i in one.sent] == [(237_000, 50)]
    assert one.actions.confirm() == Refusal(key="refusal.nothing_asked")
    one.actions.place(wanted(px=236_000))
    assert one.actions.withdraw()
    assert not one.actions.withdraw()
    assert one.actions.confirm() == Refusal(key="refusal.nothing_asked")
    assert len(one.sent) == 1


def test_a_question_that_is_too_old_sends_nothing():
    one = scene(confirm=True)
    one.actions.place(wanted())
    one.now_ns += 3_000_000_001
    assert one.actions.asked is None
    assert one.actions.confirm() == Refusal(key="refusal.nothing_asked")
    assert one.sent == []


def test_the_second_press_of_a_double_click_is_no_answer():
    one = scene(confirm=True)
    one.actions.place(wanted())
    one.actions.place(wanted(), answers=False)
    assert one.sent == []
    one.actions.place(wanted())
    assert len(one.sent) == 1


@pytest.mark.parametrize(
    ("options", "order", "key"),
    [
        ({"warn_qty": 49}, {}, "qty"),
        ({"warn_krw": 11_849_999}, {}, "value"),
        ({"warn_ticks": 3}, {"px": 239_500}, "ticks"),
        ({"warn_ticks": 3}, {"px": 235_500}, "ticks"),
    ],
)
def test_what_looks_like_an_error_is_asked_about_or_refused(options, order, key):
    one = scene(**options)
    assert one.actions.place(wanted(**order)).key == f"refusal.warn_{key}_buy"
    assert one.actions.place(wanted(**order)) is None
    other = scene(guard="refuse", **options)
    for _ in range(2):
        assert other.actions.place(wanted(**order)).key == f"guard.refuse_{key}"
    assert other.sent == []


def test_what_is_within_the_limits_goes():
    one = scene(warn_qty=50, warn_krw=11_850_000, warn_ticks=3)
    for px in (237_000, 236_000, 239_000):
        assert one.actions.place(wanted(px=px, qty=49)) is None
    assert one.actions.place(wanted(px=0, ord_type=OrdType.MARKET, qty=49)) is None


def test_a_stop_waits_in_the_core():
    one = scene()
    assert one.actions.stop(NAVER, Side.SELL, 230_000, 80) is None
    assert one.actions.stop(NAVER, Side.BUY, 240_000, venue=COMBINED) is None
    assert [order for intent in one.sent for order in intent.orders] == [
        ConditionalOrder(
            cond_id=0,
            account="",
            symbol=NAVER,
            condition=PriceCondition(is_above=above, px=px),
            side=side,
            qty=qty,
        )
        for side, px, qty, above in ((Side.SELL, 230_000, 80, False), (Side.BUY, 240_000, 50, True))
    ]


@pytest.mark.parametrize(("side", "px"), [(Side.BUY, 237_500), (Side.BUY, 230_000), (Side.SELL, 237_500)])
def test_a_stop_that_would_come_true_at_once_is_refused(side, px):
    one = scene()
    assert one.actions.stop(NAVER, side, px).key == "refusal.stop_at_once"
    assert one.sent == []


PAIRED = {"condition": PriceCondition(is_above=True, px=240_000), "px": 240_000, "group_id": 7}


@pytest.mark.parametrize(
    "changes",
    [{}, {"group_id": 7}, {"protects": 7}, PAIRED, {"condition": FillCondition(), "px": 240_000, "protects": 7}],
    ids=["stop", "paired stop", "stop of a bracket", "paired profit", "waiting profit"],
)
def test_what_waits_at_a_price_is_moved_in_one_intent(changes):
    one = scene()
    state = WorkState.WAITING if "protects" in changes else WorkState.RUNNING
    one.orders.on_view(a_stop(101, Side.SELL, 230_000, 80, state=state, **changes))
    px = 238_000 if changes.get("px") else 231_000
    assert one.actions.move_stop(101, px) is None
    assert [(type(i), i.work_id, i.px, i.request_id) for i in one.sent] == [(AmendWork, 101, px, "test-1")]


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (WorkState.RUNNING, {"condition": FillCondition(), "px": 240_000}),
        (WorkState.RUNNING, {"condition": TrailCondition(distance=500)}),  # it has not begun
        (WorkState.TRIGGERED, {}),
        (WorkState.ENDED, {}),
    ],
    ids=["profit in the book", "trail", "triggered", "over"],
)
def test_what_has_no_price_to_choose_does_not_move(state, changes):
    one = scene()
    one.orders.on_view(a_stop(101, Side.SELL, 230_000, 80, state=state, **changes))
    assert one.actions.move_stop(101, 231_000) == Refusal(key="refusal.no_order")
    assert one.sent == []


@pytest.mark.parametrize(
    ("side", "unit", "distance", "px", "wanted"),
    [
        (Side.SELL, TrailUnit.PX, 2_500, 233_000, 6_000),
        (Side.SELL, TrailUnit.TICKS, 4, 233_000, 12),
        (Side.SELL, TrailUnit.PPM, 20_000, 233_000, 25_105),  # 239,000 less 2.5105 % of it
        (Side.BUY, TrailUnit.TICKS, 4, 241_000, 4),
        (Side.BUY, TrailUnit.PX, 2_500, 241_000, 2_000),
    ],
)
def test_a_trail_is_moved_by_its_distance_from_where_its_extreme_is(side, unit, distance, px, wanted):
    one = scene()
    condition = TrailCondition(distance=distance, unit=unit, is_above=side is Side.BUY)
    view = replace(a_stop(101, side, 0, 80, condition=condition), extreme_px=239_000)
    one.orders.on_view(view)
    assert one.actions.move_stop(101, px) is None
    assert [(type(i), i.work_id, i.px, i.distance) for i in one.sent] == [(AmendWork, 101, 0, wanted)]
    assert trail_px(replace(condition, distance=wanted), 239_000, NAVER_ISSUE.ticks) == px


@pytest.mark.parametrize("px", [237_500, 240_000])
def test_a_trail_does_not_move_to_where_it_would_come_true_at_once(px):
    one = scene()
    condition = TrailCondition(distance=2_500, unit=TrailUnit.PX)
    one.orders.on_view(replace(a_stop(101, Side.SELL, 0, 80, condition=condition), extreme_px=239_000))
    assert (one.actions.move_stop(101, px).key, one.sent) == ("refusal.stop_at_once", [])


def test_the_newest_stop_or_trail_moves_by_ticks_as_keys_do():
    one = scene()
    assert one.actions.step_stop(NAVER, 1) == Refusal(key="refusal.no_stop")
    one.orders.on_view(a_stop(101, Side.SELL, 230_000, 80))
    assert one.actions.step_stop(NAVER, -2) is None
    condition = TrailCondition(distance=6_000, unit=TrailUnit.PX)
    one.orders.on_view(replace(a_stop(102, Side.SELL, 0, 80, condition=condition), extreme_px=239_000))
    assert one.actions.step_stop(NAVER, 1) is None
    assert [(i.work_id, i.px, i.distance) for i in one.sent] == [(101, 229_000, 0), (102, 0, 5_500)]


def test_a_trail_follows_at_the_brackets_stop_distance():
    one = scene(stop_ticks=4)
    assert one.actions.trail(NAVER, Side.SELL, 30) is None
    (order,) = one.sent[0].orders
    assert (order.side, order.qty, order.ord_type) == (Side.SELL, 30, OrdType.MARKET)
    assert order.condition == TrailCondition(is_above=False, distance=4, unit=TrailUnit.TICKS)
    one.actions.arm(on=False)
    assert one.actions.trail(NAVER, Side.BUY, 30) == Refusal(key="refusal.locked")


@pytest.mark.parametrize(("changes", "px"), [({}, 237_500), (PAIRED, 237_500)], ids=["stop", "profit"])
def test_a_price_that_is_reached_already_is_not_moved_to(changes, px):
    one = scene()
    one.orders.on_view(a_stop(101, Side.SELL, 230_000, 80, **changes))
    assert one.actions.move_stop(101, px).key == "refusal.stop_at_once"
    assert one.sent == []


def test_a_holding_gets_both_exits_in_one_group():
    one = scene(take_ticks=10, stop_ticks=4)
    one.orders.on_view(a_position(NAVER, 80, 80 * 233_000))
    assert one.actions.protect(NAVER) is None
    take, stop = one.sent[0].orders
    assert (take.side, take.ord_type, take.px, take.condition) == (
        Side.SELL,
        OrdType.LIMIT,
        238_000,
        PriceCondition(is_above=True, px=238_000),
    )
    assert (stop.side, stop.ord_type, stop.condition) == (
        Side.SELL,
        OrdType.MARKET,
        PriceCondition(is_above=False, px=231_000),
    )
    assert (take.qty, stop.qty, take.group_id, stop.group_id) == (80, 80, 1, 1)
    assert one.actions.protect(SAMSUNG) == Refusal(key="refusal.no_position")


@pytest.mark.parametrize(("px", "ord_type"), [(236_000, OrdType.LIMIT), (0, OrdType.MARKET)])
def test_a_bracket_leaves_with_its_order_in_one_intent(px, ord_type):
    one = scene(bracket=True, take_ticks=10, stop_ticks=4)
    one.actions.place(wanted(px=px, ord_type=ord_type))
    (sent,) = one.sent
    assert (type(sent), sent.px, sent.exits) == (NewOrder, px, Exits(take_ticks=10, stop_ticks=4))


def test_a_bracket_over_all_venues_leaves_in_one_intent_too():
    one = scene(bracket=True, take_ticks=10, stop_ticks=4)
    one.actions.place(wanted(venue=COMBINED))
    (sent,) = one.sent
    assert (type(sent), sent.exits) == (RouteOrder, Exits(take_ticks=10, stop_ticks=4))


def test_exits_that_were_asked_for_go_before_the_traders_rule():
    one = scene(bracket=True)
    exits = Exits(stop_ticks=3)
    one.actions.enter(NAVER, Side.BUY, 236_000, 50, exits=exits)
    assert one.sent[0].exits == exits


def test_reversing_asks_and_sends_twice_the_holding():
    one = scene()
    one.orders.on_view(a_position(NAVER, 80, 80 * 233_000))
    assert one.actions.reverse(NAVER).key == "refusal.confirm_order_sell"
    assert one.actions.reverse(NAVER) is None
    assert [(i.side, i.ord_type, i.qty) for i in one.sent] == [(Side.SELL, OrdType.MARKET, 160)]
    assert one.actions.reverse(SAMSUNG) == Refusal(key="refusal.no_position")


def test_nothing_that_may_trade_leaves_while_locked():
    one = scene()
    one.orders.on_view(a_stop(101, Side.SELL, 230_000))
    one.actions.arm(on=False)
    actions: Actions = one.actions
    locked = Refusal(key="refusal.locked")
    tried = [
        actions.place(wanted()),
        actions.stop(NAVER, Side.SELL, 230_000),
        actions.move_stop(101, 231_000),
        actions.protect(NAVER),
        actions.reverse(NAVER),
    ]
    assert tried == [locked] * 5
    assert one.sent == []


def test_a_lost_core_disarms():
    one = scene()
    one.actions.link(is_up=False)
    assert (one.actions.is_armed, one.actions.is_linked) == (False, False)
    one.actions.link(is_up=True)
    assert (one.actions.is_armed, one.actions.is_linked) == (False, True)


def test_exits_of_a_foreign_holding_stand_around_its_price_not_around_its_money():
    one = scene(take_ticks=10, stop_ticks=4)
    one.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, currency="USD", px_decimals=4)))
    one.orders.on_view(a_position(NAVER, 80, 80 * 2_330))  # 23.3000 dollars each, in cents
    assert one.actions.protect(NAVER) is None
    assert [order.condition.px for order in one.sent[0].orders] == [238_000, 231_000]
