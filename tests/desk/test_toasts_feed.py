import pytest

from hts.desk.settings import Settings
from hts.desk.toasts import SECOND, ToastKind, Toasts
from hts.desk.toasts_feed import ToastFeed
from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import DisconnectPolicy, OrdStatus, Phase, Side
from hts.model.units import ClOrdID
from hts.model.views import CoreState, LinkState, NoticeView, OutcomeView, StatusView
from tests.desk.scene import ACCOUNT, NAVER, Scene, a_fill, an_order


def a_status(orders=LinkState.UP):
    return StatusView(
        core=CoreState.READY,
        venue="KRX",
        orders=orders,
        market_data=LinkState.UP,
        detail="",
        phase=Phase.CONTINUOUS,
        phase_until_ns=0,
        trade_ns=0,
        speed_milli=1_000,
        trading_date=20261120,
        epoch=1,
        kill_switch=False,
        kill_reason="",
        paper=True,
        disconnect_policy=DisconnectPolicy.KEEP,
        build="b",
    )


class Told:
    """A feed over a scene whose first snapshot is over."""

    def __init__(self, *before) -> None:
        self.scene = Scene(language="en")
        self.toasts = Toasts(Settings())
        self.feed = ToastFeed(self.toasts, self.scene.market, self.scene.orders, self.scene.texts)
        self.now_ns = self.seen = 0
        self.bring(*before)

    def bring(self, *views, link_is_up=True, has_snapshot=True):
        for view in views:
            self.scene.orders.on_view(view)
        self.now_ns += SECOND
        changes = self.scene.orders.drain()
        self.feed.follow(changes, self.now_ns, link_is_up=link_is_up, has_snapshot=has_snapshot)
        told = [toast for toast in self.toasts.kept if toast.told > self.seen]
        self.seen = max([self.seen, *(toast.told for toast in told)])
        return [(toast.news.title, toast.news.detail, toast.count) for toast in told]


def test_what_was_before_the_first_snapshot_ended_is_no_news():
    told = Told(a_fill(1, Side.BUY, 237_000, 5), an_order(9, Side.BUY, 1, 1, ord_status=OrdStatus.REJECTED))
    assert told.bring() == []


def test_fills_of_one_order_are_gathered_with_their_sum():
    told = Told(an_order(1, Side.BUY, 237_000, 20))
    one = a_fill(1, Side.BUY, 237_000, 5, order_id=1)
    other = a_fill(2, Side.BUY, 236_500, 10, order_id=1)
    assert told.bring(an_order(1, Side.BUY, 237_000, 20, leaves_qty=5, cum_qty=15), one, other) == [
        ("Bought 10 NAVER @ 236,500", "KRX, 15 in all, 5 left", 2)
    ]
    assert told.bring(one) == []


def test_what_traded_while_the_core_was_away_is_told_once_it_is_back():
    told = Told(a_fill(1, Side.BUY, 237_000, 5))
    told.bring(link_is_up=False)
    told.scene.orders.clear()
    assert told.bring(a_fill(1, Side.BUY, 237_000, 5), link_is_up=True, has_snapshot=False) == [
        ("Core reconnected", "Down for 1 s", 1)
    ]
    assert told.bring(a_fill(2, Side.SELL, 238_000, 5)) == [("Sold 5 NAVER @ 238,000", "KRX, 5 in all, 0 left", 1)]


def test_a_link_that_goes_is_critical_and_one_that_was_never_there_is_no_news():
    told = Told()
    told.bring(link_is_up=False)
    fresh = Scene(language="en")
    toasts = Toasts(Settings())
    feed = ToastFeed(toasts, fresh.market, fresh.orders, fresh.texts)
    feed.follow(fresh.orders.drain(), 0, link_is_up=False, has_snapshot=False)
    assert toasts.kept == ()


def test_a_venue_that_comes_up_for_the_first_time_is_not_told_to_be_back():
    told = Told(a_status(orders=LinkState.CONNECTING))
    assert told.bring(a_status()) == []
    assert told.bring(a_status(orders=LinkState.DOWN))[0][0] == "KRX disconnected"


def test_a_venue_that_goes_and_comes_is_told_with_the_time_it_was_away():
    told = Told(a_status())
    assert told.bring(a_status(orders=LinkState.DOWN))[0][0] == "KRX disconnected"
    assert told.bring(a_status(orders=LinkState.CONNECTING)) == []
    assert told.bring(a_status()) == [("KRX reconnected", "Down for 2 s", 1)]


def a_denial(figure=21_000, rule=Rule.QTY_LIMIT, detail=""):
    return Denial(rule=rule, figure=figure, limit=20_000, unit=Unit.QTY, detail=detail)


def denied(order_id, side=Side.BUY, **denial):
    """What the core tells of one refused order: the order, and the answer to its intent."""
    why = a_denial(**denial)
    return (
        an_order(order_id, side, 237_000, 21_000, ord_status=OrdStatus.DENIED, denial=why),
        OutcomeView(request_id=f"r{order_id}", accepted=False, order_id=ClOrdID(order_id), denial=why, count=0),
    )


