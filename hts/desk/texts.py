"""The message catalogue: every text that a person reads, by key, in three languages.

The files under resources/texts hold the same keys; a test compares them and looks for keys that the code uses.
A key that is missing nevertheless shows as itself, since a panel must not fall over one word.

A language that tells one from many holds a second text under the key with "_one" behind it, which is taken when the
text's number is 1 (also with a sign, as in one tick down).
"""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Self

from hts.base.errors import ConfigError
from hts.desk.figures import MINUS
from hts.model.instruments import Instrument

LANGUAGES = ("ko", "ja", "en")
ONE = "_one"
CAP = "{cap:"
NO_KEY = "—"
NUMBERS = ("count", "qty", "ticks")  # places that a noun follows
ONES = frozenset({1, "1", "+1", f"{MINUS}1"})


class Caps:
    """The keys of actions as they are now: "{cap:arm.toggle}" in a text; the action's name where nobody knows keys."""

    def __init__(self) -> None:
        self.keys_of: Callable[[str], str] = str

    def __format__(self, action: str) -> str:
        return self.keys_of(action) or NO_KEY


class Texts:
    """One language. Call it with a key: `texts("orders.title")`, `texts("send.buy", qty="150")`."""

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self._catalogue = dict(catalogue)
        self._singular = {key.removesuffix(ONE): key for key in catalogue if key.endswith(ONE)}
        self.caps = Caps()

    @classmethod
    def parse(cls, language: str, toml: str) -> Self:
        """Read a catalogue file's content. Raises ConfigError naming the language and the fault."""
        try:
            table = tomllib.loads(toml)
        except tomllib.TOMLDecodeError as fault:
            raise ConfigError(f"text catalogue {language}.toml: expected TOML, found {fault}; reinstall it") from fault
        return cls(language, _flat(table))

    def __call__(self, key: str, /, **values: str | int) -> str:
        singular = self._singular.get(key)
        if singular is not None and any(values.get(place) in ONES for place in NUMBERS):
            key = singular
        text = self._catalogue.get(key, key)
        return text.format(cap=self.caps, **values) if values or CAP in text else text

    def has(self, key: str) -> bool:
        """Whether the catalogue knows the key."""
        return key in self._catalogue

    @property
    def keys(self) -> frozenset[str]:
        """All keys, dotted."""
        return frozenset(self._catalogue)

    def template(self, key: str) -> str:
        """The text with its places still open."""
        return self._catalogue[key]

    def name(self, instrument: Instrument) -> str:
        """The issue's name in this language, else its Korean one."""
        if self.language == "ja":
            return instrument.name_ja or instrument.name_en
        return instrument.name_en if self.language == "en" else instrument.name_ko


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested tables as dotted keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat
