"""Alerts in words: what a rule watches, what fired, the rows of the three lists."""

from msgspec import Struct

from hts.desk.figures import px_text
from hts.desk.orders import OrdersState
from hts.desk.price_alerts import AlertRule, Fired, PriceAlerts, is_figure
from hts.desk.screener_universe import Universe
from hts.desk.sentences import alert_text
from hts.desk.texts import Texts
from hts.model.alerts import Severity


class AlertRow(Struct, frozen=True, kw_only=True):
    """One row of the list. `kind` "rule", "fired" or "core"; `number` is that of its kind.

    tone: "armed", "done", "quiet" for rules; "new", "old" for what fired; a severity's value for the core's.
    """

    kind: str
    number: int
    time_ns: int
    title: str
    text: str
    state: str
    tone: str
    symbol: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """Rules, firings and the core's alerts have numbers of their own."""
        return self.kind, self.number


def rule_text(kind: str, value: str, texts: Texts) -> str:
    """What is watched: "price at or above 192,000"."""
    return texts(f"alerts.kind_of.{kind}", value=grouped(value))


def grouped(value: str) -> str:
    """A figure as it was typed, with separators of thousands; another text (a condition) as it is."""
    if not is_figure(value):
        return value
    whole, point, part = value.replace(",", "").partition(".")
    sign, digits = (whole[0], whole[1:]) if whole[:1] in "+-−" else ("", whole)
    return f"{sign.replace('-', '−')}{int(digits or 0):,}{point}{part}"


def fired_text(one: Fired, texts: Texts) -> str:
    """Why it fired."""
    return texts("alerts.screen", name=one.screen) if one.screen else rule_text(one.kind, one.value, texts)


def fired_rows(alerts: PriceAlerts, universe: Universe, texts: Texts) -> list[AlertRow]:
    """What fired, newest first."""
    rows = []
    for one in reversed(alerts.fired):
        issue = universe.issue(one.symbol)
        rows.append(
            AlertRow(
                kind="fired",
                number=one.number,
                time_ns=one.trade_ns,
                title=texts.name(issue),
                text=f"{fired_text(one, texts)} · {px_text(one.px, issue.px_decimals)}",
                state=texts("alerts.state.screen" if one.screen else "alerts.state.fired"),
                tone="new" if one.number > alerts.seen else "old",
                symbol=one.symbol,
            )
        )
    return rows


def rule_rows(alerts: PriceAlerts, universe: Universe, texts: Texts, trade_ns: int) -> list[AlertRow]:
    """The trader's rules, newest first."""
    rules = reversed(alerts.rules.values())
    return [_rule_row(rule, universe, texts, trade_ns, alerts.fired_ns(rule.rule_id)) for rule in rules]


def _rule_row(rule: AlertRule, universe: Universe, texts: Texts, trade_ns: int, fired_ns: int) -> AlertRow:
    known = universe.row_of(rule.symbol) >= 0
    tone = "done" if rule.is_done else "quiet" if rule.snoozed_ns > trade_ns or not known else "armed"
    state = "done" if rule.is_done else "unknown" if not known else "snoozed" if tone == "quiet" else "armed"
    flags = [texts("alerts.repeats" if rule.repeats else "alerts.once")]
    if rule.sounds:
        flags.append(texts("alerts.sound"))
    return AlertRow(
        kind="rule",
        number=rule.rule_id,
        time_ns=fired_ns,
        title=texts.name(universe.issue(rule.symbol)) if known else rule.symbol,
        text=f"{rule_text(rule.kind, rule.value, texts)} · {' · '.join(flags)}",
        state=texts(f"alerts.state.{state}"),
        tone=tone,
        symbol=rule.symbol,
    )


def core_rows(orders: OrdersState, texts: Texts) -> list[AlertRow]:
    """The core's alerts: what stands and is not acknowledged first, the gravest of those first."""
    rank = {Severity.CRITICAL: 0, Severity.WARNING: 1, Severity.INFO: 2}
    found = sorted(
        orders.alerts.values(),
        key=lambda one: (bool(one.acknowledged_by) or one.is_over, rank[one.severity], -one.last_ns),
    )
    rows = []
    for one in found:
        state = "acknowledged" if one.acknowledged_by else "over" if one.is_over else "open"
        is_quiet = bool(one.acknowledged_by) or one.is_over
        rows.append(
            AlertRow(
                kind="core",
                number=one.alert_id,
                time_ns=one.last_ns,
                title=texts(f"alerts.severity.{one.severity.value}"),
                text=alert_text(one, texts),
                state=texts(f"alerts.state.{state}"),
                tone="old" if is_quiet else one.severity.value,
            )
        )
    return rows
