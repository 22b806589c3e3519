"""What the command box finds: issues by code and by name in three languages, screens by number, actions by name.

Initial consonants (초성): each Hangul syllable of a name counts as its first consonant, so ㅅㅅㅈㅈ finds 삼성전자, and
삼ㅅㅈ too. An input method that makes one sign of two consonants (ㅄ of ㅂㅅ) is understood.
Kana: hiragana, katakana and half-width katakana count as the same, and find what is read so (hts.desk.readings); wide
letters and digits count as narrow ones.

Order: an exact number or code, then beginnings of a number or a code, of a name, of a word in a name, then places
inside a name. Within each the more recently chosen comes first, then the venue's order of issues, then actions.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from hts.desk.action_names import label
from hts.desk.history import CommandHistory
from hts.desk.readings import NO_READINGS, Readings, has_kana
from hts.desk.screens import ScreenNumbers
from hts.desk.texts import Texts
from hts.model.instruments import Instrument

HANGUL_FIRST, HANGUL_LAST = 0xAC00, 0xD7A3
SYLLABLES_PER_INITIAL = 588
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# What input methods make of consonants that are typed one after the other; and consonants of composed syllables.
DOUBLES = ("ㄳㄱㅅ", "ㄵㄴㅈ", "ㄶㄴㅎ", "ㄺㄹㄱ", "ㄻㄹㅁ", "ㄼㄹㅂ", "ㄽㄹㅅ", "ㄾㄹㅌ", "ㄿㄹㅍ", "ㅀㄹㅎ", "ㅄㅂㅅ")
CHOSEONG_FIRST = 0x1100  # of the consonants that begin composed syllables, in the order of INITIALS
SPLIT = str.maketrans(
    {row[0]: row[1:] for row in DOUBLES} | {chr(CHOSEONG_FIRST + at): sign for at, sign in enumerate(INITIALS)}
)
HIRAGANA_FIRST, HIRAGANA_LAST = 0x3041, 0x3096
KATAKANA_AFTER = 0x60  # from a hiragana to its katakana
WIDE_FIRST, WIDE_LAST = 0xFF01, 0xFF9F  # wide Latin and half-width kana
FOUND_MAX = 10
QUERY_MAX = 64  # what is typed beyond is no name

ORDER = "order."  # an action's name in front of an order's number: look at it

EXACT, CODE, NAME, WORD, INSIDE, NONE = range(6)
"""How well a line matches, best first."""


def no_order(_number: int) -> bool:
    """Without orders no number is one."""
    return False


class Found(Struct, frozen=True):
    """One line of the box: an issue (`symbol`) or an action (`action`). `start`, `length`: matched part of `label`.

    `number`: the screen number that was found, or the action's first one.
    """

    label: str
    symbol: str = ""
    action: str = ""
    start: int = 0
    length: int = 0
    number: str = ""

    @property
    def key(self) -> str:
        """Names the line in the history."""
        return f"={self.symbol}" if self.symbol else self.action


def initials(name: str) -> str:
    """Every Hangul syllable as its first consonant; other characters as they are, in lower case."""
    return "".join(
        INITIALS[(ord(c) - HANGUL_FIRST) // SYLLABLES_PER_INITIAL] if HANGUL_FIRST <= ord(c) <= HANGUL_LAST else c
        for c in name
    ).lower()


@lru_cache(maxsize=32_768)
def folded(text: str) -> str:
    """One spelling for what a reader takes to be the same."""
    narrow = "".join(unicodedata.normalize("NFKC", c) if WIDE_FIRST <= ord(c) <= WIDE_LAST else c for c in text)
    whole = unicodedata.normalize("NFC", narrow)
    kana = (chr(ord(c) + KATAKANA_AFTER) if HIRAGANA_FIRST <= ord(c) <= HIRAGANA_LAST else c for c in whole)
    return "".join(kana).lower().translate(SPLIT)


def match(wanted: str, name: str) -> tuple[int, int]:
    """(how well, where) the folded query matches a name."""
    plain = folded(name)
    at = plain.find(wanted)
    if at < 0:
        at = _find_initials(wanted, plain)
    if at < 0:
        return NONE, -1
    if at == 0:
        return NAME, 0
    return (WORD if plain[at - 1] in " ·/-" else INSIDE), at


def _find_initials(wanted: str, plain: str) -> int:
    """Where a name has the consonants that were typed, with syllables among them or not."""
    known = initials(plain)
    at = known.find(wanted)
    is_mixed = any(sign in INITIALS for sign in wanted) and any(HANGUL_FIRST <= ord(c) <= HANGUL_LAST for c in wanted)
    if at >= 0 or not is_mixed:
        return at
    length = len(wanted)
    for start in range(len(plain) - length + 1):
        pairs = zip(wanted, plain[start : start + length], known[start : start + length], strict=True)
        if all(sign in {syllable, initial} for sign, syllable, initial in pairs):
            return start
    return -1


class Finder:
    """Finds over the issues of the market and the actions of the window, in the languages that it is given."""

    def __init__(
        self,
        issues: Mapping[str, Instrument],
        actions: Callable[[], Iterable[str]],
        texts: Texts,
        *,
        others: Callable[[], Iterable[Texts]] = tuple,
        screens: ScreenNumbers | None = None,
        is_order: Callable[[int], bool] = no_order,
        readings: Readings = NO_READINGS,
    ) -> None:
        """`others`: the catalogues of the other languages, asked for at the first search; `is_order` knows numbers."""
        self._is_order, self._readings = is_order, readings
        self._issues, self._actions, self._texts = issues, actions, texts
        self._others = others
        self._screens = screens or ScreenNumbers()
        self.history = CommandHistory()
        self._languages: tuple[Texts, ...] = ()

    def recent(self) -> tuple[Found, ...]:
        """What was chosen last, newest first, as far as it still exists."""
        lines = (self._line(key) for key in self.history.keys)
        return tuple(line for line in lines if line is not None)[:FOUND_MAX]

    def find(self, query: str) -> tuple[Found, ...]:
        """At most FOUND_MAX lines for what was typed, best first."""
        wanted = folded(query.strip())[:QUERY_MAX]
        if not wanted:
            return ()
        if not self._languages:
            self._languages = (self._texts, *self._others())
        ranked: list[tuple[int, int, int, Found]] = []
        lines = (
            *self._find_screens(wanted),
            *self._find_orders(wanted),
            *self._find_issues(wanted),
            *self._find_actions(wanted),
        )
        seen: set[str] = set()
        for place, (rank, found) in enumerate(lines):
            ranked.append((rank, self.history.age(found.key), place, found))
        ranked.sort(key=lambda entry: entry[:3])
        best: list[Found] = []
        for *_, found in ranked:
            if found.key not in seen and len(best) < FOUND_MAX:
                seen.add(found.key)
                best.append(found)
        return tuple(best)

    def _find_screens(self, wanted: str) -> Iterable[tuple[int, Found]]:
        known = set(self._actions())
        for number, action in self._screens:
            if action in known and number.startswith(wanted):
                line = Found(label(action, self._texts), action=action, number=number)
                yield (EXACT if number == wanted else CODE), line

    def _find_orders(self, wanted: str) -> Iterable[tuple[int, Found]]:
        """An order or a piece of work by its number: its x-ray."""
        if wanted.isascii() and wanted.isdigit() and self._is_order(int(wanted)):
            line = self._texts("order_xray.by_number", order=wanted)
            yield CODE, Found(line, action=f"{ORDER}{int(wanted)}")

    def _find_issues(self, wanted: str) -> Iterable[tuple[int, Found]]:
        is_kana = has_kana(wanted)
        for issue in self._issues.values():
            rank, start = _issue_match(wanted, issue)
            if rank > NAME and is_kana and issue.name_ja:
                rank, start = min((rank, start), match(wanted, self._readings.of(issue.name_ja)), key=lambda m: m[0])
            if rank == NONE:
                continue
            name = self._texts.name(issue)
            shown = start if _matches_at(name, wanted, start) else -1
            yield rank, Found(name, symbol=issue.symbol, start=max(shown, 0), length=len(wanted) * (shown >= 0))

    def _find_actions(self, wanted: str) -> Iterable[tuple[int, Found]]:
        for action in self._actions():
            name = label(action, self._texts)
            found = [match(wanted, label(action, texts)) for texts in self._languages]
            rank, start = found[0]
            best = min(found)[0]
            if best == NONE:
                continue
            number = next(iter(self._screens.of(action)), "")
            length = len(wanted) if rank < NONE else 0
            yield best, Found(name, action=action, start=max(start, 0), length=length, number=number)

    def _line(self, key: str) -> Found | None:
        if key.startswith("="):
            issue = self._issues.get(key[1:])
            return Found(self._texts.name(issue), symbol=issue.symbol) if issue is not None else None
        if key not in self._actions():
            return None
        number = next(iter(self._screens.of(key)), "")
        return Found(label(key, self._texts), action=key, number=number)


def _issue_match(wanted: str, issue: Instrument) -> tuple[int, int]:
    """(how well, where in the name); -1 where the code matched."""
    code = issue.symbol.lower()
    if code.startswith(wanted):
        return (EXACT if code == wanted else CODE), -1
    return min((match(wanted, name) for name in (issue.name_ko, issue.name_en, issue.name_ja)), key=lambda m: m[0])


def _matches_at(name: str, wanted: str, start: int) -> bool:
    part = slice(start, start + len(wanted))
    return start >= 0 and match(wanted, folded(name)[part]) == (NAME, 0)
