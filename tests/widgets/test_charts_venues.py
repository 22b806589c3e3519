"""Chart, heat map and footprint follow the tab of their group's ladder, and their heads say which it is."""

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from hts.desk.footprint import MINUTE_NS
from hts.desk.venue_tabs import COMBINED
from hts.model.quotes import Bar, InstrumentDef
from hts.model.views import BarsView
from tests.desk.scene import NAVER, NAVER_ISSUE, NINE, a_book, a_trade
from tests.widgets.scene import naver_scene
from widgets.chart import ChartPanel
from widgets.chart_output import alert_at
from widgets.footprint import FootprintPanel
from widgets.heatmap import HeatmapPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    scene = naver_scene()
    scene.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, venue="NXT")))
    scene.market.on_quote(a_book(venue="NXT", asks=(7, 8), bids=(9,), ask=238_000, bid=237_000))
    return scene


def shown(qtbot, scene, cls, group=1):
    panel = cls(scene.context, group=group)
    qtbot.addWidget(panel)
    panel.resize(620, 420)
    panel.show()
    qtbot.waitExposed(panel)
    settle(scene, panel)
    return panel


def settle(scene, *panels):
    scene.frame(*panels)
    QApplication.processEvents()


def choose(scene, panel, venue):
    scene.selection.choose_venue(venue, panel.group)
    settle(scene, panel)


def test_a_chart_shows_and_names_the_ladders_tab(qtbot, scene):
    panel = shown(qtbot, scene, ChartPanel)
    assert panel.subtitle == "NAVER · KRX"
    for venue, px in (("KRX", 237_000), ("NXT", 239_000)):
        bars = (Bar(NINE, px, px, px, px, 10, 10 * px),)
        scene.market.on_bars(BarsView(symbol=NAVER, timeframe_s=60, bars=bars, venue=venue))
    settle(scene, panel)
    found = {}
    for venue in ("NXT", COMBINED, "KRX"):
        choose(scene, panel, venue)
        found[venue] = (panel.subtitle, int(panel.series.columns[1, 0]), int(panel.series.columns[4, 0]))
    assert found == {
        "NXT": ("NAVER · NXT", 239_000, 10),
        COMBINED: ("NAVER · 통합", 239_000, 20),
        "KRX": ("NAVER · KRX", 237_000, 10),
    }
    assert {(one.venue, one.symbol) for one in scene.queries} == {("KRX", NAVER), ("NXT", NAVER)}


def test_a_chart_of_another_group_stays_where_its_own_ladder_is(qtbot, scene):
    scene.selection.choose(NAVER, 2)
    panel = shown(qtbot, scene, ChartPanel, group=2)
    scene.selection.choose_venue("NXT", 1)
    settle(scene, panel)
    assert panel.subtitle == "NAVER · KRX"


def levels(panel):
    return {place.px: place.text for place in panel.canvas.spoken_places()}


def test_a_heat_map_shows_and_names_the_ladders_tab(qtbot, scene):
    panel = shown(qtbot, scene, HeatmapPanel)
    assert panel.subtitle.startswith("NAVER · KRX")
    assert len(levels(panel)) == 20
    choose(scene, panel, "NXT")
    assert panel.subtitle.startswith("NAVER · NXT")
    assert "매도잔량 7" in levels(panel)[238_000]
    assert sum("잔량" in text for text in levels(panel).values()) == 3
    choose(scene, panel, COMBINED)
    assert panel.subtitle.startswith("NAVER · 통합")
    assert "매도잔량 1,900" in levels(panel)[238_000]  # 1,893 and 7


def test_a_hidden_tab_of_a_heat_map_goes_on(qtbot, scene):
    panel = shown(qtbot, scene, HeatmapPanel)
    choose(scene, panel, "NXT")
    choose(scene, panel, "KRX")
    scene.market.on_quote(a_book(venue="NXT", asks=(5,), bids=(6,), ask=238_500, bid=237_000))
    settle(scene, panel)
    choose(scene, panel, "NXT")
    assert "매도잔량 5" in levels(panel)[238_500]


def test_a_footprint_counts_the_prints_of_the_ladders_tab(qtbot, scene):
    panel = shown(qtbot, scene, FootprintPanel)
    for venue in ("NXT", COMBINED, "KRX"):
        choose(scene, panel, venue)
    for venue, qty in (("KRX", 10), ("NXT", 30)):
        scene.market.on_quote(a_trade(qty=qty, venue=venue, trade_ns=NINE + 90 * MINUTE_NS))
    settle(scene, panel)
    found = {}
    for venue in ("KRX", "NXT", COMBINED):
        choose(scene, panel, venue)
        newest = panel.canvas.bars[-1]
        found[venue] = (newest.qty, panel.subtitle.split(" · ")[1])
    assert found == {"KRX": (10, "KRX"), "NXT": (30, "NXT"), COMBINED: (40, "통합")}


def test_an_alert_by_a_chart_of_another_venue_is_from_the_price_that_alerts_watch(qtbot, scene):
    """Alerts look at the venue that lists the issue: 238,000 is above its price, and below that of the other one."""
    scene.market.on_quote(a_trade(px=237_000))
    scene.market.on_quote(a_trade(px=239_000, venue="NXT"))
    panel = shown(qtbot, scene, ChartPanel)
    choose(scene, panel, "NXT")
    assert panel.last_px == 239_000
    alert_at(panel, 238_000)
    assert [rule.kind for rule in scene.context.price_alerts.rules.values()] == ["price_above"]
