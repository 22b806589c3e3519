import pytest

from hts.model.enums import OrdType, Side
from hts.model.reasons import Reason
from hts.sim.commands import Amend, Cancel, Enter, KillSwitch, MassCancel, MassStatus
from hts.sim.order_entry import CONNECTIONS_MAX, MemberLogin
from hts.wire.ums import messages as ums
from hts.wire.ums.codec import encode
from hts.wire.ums.events import LoggedOut
from hts.wire.ums.messages import Logout, SessionReason
from tests.support.wire_ums import LAYOUT, MORE, MS, PASSWORD, a_client, a_logon, an_order, events_of, frames_of
from tests.support.wire_venue import START, Venue, a_drop_copy, a_member, an_entry, told

ACCOUNT = "8801-2745-01"
SAMSUNG = "005930"


def a_price(venue):
    return next(i.base_px for i in venue.exchange.instruments if i.symbol == SAMSUNG)


def buy(venue, cl_ord_id, **changes):
    return an_order(cl_ord_id, **({"px": a_price(venue)} | changes))


def sell(venue, cl_ord_id, **changes):
    return buy(venue, cl_ord_id, side=Side.SELL, **changes)


def an_up_venue(**client):
    venue = Venue()
    member, copy = a_member(**client), a_drop_copy()
    venue.connect(1, member)
    venue.connect(2, copy)
    assert (told(member), told(copy)) == (["LoggedOn"], ["LoggedOn"])
    return venue, member, copy


def test_each_message_is_one_command_with_its_number():
    entry = an_entry()
    entry.connected(1, START, 0)
    assert entry.receive_data(1, encode(LAYOUT, a_logon(), 1, START), START, 0) == []
    common = {"request_id": "r", "account": ACCOUNT, "symbol": SAMSUNG, "side": Side.BUY}
    same = {"account": ACCOUNT, "symbol": SAMSUNG, "side": Side.BUY}
    messages = [
        an_order(1),
        an_order(7, **MORE),
        ums.CancelOrder(cl_ord_id=2, orig_cl_ord_id=1, **common),
        ums.AmendOrder(cl_ord_id=3, orig_cl_ord_id=1, **common, px=5, qty=6),
        ums.MassCancel(cl_ord_id=4, account=ACCOUNT, symbol=""),
        ums.MassStatusRequest(mass_status_req_id=9),
        ums.KillSwitchRequest(cl_ord_id=5, account=ACCOUNT, on=True),
        ums.AmendOrder(
            cl_ord_id=8,
            orig_cl_ord_id=1,
            **common,
            px=5,
            qty=6,
            stop_px=7,
            display_qty=2,
            ord_type=OrdType.BEST_OWN,
        ),
        ums.KillSwitchRequest(cl_ord_id=9, account="", on=True, symbol=SAMSUNG, side=Side.SELL, smp_id="HSA1"),
    ]
    data = b"".join(encode(LAYOUT, m, i, START) for i, m in enumerate(messages, 1))
    assert entry.receive_data(1, data, START, 0) == [
        Enter(
            session="HTS01",
            in_seq=1,
            cl_ord_id=1,
            request_id="r-1",
            **same,
            px=71_000,
            qty=10,
        ),
        Enter(session="HTS01", in_seq=2, cl_ord_id=7, request_id="r-7", **same, px=71_000, qty=10, **MORE),
        Cancel(session="HTS01", in_seq=3, cl_ord_id=2, orig_cl_ord_id=1, request_id="r"),
        Amend(session="HTS01", in_seq=4, cl_ord_id=3, orig_cl_ord_id=1, request_id="r", px=5, qty=6),
        MassCancel(session="HTS01", in_seq=5, cl_ord_id=4, account=ACCOUNT),
        MassStatus(session="HTS01", in_seq=6, mass_status_req_id=9),
        KillSwitch(session="HTS01", in_seq=7, cl_ord_id=5, account=ACCOUNT, on=True),
        Amend(
            session="HTS01",
            in_seq=8,
            cl_ord_id=8,
            orig_cl_ord_id=1,
            request_id="r",
            px=5,
            qty=6,
            stop_px=7,
            display_qty=2,
            ord_type=OrdType.BEST_OWN,
        ),
        KillSwitch(session="HTS01", in_seq=9, cl_ord_id=9, on=True, symbol=SAMSUNG, side=Side.SELL, smp_id="HSA1"),
    ]


