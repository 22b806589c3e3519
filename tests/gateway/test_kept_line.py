"""The order connection that is kept up: dialled, lost, dialled again at the right host, told down once."""

from collections import deque

import pytest

from hts.gateway.actions import Dial, Hangup
from hts.gateway.kept_line import KeptLine, State
from hts.gateway.redial import RedialPlan
from hts.model.reports import SessionDown

PLAN = RedialPlan(hosts=2, tries=2, delay_ns=10, slow_ns=100, refused_ns=1_000)
DIAL_NS = 50


class Rig:
    """A line and what it has said."""

    def __init__(self):
        self.said = deque()
        self.begun = 0
        self.line = KeptLine("KRX", PLAN, DIAL_NS, self.said, before_dial=self._begin)
        self.now = 0

    def _begin(self):
        self.begun += 1

    def take(self):
        found = list(self.said)
        self.said.clear()
        return found

    def fail(self):
        """A dial that could not be made; the time of the next."""
        assert self.line.lost("refused")
        self.line.rest(self.now)
        return self.line.next_timer_ns(None) - self.now

    def wait(self):
        self.now = self.line.next_timer_ns(None)
        assert not self.line.on_timer(self.now)


def down(reason, detail):
    return SessionDown(venue="KRX", reason=reason, detail=detail)


def test_hosts_are_tried_in_turn_and_then_slowly():
    rig = Rig()
    rig.line.want(0)
    delays, hosts = [], [event.host for event in rig.take()]
    for _ in range(5):
        delays.append(rig.fail())
        rig.wait()
        hosts += [event.host for event in rig.take() if isinstance(event, Dial)]
    assert (hosts, delays) == ([0, 0, 1, 1, 0, 1], [10, 10, 10, 100, 100])
    assert rig.begun == 6


def test_a_session_that_stood_begins_again_with_the_primary_and_its_loss_is_told_once():
    rig = Rig()
    rig.line.want(0)
    rig.fail(), rig.wait(), rig.fail(), rig.wait()
    assert rig.take().count(down("dial_failed", "refused")) == 1
    assert rig.line.opened()
    rig.line.stood()
    assert (rig.line.was_up, rig.line.next_timer_ns(7)) == (True, 7)
    assert rig.line.lost("reset")
    rig.line.rest(rig.now)
    assert rig.take() == [down("tcp_lost", "reset")]
    assert not rig.line.was_up
    rig.wait()
    assert rig.take() == [Dial(host=0)]


def test_a_dial_that_takes_too_long_is_given_up():
    rig = Rig()
    rig.line.want(0)
    rig.take()
    assert rig.line.next_timer_ns(None) == DIAL_NS
    assert not rig.line.on_timer(DIAL_NS - 1)
    assert rig.take() == []
    rig.line.on_timer(DIAL_NS)
    assert rig.take() == [down("dial_failed", "no connection within 0 ms"), Hangup(reason="dial_timeout")]
    assert rig.line.state is State.CLOSING


def test_a_refusal_is_tried_again_slowly_once():
    rig = Rig()
    rig.line.want(0)
    rig.line.opened()
    rig.line.refused()
    rig.line.end_of_session("refused", "password")
    assert rig.take()[1:] == [down("refused", "password"), Hangup(reason="refused")]
    assert rig.fail() == 1_000
    rig.wait()
    assert rig.fail() == 10


@pytest.mark.parametrize("state", ["off", "waiting", "dialling", "open"])
def test_the_end_is_reached_from_every_state(state):
    rig = Rig()
    if state != "off":
        rig.line.want(0)
    if state == "waiting":
        rig.fail()
    if state == "open":
        rig.line.opened()
    rig.take()
    assert rig.line.end() is (state == "open")
    assert rig.take() == ([Hangup(reason="session_ended")] if state == "dialling" else [])
    if state in ("dialling", "open"):
        rig.line.lost("closed")
        rig.line.rest(0)
    assert rig.line.is_off
    assert rig.line.next_timer_ns(1) is None


def test_what_nobody_wants_is_hung_up_and_lost_without_news():
    rig = Rig()
    assert not rig.line.opened()
    assert not rig.line.lost("closed")
    assert rig.take() == [Hangup(reason="not_wanted")]
