"""Rates and repetitions at the limit less one, at the limit, and one beyond."""

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import Side
from hts.risk.proposal import Act
from tests.risk.kit import KEY, MS, NOW, a_guard, by_guard, denial_of, the_firm
from tests.support.builders import SYMBOL

SECOND = 1_000_000_000
OTHER = (SYMBOL, Side.SELL, KEY[2], 1, 1)


def sent(guard, *times, key=KEY):
    for mono_ns in times:
        guard.note_order(key, mono_ns)
    return guard


def test_same_order_again_within_the_window():
    guards = [sent(a_guard(duplicate_window_ms=50), NOW - age * MS) for age in (49, 50, 51)]
    refused = Denial(rule=Rule.DUPLICATE, figure=49, limit=50, unit=Unit.MS)
    assert by_guard(guards) == [refused, None, None]
    assert by_guard(guards, qty=11) == [None, None, None]


def test_same_order_many_times_is_a_loop():
    times = [NOW - age * MS for age in (900, 700, 500, 300)]
    guards = [sent(a_guard(burst_orders_max=4, burst_window_ms=1_000), *times[-count:]) for count in (2, 3, 4)]
    refused = Denial(rule=Rule.DUPLICATE_BURST, figure=5, limit=4, unit=Unit.COUNT)
    assert by_guard(guards) == [None, None, refused]
    assert by_guard(guards, px=70_900) == [None, None, None]
    old = sent(a_guard(burst_orders_max=4, burst_window_ms=1_000), NOW - 1_000 * MS, *times[1:])
    assert by_guard([old]) == [None]


def test_orders_per_second():
    oldest = [NOW - SECOND - 1, NOW - SECOND, NOW - SECOND + 1]
    guards = [sent(a_guard(orders_per_second=3), ns, NOW - 60 * MS, NOW - 55 * MS, key=OTHER) for ns in oldest]
    refused = Denial(rule=Rule.ORDER_RATE, figure=4, limit=3, unit=Unit.PER_SECOND)
    assert by_guard(guards) == [None, None, refused]
    assert by_guard([sent(a_guard(orders_per_second=3), NOW, NOW, key=OTHER)]) == [None]


def test_messages_per_second_count_amends_and_cancels():
    def firm(cancels):
        guard = sent(the_firm(messages_per_second=4), NOW - 3, key=OTHER)
        guard.note_amend(NOW - 2)
        for _ in range(cancels):
            guard.note_cancel(NOW - 1)
        return guard

    refused = Denial(rule=Rule.MESSAGE_RATE, figure=5, limit=4, unit=Unit.PER_SECOND, scope="firm")
    for act in (Act.NEW, Act.FLATTEN):
        found = [denial_of(act, side=Side.SELL, guards=(a_guard(), firm(cancels))) for cancels in (0, 1, 2)]
        assert found == [None, None, refused]


def test_published_limits_of_the_firm():
    """1,000 orders and 5,000 messages per second; the thousand-and-first order waits or is refused."""
    guards = [sent(the_firm(orders_per_second=1_000), *[NOW] * count, key=OTHER) for count in (999, 1_000)]
    refused = Denial(rule=Rule.ORDER_RATE, figure=1_001, limit=1_000, unit=Unit.PER_SECOND, scope="firm")
    assert [denial_of(guards=(a_guard(), guard)) for guard in guards] == [None, refused]


def test_closing_a_position_is_not_held_up_by_the_rate_of_orders():
    guard = sent(a_guard(orders_per_second=1), NOW)
    assert denial_of(Act.FLATTEN, side=Side.SELL, guards=(guard,)) is None
