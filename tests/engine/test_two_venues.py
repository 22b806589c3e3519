"""KRX and NXT in one core: each with its own session, numbers, day, books and status."""

from msgspec.structs import replace

from hts.engine.core import RECONCILE_PATIENCE_NS
from hts.engine.state_hash import state_hash
from hts.marketdata.consolidated import LeftOut
from hts.model.denials import Denial, Rule
from hts.model.effects import PublishQuote, RequestRetransmit, RequestSnapshot, Send
from hts.model.enums import ExecType, OrdStatus, OrdType, Phase, Side
from hts.model.intents import CancelAll, Flatten, SetKillSwitch
from hts.model.queries import RequestBars
from hts.model.quotes import InstrumentDef, MdDown, Packet, PhaseUpdate
from hts.model.records import OrderEntered, VenueSessionStarted
from hts.model.reports import SessionDown, SessionUp
from hts.model.requests import NewOrderSingle, OrderCancelRequest, StartSession
from hts.model.views import BarsView, CoreState, LinkState, NoticeView, OrderView, StatusView
from tests.engine.kit import (
    AT,
    Desk,
    a_snapshot,
    an_engine,
    mass_status_end,
    records,
    replies,
    requests,
    views,
)
from tests.support.builders import ACCOUNT, DATE, SYMBOL, TRADE_NS, a_book, a_report, an_instrument, an_intent

BOTH = ("KRX", "NXT")
ONLY_KRX = "000660"


def nxt_snapshot(phase=Phase.CONTINUOUS):
    """NXT lists the one issue and not the other."""
    return a_snapshot(
        venue="NXT",
        quotes=(
            InstrumentDef(instrument=an_instrument(venue="NXT")),
            PhaseUpdate("", TRADE_NS, phase, 0, "NXT"),
            replace(a_book(phase=phase), venue="NXT"),
        ),
    )


def up(venue, epoch=1):
    return SessionUp(venue=venue, epoch=epoch, trading_date=DATE, trade_ns=TRADE_NS, speed_milli=1000)


def log_on(desk, venue, epoch=1, reports=()):
    asked = desk.report(up(venue, epoch))
    for report in reports:
        desk.report(report)
    seq = desk.engine.core.state.day(venue).next_in_seq
    return desk.report(replace(mass_status_end(asked, seq, len(reports)), venue=venue))


def a_desk(*, nxt=True, journal=()):
    desk = Desk(journal, venues=BOTH)
    desk.start()
    desk.hear_list()
    desk.take(desk.engine.on_snapshot(nxt_snapshot(), *desk.at()))
    log_on(desk, "KRX")
    if nxt:
        log_on(desk, "NXT")
    desk.sent.clear()
    return desk


def a_desk_with_an_order_at_each():
    desk = a_desk()
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", venue="NXT"))
    accepted(desk, 1, "KRX", 2)
    accepted(desk, 2, "NXT", 2)
    return desk


def cores(desk):
    return {view.core for view in desk.engine.snapshot_views() if isinstance(view, StatusView)}


def sends(effects):
    return [(e.venue, e.request) for e in effects if isinstance(e, Send)]


def statuses(effects):
    return [(v.venue, v.orders, v.market_data) for v in views(effects) if isinstance(v, StatusView)]


def denial(effects):
    return replies(effects)[0].denial


def accepted(desk, order_id, venue, seq):
    order = desk.engine.core.state.orders.get(order_id)
    terms = {"px": order.px, "order_qty": order.order_qty}
    report = a_report(ExecType.NEW, seq, cl_ord_id=order_id, venue=venue, venue_order_id=900 + order_id, **terms)
    return desk.report(report)


def test_each_venue_is_logged_on_to_and_reconciled_by_itself():
    desk = Desk(venues=BOTH)
    effects = desk.start()
    assert [e for e in effects if isinstance(e, RequestSnapshot)] == [RequestSnapshot("KRX"), RequestSnapshot("NXT")]
    start = StartSession(epoch=0, next_in_seq=1, cancel_on_disconnect=False)
    assert sends(desk.hear_list()) == [("KRX", start)]
    assert sends(desk.take(desk.engine.on_snapshot(nxt_snapshot(), *desk.at()))) == [("NXT", start)]
    desk.report(up("NXT"))
    assert [r.venue for r in desk.journal if isinstance(r, VenueSessionStarted)] == ["NXT"]
    assert not desk.engine.is_ready
    log_on(desk, "KRX")
    assert desk.engine.is_ready
    assert not desk.engine.core.is_up("NXT")


