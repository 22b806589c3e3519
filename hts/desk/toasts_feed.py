"""What becomes a toast: fills, refusals of ours and of the venue, alerts, links that go and come.

The feed looks at desk once per frame and remembers what it has told. What the first snapshot brings happened before
the trader looked and is not told; what happened while the core was away is.

Refusals are gathered by issue, side and rule, whatever their figures: one key pressed against one limit is one card. Of
what has no row of its own (routed orders, amends) the core does not tell the issue: then by rule and figures. A
refused order comes twice, as an order and as the answer to its intent, and is told once, by the order's name. The alert
that a limit stood in the way says nothing more to whose order it was.
"""

from itertools import islice
from typing import Final

from hts.desk.figures import px_text, qty_text
from hts.desk.log import ALERT_KEY
from hts.desk.market import MarketState
from hts.desk.orders import OrderChanges, OrdersState
from hts.desk.sentences import REFUSED_BY_VENUE, alert_text, denial_text, end_text, notice_text
from hts.desk.texts import Texts
from hts.desk.toasts import SECOND, News, ToastKind, Toasts
from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.denials import Denial
from hts.model.enums import OrdStatus, Side
from hts.model.views import FillView, LinkState, NoticeView, OrderView, OutcomeView

LOOKED_BACK_MAX: Final = 64  # orders that can have been rejected within a frame
OWN_NS: Final = 2 * SECOND  # an alert that comes so soon after a refusal is about it
# As a link, as a refusal, as a notice with its reason.
TOLD_OTHERWISE: Final = frozenset({AlertKind.ORDERS_DOWN, AlertKind.REJECTED, AlertKind.COPIES_DOWN})


