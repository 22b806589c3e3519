"""How long the audit trail is kept: the least that the law asks for, and what is said where old days are removed.

Theory of operation. Whoever removes the first lines leaves a chain that begins in the middle. So before that an entry
(PRUNED), signed in itself, says up to which number and chain it goes: a trail that begins with the very next number is
whole. A trail whose beginning was removed by anybody else has a gap. Removed
days that were copied elsewhere are verified together with the rest, as if they had never been removed.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from msgspec import Struct

from hts.auth.audit import DAY_NS, PRUNED, START, SUFFIX, Anchor, Entry, Line, day_of
from hts.base.errors import ConfigError, CorruptRecord

_FEBRUARY_29: Final = (2, 29)


class Minimum(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a jurisdiction wants such records kept. `conf`: how sure we are of it."""

    jurisdiction: str
    what: str
    years: int
    src: str
    conf: str


def read_minima(table: dict[str, Any]) -> tuple[Minimum, ...]:
    """Out of resources/risk/retention.toml. Raises ConfigError."""
    try:
        return msgspec.convert(table["minimum"], tuple[Minimum, ...])
    except (KeyError, msgspec.ValidationError) as error:
        raise ConfigError(f"retention.toml: expected rows of minimum, found others: {error}") from error


def longest(minima: Iterable[Minimum], jurisdictions: frozenset[str]) -> Minimum | None:
    """The one that asks for most, of these jurisdictions."""
    return max((one for one in minima if one.jurisdiction in jurisdictions), key=lambda one: one.years, default=None)


def first_kept_day(now_ns: int, years: int) -> str:
    """The UTC day `years` before now; what is older may go."""
    year, month, day = map(int, day_of(now_ns).split("-"))
    if (month, day) == _FEBRUARY_29:
        day = 28
    return date(max(year - years, 1970), month, day).isoformat()


def old_segments(names: Sequence[str], first_kept: str) -> list[str]:
    """Files of days before that one; the newest file always stays."""
    return [name for name in sorted(names)[:-1] if name.removesuffix(SUFFIX) < first_kept]


def last_of(lines: Iterable[Line]) -> Anchor:
    """The end of lines that are sound."""
    anchor = START
    for line in lines:
        if line.entry is not None:
            anchor = Anchor(seq=line.entry.seq, chain=line.chain)
    return anchor


def removal_text(before: Anchor, names: Sequence[str], place: str) -> str:
    """What the entry says: what the chain goes on from, which days went, and where they are."""
    first, last = (name.removesuffix(SUFFIX) for name in (names[0], names[-1]))
    return f"{before} {first}..{last} {place}"


def start_of(first_seq: int, declared: Iterable[Entry]) -> Anchor:
    """What a trail goes on from, by the declarations in it; START for one that begins elsewhere than they say."""
    for entry in declared:
        if entry.what != PRUNED:
            continue
        try:
            before = Anchor.parse(entry.new.partition(" ")[0])
        except CorruptRecord:
            continue
        if before.seq == first_seq - 1:
            return before
    return START


def is_day(text: str) -> bool:
    """Whether it is a day like 2026-03-02."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def start_ns_of(day: str) -> int:
    """The first nanosecond of a UTC day."""
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * DAY_NS
