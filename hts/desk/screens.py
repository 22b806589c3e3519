"""Screen numbers: digits that a trader's fingers know, and the action that each stands for. Data, never identity."""

from collections.abc import Iterator, Mapping
from typing import Self

from hts.base.errors import ConfigError
from hts.desk.parsed import toml_of

TABLES = ("own", "kiwoom")
NUMBER_MAX = 8  # characters


class ScreenNumbers:
    """Number -> action. Later tables replace rows of earlier ones; "" takes a number away."""

    def __init__(self, numbers: Mapping[str, str] | None = None) -> None:
        self.rows = dict(numbers or {})

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
                if not number.isalnum() or len(number) > NUMBER_MAX or not isinstance(action, str):
                    raise ConfigError(
                        f'screen numbers {name}: expected rows like "0600" = "panel.chart", found {number!r} = '
                        f"{action!r}; correct it"
                    )
                numbers[number] = action
        return cls(numbers)

    def with_rows_of(self, other: "ScreenNumbers") -> "ScreenNumbers":
        """These with the other's rows added or put in their place."""
        return ScreenNumbers({**self.rows, **other.rows})

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter((number, action) for number, action in self.rows.items() if action)

    def of(self, action: str) -> tuple[str, ...]:
        """All numbers of an action."""
        return tuple(number for number, target in self.rows.items() if target == action)
