"""The collector's manners in a process that must not stop: what lives long is frozen, full passes are rare."""

import gc
from typing import Final

# Our values hold no cycles; full passes would only stop the order path for nothing.
GC_THRESHOLD: Final = (50_000, 100, 100)


def tune_gc() -> None:
    """Call once everything long-lived has been made."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLD)
