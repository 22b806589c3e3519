"""Settings as a file: TOML in the home, TOML or JSON for giving them to another machine.

Only what differs from the defaults is written. A file that is imported must hold whole, and the first fault is told
with what was expected, what was found and what to do; one fault in the home's own file costs that one line only.
"""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from hts.base.errors import ConfigError
from hts.desk import parsed
from hts.desk.settings import BY_NAME, OPTIONS, SECTIONS, Settings, Value

HEAD: Final = "# Settings of the terminal. What is not here has its default.\n"


def toml_of(settings: Settings) -> str:
    """The file's content."""
    lines = [HEAD]
    own = settings.own
    for section in SECTIONS:
        options = [option for option in OPTIONS if option.section == section and option.name in own]
        if options:
            lines += [f"[{section}]\n", *(f"{option.key} = {_toml(own[option.name])}\n" for option in options)]
    return "".join(lines)


def json_of(settings: Settings) -> str:
    """The same as JSON."""
    tables: dict[str, dict[str, Value]] = {}
    for name, value in settings.own.items():
        tables.setdefault(BY_NAME[name].section, {})[BY_NAME[name].key] = value
    return json.dumps(tables, ensure_ascii=False, indent=2) + "\n"


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    return parsed.toml_text(value) if isinstance(value, str) else str(value)


def read_strict(text: str, where: str) -> dict[str, Value]:
    """Values of a file that is imported: TOML, or JSON when it begins with a brace. Raises ConfigError."""
    faults, values = _read(text, where)
    for fault in faults:
        raise ConfigError(fault)
    return values


def read_tolerant(text: str, where: str) -> tuple[dict[str, Value], tuple[str, ...]]:
    """Values of the home's file, and a line for each that was left out. Raises ConfigError when it is no TOML."""
    faults, values = _read(text, where)
    return values, tuple(faults)


def _read(text: str, where: str) -> tuple[list[str], dict[str, Value]]:
    table = _table(text, where)
    faults, values = [], {}
    for name, value in _flat(table):
        option = BY_NAME.get(name)
        if option is None:
            near = get_close_matches(name, BY_NAME, n=1)
            hint = f"did you mean {near[0]}?" if near else "remove that line"
            faults.append(f"{where}: expected the name of a setting, found {name!r}; {hint}")
        elif not option.fits(value):
            faults.append(f"{where}: {name}: expected {option.expected}, found {_short(value)}; correct that line")
        else:
            values[name] = tuple(value) if isinstance(value, list) else value
    return faults, values


def _table(text: str, where: str) -> Mapping[str, Any]:
    is_json = text.lstrip().startswith("{")
    try:
        table = parsed.json_of(text) if is_json else parsed.toml_of(text)
    except ValueError as fault:
        expected = "JSON" if is_json else "TOML"
        raise ConfigError(f"{where}: expected {expected}, found {fault}; correct that line") from fault
    assert isinstance(table, dict)
    return table


def _flat(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for section, inner in table.items():
        if isinstance(inner, Mapping):
            for key, value in inner.items():
                yield f"{section}.{key}", value
        else:
            yield section, inner


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
