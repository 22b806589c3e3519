"""Directions are painted as in the market of the issue, sides as the trader wants them; seen in the pixels."""

import pytest
from msgspec import structs

from hts.model.enums import Side
from tests.desk.scene import NAVER, a_book, a_fill, a_position, a_trade, day_issues
from tests.widgets.scene import PanelScene, open_panel, settle
from themes.conventions import custom_of
from themes.palettes import DARK
from themes.tokens import Tokens
from widgets.painting import Brush
from widgets.panels import make_panel

RED, BLUE, GREEN = DARK["red_ink"], DARK["blue_ink"], DARK["green_ink"]
NVDA = "NVDA"


def a_scene(choice="market", sides="kr"):
    """NAVER in won and NVDA in cents of a dollar, both above the close before."""
    naver = next(issue for issue in day_issues() if issue.symbol == NAVER)
    nvda = structs.replace(naver, symbol=NVDA, name_ko="엔비디아", name_en="NVIDIA", currency="USD", px_decimals=2)
    scene = PanelScene(naver, nvda)
    scene.context.tokens.become(Tokens.parse(DARK, custom_of(choice, sides)))
    for symbol in (NAVER, NVDA):
        scene.market.on_quote(a_book(symbol=symbol))
        scene.market.on_quote(a_trade(symbol, px=237_500))
        scene.orders.on_view(a_position(symbol))
    return scene


def inks(panel) -> set[str]:
    """Which of the three families is written in: a text has its colour's very value at least once."""
    picture = panel.grab().toImage()
    seen = {picture.pixel(x, y) & 0xFFFFFF for x in range(picture.width()) for y in range(picture.height())}
    return {name for name in (RED, BLUE, GREEN) if int(name[1:], 16) in seen}


def test_the_price_of_another_issue_is_in_its_markets_colour_and_back(qtbot):
    scene = a_scene()
    panel = open_panel(qtbot, scene, make_panel("chart", scene.context), 700, 400)
    tokens = panel.context.tokens
    assert tokens.up.name() == RED
    scene.selection.choose(NVDA)
    settle(scene, panel)
    assert tokens.up.name() == GREEN
    assert scene.context.tokens.up.name() == RED  # the window's own stay
    scene.selection.choose(NAVER)
    settle(scene, panel)
    assert tokens.up.name() == RED


@pytest.mark.parametrize("name", ["ladder", "quote"])
def test_sides_keep_their_colour_whatever_the_issue(qtbot, name):
    scene = a_scene()
    panel = open_panel(qtbot, scene, make_panel(name, scene.context), 420, 700)
    assert inks(panel) == {RED, BLUE}  # a rise and the bids, the asks
    scene.selection.choose(NVDA)
    settle(scene, panel)
    assert inks(panel) == {RED, BLUE, GREEN}  # bids, asks, and a rise
    scene.context.tokens.become(Tokens.parse(DARK, custom_of("market", "us")))
    panel.mark_dirty()
    settle(scene, panel)
    assert GREEN in inks(panel)


def test_rows_of_several_markets_stand_in_one_table(qtbot):
    scene = a_scene()
    panel = open_panel(qtbot, scene, make_panel("watchlist", scene.context), 420, 300)
    assert inks(panel) == {RED, BLUE, GREEN}  # the heads of groups count falls too
    scene.context.tokens.become(Tokens.parse(DARK, custom_of("kr")))
    assert inks(panel) == {RED, BLUE}


def test_a_sold_fill_abroad_is_in_the_traders_own_colour(qtbot):
    scene = a_scene()
    scene.orders.on_view(a_fill(1, Side.SELL, 237_500, 10, NVDA))
    panel = open_panel(qtbot, scene, make_panel("fills", scene.context), 800, 200)
    view = panel.view
    row = view.table.row(0)
    styles = {column.key: view.cell_style(row, column)[1].name() for column in view.columns}
    assert (styles["side"], styles["settled"]) == (BLUE, GREEN)


@pytest.mark.parametrize("name", ["watchlist", "ladder", "quote"])
def test_a_price_at_the_days_limit_has_an_arrow(qtbot, monkeypatch, name):
    scene, arrows = a_scene(), []
    change = Brush.change

    def told(*what, is_limit=False):
        arrows.append(is_limit)
        change(*what, is_limit=is_limit)

    monkeypatch.setattr(Brush, "change", told)
    upper = scene.market.instruments[NAVER].upper_px
    panel = open_panel(qtbot, scene, make_panel(name, scene.context), 420, 600)
    for px, is_limit in ((upper - 500, False), (upper, True), (upper - 500, False)):
        scene.market.on_quote(a_trade(NAVER, px=px))
        settle(scene, panel)
        arrows.clear()
        panel.grab()
        assert (True in arrows) is is_limit
        assert arrows