def test_an_order_goes_where_it_says_or_by_default_to_the_first_that_lists_it():
    desk = a_desk()
    for number, (venue, expected) in enumerate([("", "KRX"), ("NXT", "NXT"), ("KRX", "KRX")], 1):
        effects = desk.intent(an_intent(f"r{number}", venue=venue))
        ((to, request),) = sends(effects)
        assert (to, request.cl_ord_id) == (expected, number)
        assert [r.venue for r in records(effects) if isinstance(r, OrderEntered)] == [expected]
        assert [v.venue for v in views(effects) if isinstance(v, OrderView)] == [expected]


def test_a_venue_that_is_not_there_or_does_not_list_the_issue_is_refused():
    desk = a_desk()
    assert denial(desk.intent(an_intent("r1", venue="TSE"))) == Denial(rule=Rule.UNKNOWN_VENUE, detail="TSE")
    elsewhere = desk.intent(an_intent("r2", venue="NXT", symbol=ONLY_KRX))
    assert denial(elsewhere) == Denial(rule=Rule.UNKNOWN_SYMBOL, detail=ONLY_KRX)
    assert requests(elsewhere) == []


def test_numbers_of_one_venue_say_nothing_about_the_other():
    desk = a_desk_with_an_order_at_each()
    days = {venue: day.next_in_seq for venue, day in desk.engine.core.state.days()}
    assert days == {"KRX": 3, "NXT": 3}
    assert [o.ord_status for o in desk.engine.core.state.orders] == [OrdStatus.NEW, OrdStatus.NEW]
    assert desk.report(a_report(ExecType.NEW, 2, cl_ord_id=2, venue="NXT", venue_order_id=902)) == ()


def test_a_venue_that_is_down_stops_no_other():
    desk = a_desk(nxt=False)
    assert denial(desk.intent(an_intent("r1", venue="NXT"))) == Denial(rule=Rule.VENUE_DOWN)
    assert sends(desk.intent(an_intent("r2")))[0][0] == "KRX"
    log_on(desk, "NXT")
    assert sends(desk.intent(an_intent("r3", venue="NXT")))[0][0] == "NXT"
    gone = desk.report(SessionDown(venue="KRX", reason="tcp_lost"))
    assert statuses(gone) == [("KRX", LinkState.DOWN, LinkState.UP)]
    assert denial(desk.intent(an_intent("r4"))) == Denial(rule=Rule.VENUE_DOWN)
    assert sends(desk.intent(an_intent("r5", venue="NXT")))[0][0] == "NXT"


def test_a_mass_status_closes_only_orders_of_its_venue():
    desk = a_desk_with_an_order_at_each()
    desk.report(SessionDown(venue="NXT", reason="tcp_lost"))
    log_on(desk, "NXT")
    found = {o.venue: o.ord_status for o in desk.engine.core.state.orders}
    assert found == {"KRX": OrdStatus.NEW, "NXT": OrdStatus.CANCELED}


def test_a_new_day_of_one_venue_leaves_the_other():
    desk = a_desk_with_an_order_at_each()
    desk.report(SessionDown(venue="NXT", reason="tcp_lost"))
    log_on(desk, "NXT", epoch=2)
    found = {o.venue: o.ord_status for o in desk.engine.core.state.orders}
    assert found == {"KRX": OrdStatus.NEW, "NXT": OrdStatus.EXPIRED}
    days = {venue: (day.epoch, day.next_in_seq) for venue, day in desk.engine.core.state.days()}
    assert days == {"KRX": (1, 3), "NXT": (2, 2)}


def test_a_fill_of_the_same_number_at_the_other_venue_is_another_fill():
    desk = a_desk()
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", venue="NXT"))
    for order_id, venue in ((1, "KRX"), (2, "NXT")):
        accepted(desk, order_id, venue, 2)
        fill = {"last_px": 71_000, "last_qty": 10, "cum_qty": 10, "leaves_qty": 0, "exec_id": 1}
        fill |= {"venue": venue, "venue_seq": 3, "venue_order_id": 900 + order_id, "ord_status": OrdStatus.FILLED}
        desk.report(a_report(ExecType.TRADE, cl_ord_id=order_id, **fill))
    assert desk.engine.core.state.ledger.qty(ACCOUNT, SYMBOL) == 20


def test_a_report_that_names_an_order_of_another_venue_is_refused():
    desk = a_desk()
    desk.intent(an_intent("r1"))
    effects = desk.report(a_report(ExecType.NEW, 2, cl_ord_id=1, venue="NXT", venue_order_id=901))
    assert [v.key for v in views(effects) if isinstance(v, NoticeView)] == ["notice.report_refused"]
    assert desk.engine.core.state.orders.get(1).ord_status is OrdStatus.PENDING_NEW


