"""The manners of a process that must not stop: what lives long is frozen and gathered, full passes are rare.

A pass over the young looks at all of them at once, so they must be few: 50,000 hold up the order path for 10 to 30 ms.
"""

import gc
from collections.abc import Callable
from typing import Final

from hts.io.pages import gather_pages

# Our values hold no cycles; full passes would only stop the order path for nothing.
GC_THRESHOLD: Final = (2_000, 2_500, 100)
GATHER_S: Final = 0.02  # between two large pages


def tune_gc() -> None:
    """Call once everything long-lived has been made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)


def settle_down(later: Callable[[float, Callable[[], None]], object]) -> None:
    """The same, and gather the memory of now into large pages, one at a time.

    `later` does something when so many seconds have passed and others had their turn.
    """
    tune_gc()
    steps = gather_pages()

    def step() -> None:
        if next(steps, None) is not None:
            later(GATHER_S, step)

    later(GATHER_S, step)
