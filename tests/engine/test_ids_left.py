"""What asks for several numbers at once where too few are on disk."""

import pytest

from hts.model.conditional import ConditionalOrder, PriceCondition
from hts.model.denials import Rule
from hts.model.enums import OrdType, Side
from hts.model.intents import PlaceConditionals, RouteOrder
from hts.model.routing import RouteRequest
from hts.model.units import ClOrdID
from tests.engine.kit import Desk, a_ready_desk, replies
from tests.engine.test_bracket import BOTH
from tests.support.builders import ACCOUNT, SYMBOL, an_intent

ROUTE = RouteRequest(side=Side.BUY, qty=10, px=71_000)
WATCH = ConditionalOrder(
    cond_id=ClOrdID(0), account=ACCOUNT, symbol=SYMBOL, side=Side.SELL, qty=10, ord_type=OrdType.MARKET,
    condition=PriceCondition(is_above=False, px=70_000),
)  # fmt: skip


@pytest.mark.parametrize(
    "wish",
    [
        an_intent("n", exits=BOTH),
        RouteOrder(request_id="n", account=ACCOUNT, symbol=SYMBOL, request=ROUTE, exits=BOTH),
        PlaceConditionals(request_id="n", account=ACCOUNT, orders=(WATCH, WATCH, WATCH)),
    ],
)
def test_what_finds_too_few_numbers_on_disk_uses_up_none_that_the_journal_does_not_know(wish):
    desk = a_ready_desk(id_block_size=4)
    for number in range(2):
        desk.intent(an_intent(f"o{number}"))
    (answer,) = replies(desk.intent(wish))
    assert answer.denial.rule is Rule.NOT_READY
    assert Desk(desk.journal, id_block_size=4).engine.state_hash == desk.engine.state_hash