def test_member_hears_everything_and_the_drop_copy_every_execution():
    venue, member, copy = an_up_venue()
    venue.say(1, buy(venue, 1))
    venue.say(1, sell(venue, 2, qty=4))
    venue.say(1, buy(venue, 1))
    common = {"request_id": "r", "account": ACCOUNT, "symbol": SAMSUNG, "side": Side.BUY}
    venue.say(1, ums.CancelOrder(cl_ord_id=3, orig_cl_ord_id=99, **common))
    venue.say(1, ums.MassStatusRequest(mass_status_req_id=7))
    venue.say(1, ums.AmendOrder(cl_ord_id=4, orig_cl_ord_id=1, **common, px=a_price(venue), qty=9))
    venue.say(1, ums.CancelOrder(cl_ord_id=5, orig_cl_ord_id=4, **common))
    assert told(member) == [
        (1, "NEW", 1),
        (2, "NEW", 2),
        (3, "TRADE", 1),
        (4, "TRADE", 2),
        (5, "REJECTED", 1),
        (6, "CancelReject", 3),
        (7, "ORDER_STATUS", 1),
        (8, "ORDER_STATUS", 2),
        (9, "MassStatusEnd", 0),
        (10, "REPLACED", 4),
        (11, "CANCELED", 5),
    ]
    assert told(copy) == [
        (1, "NEW", 1),
        (2, "NEW", 2),
        (3, "TRADE", 1),
        (4, "TRADE", 2),
        (5, "REJECTED", 1),
        (6, "REPLACED", 4),
        (7, "CANCELED", 5),
    ]


def test_an_execution_carries_the_fill():
    venue, member, _ = an_up_venue()
    venue.say(1, buy(venue, 1))
    venue.say(1, sell(venue, 2, qty=4))
    fill = [e.message for e in events_of(member)][2]
    assert (fill.last_px, fill.last_qty, fill.leaves_qty, fill.cum_qty) == (a_price(venue), 4, 6, 4)
    assert fill.exec_id > 0
    assert fill.venue_order_id > 0
    assert (fill.request_id, fill.account, fill.symbol, fill.transact_ns) == ("r-1", ACCOUNT, SAMSUNG, START)


def test_what_happens_while_a_member_is_away_is_told_at_logon():
    venue, member, _ = an_up_venue()
    venue.say(1, buy(venue, 1))
    assert told(member) == [(1, "NEW", 1)]
    venue.cut(1)
    other = a_client(epoch=3, comp_id="HTS02", password="two")
    venue.connect(3, other)
    venue.say(3, sell(venue, 1))
    venue.connect(4, member)
    assert told(member) == ["LoggedOn", (2, "TRADE*", 1)]
    assert told(other) == ["LoggedOn", (1, "NEW", 1), (2, "TRADE", 1)]


def test_a_restart_from_the_command_log_gives_the_same_numbers_and_bytes():
    venue, member, copy = an_up_venue()
    venue.say(1, buy(venue, 1))
    venue.say(1, ums.MassStatusRequest(mass_status_req_id=1))
    venue.say(1, sell(venue, 2, qty=4))
    heard, copied = told(member), told(copy)
    fresh = venue.restarted()
    assert fresh.entry.sequence_numbers() == venue.entry.sequence_numbers()
    assert fresh.entry.sequence_numbers()["HTS01"] == (4, 7)
    fresh.connect(1, member)
    assert told(member) == ["LoggedOn"]
    again, copy_again = a_member(), a_drop_copy()
    fresh.connect(2, again)
    fresh.connect(3, copy_again)
    assert told(again) == ["LoggedOn", *((seq, word + "*", i) for seq, word, i in heard)]
    assert told(copy_again) == ["LoggedOn", *((seq, word + "*", i) for seq, word, i in copied)]
    fresh.say(2, sell(venue, 3, qty=1))
    assert told(again) == [(7, "NEW", 3), (8, "TRADE", 1), (9, "TRADE", 3)]


def test_half_open_connection_is_replaced_and_its_late_bytes_are_ignored():
    venue, member, _ = an_up_venue()
    venue.say(1, buy(venue, 1))
    member.send(buy(venue, 2), *venue.now)
    late = member.data_to_send()
    again = a_member()
    venue.clients.pop(1)  # the old process is gone, its connection is not
    venue.connect(5, again)
    assert told(again) == ["LoggedOn", (1, "NEW*", 1)]
    assert again.next_out_seq == 2
    assert venue.closed == [1]
    assert venue.entry.receive_data(1, late, *venue.now) == []
    venue.say(5, buy(venue, 3))
    assert told(again) == [(2, "NEW", 3)]


def test_the_replaced_connection_is_told_why():
    entry = an_entry()
    for conn in (1, 2):
        entry.connected(conn, START, 0)
        entry.receive_data(conn, encode(LAYOUT, a_logon(), 1, START), START, 0)
    (first, words), (second, answer) = entry.data_to_send()
    assert (first, [type(f.message).__name__ for f in frames_of(words)]) == (1, ["Logon", "Logout"])
    assert frames_of(words)[1].message == Logout(reason=SessionReason.REPLACED, text="a newer logon took over")
    assert (second, [type(f.message).__name__ for f in frames_of(answer)]) == (2, ["Logon"])
    assert (entry.closing(), entry.closing()) == ([1], [])


