"""Quick quantities in lots, and those that an issue has of its own."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.desk.actions import Wanted
from hts.desk.commands import Commands
from hts.desk.order_entry import OrderForm
from hts.desk.presets import Presets, in_lots
from hts.model.enums import Side
from tests.desk.scene import NAVER, Scene, a_rate

USUAL = (10, 30, 50, 100, 300, 500)


def issue(lot=1, symbol=NAVER):
    return replace(Scene().market.instruments[NAVER], lot=lot, symbol=symbol)


def test_usual_quantities_that_are_no_lots_become_lots():
    assert in_lots(USUAL, 1) == USUAL
    assert in_lots(USUAL, 10) == USUAL
    assert in_lots(USUAL, 100) == (100, 200, 500, 1_000, 2_000, 5_000)
    assert in_lots((7, 11), 10) == (10, 20)
    assert in_lots((1,) * 8, 10) == (10, 20, 50, 100, 200, 500, 1_000, 1_500)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=9), st.sampled_from((1, 2, 10, 100, 1_000)))
def test_they_are_as_many_as_the_usual_ones_and_whole_lots(usual, lot):
    found = in_lots(tuple(usual), lot)
    assert len(found) == len(usual)
    assert all(qty > 0 and qty % lot == 0 for qty in found)


def test_an_issue_keeps_its_own_and_they_come_back_from_the_file():
    kept = []
    presets = Presets(USUAL, lambda text: kept.append(text) or True)
    tokyo = issue(100, "7203")
    assert presets.keep(tokyo, 1, 300)
    assert not presets.keep(tokyo, 1, 250)
    assert not presets.keep(tokyo, 9, 300)
    assert presets.of(tokyo) == (100, 300, 500, 1_000, 2_000, 5_000)
    assert presets.of(issue()) == USUAL
    assert presets.of(issue(1_000, "7203")) == in_lots(USUAL, 1_000)  # the lot was changed meanwhile
    again = Presets(USUAL)
    again.load(kept[-1], lambda _text: True, kept.append)
    assert (again.of(tokyo), again.has_own("7203")) == (presets.of(tokyo), True)
    presets.forget("7203")
    assert (presets.of(tokyo)[1], json.loads(kept[-1])["issues"]) == (200, {})


def test_a_file_that_does_not_hold_is_set_aside():
    for text in ("{", "[]", '{"issues": [1]}', '{"issues": {"A": ["x"]}}', '{"issues": {"A": [-1]}}', "[" * 50_000):
        presets, aside = Presets(USUAL), []
        presets.load(text, lambda _text: True, aside.append)
        assert (len(aside), presets.of(issue())) == (1, USUAL), text[:20]


def test_turning_to_an_issue_begins_with_a_quantity_that_it_can_have():
    presets = Presets(USUAL)
    assert [presets.fitted(issue(lot), 50) for lot in (1, 100)] == [50, 100]
    assert presets.fitted(issue(100), 500) == 500
    presets.keep(issue(), 0, 7)
    assert presets.fitted(issue(), 50) == 7


def desk(lot):
    scene = Scene(replace(Scene().market.instruments[NAVER], lot=lot))
    form = OrderForm(scene.market, scene.orders, scene.selection, scene.actions, a_rate)
    return scene, Commands(scene.actions, form, scene.market, scene.selection)


def test_keys_choose_and_keep_quantities_of_the_issue():
    scene, commands = desk(100)
    commands.run("qty.2")
    assert scene.selection.qty == 200
    scene.selection.set_qty(700)
    assert commands.run("qty.keep_2") is None
    scene.selection.set_qty(750)
    assert commands.run("qty.keep_3").key == "refusal.lot"
    scene.actions.arm(True)
    order = Wanted(symbol=NAVER, side=Side.BUY, px=237_500, qty=750)
    refusal = scene.actions.place(order)
    assert (refusal.key, refusal.values, scene.sent) == ("refusal.lot", {"qty": "750", "lot": "100"}, [])
    commands.run("qty.2")
    assert scene.selection.qty == 700
    commands.run("qty.usual")
    commands.run("qty.2")
    assert scene.selection.qty == 200
