import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.ladder_orders import UNKNOWN
from hts.desk.venue_tabs import COMBINED, HOME
from hts.model.enums import OrdType, Phase, Side
from hts.model.intents import NewOrder, RouteOrder
from hts.model.quotes import InstrumentDef, PhaseUpdate
from hts.model.routing import Remainder, RouteRequest
from hts.model.views import LinkState
from tests.desk.scene import NAVER, NAVER_ISSUE, SAMSUNG, a_book, a_trade, an_order
from tests.support.desk_feed import status
from tests.widgets.scene import naver_scene, open_panel, settle
from themes import metrics
from widgets.ladder import LadderPanel

# The offscreen platform says this of every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    scene = naver_scene()
    scene.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, venue="NXT")))
    scene.market.on_quote(PhaseUpdate("", 1, Phase.CONTINUOUS, 0, "KRX"))
    scene.market.on_quote(PhaseUpdate("", 1, Phase.AFTER_MARKET, 0, "NXT"))
    scene.market.on_quote(a_book(venue="NXT", asks=(7, 8), bids=(9,), ask=238_000, bid=237_000))
    scene.orders.on_view(an_order(5, Side.BUY, 235_500, 11, venue="NXT"))
    return scene


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, LadderPanel(scene.context), 630, 720)


def sizes(panel) -> dict[int, tuple[int, int]]:
    return {row.px: (row.ask_qty, row.bid_qty) for row in panel.book.rows if 236_500 <= row.px <= 238_500}


def own(panel) -> list[tuple[int, int]]:
    return [(row.px, cell.qty) for row in panel.book.rows for cell in (row.sell, row.buy) if cell is not None]


def press(panel, px, side):
    columns = panel.book.columns
    x = columns.ask + 20 if side is Side.SELL else columns.bid + 20
    where = QPoint(x, panel.book.row_rect(panel.state.row_of(px)).center().y())
    QTest.mousePress(panel.book, Qt.MouseButton.LeftButton, pos=where)


def new_order(side, px, venue, n=1, ord_type=OrdType.LIMIT) -> NewOrder:
    return NewOrder(
        request_id=f"test-{n}",
        account="8801-2745-01",
        key_ns=1_000_016_000_000,
        venue=venue,
        symbol=NAVER,
        side=side,
        ord_type=ord_type,
        px=px,
        qty=50,
    )


def a_route(side, px, remainder, n) -> RouteOrder:
    return RouteOrder(
        request_id=f"test-{n}",
        account="8801-2745-01",
        key_ns=1_000_016_000_000,
        symbol=NAVER,
        request=RouteRequest(side=side, qty=50, px=px, remainder=remainder),
    )


def test_each_tab_shows_its_own_book_orders_and_phase(scene, panel):
    seen = []
    for _ in range(4):
        chosen = [venue for venue, button in panel.tabs.buttons.items() if button.isChecked()]
        seen.append((chosen, panel.tabs.phase, sizes(panel), own(panel)))
        panel.next_venue()
        QApplication.processEvents()
    krx = [(241_500, 30), (240_000, 50), (236_000, 50), (234_500, 20)]
    both = [(241_500, 30), (240_000, 50), (236_000, 50), (235_500, 11), (234_500, 20)]
    home = (
        ["KRX"],
        "정규장",
        {238_500: (2_740, 0), 238_000: (1_893, 0), 237_500: (412, 0), 237_000: (0, 1_206), 236_500: (0, 3_544)},
        krx,
    )
    assert seen == [
        home,
        (
            ["NXT"],
            "애프터마켓",
            {238_500: (8, 0), 238_000: (7, 0), 237_500: (0, 0), 237_000: (0, 9), 236_500: (0, 0)},
            [(235_500, 11)],
        ),
        (
            [COMBINED],
            "KRX 정규장  NXT 애프터마켓",
            {238_500: (2_748, 0), 238_000: (1_900, 0), 237_500: (412, 0), 237_000: (0, 1_215), 236_500: (0, 3_544)},
            both,
        ),
        home,
    ]


def test_orders_go_to_the_tabs_venue_and_are_routed_on_the_one_of_all(scene, panel):
    for venue in ("KRX", "NXT", COMBINED):
        QTest.mouseClick(panel.tabs.buttons[venue], Qt.MouseButton.LeftButton)
        press(panel, 235_000, Side.BUY)
        panel.actions_row.buttons["market_sell"].click()
    assert scene.sent == [
        new_order(Side.BUY, 235_000, "KRX", 1),
        new_order(Side.SELL, 0, "KRX", 2, OrdType.MARKET),
        new_order(Side.BUY, 235_000, "NXT", 3),
        new_order(Side.SELL, 0, "NXT", 4, OrdType.MARKET),
        a_route(Side.BUY, 235_000, Remainder.POST, 5),
        a_route(Side.SELL, 0, Remainder.CANCEL, 6),
    ]


