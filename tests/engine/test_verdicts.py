"""What risk said of an order comes with its trace."""

from hts.engine.verdicts import KEPT_MAX, Verdicts
from hts.model.bracket import Exits
from hts.model.denials import Rule
from hts.risk.proposal import Act
from hts.risk.told import judged
from tests.engine.kit import a_ready_desk
from tests.risk.kit import a_proposal
from tests.support.builders import an_intent


def checks(desk, order_id):
    return desk.engine.trace(1, order_id, 0, 0).checks


def test_an_order_that_left_and_one_that_was_refused():
    desk = a_ready_desk()
    desk.intent(an_intent("r1"))
    desk.intent(an_intent("r2", px=92_400))
    passed, refused = checks(desk, 1), checks(desk, 2)
    assert all(row.is_passed for row in passed)
    working = next(row for row in passed if row.rule is Rule.WORKING_ORDERS)
    assert (working.figure, working.limit) == (1, 200)
    assert [row.rule for row in refused if not row.is_passed] == [Rule.PRICE_ABOVE_LIMIT]
    assert (refused[-1].figure, refused[-1].limit) == (92_400, 92_300)


def test_only_the_newest_are_kept_and_the_newest_act_of_each():
    verdicts, order = Verdicts(), a_proposal()
    for number in range(KEPT_MAX):
        verdicts.note(number, judged(order, Act.NEW, None, order.guards))
    verdicts.note(0, judged(order, Act.NEW, None, order.guards))
    verdicts.note(KEPT_MAX, judged(order, Act.NEW, None, order.guards))
    assert (bool(verdicts.of(0)), verdicts.of(1), bool(verdicts.of(2))) == (True, (), True)


def test_an_order_refused_before_its_issue_was_looked_for():
    desk = a_ready_desk()
    desk.intent(an_intent("r1", symbol="nobody's", exits=Exits(stop_ticks=-1)))
    assert [(row.rule, row.is_passed) for row in checks(desk, 1)] == [(Rule.CONDITION, False)]
