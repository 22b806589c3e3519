from hts.model.causes import Cause
from hts.model.effects import Append, Publish
from hts.model.enums import CxlRejResponseTo, ExecType, OrdStatus, Side
from hts.model.records import ReportReceived, VenueSeqSeen
from hts.model.reports import KillSwitchNotice, OrderMassCancelReport
from hts.model.requests import OrderMassStatusRequest
from hts.model.units import ClOrdID
from hts.model.views import FillView, LinkState, NoticeView, OrderView, PositionView
from tests.engine.kit import CASH, a_ready_desk, records, replies, requests, views
from tests.engine.test_order_path import account_view, order_view
from tests.support.builders import (
    ACCOUNT,
    AT,
    SYMBOL,
    TRADE_NS,
    VENUE,
    a_cancel_intent,
    a_cancel_reject,
    a_fill,
    a_replace_intent,
    a_report,
    an_intent,
)


def a_desk_with_order(**fields):
    desk = a_ready_desk()
    desk.intent(an_intent(**fields))
    desk.mono_ns += 3_000_000
    return desk


def accepted_desk(**fields):
    desk = a_desk_with_order(**fields)
    desk.report(a_report(venue_seq=desk.next_seq, side=fields.get("side", Side.BUY)))
    return desk


def notices(effects):
    return [(v.key, v.detail) for v in views(effects) if isinstance(v, NoticeView)]


def test_acceptance_is_journaled_and_shown_with_its_latency():
    desk = a_desk_with_order()
    report = a_report(venue_seq=2)
    at = {**AT, "mono_ns": desk.mono_ns}
    assert desk.report(report) == (
        Append(ReportReceived(report=report, **at)),
        Publish(order_view(venue_order_id=9001, ord_status=OrdStatus.NEW, cause=Cause.ACCEPTED, ack_us=3_000)),
        Publish(account_view(reserved=710_106, buying_power=CASH - 710_106)),
    )


def test_fill_moves_order_position_and_cash_with_its_costs():
    desk = accepted_desk()
    report = a_fill(4, 4, desk.next_seq, last_px=70_900)
    effects = desk.report(report)
    at = {**AT, "mono_ns": desk.mono_ns}
    cash, reserved = CASH - 283_600 - 42, 426_064
    assert effects == (
        Append(ReportReceived(report=report, fee=42, **at)),
        Publish(
            order_view(
                cause=Cause.TRADED,
                venue_order_id=9001,
                ord_status=OrdStatus.PARTIALLY_FILLED,
                leaves_qty=6,
                cum_qty=4,
                filled_value=283_600,
                ack_us=3_000,
            )
        ),
        Publish(
            FillView(
                exec_id=report.exec_id,
                order_id=ClOrdID(1),
                venue=VENUE,
                account=ACCOUNT,
                symbol=SYMBOL,
                side=Side.BUY,
                px=70_900,
                qty=4,
                fee=42,
                tax=0,
                trade_ns=TRADE_NS,
            )
        ),
        Publish(
            PositionView(
                account=ACCOUNT,
                symbol=SYMBOL,
                qty=4,
                cost=283_600,
                sellable_qty=4,
                realised=-42,
                fees=42,
                taxes=0,
                last_px=71_000,
            )
        ),
        Publish(account_view(cash=cash, reserved=reserved, buying_power=cash - reserved, realised=-42, fees=42)),
    )


def test_sale_pays_tax_and_frees_what_it_offered():
    desk = accepted_desk()
    desk.report(a_fill(10, 10, desk.next_seq))
    offered = desk.intent(an_intent("r2", side=Side.SELL, qty=6))
    assert [v.sellable_qty for v in views(offered) if isinstance(v, PositionView)] == [4]
    desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=2, side=Side.SELL, order_qty=6))
    fill = a_fill(6, 6, desk.next_seq, last_px=72_000, cl_ord_id=2, side=Side.SELL, order_qty=6)
    (sold,) = [v for v in views(desk.report(fill)) if isinstance(v, PositionView)]
    fee, tax = 432_000 * 15 // 100_000, 432_000 * 20 // 10_000
    assert (sold.qty, sold.cost, sold.sellable_qty, sold.taxes, sold.realised) == (
        4,
        284_000,
        4,
        tax,
        6_000 - fee - tax - 106,
    )


