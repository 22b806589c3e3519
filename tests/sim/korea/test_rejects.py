"""Bad input over the order wire: the venue's own code and text come back, and the flow goes on."""

import pytest

from hts.model.enums import ExecType, OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.sim.commands import BlockMember, Halt, KillSwitch
from hts.sim.reject_texts import TEXTS
from hts.wire.ums import messages as ums
from hts.wire.ums.events import MessageReceived
from tests.support.wire_ums import a_client, an_order, events_of
from tests.support.wire_venue import Venue

CAP = 100_000_000_000 // 272_000
GOOD = {"px": 270_000, "qty": 1}
BAD = [
    ({"symbol": "999999"}, Reason.UNKNOWN_SYMBOL),
    ({"px": 270_100}, Reason.BAD_TICK),
    ({"px": 354_000}, Reason.PRICE_LIMIT),
    ({"px": -500}, Reason.PRICE_LIMIT),
    ({"px": 0}, Reason.PRICE_LIMIT),
    ({"qty": 0}, Reason.BAD_QTY),
    ({"qty": 1 << 63}, Reason.BAD_QTY),
    ({"qty": CAP + 1}, Reason.QTY_CAP),
    ({"ord_type": OrdType.MARKET}, Reason.TYPE_NOT_ALLOWED),  # with a price
    ({"ord_type": OrdType.STOP, "px": 0, "stop_px": 271_000}, Reason.TYPE_NOT_ALLOWED),
    ({"ord_type": OrdType.STOP_LIMIT}, Reason.BAD_STOP_PX),
    ({"ord_type": OrdType.STOP_LIMIT, "stop_px": 270_100}, Reason.BAD_STOP_PX),
    ({"stop_px": 271_000}, Reason.BAD_STOP_PX),
    ({"time_in_force": TimeInForce.GTC}, Reason.TYPE_NOT_ALLOWED),
    ({"time_in_force": TimeInForce.AT_CLOSE}, Reason.PHASE_CLOSED),  # no board of one price is open
    ({"expire_ns": 1}, Reason.BAD_EXPIRY),
    ({"display_qty": 1, "qty": 5}, Reason.BAD_DISPLAY_QTY),
    ({"is_hidden": True}, Reason.BAD_DISPLAY_QTY),
    ({"min_qty": 1, "time_in_force": TimeInForce.IOC}, Reason.BAD_MIN_QTY),
    ({"post_only": True}, Reason.TYPE_NOT_ALLOWED),
    ({"side": Side.SELL, "is_short": True}, Reason.SHORT_SALE_PRICE),
    ({"ord_type": OrdType.LIMIT_OR_CLOSE, "px": 353_500}, Reason.TYPE_NOT_ALLOWED),
    ({"ord_type": OrdType.BEST_COUNTER}, Reason.TYPE_NOT_ALLOWED),  # it has no price of its own
]


def an_up_venue():
    venue = Venue()
    venue.connect(1, a_client())
    events_of(venue.clients[1])
    return venue


def answers(venue):
    found = [event.message for event in events_of(venue.clients[1]) if isinstance(event, MessageReceived)]
    return [
        (type(m).__name__, m.cl_ord_id, m.exec_type if isinstance(m, ums.Execution) else None, m.reason_code, m.text)
        for m in found
        if isinstance(m, (ums.Execution, ums.CancelReject))
    ]


def is_taken(venue, number):
    venue.say(1, an_order(number, **GOOD))
    return answers(venue) == [("Execution", number, ExecType.NEW, 0, "")]


@pytest.mark.parametrize(("changes", "reason"), BAD, ids=[f"{reason.name}-{n}" for n, (_, reason) in enumerate(BAD)])
def test_a_bad_order_is_rejected_by_code_and_text(changes, reason):
    venue = an_up_venue()
    venue.say(1, an_order(1, **(GOOD | changes)))
    assert answers(venue) == [("Execution", 1, ExecType.REJECTED, reason.value, TEXTS[reason])]
    assert TEXTS[reason]
    assert is_taken(venue, 2)


def test_a_duplicate_id_a_halted_issue_and_a_blocked_or_killed_member():
    venue = an_up_venue()
    acts = [
        (None, Reason.DUPLICATE_CL_ORD_ID),
        (Halt(session="VENUE", symbol="005930", on=True), Reason.HALTED),
        (BlockMember(session="VENUE", member="HTS01", on=True), Reason.MEMBER_BLOCKED),
        (KillSwitch(session="HTS01", on=True), Reason.KILL_SWITCH),
    ]
    undo = {
        Halt: Halt(session="VENUE", symbol="005930", on=False),
        BlockMember: BlockMember(session="VENUE", member="HTS01", on=False),
        KillSwitch: KillSwitch(session="HTS01", on=False),
    }
    assert is_taken(venue, 1)
    for number, (act, reason) in enumerate(acts, 2):
        if act is not None:
            venue.apply([act])
            venue.pump()
            answers(venue)
        same = number if act is not None else 1
        venue.say(1, an_order(same, **GOOD))
        assert answers(venue) == [("Execution", same, ExecType.REJECTED, reason.value, TEXTS[reason])]
        if act is not None:
            venue.apply([undo[type(act)]])
            venue.pump()
            answers(venue)
    assert is_taken(venue, 20)


def test_refused_cancels_and_amends_have_their_text_too():
    venue = an_up_venue()
    common = {"request_id": "r", "account": "8801-2745-01", "symbol": "005930", "side": Side.BUY}
    assert is_taken(venue, 1)
    venue.say(1, ums.CancelOrder(cl_ord_id=2, orig_cl_ord_id=99, **common))
    venue.say(1, ums.AmendOrder(cl_ord_id=3, orig_cl_ord_id=1, **common, px=270_100, qty=1))
    venue.say(1, ums.AmendOrder(cl_ord_id=4, orig_cl_ord_id=1, **common, px=270_000, qty=9))
    assert answers(venue) == [
        ("CancelReject", number, None, reason.value, TEXTS[reason])
        for number, reason in ((2, Reason.UNKNOWN_ORDER), (3, Reason.BAD_TICK), (4, Reason.QTY_INCREASE))
    ]


def test_a_flood_is_throttled_and_the_next_second_is_free():
    venue = an_up_venue()
    for number in range(1, 61):
        venue.say(1, an_order(number, **GOOD))
    found = answers(venue)
    assert [reason for *_, reason, _ in found] == [0] * 50 + [Reason.THROTTLED.value] * 10
    venue.advance(1000)
    assert is_taken(venue, 100)


def test_every_reason_has_a_text_that_the_wire_can_carry():
    assert set(TEXTS) == set(Reason)
    assert all(text.isascii() and text.isprintable() and len(text) <= 48 for text in TEXTS.values())
