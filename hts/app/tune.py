"""The manners of a process that must not stop: what lives long is frozen and gathered, full passes are rare.

A pass over the young looks at all of them at once, so they must be few: 50,000 hold up the order path for 10 to 30 ms.
"""

import gc
from collections.abc import Callable
from typing import Final

from hts.io.pages import gather_pages

YOUNG_MAX: Final = 2_000  # a pass over so many takes one millisecond, on a busy machine several
YOUNG_MAX_CORE: Final = 500  # an order may come behind any pass; there are four times as many, each a quarter as long
# Our values hold no cycles: passes over those that the young left would only stop the order path for nothing.
_UNTIL_OLDER: Final = 5_000_000
YOUNG: Final = 400  # so many are looked at in a fifth of a millisecond
PASSES: Final = 10_000  # of the young, before a pass over those that they left: about once in an hour of a busy market
GATHER_S: Final = 0.02  # between two large pages


def tune_gc(young: int = YOUNG_MAX) -> None:
    """Call once, when everything long-lived stands. A pass comes when so many young ones have gathered."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(young, _UNTIL_OLDER // young, 100)


def settle_down(later: Callable[[float, Callable[[], None]], object], young: int = YOUNG_MAX) -> None:
    """The same, and gather the memory of now into large pages, one at a time.

    `later` does something when so many seconds have passed and others had their turn.
    """
    tune_gc(young)
    steps = gather_pages()

    def step() -> None:
        if next(steps, None) is not None:
            later(GATHER_S, step)

    later(GATHER_S, step)


def collect_in_pause() -> None:
    """Call where nobody waits: a pass over the young that would come amid something else soon."""
    young, passes, _ = gc.get_count()
    if young >= YOUNG:
        gc.collect(1 if passes >= PASSES else 0)
