import pytest
from msgspec.structs import asdict, replace

from hts.model.denials import Denial, Rule
from hts.model.effects import Append, RequestSnapshot, Send, SetTimer, SyncThen
from hts.model.enums import DisconnectPolicy, ExecType, OrdStatus, TimeInForce
from hts.model.intents import Flatten, SetDisconnectPolicy
from hts.model.quotes import InstrumentDef
from hts.model.reasons import LocalCause
from hts.model.records import AccountOpened, CoreStarted, DisconnectPolicySet, IdBlockReserved, VenueSessionStarted
from hts.model.records_risk import LimitsSet
from hts.model.reports import MassStatusEnd, RequestsLost, SessionDown
from hts.model.requests import OrderCancelRequest, OrderMassStatusRequest, StartSession
from hts.model.views import CoreState, LinkState, NoticeView, OrderView, StatusView
from hts.risk.freeze import ALL_ACCOUNTS
from hts.risk.limits import RiskLimits
from tests.engine.kit import (
    CASH,
    Desk,
    a_config,
    a_ready_desk,
    a_snapshot,
    mass_status_end,
    records,
    replies,
    requests,
    session_up,
    tokens,
    views,
)
from tests.engine.test_cancels import a_desk_with
from tests.support.builders import (
    ACCOUNT,
    AT,
    DATE,
    MONO_NS,
    TRADE_NS,
    VENUE,
    a_cancel_intent,
    a_fill,
    a_replace_intent,
    a_report,
    an_instrument,
    an_intent,
)


def names(effects):
    return [type(effect).__name__ for effect in effects]


def status_of(effects):
    return [(v.core, v.orders) for v in views(effects) if isinstance(v, StatusView)]


def orders_shown(effects):
    return [(v.order_id, v.ord_status, v.local_cause) for v in views(effects) if isinstance(v, OrderView)]


def test_first_start_opens_the_account_and_puts_ids_on_disk_before_the_session():
    desk = Desk()
    effects = desk.engine.start(*desk.at(), 42)
    opened = AccountOpened(account=ACCOUNT, currency="KRW", cash=CASH, disconnect_policy=DisconnectPolicy.KEEP, **AT)
    assert [e for e in effects if not hasattr(e, "view")] == [
        Append(CoreStarted(wall_ns=42, build="test", config_hash="", **AT)),
        Append(
            LimitsSet(
                account="", request_id="", scope=ALL_ACCOUNTS, limits=asdict(a_config().limits), is_queued=False, **AT
            )
        ),
        Append(opened),
        RequestSnapshot(VENUE),
        SetTimer("md.KRX", MONO_NS + 1_000_000_000),
        SetTimer("status", MONO_NS + 1_000_000_000),
        Append(IdBlockReserved(first=1, last=10_000, **AT)),
        SyncThen(1),
    ]
    assert status_of(effects) == [(CoreState.RECOVERING, LinkState.CONNECTING)]
    desk.hear_list()
    synced = desk.engine.on_synced(1, *desk.at())
    assert synced[0] == Send(VENUE, StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=False))
    assert desk.engine.on_synced(1, *desk.at()) == ()


def test_trading_is_locked_until_the_mass_status_is_complete():
    desk = Desk()
    desk.start()
    refused = [replies(desk.intent(an_intent("x1")))[0].denial]
    asked = desk.report(session_up())
    assert names(asked) == ["Append", "Send", "Publish"]
    assert records(asked) == [VenueSessionStarted(venue=VENUE, epoch=1, trading_date=DATE, **AT)]
    assert requests(asked) == [OrderMassStatusRequest(mass_status_req_id=1_000_001)]
    refused.append(replies(desk.intent(an_intent("x2")))[0].denial)
    assert refused == [Denial(rule=Rule.NOT_READY)] * 2
    ready = desk.report(mass_status_end(asked, 1))
    assert status_of(ready) == [(CoreState.READY, LinkState.UP)]
    assert desk.engine.is_ready


def test_end_of_an_older_mass_status_is_read_but_not_believed():
    desk = Desk()
    desk.start()
    desk.report(session_up())
    old = MassStatusEnd(venue=VENUE, venue_seq=1, mass_status_req_id=1, count=0, transact_ns=TRADE_NS)
    assert names(desk.report(old)) == ["Append"]
    assert not desk.engine.is_ready


def test_restart_resumes_behind_the_last_stored_message_with_fresh_ids():
    desk = a_desk_with(an_intent(), id_block_size=8)
    again = Desk(desk.journal, id_block_size=8)
    again.start()
    again.hear_list()
    assert again.sent == [StartSession(epoch=1, next_in_seq=desk.next_seq, cancel_on_disconnect=False)]
    assert again.engine.core.state.ids.next_id == 9
    assert again.engine.core.state.runs == 2


