"""Named timers."""

from hts.app.timers import Timers


def test_due_timers_come_earliest_first_and_once():
    timers = Timers()
    timers.set("late", 30)
    timers.set("b", 10)
    timers.set("a", 10)
    timers.set("later", 31)
    assert timers.next_ns() == 10
    assert timers.take_due(30) == ["a", "b", "late"]
    assert timers.take_due(30) == []
    assert timers.next_ns() == 31


def test_the_same_name_again_moves_the_timer():
    timers = Timers()
    timers.set("a", 10)
    timers.set("a", 20)
    assert (timers.take_due(10), timers.take_due(20)) == ([], ["a"])


def test_a_cancelled_timer_is_forgotten():
    timers = Timers()
    timers.set("a", 10)
    timers.cancel("a")
    timers.cancel("never set")
    assert (timers.next_ns(), timers.take_due(99)) == (None, [])
