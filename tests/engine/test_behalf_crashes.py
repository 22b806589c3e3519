"""Cancels of other systems' orders over broken lines and crashes: each that was asked for is carried out in the end."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hts.model.intents import CancelOrder
from hts.model.reports import CopyDown, RequestsLost
from hts.model.requests import CancelOnBehalf
from tests.engine.kit import VENUE, Desk
from tests.engine.test_behalf import UP, number_of, refusal
from tests.engine.test_copies import SECOND, THEIRS, say
from tests.engine.two_lines import OTHER, TwoLines, entered, held
from tests.support.builders import ACCOUNT

ORDERS = (THEIRS, SECOND)
ACTS = st.lists(
    st.tuples(st.sampled_from(["ask", "carry", "lose", "down", "crash", "fill"]), st.integers(0, 1)),
    max_size=14,
)


class Play:
    """A venue, the line to it, and a core that may die; what the core sends waits until the venue has it."""

    def __init__(self):
        self.venue = TwoLines(is_silent=True)
        self.desk = entered(self.venue, 0)
        self.desk.report(UP)
        self.is_up, self.count, self.asked, self.heard, self.seq = True, 0, set(), 0, 0
        for number in ORDERS:
            self.venue.new(number, OTHER)
        self.tell()
        self.desk.sent.clear()

    def tell(self):
        """The copies that the core has not heard in this session."""
        if self.is_up:
            say(self.desk, *self.venue.copy[self.heard :])
            self.heard = len(self.venue.copy)

    def ask(self, at):
        self.count += 1
        number = ORDERS[at]
        works = self.desk.engine.core.state.orders.get(number).is_working
        self.desk.intent(CancelOrder(request_id=f"c{self.count}", account=ACCOUNT, cl_ord_id=number))
        if works and self.is_up:
            self.asked.add(number)

    def requests(self):
        found = [one for one in self.desk.sent if isinstance(one, CancelOnBehalf)]
        self.desk.sent.clear()
        return found

    def carry(self, _at=0):
        """What is on its way reaches the venue, which answers."""
        for request in self.requests():
            number = next(one for one in ORDERS if number_of(one) == request.venue_order_id)
            if self.venue.orders[number].is_over:
                self.venue.copy.append(refusal(request.cl_ord_id, seq=len(self.venue.copy) + 1))
            self.venue.cancel(number)
        self.tell()

    def lose(self, _at):
        for request in self.requests():
            self.desk.report(RequestsLost(venue=VENUE, cl_ord_ids=(request.cl_ord_id,)))

    def down(self, _at):
        if self.is_up:
            self.desk.report(CopyDown(venue=VENUE, reason="no_answer"))
            self.requests()  # on their way, and lost with the line
            self.is_up = False
        else:
            self.up()

    def up(self):
        self.is_up = True
        self.desk.report(UP)
        self.tell()

    def crash(self, _at):
        again = self.venue.restart(self.desk)
        self.desk = again
        self.is_up = False
        self.venue.reconcile(again, 0)
        self.heard = 0  # it is told all again, and knows what it has
        self.up()

    def fill(self, at):
        self.venue.fill(ORDERS[at], 7)
        self.tell()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS)
def test_what_was_asked_for_is_carried_out_in_the_end(acts):
    play = Play()
    for act, at in acts:
        getattr(play, act)(at)
    play.up()
    for _ in range(3):
        play.carry()
    for number in ORDERS:
        order = play.venue.orders[number]
        assert held(play.desk, number) == (order.cum, order.leaves)
        assert not play.desk.engine.core.state.orders.get(number).pending
    lost_twice = sum(act == "lose" for act, _ in acts) > 1
    if not lost_twice:
        assert all(play.venue.orders[number].is_over for number in play.asked)
    assert Desk(play.desk.journal).engine.state_hash == play.desk.engine.state_hash
