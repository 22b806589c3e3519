"""Chips for what orders by click and key say beside their price: seen where they are taken, and never overlooked."""

from dataclasses import replace as replaced

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.desk.order_attributes import Attribute
from hts.desk.order_standing import Standing
from hts.desk.order_terms import Attributes
from hts.desk.venue_tabs import COMBINED
from hts.model.enums import Phase, Side
from hts.model.intents import NewOrder
from hts.model.quotes import InstrumentDef, PhaseUpdate
from tests.desk.scene import NAVER, NAVER_ISSUE, a_book
from tests.widgets.scene import naver_scene, open_panel, settle
from tests.widgets.test_ladder_tabs import press
from widgets.ladder import LadderPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

VENUE = "JNX"  # takes to rest only, and no shown quantity


@pytest.fixture
def scene():
    scene = naver_scene()
    scene.market.on_quote(InstrumentDef(instrument=replace(NAVER_ISSUE, venue=VENUE)))
    for venue in ("KRX", VENUE):
        scene.market.on_quote(PhaseUpdate("", 1, Phase.CONTINUOUS, 0, venue))
    scene.market.on_quote(a_book(venue=VENUE, asks=(7, 8), bids=(9,), ask=238_000, bid=237_000))
    form = scene.context.form
    form.standing = Standing(
        scene.market,
        scene.selection,
        scene.actions,
        lambda venue, _: frozenset({"post_only"} if venue == VENUE else ()),
    )
    return scene


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, LadderPanel(scene.context), 630, 720)


def seen(panel):
    return [each for each, chip in panel.tabs.standing.chips.items() if not chip.isHidden()]


def test_chips_are_there_where_the_venue_takes_them(panel, scene):
    assert seen(panel) == []
    panel.choose_venue(VENUE)
    assert seen(panel) == [Attribute.POST_ONLY]
    panel.choose_venue(COMBINED)
    assert seen(panel) == []


def test_what_stands_colours_the_row_also_where_it_is_not_taken(panel, scene):
    panel.choose_venue(VENUE)
    scene.context.form.standing.turn_post_only()
    settle(scene, panel)
    panel.choose_venue("KRX")
    chip = panel.tabs.standing.chips[Attribute.POST_ONLY]
    assert (seen(panel), chip.look, chip.isChecked()) == ([Attribute.POST_ONLY], "chosen", True)
    image = panel.tabs.grab().toImage()
    middle = panel.tabs.width() // 2
    assert image.pixelColor(middle, 4) == scene.context.tokens.own_dim
    scene.context.form.standing.clear()
    settle(scene, panel)
    assert panel.tabs.grab().toImage().pixelColor(middle, 4) != scene.context.tokens.own_dim


def test_a_chip_does_what_its_key_does_and_a_click_in_the_book_carries_it(panel, scene):
    does = {"standing.post_only": scene.context.form.standing.turn_post_only}
    panel.context = replaced(panel.context, run=lambda name: does[name]())
    panel.choose_venue(VENUE)
    QTest.mouseClick(panel.tabs.standing.chips[Attribute.POST_ONLY], Qt.MouseButton.LeftButton)
    scene.actions.arm(on=True)
    settle(scene, panel)
    press(panel, 237_000, Side.BUY)
    (intent,) = scene.sent
    assert isinstance(intent, NewOrder)
    assert (intent.symbol, intent.venue, intent.post_only) == (NAVER, VENUE, True)


def test_the_chip_says_how_much_is_shown(panel, scene):
    panel.tabs.standing.show_standing(Attributes(display_qty=1_500), frozenset())
    assert panel.tabs.standing.chips[Attribute.DISPLAY_QTY].accessibleName() == "공개 1,500"