@pytest.mark.parametrize("end", ["cut", "logout", "silence", "fault", "replaced"])
@pytest.mark.parametrize("policy", [False, True])
def test_cancel_on_disconnect_is_for_every_end_of_the_connection(end, policy):
    venue, member, copy = an_up_venue(cancel_on_disconnect=policy)
    venue.say(1, buy(venue, 1))
    venue.say(1, buy(venue, 2))
    again = a_member()
    if end == "cut":
        venue.cut(1)
    elif end == "logout":
        member.logout(SessionReason.NONE, "", *venue.now)
        venue.pump()
    elif end == "silence":
        venue.clients.pop(1)
        venue.advance(2_500)
    elif end == "fault":
        venue.apply(venue.entry.receive_data(1, b"\xff" * 20, *venue.now))
        venue.pump()
    else:
        venue.clients.pop(1)
        venue.connect(5, again)
    expected = [(MassCancel(session="HTS01", reason=Reason.CANCEL_ON_DISCONNECT), venue.now[0])] if policy else []
    assert [row for row in venue.log if isinstance(row[0], MassCancel)] == expected
    cancelled = [(3, "CANCELED", 1), (4, "CANCELED", 2)] if policy else []
    assert told(copy) == [(1, "NEW", 1), (2, "NEW", 2), *cancelled]
    if 1 in venue.clients:
        venue.cut(1)
    assert len(venue.log) == 2 + policy


def test_the_end_of_a_drop_copy_cancels_nothing():
    venue, member, _ = an_up_venue()
    venue.say(1, buy(venue, 1))
    venue.cut(2)
    venue.connect(2, a_drop_copy(cancel_on_disconnect=True))
    venue.cut(2)
    assert (len(venue.log), told(member)) == (1, [(1, "NEW", 1)])


def test_drop_copy_takes_no_requests():
    venue, _, copy = an_up_venue()
    venue.say(2, buy(venue, 1))
    text = "no request on a drop copy session expected, found EnterOrder"
    assert events_of(copy) == [LoggedOut(reason=SessionReason.READ_ONLY, text=text, by_peer=True)]
    assert (venue.log, venue.closed) == ([], [2])


def a_frame(message):
    return encode(LAYOUT, message, 1, START)


STRANGERS = [
    (b"GET / HTTP/1.1\r\n", SessionReason.BAD_LENGTH, "frame length 16 to 512 expected, found 18245"),
    (a_frame(an_order(1)), SessionReason.UNEXPECTED_MESSAGE, "Logon expected, found EnterOrder"),
    (
        a_frame(a_logon(comp_id="NOBODY")),
        SessionReason.UNKNOWN_COMP_ID,
        "a member's comp id expected, found NOBODY",
    ),
    (
        a_frame(a_logon(password="guess")),
        SessionReason.BAD_PASSWORD,
        "the password of HTS01 expected, found another one",
    ),
    (a_frame(a_logon(version=9)), SessionReason.BAD_VERSION, "version 5 expected, found 9"),
    (a_frame(a_logon(peer_id="TSE")), SessionReason.WRONG_PEER, "logon to KRX expected, found TSE"),
    (
        a_frame(a_logon(next_expected_seq=5)),
        SessionReason.SEQ_TOO_HIGH,
        "next expected number up to 1 expected, found 5",
    ),
]


@pytest.mark.parametrize(("data", "reason", "text"), STRANGERS, ids=lambda v: v.name if hasattr(v, "name") else "")
def test_a_refused_stranger_throws_nobody_out(data, reason, text):
    venue, member, _ = an_up_venue(cancel_on_disconnect=True)
    venue.entry.connected(9, *venue.now)
    answer = venue.say_raw(9, data)
    assert [f.message for f in frames_of(answer)] == [Logout(reason=reason, text=text)]
    assert venue.entry.receive_data(9, data, *venue.now) == []
    venue.pump()
    assert (venue.closed, venue.log) == ([9], [])
    venue.say(1, buy(venue, 1))
    assert told(member) == [(1, "NEW", 1)]


def test_a_connection_without_logon_is_closed_after_its_time():
    entry = an_entry()
    entry.connected(1, START, 0)
    entry.receive_data(1, a_frame(a_logon())[:60], START, 0)
    assert entry.next_timer_ns() == 5_000 * MS
    assert entry.on_timer(START, 5_000 * MS) == []
    ((_, data),) = entry.data_to_send()
    assert [f.message for f in frames_of(data)] == [
        Logout(reason=SessionReason.LOGON_TIMEOUT, text="Logon within 5000 ms expected")
    ]
    assert (entry.closing(), entry.next_timer_ns()) == ([1], None)