def test_order_that_never_reached_the_venue_is_closed_after_reconciliation():
    desk = a_ready_desk()
    desk.intent(an_intent())
    again = Desk(desk.journal)
    again.start()
    effects = again.log_on()
    assert orders_shown(effects) == [(1, OrdStatus.CANCELED, LocalCause.UNKNOWN_TO_VENUE)]
    assert again.engine.core.state.ledger.money(ACCOUNT, "KRW").reserved == 0
    assert again.engine.is_ready


def test_order_that_the_mass_status_names_stands():
    desk = a_desk_with(an_intent())
    again = Desk(desk.journal)
    again.start()
    effects = again.log_on(reports=[a_report(ExecType.ORDER_STATUS, desk.next_seq)])
    assert orders_shown(effects) == []
    assert [o.ord_status for o in again.engine.core.state.orders] == [OrdStatus.NEW]


def test_a_status_without_news_still_records_an_issue_that_is_listed_otherwise():
    """A feed that begins anew may not know yesterday's close: the base price of the day is then another one."""
    desk = a_desk_with(an_intent())
    again = Desk(desk.journal)
    again.start()
    issue = an_instrument()
    other = replace(issue, base_px=issue.base_px + 100)
    again.take(again.engine.on_snapshot(a_snapshot(quotes=(InstrumentDef(instrument=other),)), *again.at()))
    again.log_on(reports=[a_report(ExecType.ORDER_STATUS, desk.next_seq)])
    assert again.engine.core.state.listed[VENUE, issue.symbol] == other
    assert Desk(again.journal).engine.state_hash == again.engine.state_hash


def test_fills_missed_while_down_are_booked_from_the_resend():
    desk = a_desk_with(an_intent())
    again = Desk(desk.journal)
    again.start()
    seq = desk.next_seq
    again.log_on(reports=[a_fill(4, 4, seq), a_report(ExecType.ORDER_STATUS, seq + 1, cum_qty=4)])
    (order,) = again.engine.core.state.orders
    assert (order.ord_status, order.cum_qty) == (OrdStatus.PARTIALLY_FILLED, 4)


def test_numbers_that_begin_anew_within_the_day_leave_orders_and_fills_as_they_are():
    desk = a_desk_with(an_intent("r1"), an_intent("r2"), an_intent("r3"))
    desk.report(a_fill(10, 10, desk.next_seq, cl_ord_id=1))
    desk.report(a_fill(4, 4, desk.next_seq, cl_ord_id=2))
    state = desk.engine.core.state
    before = [(o.order_id, o.ord_status, o.cum_qty, o.filled_value) for o in state.orders]
    held, fills = state.ledger.money(ACCOUNT, "KRW"), tuple(state.fills)
    asked = desk.report(replace(session_up(2), is_renumbered=True))
    assert records(asked) == [VenueSessionStarted(venue=VENUE, epoch=2, trading_date=DATE, is_renumbered=True, **AT)]
    assert [view.key for view in views(asked) if isinstance(view, NoticeView)] == ["notice.numbers_anew"]
    assert (desk.next_seq, status_of(asked)[-1]) == (1, (CoreState.READY, LinkState.RECONCILING))
    told = [(10, OrdStatus.FILLED), (4, OrdStatus.PARTIALLY_FILLED), (0, OrdStatus.NEW)]
    for number, (cum_qty, ord_status) in enumerate(told, start=1):
        fields = {"cl_ord_id": number, "venue_order_id": state.orders.get(number).venue_order_id}
        desk.report(a_report(ExecType.ORDER_STATUS, number, cum_qty=cum_qty, ord_status=ord_status, **fields))
    desk.report(mass_status_end(asked, 4, 3))
    assert [(o.order_id, o.ord_status, o.cum_qty, o.filled_value) for o in state.orders] == before
    assert (state.ledger.money(ACCOUNT, "KRW"), tuple(state.fills)) == (held, fills)
    again = fills[0]
    desk.report(a_fill(10, 10, 5, cl_ord_id=1, exec_id=again.exec_id))  # told once more under a new number
    assert tuple(state.fills) == fills
    assert Desk(desk.journal).engine.state_hash == desk.engine.state_hash


def test_numbers_that_begin_anew_with_a_day_are_a_day():
    desk = a_desk_with(an_intent())
    effects = desk.report(replace(session_up(2, DATE + 1), is_renumbered=True))
    assert orders_shown(effects) == [(1, OrdStatus.EXPIRED, LocalCause.VENUE_NEW_DAY)]
    assert not any(record.is_renumbered for record in records(effects) if isinstance(record, VenueSessionStarted))


