from hts.engine.latency import RING, Latency


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
    assert latency.of(0) == (0, 0)
    assert latency.of(4_999) == (4_999 % 512, 0)
