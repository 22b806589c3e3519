"""What the crowd makes of a large order that everybody can see."""

import pytest
from msgspec.structs import replace

from hts.model.enums import Side
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Enter
from hts.sim.scenario import USUAL
from tests.sim.crowd import Crowd, at

START_NS = at(10, 0)
LOOK_NS = at(10, 0, 20)


def a_crowd(reaction):
    crowd = Crowd(issues=1, start_ns=START_NS, scenario=replace(USUAL, name="study", reaction=reaction))
    return crowd.run(LOOK_NS)


def show(crowd, number, side, times):
    """A member's order of so many usual quantities at the own best price."""
    symbol = crowd.instruments[0].symbol
    ask_px, bid_px = crowd.exchange.depth(symbol).levels[:2]
    qty = int(times * crowd.agents.flow(symbol).profile.level_qty)
    order = Enter(
        session="A", cl_ord_id=ClOrdID(number), account="A", symbol=symbol, side=side,
        px=Px(bid_px if side is Side.BUY else ask_px), qty=Qty(qty),
    )  # fmt: skip
    crowd.agents.on_events(crowd.exchange.apply(order, crowd.now_ns))


@pytest.mark.parametrize(("side", "sign"), [(Side.BUY, 1), (Side.SELL, -1)])
def test_the_price_is_expected_to_go_away_from_a_large_shown_order_by_so_much_and_no_more(side, sign):
    crowd, blind = a_crowd(0.5), a_crowd(0.0)
    flows = [one.agents.flow(one.instruments[0].symbol) for one in (crowd, blind)]
    before = [flow.fair(LOOK_NS) for flow in flows]
    for number, times in enumerate((20, 400)):
        for one in (crowd, blind):
            show(one, number + 1, side, times)
        after = [flow.fair(LOOK_NS) for flow in flows]
        assert after[0] - before[0] == pytest.approx(sign * 0.5, abs=1e-9), times
        assert after[1] == before[1], times


def test_an_order_of_the_usual_size_says_nothing():
    crowd = a_crowd(0.5)
    flow = crowd.agents.flow(crowd.instruments[0].symbol)
    before = flow.fair(LOOK_NS)
    show(crowd, 1, Side.BUY, 0.3)
    assert flow.fair(LOOK_NS) == before


def test_a_crowd_that_does_not_react_is_the_usual_one():
    usual = Crowd(issues=1, start_ns=START_NS).run(LOOK_NS)
    assert a_crowd(0.0).commands == usual.commands
    assert a_crowd(0.5).commands != usual.commands
