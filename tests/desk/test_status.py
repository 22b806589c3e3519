from msgspec.structs import replace

from hts.desk.status import Level, day_currency, day_result, strip
from hts.model.alerts import AlertKind, AlertView, Severity
from hts.model.enums import Phase
from hts.model.views import CoreState, LinkState
from tests.support.desk_feed import NOW_NS, busy_desk, position, quiet_desk, status, texts


def seen(desk, *, link_is_up=True, trade_ns=NOW_NS):
    return strip(desk.market, desk.orders, texts("en"), link_is_up=link_is_up, trade_ns=trade_ns)


def test_all_is_well():
    shown = seen(quiet_desk())
    assert (shown.phase.phase, shown.phase.until, shown.phase.left) == ("Continuous", "15:20", "02:41:07")
    assert [link.level for link in shown.links] == [Level.HEALTHY] * 3
    assert (shown.p50, shown.p99, shown.banner) == ("1.4", "3.8", "")


def test_every_other_venue_has_its_own_phase_and_countdown():
    desk = quiet_desk()
    assert seen(desk).others == ()
    desk.orders.on_view(status(venue="TSE", phase=Phase.CLOSED, phase_until_ns=0))
    desk.orders.on_view(status(venue="NXT", phase_until_ns=NOW_NS + 90_000_000_000))
    assert [(row.venue, row.phase, row.left, row.level) for row in seen(desk).others] == [
        ("NXT", "Continuous", "00:01:30", Level.HEALTHY),
        ("TSE", "Closed", "", Level.ATTENTION),
    ]


def test_core_away_is_the_loudest():
    shown = seen(quiet_desk(), link_is_up=False)
    assert (shown.banner_level, [link.level for link in shown.links]) == (Level.DOWN, [Level.DOWN] * 3)
    assert shown.banner == texts("en")("banner.core_down")


def test_each_trouble_has_its_banner():
    desk = quiet_desk()
    cases = [
        (status(core=CoreState.HALTED), "banner.halted", Level.DOWN),
        (status(orders=LinkState.DOWN), "banner.venue_down", Level.DOWN),
        (status(kill_switch=True), "banner.kill", Level.DOWN),
        (status(orders=LinkState.RECONCILING), "banner.recovering", Level.ATTENTION),
        (status(core=CoreState.RECOVERING), "banner.recovering", Level.ATTENTION),
        (status(market_data=LinkState.DOWN), "banner.market_data_down", Level.ATTENTION),
    ]
    for view, key, level in cases:
        desk.orders.on_view(view)
        shown = seen(desk)
        told = texts("en")(key, venue="KRX", detail="").replace("  ", " ")  # no reason leaves no gap
        assert (shown.banner, shown.banner_level) == (told, level), key


def test_a_call_auction_asks_for_attention():
    desk = quiet_desk()
    desk.orders.on_view(status(phase=Phase.OPEN_CALL, phase_until_ns=0))
    shown = seen(desk)
    assert (shown.phase.level, shown.phase.until, shown.phase.left) == (Level.ATTENTION, "", "")


def test_day_result_is_realised_plus_open():
    desk = quiet_desk()
    desk.orders.on_view(position("005930", 10, 190_000, 0))
    assert day_result(desk.market, desk.orders) == 14_000
    assert day_result(busy_desk().market, busy_desk().orders) > 0


def test_day_result_is_of_one_currency():
    desk = quiet_desk()
    desk.orders.on_view(position("005930", 10, 190_000, 0))
    issues = desk.market.instruments
    issues["AAPL"] = replace(issues["005930"], symbol="AAPL", currency="USD", px_decimals=4)
    desk.orders.on_view(position("AAPL", 10, 190_000, 0))
    assert (day_result(desk.market, desk.orders), day_currency(desk.orders)) == (14_000, "KRW")


def an_alert(alert_id, severity, last_ns, **fields):
    kind = AlertKind.ORDERS_DOWN
    return AlertView(
        alert_id=alert_id, kind=kind, severity=severity, subject=f"V{alert_id}", first_ns=1, last_ns=last_ns, **fields
    )


def test_gravest_newest_alert_is_told_until_somebody_saw_it_or_it_is_over():
    desk = quiet_desk()
    told = []
    for alert in (
        an_alert(1, Severity.INFO, 9),
        an_alert(2, Severity.WARNING, 5),
        an_alert(3, Severity.CRITICAL, 3),
        an_alert(4, Severity.CRITICAL, 4),
        an_alert(4, Severity.CRITICAL, 4, is_over=True),
        an_alert(3, Severity.CRITICAL, 3, acknowledged_by="kim"),
    ):
        desk.orders.on_view(alert)
        shown = seen(desk)
        told.append((shown.banner.partition(":")[0], shown.banner_level))
    down, attention = Level.DOWN, Level.ATTENTION
    first = [("", Level.HEALTHY), ("V2", attention), ("V3", down), ("V4", down)]
    assert told == [*first, ("V3", down), ("V2", attention)]


def test_alert_that_is_over_and_acknowledged_is_forgotten():
    desk = quiet_desk()
    desk.orders.on_view(an_alert(1, Severity.CRITICAL, 1))
    desk.orders.on_view(an_alert(1, Severity.CRITICAL, 1, is_over=True, acknowledged_by="kim"))
    assert desk.orders.alerts == {}


def test_a_core_of_another_build_is_told_above_all_but_its_absence():
    desk = quiet_desk()
    desk.orders.other_build = "0.2+beef"
    desk.orders.on_view(status(core=CoreState.HALTED))
    shown = seen(desk)
    assert (shown.banner, shown.banner_level) == (texts("en")("banner.build_mix", detail="0.2+beef"), Level.DOWN)
    assert seen(desk, link_is_up=False).banner == texts("en")("banner.core_down")
