from hts.desk.status import Level, day_result, strip
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
        assert (shown.banner, shown.banner_level) == (texts("en")(key, venue="KRX", detail=""), level), key


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
