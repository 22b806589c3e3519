"""What a trader may set, as data: every option with its kind, its range and its default.

An option's name is dotted ("notify.seconds"); the part before the dot is its section and its table in the file. Its
title and its sentence of explanation are in the text catalogue under `setting.<name>` and `setting.<name>_why`, the
words of a choice under `setting.<name>_is_<choice>`.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

NUMBERS_MAX: Final = 6  # in a list of numbers
NAME_CHARACTERS_MAX: Final = 64


class Kind(Enum):
    """What a value is."""

    SWITCH = "switch"  # bool
    NUMBER = "number"  # int from `low` to `high`
    CHOICE = "choice"  # one of `choices`
    NAME = "name"  # of a theme, a workspace: which there are is known only at run time
    NUMBERS = "numbers"  # up to NUMBERS_MAX ints, each from `low` to `high`


class Takes(Enum):
    """What has to be done so that a change is seen."""

    AT_ONCE = "at_once"
    WINDOW = "window"  # the window is made anew in its place
    PROCESS = "process"  # the terminal starts again in the same workspace; orders live on in the core


Value = bool | int | str | tuple[int, ...]


class Option(Struct, frozen=True, kw_only=True):
    """One option. `unit` is a text key below `unit.`, empty for a bare number."""

    name: str
    kind: Kind
    default: Value
    low: int = 0
    high: int = 0
    step: int = 1
    choices: tuple[str, ...] = ()
    unit: str = ""
    takes: Takes = Takes.AT_ONCE

    @property
    def section(self) -> str:
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        return self.name.partition(".")[2]

    @property
    def title_key(self) -> str:
        return f"setting.{self.name}"

    @property
    def why_key(self) -> str:
        return f"setting.{self.name}_why"

    def choice_key(self, choice: str) -> str:
        return f"setting.{self.name}_is_{choice}"

    @property
    def expected(self) -> str:
        """What a value must be, in words for an error."""
        if self.kind is Kind.SWITCH:
            return "true or false"
        if self.kind is Kind.NUMBER:
            return f"a whole number from {self.low} to {self.high}"
        if self.kind is Kind.CHOICE:
            return " or ".join(f'"{choice}"' for choice in self.choices)
        if self.kind is Kind.NAME:
            return f"a name of at most {NAME_CHARACTERS_MAX} characters"
        return f"a list of 1 to {NUMBERS_MAX} whole numbers from {self.low} to {self.high}"

    def fits(self, value: object) -> bool:
        """Whether the value may be taken."""
        if self.kind is Kind.SWITCH:
            return isinstance(value, bool)
        if self.kind is Kind.NUMBER:
            return self._is_number(value)
        if self.kind is Kind.CHOICE:
            return value in self.choices
        if self.kind is Kind.NAME:
            return isinstance(value, str) and 0 < len(value) <= NAME_CHARACTERS_MAX
        return isinstance(value, tuple | list) and 0 < len(value) <= NUMBERS_MAX and all(map(self._is_number, value))

    def _is_number(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high


def _switch(name: str, default: bool, takes: Takes = Takes.AT_ONCE) -> Option:
    return Option(name=name, kind=Kind.SWITCH, default=default, takes=takes)


def _choice(name: str, choices: tuple[str, ...], takes: Takes = Takes.AT_ONCE) -> Option:
    """The first choice is the default."""
    return Option(name=name, kind=Kind.CHOICE, default=choices[0], choices=choices, takes=takes)


def _number(
    name: str, default: int, bounds: tuple[int, int], *, step: int = 1, unit: str = "", takes: Takes = Takes.AT_ONCE
) -> Option:
    """A whole number within bounds, both of them included."""
    low, high = bounds
    return Option(name=name, kind=Kind.NUMBER, default=default, low=low, high=high, step=step, unit=unit, takes=takes)


OPTIONS: Final[tuple[Option, ...]] = (
    _choice("look.language", ("system", "ko", "ja", "en"), Takes.WINDOW),
    Option(name="look.theme", kind=Kind.NAME, default="dark"),
    _choice("look.convention", ("market", "market_green", "kr", "jp", "us")),
    _choice("look.sides", ("kr", "jp", "us")),
    Option(
        name="look.density",
        kind=Kind.CHOICE,
        default="normal",
        choices=("compact", "normal", "comfortable"),
        takes=Takes.WINDOW,
    ),
    _number("look.scale", 100, (90, 150), step=10, unit="percent", takes=Takes.PROCESS),
    _switch("look.paper_cash", default=True),
    _switch("startup.tour", default=True),
    Option(name="startup.workspace", kind=Kind.NAME, default="last"),
    _choice("entry.click", ("single", "double", "price")),
    _switch("entry.credit", default=False),
    _switch("entry.confirm", default=False),
    _choice("entry.guard", ("ask", "refuse")),
    _switch("entry.confirm_flatten", default=True),
    _number("entry.warn_qty", 5_000, (0, 10_000_000), step=1_000, unit="shares"),
    _number("entry.warn_krw", 50_000_000, (0, 100_000_000_000), step=10_000_000, unit="krw"),
    _number("entry.warn_jpy", 5_000_000, (0, 10_000_000_000), step=1_000_000, unit="jpy"),
    _number("entry.warn_usd", 50_000, (0, 100_000_000), step=10_000, unit="usd"),
    _number("entry.warn_ticks", 50, (0, 1_000), step=10, unit="ticks"),
    _switch("entry.bracket", default=False),
    _number("entry.take_ticks", 20, (1, 1_000), unit="ticks"),
    _number("entry.stop_ticks", 10, (1, 1_000), unit="ticks"),
    Option(
        name="entry.presets",
        kind=Kind.NUMBERS,
        default=(10, 30, 50, 100, 300, 500),
        low=1,
        high=1_000_000,
        takes=Takes.WINDOW,
    ),
    _switch("notify.fills", default=True),
    _switch("notify.refusals", default=True),
    _switch("notify.alerts", default=True),
    _switch("notify.links", default=True),
    _number("notify.seconds", 6, (2, 60), unit="seconds"),
    _switch("notify.quiet", default=False),
    _switch("sound.on", default=True),
    _number("sound.volume", 50, (0, 100), step=10, unit="percent"),
    _number("graph.bars", 4_000, (200, 20_000), step=1_000, takes=Takes.WINDOW),
)
BY_HAND: Final = frozenset({"entry.credit"})  # locks on money: no file of another machine lifts them
BY_NAME: Final[Mapping[str, Option]] = {option.name: option for option in OPTIONS}
SECTIONS: Final = tuple(dict.fromkeys(option.section for option in OPTIONS))


class Settings:
    """The values as they are now. `version` counts changes; `changed` since the last `drain` are kept by name."""

    def __init__(self, values: Mapping[str, Value] | None = None) -> None:
        """`values` must fit; whatever is not named has its default."""
        self._values: dict[str, Value] = {option.name: option.default for option in OPTIONS}
        for name, value in (values or {}).items():
            assert BY_NAME[name].fits(value), (name, value)
            self._values[name] = value
        self._changed: set[str] = set()
        self.version = 0  # counts changes, so that who keeps them can tell

    def value(self, name: str) -> Value:
        """As it is now."""
        return self._values[name]

    def flag(self, name: str) -> bool:
        """A switch's value."""
        return self._values[name] is True

    def number(self, name: str) -> int:
        """A number's value."""
        value = self._values[name]
        assert isinstance(value, int), name
        return value

    def word(self, name: str) -> str:
        """A choice's or a name's value."""
        value = self._values[name]
        assert isinstance(value, str), name
        return value

    def numbers(self, name: str) -> tuple[int, ...]:
        """A list's value."""
        value = self._values[name]
        assert isinstance(value, tuple), name
        return value

    def set(self, name: str, value: Value) -> bool:
        """Take a value; False, with nothing changed, when it does not fit."""
        option = BY_NAME[name]
        if not option.fits(value):
            return False
        value = tuple(value) if isinstance(value, tuple | list) else value
        if value != self._values[name]:
            self._values[name] = value
            self._changed.add(name)
            self.version += 1
        return True

    def reset(self, name: str = "") -> None:
        """Back to the default: one option, or all."""
        for option in OPTIONS:
            if name in ("", option.name):
                self.set(option.name, option.default)

    def is_default(self, name: str) -> bool:
        """Whether the value is the one that ships."""
        return self._values[name] == BY_NAME[name].default

    @property
    def own(self) -> dict[str, Value]:
        """What differs from the defaults."""
        return {name: value for name, value in self._values.items() if not self.is_default(name)}

    def drain(self) -> frozenset[str]:
        """Names that changed since the last call."""
        changed, self._changed = frozenset(self._changed), set()
        return changed
