import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.base.histogram import LINEAR, VALUE_MAX, Histogram, bucket_of, bucket_range, place_of

VALUES = st.integers(0, 10**12)


def test_small_values_have_a_bucket_each_and_larger_ones_a_thirty_second():
    assert [bucket_of(value) for value in (-5, 0, 1, 63, 64, 65, 66, 127, 128)] == [0, 0, 1, 63, 64, 64, 65, 95, 96]
    assert [bucket_range(bucket) for bucket in (63, 64, 95, 96)] == [(63, 63), (64, 65), (126, 127), (128, 131)]
    assert bucket_of(1 << 60) == bucket_of(VALUE_MAX)


@given(VALUES)
def test_a_value_lies_in_its_bucket_and_the_bucket_is_narrow(value):
    low, high = bucket_range(bucket_of(value))
    assert low <= value <= high
    assert value < LINEAR or (high - low + 1) * 32 <= low


@settings(max_examples=30)
@given(st.lists(VALUES, min_size=1, max_size=60), st.integers(1, 1000))
def test_percentile_is_never_below_the_true_one_and_at_most_a_thirty_second_above(values, per_mille):
    histogram = Histogram()
    for value in values:
        histogram.record(value)
    true = sorted(values)[-(-len(values) * per_mille // 1000) - 1]
    found = histogram.percentile(per_mille)
    assert true <= found <= true + max(true // 32, 0) + (true >= LINEAR)


def of(*values) -> Histogram:
    made = Histogram()
    for value in values:
        made.record(value)
    return made


def test_added_and_since_are_opposites():
    one, two = of(5, 100, 100, 7_000), of(100, 90_000)
    both = one.added(two)
    assert (both.total, both.largest, both.counts) == (6, 90_000, of(5, 100, 100, 7_000, 100, 90_000).counts)
    assert both.since(one).counts == two.counts
    assert both.since(one).largest == 90_000
    assert both.since(two).largest == bucket_range(bucket_of(7_000))[1]  # the exact one is no longer known
    assert (both.since(both).total, both.since(both).largest) == (0, 0)


def test_counts_of_another_run_are_taken_whole():
    assert of(5).since(of(6, 6)).counts == of(5).counts


def test_nothing_has_no_percentile():
    assert Histogram().percentile(500) == 0
    with pytest.raises(AssertionError):
        Histogram().percentile(0)


def test_shares_stand_on_a_logarithmic_axis():
    assert of(1, 10, 11, 40, 100, 999, 5_000).shares(10, 1_000, 4) == (3, 1, 1, 2)
    assert [place_of(value, 10, 1_000, 4) for value in (9, 10, 32, 101, 999, 1_000)] == [0, 0, 1, 2, 3, 3]