def test_a_key_held_against_a_limit_is_one_card_with_a_count():
    told = Told()
    for number in range(23):
        told.bring(*denied(number + 1, figure=21_000 + number))
    assert [(toast.news.detail, toast.count) for toast in told.toasts.kept] == [
        ("Quantity 21,022 > limit per order 20,000. Split the order", 23)
    ]
    assert len(told.toasts.shown) == 1


def test_refusals_of_another_side_or_rule_are_cards_of_their_own():
    told = Told()
    told.bring(*denied(1), *denied(2, side=Side.SELL), *denied(3, rule=Rule.SELF_TRADE))
    assert [toast.count for toast in told.toasts.kept] == [1, 1, 1]


def test_refusals_of_one_rule_for_another_reason_are_cards_of_their_own():
    told = Told()
    told.bring(*denied(1, rule=Rule.TYPE_NOT_ALLOWED, detail="MARKET"))
    told.bring(*denied(2, rule=Rule.TYPE_NOT_ALLOWED, detail="post_only"))
    for detail in ("conditional.refusal.distance", "conditional.refusal.past"):
        why = a_denial(rule=Rule.CONDITION, detail=detail)
        told.bring(OutcomeView(request_id=detail, accepted=False, denial=why))
    assert [toast.count for toast in told.toasts.kept] == [1, 1, 1, 1]
    assert len({toast.news.detail for toast in told.toasts.kept}) == 4


def test_refusals_that_tell_no_issue_are_one_card_while_their_figures_are_the_same():
    told = Told()
    for number, figure in enumerate((21_000, 21_000, 30_000)):  # routed orders and amends have no row of their own
        why = a_denial(figure)
        told.bring(OutcomeView(request_id=f"r{number}", accepted=False, denial=why))
    assert [toast.count for toast in told.toasts.kept] == [1, 2]


def test_a_refused_order_is_told_once_whichever_part_of_it_comes_first():
    told = Told()
    order, outcome = denied(1)
    assert told.bring(outcome) == []
    assert [count for _, _, count in told.bring(order)] == [1]
    assert told.bring() == []
    late, lonely = denied(2, rule=Rule.SELF_TRADE)
    del late
    assert told.bring(lonely) == []
    assert [title for title, _, _ in told.bring()] == ["Not sent"]  # its order never came: nothing is lost
    assert told.bring() == []


def test_the_alert_of_a_limit_is_no_second_card_for_whose_order_it_was():
    told = Told()
    over = {"kind": AlertKind.LIMIT_OVER, "severity": Severity.WARNING, "first_ns": 1, "last_ns": 2}
    alert = AlertView(alert_id=1, subject=f"account:{ACCOUNT} qty_limit", **over)
    assert [title for title, _, _ in told.bring(*denied(1), alert)] == ["Buy denied  21,000 NAVER @ 237,000"]
    other = AlertView(alert_id=2, subject=f"account:{ACCOUNT} value_limit", figure=2, limit=1, **over)
    assert [title for title, _, _ in told.bring(other)] == [
        f"Account {ACCOUNT}, Order value: 2 > limit 1. Orders are refused"
    ]


def test_a_venues_reject_and_a_refused_cancel_are_refusals():
    told = Told()
    told.bring(an_order(7, Side.SELL, 237_000, 5, ord_status=OrdStatus.REJECTED, reason_code=0))
    kinds = []
    told.feed.toasts.tell = lambda news, _now_ns: kinds.append((news.kind, news.sound))
    told.bring(
        an_order(8, Side.BUY, 237_000, 5, ord_status=OrdStatus.REJECTED),
        NoticeView(key="notice.cancel_refused", detail=NAVER, is_warning=True),
        NoticeView(key="notice.other", detail="x"),
    )
    assert kinds == [
        (ToastKind.REFUSAL, "refusal"),
        (ToastKind.REFUSAL, "refusal"),
        (ToastKind.ALERT, ""),
    ]


@pytest.mark.parametrize(
    ("kind", "severity", "told_of"),
    [
        (AlertKind.LATENCY, Severity.WARNING, 1),
        (AlertKind.KILL_SWITCH, Severity.CRITICAL, 1),
        (AlertKind.LIMIT_NEAR, Severity.INFO, 0),
        (AlertKind.ORDERS_DOWN, Severity.CRITICAL, 0),
        (AlertKind.COPIES_DOWN, Severity.WARNING, 0),
    ],
)
def test_alerts_are_told_when_they_matter_and_nobody_else_tells_them(kind, severity, told_of):
    told = Told()
    alert = AlertView(alert_id=1, kind=kind, severity=severity, subject="KRX", first_ns=1, last_ns=2)
    assert len(told.bring(alert)) == told_of
    assert told.bring(alert) == []
