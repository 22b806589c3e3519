"""A house without guards, as it was when the accident happened. It exists in the lab alone: the product has no switch.

Only what an order needs to travel at all is still asked: a core that is ready, a venue that is up, a known issue.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hts.risk import checks, checks_state
from hts.risk.proposal import Act

_NEEDED = (checks_state.not_ready, checks_state.venue_down, checks_state.unknown_symbol)


@contextmanager
def without_guards() -> Iterator[None]:
    """Within the block risk asks nothing else."""
    names = ("_HARD", "_MONEY", "LIMIT_RULES", "FLOW_RULES")
    saved: dict[str, Any] = {name: getattr(checks, name) for name in names}
    for name, value in (
        ("_HARD", dict.fromkeys(Act, _NEEDED)),
        ("_MONEY", dict.fromkeys(Act, ())),
        ("LIMIT_RULES", ()),
        ("FLOW_RULES", ()),
    ):
        setattr(checks, name, value)
    checks.active.cache_clear()
    try:
        yield
    finally:
        for name, value in saved.items():
            setattr(checks, name, value)
        checks.active.cache_clear()