def test_another_tab_leaves_every_price_in_its_row(scene, panel):
    panel.state.scroll.scroll(4)
    prices = []
    for _ in range(3):
        panel.next_venue()
        prices.append([row.px for row in panel.book.rows])
    assert prices == [prices[0]] * 3
    assert prices[0][0] == panel.state.px_of(0)


def test_an_issue_of_one_venue_has_no_tabs_and_names_no_venue(scene, panel):
    panel.choose_venue("NXT")
    scene.selection.choose(SAMSUNG)
    settle(scene, panel)
    assert (panel.tabs.isVisible(), panel.venue) == (False, HOME)
    panel.next_venue()
    press(panel, 188_000, Side.BUY)
    assert [intent.venue for intent in scene.sent] == [""]
    scene.selection.choose(NAVER)
    settle(scene, panel)
    assert (panel.tabs.isVisible(), panel.venue) == (True, "NXT")


def painted_by(scene, panel, quote) -> int:
    before = panel.book.painted_rows
    scene.market.on_quote(quote)
    settle(scene, panel)
    return panel.book.painted_rows - before


def test_only_the_shown_venues_rows_are_painted(scene, panel):
    other = a_book(venue="NXT", asks=(7, 9), bids=(9,), ask=238_000, bid=237_000)
    painted = [painted_by(scene, panel, other)]
    panel.choose_venue("NXT")
    settle(scene, panel)
    painted.append(painted_by(scene, panel, a_book(bids=(1_300,))))
    painted.append(painted_by(scene, panel, a_book(venue="NXT", asks=(7, 10), bids=(9,), ask=238_000, bid=237_000)))
    assert painted == [0, 0, 1]


def test_trades_belong_to_their_venue_and_count_once_on_the_tab_of_all(scene, panel):
    for _ in range(2):
        panel.next_venue()
    scene.market.on_quote(a_trade(venue="NXT", px=238_000, qty=5, cum_qty=1_000, at_s=4_468))
    settle(scene, panel)
    combined = (panel.state.last_px, panel.state.volume[238_000], panel.state.trade.cum_qty)
    panel.choose_venue("KRX")
    assert combined == (238_000, 5, 4_219_905)
    assert (panel.state.last_px, panel.state.trade.cum_qty) == (237_500, 4_218_905)


def test_buttons_name_their_keys_only_where_keys_act(scene, panel):
    panel.actions_row._keys = lambda action: {"sell.market": "F4", "cancel.all": "Esc"}.get(action, "")
    keys = []
    for group in (2, 1):
        scene.selection.activate(group)
        settle(scene, panel)
        keys.append([panel.actions_row.buttons[name].key for name in ("market_sell", "cancel_all")])
    assert keys == [["", "Esc"], ["F4", "Esc"]]


def test_a_silent_feed_dims_the_tabs_that_live_on_it(scene, panel):
    scene.orders.on_view(status())
    scene.orders.on_view(status(venue="NXT", market_data=LinkState.DOWN))
    settle(scene, panel)
    ages = {}
    for venue in ("KRX", "NXT", COMBINED):
        panel.choose_venue(venue)
        ages[venue] = panel._age_s(scene.now_ns) >= 0
    assert ages == {"KRX": False, "NXT": True, COMBINED: True}


def test_a_place_in_the_queue_is_told_on_one_venues_tab_alone(scene, panel):
    ahead = {}
    for venue in ("KRX", COMBINED):
        panel.choose_venue(venue)
        settle(scene, panel)
        ahead[venue] = next(row.buy.ahead for row in panel.book.rows if row.px == 236_000)
    assert ahead == {"KRX": 2_981, COMBINED: UNKNOWN}


def test_the_bars_end_is_grey_as_far_as_other_venues_have_it(scene, panel):
    scene.market.on_quote(a_book(venue="NXT", asks=(5_000,), bids=(4_000,), ask=238_000, bid=237_000))
    panel.choose_venue(COMBINED)
    settle(scene, panel)
    picture, columns = panel.book.grab().toImage(), panel.book.columns
    ratio = picture.devicePixelRatio()

    def ground(x, px):
        y = panel.book.row_rect(panel.state.row_of(px)).top() + metrics.BAR_ABOVE
        return picture.pixelColor(round(x * ratio), round(y * ratio))

    # 6,893 and 5,206 of 20,000 shares, on bars of 77 px: 26 and 20 px long, of which 19 and 15 are elsewhere.
    asks = [ground(columns.price - i, 238_000) for i in (24, 10, 3)]
    bids = [ground(columns.bid + 1 + i, 237_000) for i in (1, 8, 18)]
    assert asks[0] == asks[1] == bids[1] == bids[2]
    assert len({*(color.rgb() for color in (asks[0], asks[2], bids[0]))}) == 3


def test_tabs_have_names_and_take_the_keyboard(panel):
    assert [(b.accessibleName(), b.focusPolicy()) for b in panel.tabs.buttons.values()] == [
        (name, Qt.FocusPolicy.TabFocus) for name in ("KRX", "NXT", "통합")
    ]
    QTest.keyClick(panel.tabs.buttons["NXT"], Qt.Key.Key_Space)
    assert panel.venue == "NXT"