def test_lost_cancel_is_sent_again_with_a_new_id_and_a_lost_amend_is_forgotten():
    desk = a_desk_with(an_intent("r1"), an_intent("r2"))
    desk.intent(a_cancel_intent(1, "c1"))
    desk.intent(a_replace_intent(2, 70_900, 10, "a1"))
    again = Desk(desk.journal)
    again.start()
    seq = desk.next_seq
    status = [a_report(ExecType.ORDER_STATUS, seq + n, cl_ord_id=n + 1) for n in range(2)]
    effects = again.log_on(reports=status)
    assert [type(r).__name__ for r in records(effects)] == [
        "VenueSeqSeen",
        "CancelForgotten",
        "CancelEntered",
        "CancelForgotten",
    ]
    (request,) = requests(effects)
    assert (type(request), request.orig_cl_ord_id, request.cl_ord_id > 10_000) == (OrderCancelRequest, 1, True)
    assert [o.ord_status for o in again.engine.core.state.orders] == [OrdStatus.PENDING_CANCEL, OrdStatus.NEW]


def test_new_day_closes_all_and_says_why():
    desk = a_desk_with(an_intent("r1"), an_intent("r2"))
    desk.report(a_fill(10, 10, desk.next_seq, cl_ord_id=2))
    desk.report(SessionDown(venue=VENUE, reason="cut"))
    effects = desk.report(session_up(epoch=2))
    assert orders_shown(effects) == [(1, OrdStatus.EXPIRED, LocalCause.VENUE_NEW_DAY)]
    assert [o.order_id for o in desk.engine.core.state.orders] == [1]
    assert desk.next_seq == 1
    assert desk.engine.core.state.ledger.qty(ACCOUNT, "005930") == 10


def test_lost_new_order_is_closed_and_its_cash_is_free():
    desk = a_ready_desk()
    desk.intent(an_intent())
    effects = desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(1,)))
    assert orders_shown(effects) == [(1, OrdStatus.CANCELED, LocalCause.NEVER_REACHED_VENUE)]
    assert desk.engine.core.state.ledger.money(ACCOUNT, "KRW").reserved == 0


def test_cancel_lost_while_up_is_sent_again_once():
    desk = a_desk_with(an_intent())
    desk.intent(a_cancel_intent(1))
    first = desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(2,)))
    assert [type(r).__name__ for r in records(first)] == ["CancelForgotten", "CancelEntered"]
    assert [r.cl_ord_id for r in requests(first)] == [3]
    second = desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(3,)))
    assert (requests(second), orders_shown(second)) == ([], [(1, OrdStatus.NEW, 0)])


def test_cancel_lost_while_down_waits_for_the_reconciliation():
    desk = a_desk_with(an_intent())
    desk.intent(a_cancel_intent(1))
    desk.report(SessionDown(venue=VENUE, reason="cut"))
    assert records(desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(2,)))) == []
    effects = desk.log_on(reports=[a_report(ExecType.ORDER_STATUS, desk.next_seq)])
    assert [r.cl_ord_id for r in requests(effects)] == [3]


def test_report_proves_wrong_what_was_believed_lost():
    desk = a_ready_desk()
    desk.intent(an_intent())
    desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(1,)))
    desk.report(a_report(venue_seq=desk.next_seq))
    (order,) = desk.engine.core.state.orders
    assert (order.ord_status, order.held, order.local_cause) == (OrdStatus.NEW, 710_106, 0)


def test_terminals_that_left_while_the_venue_was_down_have_their_orders_cancelled():
    desk = a_desk_with(an_intent(), policy=DisconnectPolicy.CANCEL)
    desk.engine.on_clients(1, *desk.at())
    desk.report(SessionDown(venue=VENUE, reason="cut"))
    assert desk.engine.on_clients(0, *desk.at()) == ()
    effects = desk.log_on(reports=[a_report(ExecType.ORDER_STATUS, desk.next_seq)])
    assert [r.orig_cl_ord_id for r in requests(effects)] == [1]


def test_policy_travels_with_the_logon():
    desk = Desk(policy=DisconnectPolicy.CANCEL)
    desk.start()
    desk.hear_list()
    assert desk.sent == [StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=True)]


def test_the_session_waits_for_the_list_of_issues_since_costs_depend_on_it():
    desk = Desk()
    effects = desk.take(desk.engine.start(*desk.at(), 0))
    desk.take(desk.engine.on_synced(tokens(effects)[0], *desk.at()))
    assert desk.sent == []
    desk.hear_list()
    desk.take(desk.engine.on_timer("status", *desk.at()))
    assert desk.sent == [StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=False)]


