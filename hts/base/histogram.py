"""Counts of durations in buckets that widen with the value, so that a microsecond and a minute fit into one table.

Values below 64 have a bucket each. Above, every doubling is cut into 32 buckets of equal width: a bucket is never wider
than 1/32 of its values, so a percentile is at most 3.2 % too high and never too low. Only buckets that hold something
take memory; what is counted can be added up and taken away again, bucket by bucket.
"""

from collections.abc import Iterable
from math import log
from typing import Final, Self

SUB_BITS: Final = 5
LINEAR: Final = 1 << (SUB_BITS + 1)
VALUE_MAX: Final = (1 << 50) - 1  # in nanoseconds thirteen days; more counts as this

Counts = tuple[tuple[int, int], ...]


def bucket_of(value: int) -> int:
    """Number of the bucket of a value; what is negative counts as 0."""
    if value < LINEAR:
        return max(value, 0)
    shift = min(value, VALUE_MAX).bit_length() - SUB_BITS - 1
    return (shift << SUB_BITS) + (min(value, VALUE_MAX) >> shift)


def bucket_range(bucket: int) -> tuple[int, int]:
    """Smallest and largest value of a bucket."""
    if bucket < LINEAR:
        return bucket, bucket
    shift = (bucket >> SUB_BITS) - 1
    low = (bucket - (shift << SUB_BITS)) << shift
    return low, low + (1 << shift) - 1


class Histogram:
    """`counts` by bucket. `total` values were recorded; `largest` is exact."""

    __slots__ = ("_counts", "largest", "total")

    def __init__(self, counts: Iterable[tuple[int, int]] = (), largest: int = 0) -> None:
        self._counts = dict(counts)
        self.total = sum(self._counts.values())
        self.largest = largest

    def record(self, value: int) -> None:
        """Count one value."""
        bucket = bucket_of(value)
        self._counts[bucket] = self._counts.get(bucket, 0) + 1
        self.total += 1
        self.largest = max(self.largest, value)

    @property
    def counts(self) -> Counts:
        """(bucket, count) of the buckets that hold something, smallest values first."""
        return tuple(sorted(self._counts.items()))

    def percentile(self, per_mille: int) -> int:
        """The value that this share of all does not exceed: the upper end of its bucket; 0 of nothing."""
        assert 0 < per_mille <= 1000, per_mille
        wanted = -(-self.total * per_mille // 1000)
        seen = 0
        for bucket, count in self.counts:
            seen += count
            if seen >= wanted:
                return min(bucket_range(bucket)[1], self.largest)
        return 0

    def added(self, other: Self) -> "Histogram":
        """Both together."""
        counts = dict(self._counts)
        for bucket, count in other.counts:
            counts[bucket] = counts.get(bucket, 0) + count
        return Histogram(counts.items(), max(self.largest, other.largest))

    def since(self, before: Self) -> "Histogram":
        """What came after `before`, an earlier state of the same counts; all of it where it is no earlier state.

        The largest value is then that of the highest bucket, unless a new one was set since.
        """
        old = dict(before.counts)
        if any(self._counts.get(bucket, 0) < count for bucket, count in old.items()):
            return Histogram(self._counts.items(), self.largest)
        left = {b: n for b, count in self._counts.items() if (n := count - old.get(b, 0))}
        if not left or self.largest > before.largest:
            return Histogram(left.items(), self.largest if left else 0)
        return Histogram(left.items(), bucket_range(max(left))[1])

    def shares(self, low: int, high: int, bars: int) -> tuple[int, ...]:
        """Counts in `bars` bars of equal ratio between two values above 0; what lies outside is in the first or last.

        Bounds of bars are powers of a common ratio, as on a logarithmic axis.
        """
        assert 0 < low < high, (low, high)
        found = [0] * bars
        for bucket, count in self.counts:
            first, last = bucket_range(bucket)
            found[place_of((first + last) // 2, low, high, bars)] += count
        return tuple(found)


def place_of(value: int, low: int, high: int, bars: int) -> int:
    """Which bar of a logarithmic axis a value stands in, 0 to bars - 1."""
    if value <= low:
        return 0
    return min(int(log(value / low) / log(high / low) * bars), bars - 1)
