"""How a Japanese name is read: kana that is typed finds what is written in kanji or in Latin letters.

A table of words, not of issues, so that it reads names that nobody has listed here: at each place of a name the longest
word that it goes on with counts. Signs without a word stay as they are; kana is its own reading.
"""

from collections.abc import Mapping
from typing import Self

from hts.base.errors import ConfigError
from hts.desk.parsed import toml_of

KANA_FIRST, KANA_LAST = "ァ", "ー"  # of what is looked up: hiragana is folded to katakana before


def has_kana(folded: str) -> bool:
    """Whether a folded text has kana: only such a one is looked for in readings."""
    return any(KANA_FIRST <= sign <= KANA_LAST for sign in folded)


class Readings:
    """Word -> reading in katakana."""

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        self._words = dict(words or {})
        self._longest = max(map(len, self._words), default=0)
        self._known: dict[str, str] = {}

    @classmethod
    def parse(cls, toml: str, name: str) -> Self:
        """Read a file's content: tables of rows. Raises ConfigError naming the file and the fault."""
        try:
            tables = toml_of(toml)
        except ValueError as fault:
            raise ConfigError(f"readings {name}: expected TOML, found {fault}; correct it") from fault
        words: dict[str, str] = {}
        for section, rows in tables.items():
            if not isinstance(rows, Mapping):
                raise ConfigError(f"readings {name}: expected tables of words, found {section!r}; correct it")
            for word, reading in rows.items():
                if not isinstance(reading, str) or any(not KANA_FIRST <= sign <= KANA_LAST for sign in reading):
                    raise ConfigError(f"readings {name}: expected {word!r} in katakana, found {reading!r}; correct it")
                words[word] = reading
        return cls(words)

    def of(self, name: str) -> str:
        """The name as it is read, as far as its words are known."""
        reading = self._known.get(name)
        if reading is None:
            reading = self._known[name] = self._read(name)
        return reading

    def _read(self, name: str) -> str:
        parts, at = [], 0
        while at < len(name):
            lengths = range(min(self._longest, len(name) - at), 0, -1)
            found = next((name[at : at + length] for length in lengths if name[at : at + length] in self._words), "")
            parts.append(self._words[found] if found else name[at])
            at += len(found) or 1
        return "".join(parts)


NO_READINGS = Readings()
