"""A parent order and its children: what is sent next, and that fills can never exceed the parent."""

import random

from msgspec.structs import replace

from hts.model.enums import Phase, Side, TimeInForce
from hts.model.routing import CancelChild, ChildState, ParentState, RouteRequest, Slice
from hts.router.parent import ROUNDS_MAX, at_risk_qty, filled_qty, is_over, next_step
from tests.router.test_plan import KRX, NXT, ioc
from tests.router.test_sweep import a_case

REQUEST = RouteRequest(side=Side.BUY, qty=100, px=1001)
PARENT = ParentState(order_id=1, request=REQUEST)
RESTING = ChildState(cl_ord_id=11, venue="KRX", px=1001, leaves_qty=100, cum_qty=0, is_done=False)
QUIET = replace(NXT, asks=((1005, 30),))
SHUT = replace(KRX, asks=((1005, 50),))


def next_actions(parent, children, venues):
    return next_step(parent, children, venues).actions


def test_a_new_parent_is_placed_whole():
    assert next_actions(PARENT, (), (KRX, NXT)) == (
        ioc("KRX", 50, 1000, 0, 50_000),
        ioc("NXT", 30, 1001, 500, 30_030),
        Slice(venue="NXT", qty=20, px=1001),
    )


def test_the_rest_of_an_ioc_child_is_placed_again():
    done = ChildState(cl_ord_id=11, venue="NXT", px=1001, leaves_qty=0, cum_qty=10, is_done=True)
    # The child that rests at KRX is about to trade with KRX's own offer: it stays.
    assert next_actions(PARENT, (done, replace(RESTING, leaves_qty=70)), (KRX, QUIET)) == (
        ioc("KRX", 20, 1000, 0, 20_000),
    )


def test_a_rejecting_venue_is_not_asked_again():
    refused = ChildState(cl_ord_id=11, venue="KRX", px=1000, leaves_qty=0, cum_qty=0, is_done=True, was_rejected=True)
    assert {part.venue for part in next_actions(PARENT, (refused,), (KRX, NXT))} == {"NXT"}


def test_a_halt_takes_the_child_back_and_places_nothing_until_that_is_confirmed():
    halted = replace(SHUT, phase=Phase.HALTED)
    back = CancelChild(cl_ord_id=11, cause="route.cancel.venue_stopped")
    assert next_actions(PARENT, (RESTING,), (halted, QUIET)) == (back,)
    pending = replace(RESTING, is_pending=True)
    assert next_actions(PARENT, (pending,), (halted, QUIET)) == ()
    gone = replace(RESTING, leaves_qty=0, is_done=True)
    assert next_actions(PARENT, (gone,), (halted, QUIET)) == (Slice(venue="NXT", qty=100, px=1001),)


def test_a_child_at_a_venue_that_is_down_is_left_alone():
    assert next_actions(PARENT, (RESTING,), (replace(SHUT, is_up=False), QUIET)) == ()


def test_a_better_offer_elsewhere_frees_the_resting_child_then_is_taken():
    assert next_actions(PARENT, (RESTING,), (SHUT, NXT)) == (
        CancelChild(cl_ord_id=11, cause="route.cancel.better_price"),
    )
    gone = replace(RESTING, leaves_qty=0, is_done=True)
    taking, resting = next_actions(PARENT, (gone,), (SHUT, NXT))
    assert (taking.venue, taking.qty, taking.time_in_force) == ("NXT", 30, TimeInForce.IOC)
    assert resting.qty == 70


def test_an_ending_parent_only_cancels():
    ending = replace(PARENT, is_ending=True)
    assert next_actions(ending, (RESTING,), (KRX, NXT)) == (CancelChild(cl_ord_id=11, cause="route.cancel.ending"),)
    assert not is_over(ending, (RESTING,))
    assert is_over(ending, (replace(RESTING, leaves_qty=0, is_done=True),))


def test_a_parent_that_goes_round_in_circles_stops():
    tired = replace(PARENT, rounds=ROUNDS_MAX)
    assert next_actions(tired, (), (KRX, NXT)) == ()
    assert is_over(tired, ())


class Worked:
    """A parent worked against venues that answer late, in any order, with fills that cross cancels."""

    def __init__(self, dice, request, venues):
        self.dice, self.venues = dice, venues
        self.parent = ParentState(order_id=1, request=request)
        self.children = []
        self.cancelling = set()

    def turn(self):
        actions = next_actions(self.parent, self.children, self.venues)
        placed = False
        for action in actions:
            if isinstance(action, CancelChild):
                self._change(action.cl_ord_id, is_pending=True)
                self.cancelling.add(action.cl_ord_id)
            else:
                placed = True
                number = len(self.children) + 1
                child = ChildState(
                    cl_ord_id=number, venue=action.venue, px=action.px, leaves_qty=action.qty, cum_qty=0, is_done=False
                )
                self.children.append(child)
        if placed:
            self.parent = replace(self.parent, rounds=self.parent.rounds + 1)
        assert filled_qty(self.children) + at_risk_qty(self.children) <= self.parent.request.qty
        self._venue_answers()

    def _venue_answers(self):
        working = [child for child in self.children if not child.is_done]
        for child in self.dice.sample(working, len(working)):
            roll = self.dice.random()
            if roll < 0.3:
                qty = self.dice.randint(1, child.leaves_qty)
                left = child.leaves_qty - qty
                self._change(child.cl_ord_id, leaves_qty=left, cum_qty=child.cum_qty + qty, is_done=left == 0)
            elif roll < 0.5 and (child.is_pending or self.dice.random() < 0.5):
                self._change(child.cl_ord_id, leaves_qty=0, is_done=True)
            elif roll < 0.55 and not child.cum_qty:
                self._change(child.cl_ord_id, leaves_qty=0, is_done=True, was_rejected=True)
            elif roll < 0.6:
                self._change(child.cl_ord_id, is_pending=False)  # the cancel was refused
        self.venues = a_case(self.dice)[1] if self.dice.random() < 0.5 else self.venues
        if self.dice.random() < 0.02:
            self.parent = replace(self.parent, is_ending=True)

    def _change(self, number, **changes):
        self.children[number - 1] = replace(self.children[number - 1], **changes)


def test_fills_never_exceed_the_parent_under_any_order_of_reports():
    filled = 0
    for seed in range(1_000):
        dice = random.Random(seed)
        request, venues = a_case(dice)
        worked = Worked(dice, replace(request, qty=dice.randint(1, 60), px=dice.choice((0, 100, 102))), venues)
        for _ in range(40):
            worked.turn()
            assert filled_qty(worked.children) <= worked.parent.request.qty, seed
        filled += filled_qty(worked.children)
    assert filled > 10_000  # the venues did fill