def test_cancel_all_reaches_what_can_be_reached_and_names_the_rest():
    desk = a_desk()
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", venue="NXT"))
    desk.report(SessionDown(venue="NXT", reason="tcp_lost"))
    effects = desk.intent(CancelAll(request_id="c1", account=ACCOUNT))
    assert [(venue, type(r), r.orig_cl_ord_id) for venue, r in sends(effects)] == [("KRX", OrderCancelRequest, 1)]
    notices = [(v.key, v.detail) for v in views(effects) if isinstance(v, NoticeView)]
    assert notices == [("notice.cancels_not_sent", "1 (NXT)")]
    only_nxt = desk.intent(CancelAll(request_id="c2", account=ACCOUNT, venue="NXT"))
    assert denial(only_nxt) == Denial(rule=Rule.VENUE_DOWN)


def test_cancel_all_of_one_venue_leaves_the_other():
    desk = a_desk()
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", venue="NXT"))
    effects = desk.intent(CancelAll(request_id="c1", account=ACCOUNT, venue="NXT"))
    assert [(venue, r.orig_cl_ord_id) for venue, r in sends(effects)] == [("NXT", 2)]


def test_the_kill_switch_cancels_at_every_venue_and_later_at_one_that_was_down():
    desk = a_desk()
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", venue="NXT"))
    accepted(desk, 2, "NXT", 2)
    desk.report(SessionDown(venue="NXT", reason="tcp_lost"))
    killed = desk.intent(SetKillSwitch(request_id="k1", account=ACCOUNT, on=True))
    assert [venue for venue, r in sends(killed) if isinstance(r, OrderCancelRequest)] == ["KRX"]
    status = a_report(ExecType.ORDER_STATUS, 3, cl_ord_id=2, venue="NXT", venue_order_id=902, ord_status=OrdStatus.NEW)
    back = log_on(desk, "NXT", reports=[status])
    assert [(venue, r.orig_cl_ord_id) for venue, r in sends(back)] == [("NXT", 2)]


def test_flatten_needs_every_venue_at_which_the_symbol_works():
    desk = a_desk()
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", venue="NXT"))
    desk.report(SessionDown(venue="NXT", reason="tcp_lost"))
    assert denial(desk.intent(Flatten(request_id="f1", account=ACCOUNT, symbol=SYMBOL))) == Denial(rule=Rule.VENUE_DOWN)


def test_flatten_closes_where_the_issue_trades_now():
    desk = a_desk()
    desk.intent(an_intent("r1", venue="NXT"))
    accepted(desk, 1, "NXT", 2)
    fill = {"last_px": 71_000, "last_qty": 10, "cum_qty": 10, "leaves_qty": 0, "exec_id": 1}
    fill |= {"venue": "NXT", "venue_seq": 3, "venue_order_id": 901, "ord_status": OrdStatus.FILLED}
    desk.report(a_report(ExecType.TRADE, cl_ord_id=1, **fill))
    desk.report(SessionDown(venue="KRX", reason="tcp_lost"))
    ((venue, request),) = sends(desk.intent(Flatten(request_id="f1", account=ACCOUNT, symbol=SYMBOL)))
    assert (venue, type(request), request.side, request.ord_type, request.qty) == (
        "NXT",
        NewOrderSingle,
        Side.SELL,
        OrdType.MARKET,
        10,
    )


def test_the_last_terminals_leaving_reaches_each_venue_when_it_can():
    desk = a_desk()
    desk.engine.core.state.policies[ACCOUNT] = type(desk.engine.core.state.policies[ACCOUNT])("cancel")
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", venue="NXT"))
    accepted(desk, 2, "NXT", 2)
    desk.report(SessionDown(venue="NXT", reason="tcp_lost"))
    desk.engine.on_clients(1, *desk.at())
    assert [venue for venue, _ in sends(desk.engine.on_clients(0, *desk.at()))] == ["KRX"]
    status = a_report(ExecType.ORDER_STATUS, 3, cl_ord_id=2, venue="NXT", venue_order_id=902, ord_status=OrdStatus.NEW)
    assert [venue for venue, _ in sends(log_on(desk, "NXT", reports=[status]))] == ["NXT"]


def test_feeds_have_their_own_sequence_and_phase():
    desk = a_desk()
    engine = desk.engine
    packet = Packet(line="A", session=1, first_seq=4, count=1, payload=b"", venue="NXT")
    engine.on_packet(packet, *desk.at())
    asked = engine.on_timer("md.NXT", TRADE_NS, desk.mono_ns + 5_000_000)
    assert [e for e in asked if isinstance(e, RequestRetransmit)] == [RequestRetransmit("NXT", 1, 1, 3)]
    assert engine.on_timer("md.KRX", TRADE_NS, desk.mono_ns + 5_000_000) == ()
    down = engine.on_md_down(MdDown(venue="NXT", reason="md_silent"), *desk.at())
    assert statuses(down) == [("NXT", LinkState.UP, LinkState.DOWN)]
    assert denial(desk.intent(an_intent("r1", venue="NXT"))).rule is Rule.STALE_DATA
    assert sends(desk.intent(an_intent("r2")))[0][0] == "KRX"


