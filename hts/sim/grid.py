"""Prices and levels: a day's valid prices counted from 0."""

from typing import Protocol

from hts.model.instruments import Instrument, TickTable
from hts.sim.matching import LEVELS_MAX, PriceTimeBook
from hts.sim.window_book import NO_REACH, WindowBook


class Prices(Protocol):
    """`prices[level]`."""

    def __getitem__(self, level: int, /) -> int: ...


class Levels(Protocol):
    """`level_of[px]` of a valid price."""

    def __getitem__(self, px: int, /) -> int: ...


class Grid(Protocol):
    """`prices` and `level_of` are each other's inverse."""

    @property
    def prices(self) -> Prices:
        """The price of each level."""

    @property
    def level_of(self) -> Levels:
        """The level of each valid price."""

    @property
    def reach(self) -> tuple[int, int]:
        """The levels of a buy and of a sell without a limit."""

    def level_at_most(self, px: int) -> int:
        """The highest level whose price is not above `px`; -1 when there is none."""

    def level_at_least(self, px: int) -> int:
        """The lowest level whose price is not below `px`."""

    def new_book(self) -> PriceTimeBook:
        """An empty book for these prices."""


class BoundedGrid:
    """All valid prices between two daily limits."""

    def __init__(self, ticks: TickTable, lower_px: int, upper_px: int) -> None:
        assert ticks.is_valid(lower_px), lower_px
        assert ticks.is_valid(upper_px), upper_px
        assert lower_px <= upper_px, (lower_px, upper_px)
        self._ticks = ticks
        self.prices: list[int] = []
        px = lower_px
        while px <= upper_px:
            self.prices.append(px)
            px = ticks.up(px)
            assert len(self.prices) <= LEVELS_MAX, f"more than {LEVELS_MAX} prices from {lower_px} to {upper_px}"
        self.level_of = {px: level for level, px in enumerate(self.prices)}
        self.reach = (len(self.prices) - 1, 0)

    def level_at_most(self, px: int) -> int:
        """The highest level whose price is not above `px`; -1 when there is none."""
        if px < self.prices[0]:
            return -1
        return len(self.prices) - 1 if px >= self.prices[-1] else self.level_of[self._ticks.floor(px)]

    def level_at_least(self, px: int) -> int:
        """The lowest level whose price is not below `px`; one past the last when there is none."""
        if px <= self.prices[0]:
            return 0
        return len(self.prices) if px > self.prices[-1] else self.level_of[self._ticks.ceil(px)]

    def new_book(self) -> PriceTimeBook:
        """An empty book for these prices."""
        return PriceTimeBook(len(self.prices))


class OpenGrid:
    """All valid prices from one step up, without an end: level 0 is the price 0."""

    def __init__(self, ticks: TickTable) -> None:
        self._ticks = ticks
        self._first_level = [0]  # of each band
        for at in range(1, len(ticks.starts)):
            width = ticks.starts[at] - ticks.starts[at - 1]
            assert width % ticks.steps[at - 1] == 0, ticks
            self._first_level.append(self._first_level[-1] + width // ticks.steps[at - 1])
        self.prices = _OpenPrices(ticks, self._first_level)
        self.level_of = _OpenLevels(ticks, self._first_level)
        self.reach = (NO_REACH, 0)

    def level_at_most(self, px: int) -> int:
        """The highest level whose price is not above `px`; -1 when there is none."""
        return self.level_of[self._ticks.floor(px)] if px >= 0 else -1

    def level_at_least(self, px: int) -> int:
        """The lowest level whose price is not below `px`."""
        return self.level_of[self._ticks.ceil(px)] if px > 0 else 0

    def new_book(self) -> PriceTimeBook:
        """An empty book for these prices."""
        return WindowBook()


class _OpenPrices:
    def __init__(self, ticks: TickTable, first_level: list[int]) -> None:
        self._bands = list(zip(first_level, ticks.starts, ticks.steps, strict=True))[::-1]

    def __getitem__(self, level: int) -> int:
        for first, start, step in self._bands:
            if level >= first:
                return start + (level - first) * step
        raise IndexError(level)


class _OpenLevels:
    def __init__(self, ticks: TickTable, first_level: list[int]) -> None:
        self._bands = list(zip(first_level, ticks.starts, ticks.steps, strict=True))[::-1]

    def __getitem__(self, px: int) -> int:
        for first, start, step in self._bands:
            if px >= start:
                level, off = divmod(px - start, step)
                assert off == 0, px
                return first + level
        raise KeyError(px)


def bounded(instrument: Instrument) -> Grid:
    """The grid of an issue with daily limits."""
    return BoundedGrid(instrument.ticks, instrument.lower_px, instrument.upper_px)


def unbounded(instrument: Instrument) -> Grid:
    """The grid of an issue without limits."""
    return OpenGrid(instrument.ticks)