def test_one_byte_at_a_time_gives_the_same_commands():
    data = a_frame(a_logon()) + a_frame(an_order(1)) + encode(LAYOUT, an_order(2), 2, START)
    whole, single = an_entry(), an_entry()
    for entry in (whole, single):
        entry.connected(1, START, 0)
    found = whole.receive_data(1, data, START, 0)
    assert [c for b in data for c in single.receive_data(1, bytes((b,)), START, 0)] == found
    assert [c.cl_ord_id for c in found] == [1, 2]
    assert whole.data_to_send() == single.data_to_send()


def test_too_many_connections_are_refused():
    entry = an_entry()
    for conn in range(CONNECTIONS_MAX + 1):
        entry.connected(conn, START, 0)
    assert entry.closing() == [CONNECTIONS_MAX]


def test_a_member_that_does_not_read_is_cut_off_and_its_orders_are_cancelled():
    venue, member, copy = an_up_venue(cancel_on_disconnect=True)
    venue.say(1, buy(venue, 1))
    told(copy)
    venue.entry._sessions["HTS01"]._unsent_limit = 100
    del venue.clients[1]
    member.send(buy(venue, 2), *venue.now)
    venue.apply(venue.entry.receive_data(1, member.data_to_send(), *venue.now))
    assert venue.entry.next_timer_ns() == 0
    venue.advance(0)
    assert venue.closed == [1]
    assert told(copy) == [(2, "NEW", 2), (3, "CANCELED", 1), (4, "CANCELED", 2)]


def test_a_new_day_logs_everybody_out_and_starts_the_numbers_anew():
    venue, member, _ = an_up_venue(cancel_on_disconnect=True)
    venue.say(1, buy(venue, 1))
    venue.entry.roll(4, 20261124, *venue.now)
    venue.pump()
    assert told(member) == [(1, "NEW", 1), "LoggedOut"]
    assert (venue.closed, len(venue.log)) == ([1, 2], 1)
    venue.connect(3, member)
    assert told(member) == ["LoggedOn"]
    assert (member.epoch, member.next_in_seq, member.next_out_seq) == (4, 1, 1)


def test_background_flow_has_no_session():
    entry = an_entry()
    before = entry.sequence_numbers()
    venue = Venue()
    order = Enter(session="AGENTS", cl_ord_id=1, symbol=SAMSUNG, side=Side.BUY, px=a_price(venue), qty=1)
    entry.on_events(venue.exchange.apply(order, START), START, 0)
    assert entry.sequence_numbers() == before


def test_passwords_are_in_no_repr():
    assert PASSWORD not in repr(MemberLogin(comp_id="HTS01", password=PASSWORD))


# -- many orders at once --


def test_a_mass_cancel_is_reported_order_by_order_and_then_as_a_whole():
    venue, member, copy = an_up_venue()
    for cl_ord_id in (1, 2):
        venue.say(1, buy(venue, cl_ord_id))
    assert (len(told(member)), len(told(copy))) == (2, 2)
    venue.say(1, ums.MassCancel(cl_ord_id=3, account=ACCOUNT, symbol=""))
    assert told(member) == [(3, "CANCELED", 1), (4, "CANCELED", 2), (5, "MassCancelReport", 3)]
    assert told(copy) == [(3, "CANCELED", 1), (4, "CANCELED", 2)]


def test_a_kill_switch_is_told_to_member_and_drop_copy_and_again_after_a_gap():
    venue, member, copy = an_up_venue()
    venue.say(1, buy(venue, 1))
    venue.say(1, ums.KillSwitchRequest(cl_ord_id=2, account="", on=True))
    venue.say(1, buy(venue, 3))
    heard = [(1, "NEW", 1), (2, "CANCELED", 1), (3, "KillSwitchNotice", 2), (4, "REJECTED", 3)]
    assert (told(member), told(copy)) == (heard, heard)
    venue.cut(1)
    # The venue throws it by itself while the member is away.
    venue.apply([KillSwitch(session="HTS01", account=ACCOUNT, on=True)])
    again = a_member(next_in_seq=4, next_out_seq=4)
    venue.connect(3, again)
    assert told(again) == ["LoggedOn", (4, "REJECTED*", 3), (5, "KillSwitchNotice*", 0)]
    rebuilt = venue.restarted()
    assert rebuilt.entry.sequence_numbers() == venue.entry.sequence_numbers()
    assert rebuilt.exchange.state_hash() == venue.exchange.state_hash()
