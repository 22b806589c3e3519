"""Screen numbers: digits that a trader's fingers know, and the action that each stands for. Data, never identity."""

from collections.abc import Iterator, Mapping
from typing import Self

from hts.base.errors import ConfigError
from hts.desk.parsed import toml_of

TABLES = ("own", "kiwoom")
FILE = "screens.toml"  # in the home directory
NUMBER_MAX = 8  # characters
ACTION_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.")


def is_number(text: str) -> bool:
    """Whether it can be a screen's number: letters and digits, a few of them."""
    return text.isalnum() and text.isprintable() and len(text) <= NUMBER_MAX


class ScreenNumbers:
    """Number -> action: those that ship, and `own` rows of the trader's, which replace them; "" takes a number away."""

    def __init__(self, numbers: Mapping[str, str] | None = None, own: Mapping[str, str] | None = None) -> None:
        self.shipped, self.own = dict(numbers or {}), dict(own or {})

    @property
    def rows(self) -> dict[str, str]:
        """All as they hold now, with "" for what was taken away."""
        return {**self.shipped, **self.own}

    @classmethod
    def parse(cls, toml: str, name: str) -> Self:
        """Read a file's content. Raises ConfigError naming the file and the fault."""
        try:
            table = toml_of(toml)
        except ValueError as fault:
            raise ConfigError(
                f"screen numbers {name}: expected TOML, found {fault}; correct it or remove it"
            ) from fault
        numbers: dict[str, str] = {}
        for section, rows in table.items():
            if section not in TABLES or not isinstance(rows, Mapping):
                raise ConfigError(
                    f"screen numbers {name}: expected tables {', '.join(TABLES)}, found {section!r}; correct it"
                )
            for number, action in rows.items():
                if not is_number(number) or not isinstance(action, str) or not set(action) <= ACTION_SIGNS:
                    raise ConfigError(
                        f'screen numbers {name}: expected rows like "0600" = "panel.chart", found {number!r} = '
                        f"{action!r}; correct it"
                    )
                numbers[number] = action
        return cls(numbers)

    def with_rows_of(self, other: "ScreenNumbers") -> "ScreenNumbers":
        """These with the other's rows added or put in their place, as the trader's own."""
        return ScreenNumbers(self.rows, other.rows)

    def give(self, number: str, action: str) -> str:
        """Let a number open something, "" nothing more; returns what it opened before, "" for nothing."""
        before = self.rows.get(number, "")
        self.own.pop(number, None)
        if self.shipped.get(number, "") != action:
            self.own[number] = action
        return before

    def toml(self) -> str:
        """The trader's own rows, as a file."""
        rows = "".join(f'"{number}" = "{action}"\n' for number, action in sorted(self.own.items()))
        return f"[{TABLES[0]}]\n{rows}"

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter((number, action) for number, action in self.rows.items() if action)

    def of(self, action: str) -> tuple[str, ...]:
        """All numbers of an action."""
        return tuple(number for number, target in self.rows.items() if target == action)
