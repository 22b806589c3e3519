"""What risk asked of an order, as a list."""

from hts.desk.order_xray_checks import CheckRow, check_rows
from hts.model.denials import Rule, Unit
from hts.model.trace import CheckTold
from hts.risk.checks import FLOW_RULES, HARD_RULES, LIMIT_RULES, MONEY_RULES
from tests.desk.scene import Scene

TEXTS = {language: Scene(language=language).texts for language in ("ko", "ja", "en")}


def row(rule, figure, limit, unit, language="en", **fields):
    (found,) = check_rows([CheckTold(rule=rule, figure=figure, limit=limit, unit=unit, **fields)], TEXTS[language], 0)
    return found


def test_a_figure_stands_against_its_limit_with_its_share():
    assert row(Rule.QTY_LIMIT, 10, 40, Unit.QTY) == CheckRow(
        name="Order quantity", figure="10 ≤ 40", is_passed=True, share=250
    )
    assert row(Rule.QTY_LIMIT, 41, 40, Unit.QTY, is_passed=False) == CheckRow(
        name="Order quantity", figure="41 > 40", is_passed=False, share=1_000
    )


def test_units_relations_and_scopes():
    assert row(Rule.STALE_DATA, 12, 5_000, Unit.MS).figure == "12 ≤ 5,000 ms"
    assert row(Rule.LISTED_SHARE_BP, 1, 100, Unit.BP).figure == "0.01 ≤ 1.00 %"
    assert row(Rule.ORDER_RATE, 3, 20, Unit.PER_SECOND).figure == "3 ≤ 20/s"
    assert row(Rule.MESSAGE_RATE, 0, 5_000, Unit.PER_SECOND).figure == "≤ 5,000/s"
    assert row(Rule.BAD_LOT, 100, 10, Unit.QTY).figure == "100 ÷ 10"
    assert row(Rule.PRICE_BELOW_LIMIT, 71_000, 49_700, Unit.PX).figure == "71,000 ≥ 49,700"
    assert row(Rule.PRICE_BELOW_LIMIT, 9, 10, Unit.PX, is_passed=False).figure == "9 < 10"
    assert row(Rule.COLLAR, 71_000, 73_000, Unit.PX).figure == "71,000 ↔ 73,000"
    assert row(Rule.QTY_LIMIT, 1, 2, Unit.QTY, "ko", scope="strategy:twap").name == "1회 수량 · 전략 twap"
    assert row(Rule.KILL_SWITCH, 0, 0, Unit.NONE).figure == ""


def test_every_rule_that_is_asked_has_a_name_in_every_language():
    asked = {rule for hard in (*HARD_RULES, *MONEY_RULES) for rule in hard.rules}
    asked |= {one.rule for one in (*LIMIT_RULES, *FLOW_RULES)} | {Rule.NOT_LOGGED_IN, Rule.PARENT, Rule.PARENT_QTY}
    for texts in TEXTS.values():
        assert [rule for rule in asked if not texts.has(f"check.{rule.value}")] == []
    assert row(Rule.ALGO, 0, 0, Unit.NONE).name == "algo"  # one that no check asks shows as it is
