from hts.engine.latency import ANSWERED_MAX, RING, Latency, Stamps
from hts.model.enums import ExecType
from hts.model.trace import Hop, OrderWay, Told


def test_times_of_one_order():
    latency = Latency()
    latency.order_entered(1, key_ns=1_000_000, mono_ns=1_300_000)
    assert latency.of(1) == (300, 0)
    latency.request_sent(1, 1_400_000)
    latency.order_accepted(1, 1_900_000)
    latency.order_accepted(1, 9_900_000)
    assert latency.of(1) == (400, 500)
    assert latency.percentiles() == (400, 400, 500, 500)


def test_key_of_another_clock_does_not_count():
    latency = Latency()
    for order_id, key_ns in enumerate((0, 50_000_000_001, 50_000_000_000 - 10_000_000_000), 1):
        latency.order_entered(order_id, key_ns, 50_000_000_000)
        latency.request_sent(order_id, 50_000_007_000)
    assert [latency.of(order_id) for order_id in (1, 2, 3)] == [(7, 0)] * 3


def test_unknown_order_is_ignored():
    latency = Latency()
    latency.request_sent(5, 1)
    latency.order_accepted(5, 2)
    assert (latency.of(5), latency.percentiles()) == ((0, 0), (0, 0, 0, 0))


def test_percentiles_are_of_the_last_orders():
    latency = Latency()
    for order_id in range(5_000):
        latency.order_entered(order_id, 0, 1_000_000_000)
        latency.request_sent(order_id, 1_000_000_000 + 1_000 * (order_id % 512))
    assert latency.percentiles()[:2] == (256, 512 * 99 // 100)
    assert RING == 512
    assert [latency.of(order_id) for order_id in (0, 903, 904, 4_999)] == [(0, 0), (0, 0), (392, 0), (391, 0)]


def test_hops_of_one_order_and_what_the_venue_said_of_it():
    latency = Latency()
    latency.order_entered(1, 1_000, 5_000, "KRX")
    latency.request_sent(1, 60_000, Stamps(20_000, 30_000, 45_000))
    new = Told(exec_type=ExecType.NEW, mono_ns=260_000)
    fill = Told(exec_type=ExecType.TRADE, mono_ns=300_000, qty=3, px=70_000)
    latency.told(1, new)
    latency.order_accepted(1, 260_000)
    latency.published(1, 275_000)
    latency.told(1, fill)
    latency.published(1, 999_000)
    way = OrderWay(
        key_ns=1_000, read_ns=5_000, decided_ns=20_000, journaled_ns=30_000,
        encoded_ns=45_000, wire_ns=60_000, ack_ns=260_000, published_ns=275_000,
    )  # fmt: skip
    assert latency.way_of(1) == (way, (new, fill))
    assert {(hop.hop, hop.venue): hop.largest for hop in latency.hops} == {
        (Hop.LINK, "KRX"): 4_000,
        (Hop.CHECK, "KRX"): 15_000,
        (Hop.JOURNAL, "KRX"): 10_000,
        (Hop.ENCODE, "KRX"): 15_000,
        (Hop.WIRE, "KRX"): 15_000,
        (Hop.VENUE, "KRX"): 200_000,
        (Hop.PUBLISH, "KRX"): 15_000,
    }


def test_a_refusal_of_the_venue_ends_the_way_and_is_no_acceptance():
    latency = Latency()
    latency.order_entered(1, 0, 5_000, "KRX")
    latency.request_sent(1, 60_000, Stamps(20_000, 30_000, 45_000))
    latency.told(1, Told(exec_type=ExecType.REJECTED, mono_ns=90_000))
    way, _ = latency.way_of(1)
    assert (way.key_ns, way.ack_ns, latency.percentiles()[2:]) == (0, 90_000, (0, 0))
    assert latency.way_of(2) == (OrderWay(), ())


def test_a_refusal_of_our_own_ends_the_way_when_it_was_told():
    latency = Latency()
    latency.order_entered(1, 1_000, 5_000)
    latency.order_refused(1)
    assert latency.way_of(1) == (OrderWay(key_ns=1_000, read_ns=5_000), ())
    latency.refusals_told(20_000, 30_000, 40_000)
    way = OrderWay(key_ns=1_000, read_ns=5_000, decided_ns=20_000, journaled_ns=30_000, published_ns=40_000)
    assert (latency.way_of(1), list(latency.refused), latency.hops) == ((way, ()), [], ())


def test_reports_kept_of_one_order_are_bounded():
    latency = Latency()
    latency.order_entered(1, 0, 1)
    for number in range(100):
        latency.told(1, Told(exec_type=ExecType.TRADE, mono_ns=number))
    assert [told.mono_ns for told in latency.way_of(1)[1]] == list(range(32))


def test_the_newest_answered_orders_are_told_with_when_their_answers_left():
    latency = Latency()
    for order_id in range(1, ANSWERED_MAX + 4):
        latency.order_entered(order_id, 0, 1_000)
        latency.told(order_id, Told(exec_type=ExecType.NEW, mono_ns=2_000 + order_id))
        if order_id != ANSWERED_MAX:
            latency.published(order_id, 3_000 + order_id)
    answered = latency.answered()
    newest = [ANSWERED_MAX + 3, ANSWERED_MAX + 2, ANSWERED_MAX + 1, ANSWERED_MAX - 1]
    assert answered[:4] == tuple((number, 3_000 + number) for number in newest)
    assert len(answered) == ANSWERED_MAX - 1
