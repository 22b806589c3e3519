"""The change freeze: in market hours limits may become tighter at once, and looser only after the close.

A limit that is loosened in the middle of trading is loosened under pressure. So a change is split: what it tightens
holds now, what it loosens waits.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import asdict

from hts.model.scopes import Scope, ScopeKind
from hts.risk.limits import RiskLimits, loosened

ALL_ACCOUNTS = Scope(kind=ScopeKind.ACCOUNT)
"""Limits of every account that has none of its own."""


class Change(Struct, frozen=True, kw_only=True):
    """`now` holds at once; `later` waits for the close, None when nothing does. `loosened`: the limits that wait."""

    now: RiskLimits
    later: RiskLimits | None
    loosened: tuple[str, ...]


def split(before: RiskLimits, after: RiskLimits, *, is_frozen: bool) -> Change:
    """What of a change holds now. Outside market hours all of it."""
    names = loosened(before, after) if is_frozen else ()
    if not names:
        return Change(now=after, later=None, loosened=())
    old = asdict(before)
    now = RiskLimits(**{**asdict(after), **{name: old[name] for name in names}})
    return Change(now=now, later=after, loosened=names)


def changed(before: RiskLimits, fields: Mapping[str, int]) -> RiskLimits | None:
    """The limits with some of them set; None for a name that is no limit, or a figure below zero."""
    if not fields or set(fields) - set(RiskLimits.__struct_fields__) or min(fields.values()) < 0:
        return None
    return RiskLimits(**{**asdict(before), **fields})
