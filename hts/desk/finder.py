"""What the command box finds: issues by code, by name in three languages and by initial consonants; actions.

Initial consonants (초성): each Hangul syllable of a name counts as its first consonant, so ㅅㅅㅈㅈ finds 삼성전자.
Matches at the beginning stand before matches inside; then the venue's order of issues holds.
"""

from collections.abc import Iterable

from msgspec import Struct

from hts.desk.texts import Texts
from hts.model.instruments import Instrument

HANGUL_FIRST, HANGUL_LAST = 0xAC00, 0xD7A3
SYLLABLES_PER_INITIAL = 588
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
FOUND_MAX = 8


class Found(Struct, frozen=True):
    """One line of the box: an issue (`symbol`) or an action (`action`). `start`, `length`: matched part of `label`."""

    label: str
    symbol: str = ""
    action: str = ""
    start: int = 0
    length: int = 0


def initials(name: str) -> str:
    """Every Hangul syllable as its first consonant; other characters as they are, in lower case."""
    return "".join(
        INITIALS[(ord(c) - HANGUL_FIRST) // SYLLABLES_PER_INITIAL] if HANGUL_FIRST <= ord(c) <= HANGUL_LAST else c
        for c in name
    ).lower()


def find(query: str, instruments: Iterable[Instrument], actions: Iterable[str], texts: Texts) -> tuple[Found, ...]:
    """At most FOUND_MAX lines for what was typed, best first."""
    wanted = query.strip().lower()
    if not wanted:
        return ()
    ranked: list[tuple[int, int, Found]] = []
    for place, instrument in enumerate(instruments):
        rank, start = _rank(wanted, instrument)
        if rank >= 0:
            name = texts.name(instrument)
            shown = start if _matches_at(name, wanted, start) else -1
            found = Found(name, symbol=instrument.symbol, start=max(shown, 0), length=len(wanted) * (shown >= 0))
            ranked.append((rank, place, found))
    for place, action in enumerate(actions):
        label = texts(f"action.{action}")
        at = label.lower().find(wanted)
        at = at if at >= 0 else initials(label).find(wanted)
        if at >= 0:
            ranked.append((at > 0, 10_000 + place, Found(label, action=action, start=at, length=len(wanted))))
    ranked.sort(key=lambda entry: entry[:2])
    return tuple(found for _, _, found in ranked[:FOUND_MAX])


def _rank(wanted: str, instrument: Instrument) -> tuple[int, int]:
    """(0 for a beginning, 1 for inside, -1 for no match; where in the name, -1 when the code matched)."""
    if instrument.symbol.lower().startswith(wanted):
        return 0, -1
    best = (-1, -1)
    for name in (instrument.name_ko, instrument.name_en, instrument.name_ja, initials(instrument.name_ko)):
        at = name.lower().find(wanted)
        if at == 0:
            return 0, 0
        if at > 0 and best[0] < 0:
            best = (1, at)
    return best


def _matches_at(name: str, wanted: str, start: int) -> bool:
    if start < 0:
        return False
    part = slice(start, start + len(wanted))
    return name.lower()[part] == wanted or initials(name)[part] == wanted