def test_without_a_feed_the_session_begins_a_second_later():
    desk = Desk()
    desk.start()
    desk.mono_ns += 999_999_999
    desk.take(desk.engine.on_timer("status", *desk.at()))
    assert desk.sent == []
    desk.mono_ns += 1
    desk.take(desk.engine.on_timer("status", *desk.at()))
    assert [type(request) for request in desk.sent] == [StartSession]


def test_a_new_policy_is_told_to_the_gateway_for_the_next_logon():
    desk = a_ready_desk()
    effects = desk.intent(SetDisconnectPolicy(request_id="p", account=ACCOUNT, policy=DisconnectPolicy.CANCEL))
    assert [type(r) for r in records(effects)] == [DisconnectPolicySet]
    assert requests(effects) == [StartSession(epoch=1, next_in_seq=desk.next_seq, cancel_on_disconnect=True)]


def test_halted_journal_refuses_everything_and_applies_nothing():
    desk = a_desk_with(an_intent())
    effects = desk.engine.on_journal_failed("disk full", *desk.at())
    assert status_of(effects) == [(CoreState.HALTED, LinkState.UP)]
    before = desk.engine.state_hash
    refused = desk.intent(an_intent("x"))
    assert (names(refused), replies(refused)[0].denial) == (["Reply"], Denial(rule=Rule.JOURNAL_HALTED))
    assert names(desk.report(a_fill(4, 4, desk.next_seq))) == ["Publish"]
    assert names(desk.report(session_up())) == ["Publish"]
    assert desk.engine.state_hash == before


def test_status_is_published_every_second():
    desk = a_ready_desk()
    effects = desk.engine.on_timer("status", TRADE_NS + 5, MONO_NS + 7)
    assert effects[0] == SetTimer("status", MONO_NS + 1_000_000_007)
    assert [v.trade_ns for v in views(effects)] == [TRADE_NS + 5]


def test_second_block_of_ids_does_not_log_on_again():
    desk = a_ready_desk(id_block_size=4)
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2"))
    synced = desk.engine.on_synced(2, *desk.at())
    assert (requests(synced), desk.engine.core.state.ids.usable) == ([], 6)


def test_request_of_a_lost_journal_tail_finds_its_order_afterwards():
    desk = a_desk_with(an_intent())
    desk.report(a_report(ExecType.CANCELED, desk.next_seq, cl_ord_id=50, orig_cl_ord_id=1))
    assert desk.engine.core.state.orders.find(50).order_id == 1
    assert desk.engine.core.state.ids.next_id == 51


def test_new_process_has_a_new_monotonic_clock_and_an_empty_rate_window():
    limits = RiskLimits(orders_per_second=1, duplicate_window_ms=0)
    desk = a_ready_desk(limits=limits)
    desk.intent(an_intent("r1"))
    assert replies(desk.intent(an_intent("r2")))[0].denial.rule is Rule.ORDER_RATE
    again = Desk(desk.journal, limits=limits)
    again.mono_ns = 5
    again.start()
    again.take(again.engine.on_snapshot(a_snapshot(), *again.at()))
    again.log_on()
    assert replies(again.intent(an_intent("r3")))[0].accepted


def test_new_day_forgets_a_flatten_of_yesterday():
    desk = a_desk_with(an_intent())
    desk.intent(Flatten(request_id="f", account=ACCOUNT, symbol="005930"))
    desk.report(SessionDown(venue=VENUE, reason="cut"))
    desk.report(session_up(epoch=2))
    assert desk.engine.core.state.flattening == {}


@pytest.mark.parametrize(
    ("time_in_force", "status"), [(TimeInForce.DAY, OrdStatus.EXPIRED), (TimeInForce.GTC, OrdStatus.NEW)]
)
def test_an_order_good_till_cancelled_lives_on_where_the_new_day_names_it(time_in_force, status):
    desk = a_ready_desk()
    desk.intent(an_intent(time_in_force=time_in_force))
    desk.report(a_report(venue_seq=desk.next_seq, time_in_force=time_in_force))
    told = a_report(ExecType.ORDER_STATUS, 1, time_in_force=time_in_force)
    desk.log_on(reports=[told] if time_in_force is TimeInForce.GTC else [], epoch=2)
    assert desk.engine.core.state.orders.get(1).ord_status is status


def test_an_order_good_till_cancelled_that_the_new_day_does_not_name_is_closed():
    desk = a_ready_desk()
    desk.intent(an_intent(time_in_force=TimeInForce.GTC))
    desk.report(a_report(venue_seq=desk.next_seq, time_in_force=TimeInForce.GTC))
    desk.log_on(epoch=2)
    order = desk.engine.core.state.orders.get(1)
    assert (order.ord_status, order.local_cause) == (OrdStatus.CANCELED, LocalCause.UNKNOWN_TO_VENUE)
