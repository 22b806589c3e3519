"""What the checks said of one order: by hand, and against the checks themselves over drawn proposals."""

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Side
from hts.model.trace import CheckTold
from hts.risk.checks import HARD_RULES, MONEY_RULES, Pass, check
from hts.risk.proposal import Act
from hts.risk.told import judged, told
from tests.risk.kit import OF_STRATEGY, a_guard, a_proposal, working
from tests.risk.test_naive import Dice, a_draw

LIMITS = {"order_qty_max": 100, "price_band_bp": 300, "price_band_ticks": 10, "working_orders_max": 3}


def rows(order, act=Act.NEW):
    found = check(order, act)
    return told(judged(order, act, None if isinstance(found, Pass) else found, order.guards))


def figures(order, act=Act.NEW):
    return {(row.rule, row.scope): (row.figure, row.limit, row.unit) for row in rows(order, act) if row.unit.value}


def test_an_order_that_passed_is_told_with_every_figure():
    guard = working(a_guard(position_qty_max=500, **LIMITS), 20)
    found = figures(a_proposal(guards=(guard,)))
    assert found == {
        (Rule.BAD_QTY, ""): (10, 1, Unit.QTY),
        (Rule.LISTED_SHARES, ""): (10, 1_000_000, Unit.QTY),
        (Rule.BAD_LOT, ""): (10, 1, Unit.QTY),
        (Rule.PRICE_ABOVE_LIMIT, ""): (71_000, 92_300, Unit.PX),
        (Rule.PRICE_BELOW_LIMIT, ""): (71_000, 49_700, Unit.PX),
        (Rule.BAD_TICK, ""): (71_000, 100, Unit.PX),
        (Rule.PRICE_BAND, ""): (71_000, 73_130, Unit.PX),
        (Rule.QTY_LIMIT, ""): (10, 100, Unit.QTY),
        # Taken after the order was entered: this guard has one order working, and has not met the new one yet.
        (Rule.WORKING_ORDERS, ""): (1, 3, Unit.COUNT),
        (Rule.POSITION_QTY, ""): (20, 500, Unit.QTY),
        (Rule.CASH, ""): (710_106, 100_000_000, Unit.NOTIONAL),
    }
    assert all(row.is_passed for row in rows(a_proposal(guards=(guard,))))


def test_a_refusal_is_the_last_row_and_nothing_behind_it_was_asked():
    found = rows(a_proposal(qty=101, guards=(a_guard(**LIMITS),)))
    assert found[-1] == CheckTold(rule=Rule.QTY_LIMIT, is_passed=False, figure=101, limit=100, unit=Unit.QTY)
    assert [row.rule for row in found if not row.is_passed] == [Rule.QTY_LIMIT]
    assert Rule.CASH not in [row.rule for row in found]
    assert Rule.PRICE_BAND in [row.rule for row in found]


def test_a_limit_of_another_scope_is_named_and_the_account_has_passed_its_own():
    guards = (a_guard(order_qty_max=100), a_guard(OF_STRATEGY, order_qty_max=9))
    found = [row for row in rows(a_proposal(guards=guards)) if row.rule is Rule.QTY_LIMIT]
    assert [(row.scope, row.is_passed, row.figure, row.limit) for row in found] == [
        ("", True, 10, 100),
        ("strategy:twap", False, 10, 9),
    ]


def test_what_a_denied_order_would_have_added_is_counted():
    guard = working(a_guard(working_orders_max=3, position_qty_max=500, daily_loss_max=9, gross_value_max=1), 20)
    order = a_proposal(guards=(guard,))
    found = {row.rule: (row.figure, row.limit, row.is_passed) for row in rows(order)}
    assert found[Rule.WORKING_ORDERS] == (2, 3, True)
    assert found[Rule.POSITION_QTY] == (30, 500, True)
    assert found[Rule.GROSS_VALUE] == (30 * 71_000, 1, False)


def test_rules_of_other_orders_are_left_out():
    names = {row.rule for row in rows(a_proposal())}
    assert not names & {Rule.SHORT_SALE, Rule.CREDIT, Rule.HOLDINGS, Rule.POSITION_ORIGIN, Rule.QTY_INCREASE}
    market = a_proposal(ord_type=OrdType.MARKET, px=0, side=Side.SELL, guards=(a_guard(market_walk_bp=100),))
    found = figures(market)
    assert (Rule.PRICE_ABOVE_LIMIT, "") not in found
    assert found[Rule.HOLDINGS, ""] == (10, 50, Unit.QTY)
    assert (Rule.MARKET_WALK, "") in found


def test_a_denial_by_no_rule_of_the_lists_stands_alone():
    denial = Denial(rule=Rule.NOT_LOGGED_IN)
    assert told(judged(a_proposal(), Act.NEW, denial, ())) == (CheckTold(rule=Rule.NOT_LOGGED_IN, is_passed=False),)


def test_it_says_what_the_checks_said():
    dice, denied, asked = Dice(7), 0, {rule for hard in (*HARD_RULES, *MONEY_RULES) for rule in hard.rules}
    for _ in range(600):
        order, act = a_draw(dice)
        found = check(order, act)
        said = rows(order, act)
        if isinstance(found, Pass):
            assert all(row.is_passed for row in said)
            continue
        denied += 1
        last = said[-1]
        assert (last.rule, last.figure, last.limit, last.scope, last.is_passed) == (
            found.rule, found.figure, found.limit, found.scope, False,
        )  # fmt: skip
        assert sum(not row.is_passed for row in said) == 1
        if found.rule in asked and said[0].rule is not found.rule:
            assert said[0].rule is Rule.NOT_READY
    assert 100 < denied < 500
