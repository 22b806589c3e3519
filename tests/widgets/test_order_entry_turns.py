"""The form is refreshed in part where only the market moved: what it shows is what a whole refresh shows."""

import random

import msgspec
import pytest

from hts.desk.order_entry import Tab
from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.quotes import BookUpdate, InstrumentDef, PhaseUpdate
from tests.desk.scene import NAVER, NAVER_ISSUE, a_book, a_position, a_trade, an_order
from tests.widgets.scene import naver_scene, open_panel, settle
from widgets.order_entry import OrderEntryPanel

STEPS = 40


def sizes(rng) -> BookUpdate:
    return a_book(asks=tuple(rng.randint(1, 9_000) for _ in range(10)))


def moved(rng) -> BookUpdate:
    px = 237_000 + 500 * rng.randint(-4, 4)
    return a_book(ask=px + 500, bid=px)


def acts(scene, rng):
    """What may happen between two frames."""
    market, orders, form = scene.market, scene.orders, scene.context.form
    return {
        "sizes": lambda: market.on_quote(sizes(rng)),
        "best prices": lambda: market.on_quote(moved(rng)),
        "trade": lambda: market.on_quote(a_trade(px=237_000 + 500 * rng.randint(-4, 4))),
        "order": lambda: orders.on_view(an_order(rng.randint(1, 5), Side.BUY, 236_000, rng.randint(1, 90))),
        "holding": lambda: orders.on_view(a_position(qty=rng.randint(1, 90))),
        "tab": lambda: form.choose_tab(rng.choice([Tab.BUY, Tab.SELL, Tab.AMEND])),
        "type": lambda: form.choose_type(OrdType.MARKET, TimeInForce.DAY),
        "limit": lambda: form.choose_type(OrdType.LIMIT, TimeInForce.DAY),
        "qty": lambda: scene.selection.set_qty(rng.randint(1, 90)),
        "px": lambda: scene.selection.set_px(rng.choice([0, 236_500, 237_000])),
        "lock": lambda: scene.actions.arm(rng.random() < 0.5),
        "refusal": lambda: scene.actions.note("refusal.no_price"),
        "flatten": lambda: scene.actions.flatten(NAVER),
    }


@pytest.mark.parametrize("seed", range(4))
def test_part_shows_what_the_whole_shows(qtbot, seed):
    rng, scene = random.Random(seed), naver_scene()
    panel = open_panel(qtbot, scene, OrderEntryPanel(scene.context), 334, 698)
    happened = acts(scene, rng)
    for _ in range(STEPS):
        for name in rng.choices(list(happened), k=rng.randint(1, 2)):
            happened[name]()
        scene.market.on_quote(sizes(rng))
        settle(scene, panel)
        seen = panel.grab().toImage()
        panel.mark_dirty()
        settle(scene, panel)
        assert panel.grab().toImage() == seen


def test_book_of_other_sizes_leaves_the_form_alone(qtbot, monkeypatch):
    rng, scene = random.Random(1), naver_scene()
    panel = open_panel(qtbot, scene, OrderEntryPanel(scene.context), 334, 698)
    settle(scene, panel)
    priced = []
    monkeypatch.setattr(scene.context.form, "preview", lambda: priced.append(1))
    scene.market.on_quote(sizes(rng))
    settle(scene, panel)
    scene.market.on_quote(a_book(ask=238_500, bid=238_000))
    settle(scene, panel)
    assert len(priced) == 1


def elsewhere(phase, symbol=""):
    return PhaseUpdate(symbol=symbol, trade_ns=1, phase=phase, until_ns=0, venue="NXT")


def test_an_issue_that_is_halted_at_another_venue_is_told_at_once_and_offers_what_it_takes(qtbot):
    scene = naver_scene()
    panel = open_panel(qtbot, scene, OrderEntryPanel(scene.context), 334, 698)
    scene.market.on_quote(elsewhere(Phase.CONTINUOUS))
    scene.selection.choose_venue("NXT")
    settle(scene, panel)
    at_nxt = InstrumentDef(instrument=msgspec.structs.replace(NAVER_ISSUE, venue="NXT"))
    for quote in (at_nxt, elsewhere(Phase.HALTED, NAVER)):
        before = panel.grab().toImage()
        scene.market.on_quote(quote)
        settle(scene, panel)
        seen = panel.grab().toImage()
        assert seen != before
        panel.mark_dirty()
        settle(scene, panel)
        assert panel.grab().toImage() == seen
