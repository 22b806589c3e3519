"""What the status strip and the top bar say: phase and countdown, health of each link, latency, trouble, result.

Levels are few on purpose: healthy, attention (something waits or recovers), down (orders cannot be sent).
"""

from enum import Enum

from msgspec import Struct

from hts.desk.figures import clock_text, countdown_text, us_text
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.sentences import alert_text, detail_text
from hts.desk.texts import Texts
from hts.model.alerts import Severity
from hts.model.enums import Phase
from hts.model.venues import VENUE_PLACE
from hts.model.views import CoreState, LinkState

GAP = "  "  # where a sentence has no detail


class Level(Enum):
    """How well it is; the widget picks the colour."""

    HEALTHY = "healthy"
    ATTENTION = "attention"
    DOWN = "down"


class PhaseRow(Struct, frozen=True, kw_only=True):
    """One venue's phase."""

    venue: str
    phase: str
    until: str  # "15:20", empty when unknown
    left: str  # "02:41:07", empty when unknown
    level: Level


class Health(Struct, frozen=True, kw_only=True):
    """One link: its name, a figure (milliseconds) where there is one."""

    name: str
    figure: str
    level: Level


class Strip(Struct, frozen=True, kw_only=True):
    """The whole strip. `banner` is empty while all is well; `banner_level` says how loud it is."""

    phase: PhaseRow
    others: tuple[PhaseRow, ...]  # the core's other venues, in their order
    links: tuple[Health, ...]
    p50: str
    p99: str
    banner: str
    banner_level: Level


def strip(market: MarketState, orders: OrdersState, texts: Texts, *, link_is_up: bool, trade_ns: int) -> Strip:
    """The strip's content at venue time `trade_ns`."""
    status = orders.status
    up = link_is_up and status is not None
    banner, level = _banner(orders, texts, link_is_up=link_is_up)
    return Strip(
        phase=_phase(market, orders, texts, trade_ns),
        others=_others(orders, texts, trade_ns),
        links=(
            Health(name=texts("strip.core"), figure="", level=_core_level(orders) if up else Level.DOWN),
            Health(
                name=texts("strip.orders"),
                figure=us_text(status.ack_us_p50) if up and status is not None and status.ack_us_p50 else "",
                level=_link_level(status.orders) if up and status is not None else Level.DOWN,
            ),
            Health(
                name=texts("strip.market_data"),
                figure="",
                level=_link_level(status.market_data) if up and status is not None else Level.DOWN,
            ),
        ),
        p50=us_text(status.ack_us_p50) if status is not None else "",
        p99=us_text(status.ack_us_p99) if status is not None else "",
        banner=banner,
        banner_level=level,
    )


def _phase(market: MarketState, orders: OrdersState, texts: Texts, trade_ns: int) -> PhaseRow:
    status = orders.status
    phase, until_ns = market.phase, market.phase_until_ns
    if status is not None and status.trade_ns >= market.trade_ns:
        phase, until_ns = status.phase, status.phase_until_ns
    return _row(status.venue if status is not None else "KRX", phase, until_ns, texts, trade_ns)


def _others(orders: OrdersState, texts: Texts, trade_ns: int) -> tuple[PhaseRow, ...]:
    """What each venue but the first says of itself."""
    found = [
        _row(status.venue, status.phase, status.phase_until_ns, texts, trade_ns)
        for status in orders.statuses.values()
        if orders.status is not None and status.venue != orders.status.venue
    ]
    return tuple(sorted(found, key=lambda row: VENUE_PLACE.get(row.venue, len(VENUE_PLACE))))


def _row(venue: str, phase: Phase, until_ns: int, texts: Texts, trade_ns: int) -> PhaseRow:
    level = Level.HEALTHY if phase is Phase.CONTINUOUS else Level.ATTENTION
    known = until_ns > 0 and trade_ns > 0
    return PhaseRow(
        venue=venue,
        phase=texts(f"phase.{phase.value}"),
        until=clock_text(until_ns)[:5] if known else "",
        left=countdown_text(until_ns - trade_ns) if known else "",
        level=level,
    )


def _core_level(orders: OrdersState) -> Level:
    assert orders.status is not None
    state = orders.status.core
    if state is CoreState.HALTED:
        return Level.DOWN
    return Level.HEALTHY if state is CoreState.READY else Level.ATTENTION


def _link_level(state: LinkState) -> Level:
    if state is LinkState.UP:
        return Level.HEALTHY
    return Level.DOWN if state is LinkState.DOWN else Level.ATTENTION


def _banner(orders: OrdersState, texts: Texts, *, link_is_up: bool) -> tuple[str, Level]:
    """The worst trouble, in words with what it means for orders."""
    status = orders.status
    if not link_is_up:
        return texts("banner.core_down"), Level.DOWN
    if orders.other_build:
        return texts("banner.build_mix", detail=orders.other_build), Level.DOWN
    if status is None:
        return texts("banner.attaching"), Level.ATTENTION
    if status.core is CoreState.HALTED:
        return texts("banner.halted"), Level.DOWN
    if status.orders is LinkState.DOWN:
        detail = detail_text(status.detail, texts)
        return texts("banner.venue_down", venue=status.venue, detail=detail).replace(GAP, " "), Level.DOWN
    if status.kill_switch:
        return texts("banner.kill", detail=status.kill_reason).replace(GAP, " "), Level.DOWN
    if status.orders is not LinkState.UP or status.core is CoreState.RECOVERING:
        return texts("banner.recovering", venue=status.venue), Level.ATTENTION
    if status.market_data is LinkState.DOWN:
        return texts("banner.market_data_down", venue=status.venue), Level.ATTENTION
    return _worst_alert(orders, texts)


def _worst_alert(orders: OrdersState, texts: Texts) -> tuple[str, Level]:
    alert = orders.worst_alert()
    if alert is None:
        return "", Level.HEALTHY
    return alert_text(alert, texts), Level.DOWN if alert.severity is Severity.CRITICAL else Level.ATTENTION


def day_currency(orders: OrdersState) -> str:
    """The currency that the day's result is in: the account's first, before the core told of it the usual one."""
    return orders.account.currency if orders.account is not None else "KRW"


def day_result(market: MarketState, orders: OrdersState) -> int:
    """Realised, net of fees and taxes, plus open positions at their last prices: of the issues in `day_currency`."""
    result, currency = 0, day_currency(orders)
    for symbol, position in orders.positions.items():
        issue = market.instruments.get(symbol)
        if issue is None or issue.currency == currency:
            result += position.realised + orders.open_pnl(symbol, market.last_px(symbol), issue)
    return result