class ToastFeed:
    """`texts` may be exchanged when the language changes."""

    def __init__(self, toasts: Toasts, market: MarketState, orders: OrdersState, texts: Texts) -> None:
        self.toasts, self.texts = toasts, texts
        self._market, self._orders = market, orders
        self._is_first = True
        self._fills: set[tuple[str, int, int]] = set()
        self._filled_qty: dict[int, int] = {}
        self._rejected: set[int] = set()
        self._denied_ns: dict[str, int] = {}  # by rule: when an intent of this terminal was last refused
        self._unmet: list[OutcomeView] = []  # refused, and the order has not come yet
        self._refusals = self._notices = 0
        self._alerts: dict[int, int] = {}
        self._links: dict[str, tuple[bool, int]] = {}
        self._were_up: set[str] = set()

    def follow(self, changes: OrderChanges, now_ns: int, *, link_is_up: bool, has_snapshot: bool) -> None:
        """Once per frame, after desk took what arrived."""
        if link_is_up or not self._is_first:  # a core that was never reached is no news: the banner says it
            self._follow_link("core", now_ns, is_up=link_is_up)
        if not has_snapshot:
            return
        if changes.fills or self._is_first:
            self._follow_fills(now_ns)
        if changes.orders or self._is_first:
            self._follow_rejects(now_ns)
        if changes.notices or self._is_first or self._unmet:
            self._follow_notices(now_ns)
        if changes.status or self._is_first:
            for venue, status in self._orders.statuses.items():
                self._follow_link(venue, now_ns, is_up=status.orders is LinkState.UP)
        self._is_first = False

    def _tell(self, news: News, now_ns: int) -> None:
        if not self._is_first:
            self.toasts.tell(news, now_ns)

    # Fills

    def _follow_fills(self, now_ns: int) -> None:
        for fill in self._orders.fills:
            key = (fill.venue, int(fill.exec_id), int(fill.order_id))
            if key not in self._fills:
                self._fills.add(key)
                self._filled_qty[fill.order_id] = self._filled_qty.get(fill.order_id, 0) + fill.qty
                self._tell(self._fill_news(fill), now_ns)

    def _fill_news(self, fill: FillView) -> News:
        texts, order = self.texts, self._orders.orders.get(fill.order_id)
        name, decimals = self._issue(fill.symbol)
        left = order.leaves_qty if order is not None else 0
        return News(
            kind=ToastKind.FILL,
            about=str(fill.order_id),
            title=self._sided("fill", fill.side, name=name, qty=qty_text(fill.qty), px=px_text(fill.px, decimals)),
            detail=texts(
                "toast.fill_detail",
                venue=fill.venue,
                total=qty_text(self._filled_qty[fill.order_id]),
                left=qty_text(left),
            ),
            sound="fill",
            panel="fills",
            symbol=fill.symbol,
            tone=fill.side.sign,
            trade_ns=fill.trade_ns,
        )

    def _sided(self, what: str, side: Side, **values: str) -> str:
        return self.texts(f"toast.{what}_{side.name.lower()}", **values)

    def _issue(self, symbol: str) -> tuple[str, int]:
        issue = self._market.instruments.get(symbol)
        return (self.texts.name(issue), issue.px_decimals) if issue is not None else (symbol, 0)

    # Refusals

    def _follow_rejects(self, now_ns: int) -> None:
        for order in list(islice(reversed(self._orders.orders.values()), LOOKED_BACK_MAX)):
            if order.ord_status is OrdStatus.REJECTED and order.order_id not in self._rejected:
                self._rejected.add(order.order_id)
                self._tell(self._refusal_news(order, end_text(order, self.texts, self._issue(order.symbol)[1])), now_ns)

    def _refusal_news(self, order: OrderView, why: str) -> News:
        texts, (name, decimals) = self.texts, self._issue(order.symbol)
        px = px_text(order.px, decimals) if order.px else texts("ord_type.market")
        return News(
            kind=ToastKind.REFUSAL,
            about=f"{order.symbol} {order.side.name} {_rule_of(order)}",
            title=self._sided(
                "denied" if order.denial is not None else "refused",
                order.side,
                name=name,
                qty=qty_text(order.order_qty),
                px=px,
            ),
            detail=why,
            sound="refusal",
            panel="orders",
            symbol=order.symbol,
            trade_ns=self._market.trade_ns,
        )

    def _follow_notices(self, now_ns: int) -> None:
        orders = self._orders
        refusals, notices = orders.refusals[self._refusals :], orders.notices[self._notices :]
        self._refusals, self._notices = len(orders.refusals), len(orders.notices)
        unmet, self._unmet = self._unmet, []
        for outcome in (*unmet, *refusals):
            self._follow_refusal(outcome, now_ns, is_late=outcome in unmet)
        for notice in notices:
            if notice.key != ALERT_KEY:  # the trader's own alerts are told with their sound by who watches them
                self._tell(self._notice_news(notice), now_ns)
        for alert in orders.alerts.values():
            if self._alerts.get(alert.alert_id, 0) < alert.count and not alert.is_over:
                self._alerts[alert.alert_id] = alert.count
                if self._is_new(alert, now_ns):
                    self._tell(self._alert_news(alert), now_ns)

    def _follow_refusal(self, outcome: OutcomeView, now_ns: int, *, is_late: bool) -> None:
        """That of a new order is told by the order's name, which comes in the same frame or in the next one."""
        denial, order = outcome.denial, self._orders.orders.get(outcome.order_id)
        if denial is None:
            return
        if outcome.order_id and order is None and not is_late:
            self._unmet.append(outcome)
            return
        self._denied_ns[denial.rule.value] = now_ns
        decimals = self._issue(order.symbol)[1] if order is not None else 0
        why = denial_text(denial, self.texts, decimals)
        self._tell(self._refusal_news(order, why) if order is not None else self._plain_refusal(denial, why), now_ns)

    def _is_new(self, alert: AlertView, now_ns: int) -> bool:
        """Whether it says what nobody else does."""
        if alert.severity is Severity.INFO or alert.kind in TOLD_OTHERWISE:
            return False
        rule = alert.subject.rpartition(" ")[2]
        return alert.kind is not AlertKind.LIMIT_OVER or now_ns - self._denied_ns.get(rule, -OWN_NS) >= OWN_NS

    def _plain_refusal(self, denial: Denial, why: str) -> News:
        return News(
            kind=ToastKind.REFUSAL,
            about=f"{_denied_by(denial)} {denial.figure} {denial.limit}",
            title=self.texts("toast.refused"),
            detail=why,
            sound="refusal",
            panel="orders",
            trade_ns=self._market.trade_ns,
        )

    def _notice_news(self, notice: NoticeView) -> News:
        is_refusal = notice.key in REFUSED_BY_VENUE
        return News(
            kind=ToastKind.REFUSAL if is_refusal else ToastKind.ALERT,
            about=f"{notice.key} {notice.detail}",
            title=notice_text(notice, self.texts),
            sound="refusal" if is_refusal else "alert" if notice.is_warning else "",
            panel="orders" if is_refusal else "log",
            trade_ns=notice.trade_ns or self._market.trade_ns,
        )

    def _alert_news(self, alert: AlertView) -> News:
        return News(
            kind=ToastKind.ALERT,
            about=str(alert.alert_id),
            title=alert_text(alert, self.texts),
            sound="alert",
            panel="log",
            is_critical=alert.severity is Severity.CRITICAL,
            trade_ns=alert.last_ns,
        )

    # Links

    def _follow_link(self, name: str, now_ns: int, *, is_up: bool) -> None:
        """A link that changed; the first look at one, and the first time that it comes up, are no news."""
        before, has_been_up = self._links.get(name), name in self._were_up
        if is_up:
            self._were_up.add(name)
        if before is not None and before[0] is is_up:
            return
        self._links[name] = (is_up, now_ns)
        if before is None or not has_been_up:
            return
        away_s = (now_ns - before[1]) // SECOND
        who = self.texts("strip.core") if name == "core" else name
        key = "toast.link_up" if is_up else "toast.link_down"
        self._tell(
            News(
                kind=ToastKind.LINK,
                about=name,
                title=self.texts(key, name=who),
                detail=self.texts(f"{key}_detail", seconds=str(away_s)),
                sound="up" if is_up else "down",
                panel="",
                is_critical=not is_up,
                is_good=is_up,
                trade_ns=self._market.trade_ns,
            ),
            now_ns,
        )


def _denied_by(denial: Denial) -> str:
    """Which rule, of whose, and which of its reasons."""
    return f"{denial.rule.value} {denial.scope} {denial.detail}"


def _rule_of(order: OrderView) -> str:
    """Why an order was refused, without its figures."""
    if order.denial is not None:
        return _denied_by(order.denial)
    return f"{order.local_cause} {order.reason_code}"
