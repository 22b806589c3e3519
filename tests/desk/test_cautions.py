import pytest

from hts.desk.cautions import AGAIN_NS, Caution, Cautions, Wish
from hts.desk.settings import Settings
from hts.model.enums import Side
from tests.desk.scene import NAVER, NAVER_ISSUE, Scene, fill_naver

OFF = {"entry.warn_qty": 0, "entry.warn_krw": 0}


def a_wish(**changes):
    fields = {"issue": NAVER_ISSUE, "side": Side.BUY, "qty": 10, "px": 237_000, "last_px": 237_500}
    return Wish(**{**fields, **changes})


def test_nothing_is_asked_unless_the_trader_wants_it():
    cautions = Cautions(Settings(OFF))
    assert cautions.about(a_wish(qty=1_000_000), 0) is None


def test_every_order_is_sent_by_the_second_press():
    cautions = Cautions(Settings({**OFF, "entry.confirm": True}))
    asked = Caution(reason="confirm_order")
    assert [cautions.about(a_wish(), ns) for ns in (0, AGAIN_NS, AGAIN_NS + 1)] == [asked, None, asked]


@pytest.mark.parametrize("change", [{"px": 237_500}, {"qty": 11}, {"side": Side.SELL}, {"venue": "NXT"}])
def test_another_order_is_asked_about_anew(change):
    cautions = Cautions(Settings({**OFF, "entry.confirm": True}))
    assert cautions.about(a_wish(), 0) is not None
    assert cautions.about(a_wish(**change), 1) is not None
    assert cautions.about(a_wish(), 2) is not None


def test_an_answer_that_comes_too_late_is_a_new_question():
    cautions = Cautions(Settings({**OFF, "entry.confirm": True}))
    assert [cautions.about(a_wish(), ns) is None for ns in (0, AGAIN_NS + 1, AGAIN_NS + 2)] == [False, False, True]


def test_the_last_price_may_move_between_question_and_answer():
    cautions = Cautions(Settings({**OFF, "entry.confirm": True}))
    cautions.about(a_wish(px=0), 0)
    assert cautions.about(a_wish(px=0, last_px=238_000), 1) is None


def test_figure_and_limit_are_told_money_before_shares():
    limits = {"entry.warn_qty": 9, "entry.warn_krw": 2_370_000}
    at_limit, above = a_wish(), a_wish(qty=11)
    assert Cautions(Settings(limits)).about(at_limit, 0) == Caution(reason="warn_qty", figure=10, limit=9)
    assert Cautions(Settings(limits)).about(above, 0) == Caution(reason="warn_value", figure=2_607_000, limit=2_370_000)
    assert Cautions(Settings({**limits, "entry.warn_qty": 10})).about(at_limit, 0) is None


def test_a_market_order_is_judged_by_the_last_price():
    limits = {**OFF, "entry.warn_krw": 2_370_000}
    assert Cautions(Settings(limits)).about(a_wish(px=0), 0) == Caution(
        reason="warn_value", figure=2_375_000, limit=2_370_000
    )


def test_actions_ask_once_and_then_send():
    settings = Settings({**OFF, "entry.confirm": True, "entry.confirm_flatten": False})
    scene = Scene(settings=settings)
    fill_naver(scene)
    scene.actions.arm(on=True)
    asked = scene.actions.enter(NAVER, Side.BUY, 237_000, 5)
    assert (asked.key, asked.values["qty"], asked.values["px"]) == ("refusal.confirm_order_buy", "5", "237,000")
    assert scene.sent == []
    assert scene.actions.enter(NAVER, Side.BUY, 237_000, 5) is None
    assert [type(intent).__name__ for intent in scene.sent] == ["NewOrder"]
    assert scene.actions.route(NAVER, Side.SELL, 236_000, 5).key == "refusal.confirm_order_sell"
    assert scene.actions.flatten(NAVER) is None
    assert [type(intent).__name__ for intent in scene.sent] == ["NewOrder", "Flatten"]