def test_quotes_name_their_venue():
    engine = an_engine(venues=BOTH)
    effects = engine.on_snapshot(nxt_snapshot(), *AT)
    quotes = [e.quote for e in effects if isinstance(e, PublishQuote)]
    assert {quote.venue for quote in quotes} == {"NXT"}


def test_a_terminal_that_attaches_is_told_of_both():
    desk = a_desk()
    found = [v for v in desk.engine.snapshot_views() if isinstance(v, StatusView)]
    assert [(v.venue, v.core, v.orders) for v in found] == [(v, CoreState.READY, LinkState.UP) for v in BOTH]
    assert [q.venue for q in desk.engine.snapshot_quotes()] == ["KRX"] * 6 + ["NXT"] * 4


def test_history_is_asked_from_the_venue_named():
    desk = a_desk()
    (asked,) = desk.engine.on_query(3, RequestBars(symbol=SYMBOL, timeframe_s=60, count=9, venue="NXT"), *desk.at())
    assert asked.venue == "NXT"
    bars = BarsView(symbol=SYMBOL, timeframe_s=60, bars=(), venue="NXT")
    assert [e.client for e in desk.engine.on_bars(bars, *desk.at())] == [3]
    unknown = desk.engine.on_query(3, RequestBars(symbol=SYMBOL, timeframe_s=60, count=9, venue="TSE"), *desk.at())
    assert replies(unknown) == [BarsView(symbol=SYMBOL, timeframe_s=60, bars=(), venue="TSE")]


def test_the_consolidated_book_leaves_out_own_orders_and_dead_venues():
    desk = a_desk()
    book = desk.engine.consolidated_book(SYMBOL)
    assert book.venues == BOTH
    best = book.bids[0]
    assert best.parts == (("KRX", best.qty // 2), ("NXT", best.qty // 2))
    desk.intent(an_intent("r1", venue="NXT", px=best.px, qty=best.qty // 2))
    accepted(desk, 1, "NXT", 2)
    assert desk.engine.consolidated_book(SYMBOL).bids[0].parts == (("KRX", best.qty // 2),)
    desk.report(SessionDown(venue="KRX", reason="tcp_lost"))
    assert desk.engine.consolidated_book(SYMBOL).left_out == (("KRX", LeftOut.VENUE_DOWN),)
    assert desk.engine.consolidated_book(ONLY_KRX).left_out[1] == ("NXT", LeftOut.NOT_ELIGIBLE)


def test_a_journal_of_two_venues_replays_and_a_core_of_one_keeps_the_other():
    desk = a_desk()
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", venue="NXT"))
    accepted(desk, 2, "NXT", 2)
    again = an_engine(desk.journal, venues=BOTH)
    assert again.state_hash == desk.engine.state_hash
    only_krx = an_engine(desk.journal)
    assert state_hash(only_krx.core.state) == again.state_hash
    assert [o.venue for o in only_krx.core.state.orders.all_working()] == ["KRX", "NXT"]


def test_a_core_that_no_longer_trades_at_a_venue_still_answers_about_its_orders():
    desk = a_desk()
    desk.intent(an_intent("r1", venue="NXT"))
    accepted(desk, 1, "NXT", 2)
    one = Desk(desk.journal)
    one.start()
    one.hear_list()
    log_on(one, "KRX")
    effects = one.intent(CancelAll(request_id="c1", account=ACCOUNT))
    assert (denial(effects), requests(effects)) == (Denial(rule=Rule.VENUE_DOWN), [])
    assert one.engine.core.state.orders.get(1).ord_status is OrdStatus.NEW


def test_a_venue_that_is_met_for_the_first_time_holds_nothing_up():
    desk = a_desk(nxt=False)
    desk.report(up("NXT"))
    assert (desk.engine.core.untold, cores(desk)) == ([], {CoreState.READY})
    assert [venue for venue, _ in sends(desk.intent(an_intent("r1")))] == ["KRX"]


def test_after_a_restart_nothing_new_is_sent_until_every_venue_of_before_has_told_its_orders():
    desk = a_desk()
    again = Desk(desk.journal, venues=BOTH)
    again.start()
    again.hear_list()
    log_on(again, "KRX")
    assert again.engine.core.untold == ["NXT"]
    assert denial(again.intent(an_intent("r1"))) == Denial(rule=Rule.NOT_READY)
    assert cores(again) == {CoreState.RECOVERING}
    again.mono_ns += RECONCILE_PATIENCE_NS
    assert denial(again.intent(an_intent("r1"))) == Denial(rule=Rule.NOT_READY)  # the same request, the same answer
    assert denial(again.intent(an_intent("r2"))).rule is not Rule.NOT_READY
    assert cores(again) == {CoreState.READY}