def test_report_sent_again_by_the_venue_does_nothing():
    desk = accepted_desk()
    fill = a_fill(4, 4, desk.next_seq)
    desk.report(fill)
    before = desk.engine.state_hash
    assert desk.report(fill) == ()
    assert desk.engine.state_hash == before


def test_fill_with_a_booked_exec_id_under_a_new_number_stores_the_number_only():
    desk = accepted_desk()
    first = a_fill(4, 4, desk.next_seq, exec_id=77)
    desk.report(first)
    seq = desk.next_seq
    effects = desk.report(a_fill(4, 8, seq, exec_id=77))
    assert effects == (Append(VenueSeqSeen(venue=VENUE, venue_seq=seq, **{**AT, "mono_ns": desk.mono_ns})),)


def test_rejected_order_frees_its_cash():
    desk = a_desk_with_order()
    effects = desk.report(a_report(ExecType.REJECTED, 2, reason_code=12))
    assert [(v.ord_status, v.reason_code) for v in views(effects) if isinstance(v, OrderView)] == [
        (OrdStatus.REJECTED, 12)
    ]
    assert desk.engine.core.state.ledger.money(ACCOUNT, "KRW").buying_power == CASH


def test_order_that_the_venue_knows_and_we_do_not_is_adopted_with_its_request_id():
    desk = a_ready_desk()
    report = a_report(cl_ord_id=40, request_id="lost")
    effects = desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=40, request_id="lost"))
    (view,) = [v for v in views(effects) if isinstance(v, OrderView)]
    assert (view.order_id, view.adopted, view.ord_status, view.leaves_qty) == (40, True, OrdStatus.NEW, 10)
    assert notices(effects) == [("notice.order_adopted", f"{report.symbol} 40")]
    assert desk.engine.core.state.ledger.money(ACCOUNT, "KRW").reserved == 710_106
    assert replies(desk.intent(an_intent("lost")))[0].order_id == 40
    assert desk.engine.core.state.ids.next_id == 41


def test_order_of_an_account_that_we_do_not_have_is_kept_without_cash():
    desk = a_ready_desk()
    effects = desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=40, account="other"))
    assert [type(r).__name__ for r in records(effects)] == ["AccountOpened", "InstrumentListed", "ReportReceived"]
    assert desk.engine.core.state.ledger.money("other", "KRW").cash == 0


def test_late_fill_is_booked_and_told():
    desk = accepted_desk()
    desk.report(a_report(ExecType.CANCELED, desk.next_seq))
    effects = desk.report(a_fill(4, 4, desk.next_seq, leaves_qty=0))
    assert notices(effects) == [("notice.late_fill", f"{SYMBOL} 1")]
    assert desk.engine.core.state.ledger.qty(ACCOUNT, SYMBOL) == 4


def test_impossible_report_changes_nothing_and_asks_the_venue_for_all_orders():
    desk = accepted_desk()
    order = desk.engine.core.state.orders.get(1)
    effects = desk.report(a_fill(4, 7, desk.next_seq))
    assert [type(r).__name__ for r in records(effects)] == ["VenueSeqSeen"]
    assert [type(r) for r in requests(effects)] == [OrderMassStatusRequest]
    assert notices(effects) == [("notice.report_refused", f"{SYMBOL} 1: expected CumQty 4, found 7")]
    assert desk.engine.core.state.orders.get(1) == order
    assert desk.engine.core.home.link.state is LinkState.RECONCILING
    told = desk.report(a_report(ExecType.ORDER_STATUS, desk.next_seq, cum_qty=7))
    assert notices(told) == [("notice.fill_restated", f"{SYMBOL} 1")]
    assert desk.engine.core.state.ledger.qty(ACCOUNT, SYMBOL) == 7


def test_refused_cancel_leaves_the_order_standing():
    desk = accepted_desk()
    desk.intent(a_cancel_intent(1))
    effects = desk.report(a_cancel_reject(2, desk.next_seq))
    assert [v.ord_status for v in views(effects) if isinstance(v, OrderView)] == [OrdStatus.NEW]
    assert notices(effects) == [("notice.cancel_refused", f"{SYMBOL} 10")]


