from hts.desk.order_xray_stamps import AGE_MAX_NS, ASK_AFTER, KEPT_MAX, TerminalStamps, TerminalTimes
from hts.model.enums import OrdStatus, Side
from hts.model.trace import Hop
from tests.desk.scene import an_order


def view(order_id=1, status=OrdStatus.NEW):
    return an_order(order_id, Side.BUY, 100, 1, ord_status=status)


def test_the_first_word_of_the_venue_counts_and_its_paint():
    stamps = TerminalStamps()
    stamps.sent("r1", 100, 150)
    stamps.heard(view(status=OrdStatus.PENDING_NEW), "r1", 200)
    assert not stamps.waits_for_paint
    stamps.heard(view(), "r1", 300)
    stamps.heard(view(status=OrdStatus.FILLED), "r1", 400)
    stamps.painted(450)
    stamps.painted(900)
    assert stamps.of("r1", 1) == TerminalTimes(key_ns=100, sent_ns=150, heard_ns=300, painted_ns=450)
    assert (stamps.hops[Hop.KEY].counts, stamps.hops[Hop.PAINT].largest, stamps.whole.largest) == (((50, 1),), 150, 350)


def test_parts_of_one_intent_are_heard_one_by_one():
    stamps = TerminalStamps()
    stamps.sent("r1", 100, 150)
    stamps.heard(view(2), "r1", 300)
    stamps.heard(view(3), "r1", 350)
    stamps.painted(400)
    assert [stamps.of("r1", order_id).heard_ns for order_id in (2, 3)] == [300, 350]
    assert stamps.whole.total == 2


def test_orders_of_before_the_terminal_came_are_not_timed():
    stamps = TerminalStamps()
    stamps.heard(view(5), "old", 300)
    assert not stamps.waits_for_paint
    stamps.sent("no key", 0, 150)
    assert stamps.of("no key", 5) == TerminalTimes()


def test_only_the_newest_are_kept():
    stamps = TerminalStamps()
    for number in range(KEPT_MAX * 3):
        stamps.sent(f"r{number}", 1, 2)
        stamps.heard(view(number), f"r{number}", 3)
    assert max(len(stamps._sent), len(stamps._heard)) <= KEPT_MAX
    assert stamps.of(f"r{KEPT_MAX * 3 - 1}", KEPT_MAX * 3 - 1).heard_ns == 3


def test_the_way_back_from_the_core_is_counted_once_of_each_answer():
    stamps = TerminalStamps()
    for order_id in (1, 2, 3, 4):
        stamps.sent(f"r{order_id}", 100, 150)
    stamps.heard(view(1), "r1", 3_000)
    stamps.heard(view(2), "r2", 5_000)
    stamps.heard(view(3, OrdStatus.PENDING_NEW), "r3", 5_500)
    stamps.heard(view(4), "r4", 9_000)
    clock_of_another_machine = 9_000 - AGE_MAX_NS
    answered = ((1, 2_000), (2, 4_500), (3, 5_100), (4, clock_of_another_machine), (99, 1))
    stamps.returned(answered)
    stamps.returned(answered)
    back = stamps.hops[Hop.RETURN]
    assert (back.total, back.largest) == (2, 1_000)
    stamps.heard(view(3), "r3", 7_000)
    stamps.returned(((3, 7_001), (1, 2_000)))  # told to have left after it came
    assert back.total == 2


def test_the_core_is_asked_when_many_answers_came():
    stamps = TerminalStamps()
    for order_id in range(ASK_AFTER):
        assert not stamps.asks_core()
        stamps.sent(f"r{order_id}", 1, 2)
        stamps.heard(view(order_id), f"r{order_id}", 3)
    assert [stamps.asks_core(), stamps.asks_core()] == [True, False]
    assert ASK_AFTER * 2 <= KEPT_MAX  # the next question finds them still
