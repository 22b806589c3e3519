"""The collector's manners in a process that must not stop: what lives long is frozen, full passes are rare.

A pass over the young looks at all of them at once, so they must be few: 50,000 hold up the order path for 10 to 30 ms.
"""

import gc
from typing import Final

# Our values hold no cycles; full passes would only stop the order path for nothing.
GC_THRESHOLD: Final = (2_000, 2_500, 100)


def tune_gc() -> None:
    """Call once everything long-lived has been made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