def test_refused_amend_gives_back_the_cash_it_wanted():
    desk = accepted_desk()
    desk.intent(a_replace_intent(1, 72_000, 10))
    money = desk.engine.core.state.ledger
    assert money.money(ACCOUNT, "KRW").reserved == 720_108
    effects = desk.report(a_cancel_reject(2, desk.next_seq, response_to=CxlRejResponseTo.REPLACE))
    assert notices(effects) == [("notice.replace_refused", f"{SYMBOL} 10")]
    assert money.money(ACCOUNT, "KRW").reserved == 710_106


def test_reject_about_an_order_nobody_knows_stores_the_number_only():
    desk = a_ready_desk()
    effects = desk.report(a_cancel_reject(70, desk.next_seq, orig_cl_ord_id=69))
    assert [type(r).__name__ for r in records(effects)] == ["VenueSeqSeen"]


def test_order_status_that_says_what_we_know_is_not_even_stored():
    desk = accepted_desk()
    assert desk.report(a_report(ExecType.ORDER_STATUS, desk.next_seq)) == ()
    assert desk.engine.core.home.link.reported == {1}


def test_an_amend_of_a_lost_journal_brings_its_own_hold_and_outcome():
    desk = accepted_desk()
    unknown = {"cl_ord_id": 50, "orig_cl_ord_id": 1, "request_id": "a1", "px": 72_000, "order_qty": 8}
    desk.report(a_report(ExecType.REPLACED, desk.next_seq, **unknown))
    order = desk.engine.core.state.orders.get(ClOrdID(1))
    assert (order.px, order.leaves_qty, order.held) == (72_000, 8, 576_086)
    desk.report(a_fill(4, 4, desk.next_seq, **{**unknown, "exec_id": 9}))
    assert desk.engine.core.state.orders.get(ClOrdID(1)).held == 288_043
    again = desk.intent(a_replace_intent(1, 72_000, 8, "a1"))
    assert [(view.accepted, view.order_id) for view in replies(again)] == [(True, 1)]
    assert requests(again) == []


def test_a_status_with_other_terms_brings_its_own_hold():
    desk = accepted_desk()
    desk.report(a_report(ExecType.ORDER_STATUS, desk.next_seq, px=72_000))
    assert desk.engine.core.state.ledger.money(ACCOUNT, "KRW").reserved == 720_108


def test_what_the_venue_did_to_many_orders_is_told_once():
    desk = accepted_desk()
    common = {"venue": VENUE, "cl_ord_id": ClOrdID(0), "account": ACCOUNT, "transact_ns": TRADE_NS}
    seq = desk.next_seq
    killed = KillSwitchNotice(venue_seq=seq, on=True, reason_code=0, count=1, **common)
    effects = desk.report(killed)
    assert [type(r) for r in records(effects)] == [VenueSeqSeen]
    assert notices(effects) == [("notice.venue_kill_on", f"{ACCOUNT} 1")]
    assert desk.report(killed) == ()
    released = KillSwitchNotice(venue_seq=seq + 1, on=False, reason_code=0, count=0, **common)
    assert notices(desk.report(released)) == [("notice.venue_kill_off", f"{ACCOUNT} 0")]
    done = OrderMassCancelReport(venue_seq=seq + 2, symbol="", reason_code=0, count=3, **common)
    assert notices(desk.report(done)) == []
    refused = OrderMassCancelReport(venue_seq=seq + 3, symbol="", reason_code=8, count=0, **common)
    assert notices(desk.report(refused)) == [("notice.venue_act_refused", f"{ACCOUNT} 8")]
    assert desk.next_seq == seq + 4


def test_a_plan_that_something_overtook_is_made_anew():
    """The state keeps the plan of a report until its record; what came in between must not be undone by it."""
    planned, plain = accepted_desk(), accepted_desk()
    report = a_fill(4, 4, plain.next_seq)
    planned.engine.core.state.plan_report(report, 0)
    for desk in (planned, plain):
        desk.intent(a_cancel_intent(1))
        desk.engine.core.state.apply(ReportReceived(report=report, **AT))
    assert planned.engine.state_hash == plain.engine.state_hash
