"""Small files of the user's as tables. Whatever is wrong with one is a ValueError, so that no file can stop a start.

The parsers alone raise three kinds of errors: their own, one for figures of thousands of digits, one for nesting
deeper than the stack.
"""

import json
import tomllib
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def json_of(text: str) -> Any:
    """What JSON says. Raises ValueError."""
    return _parsed(json.loads, text)


def toml_of(text: str) -> dict[str, Any]:
    """What TOML says. Raises ValueError."""
    return _parsed(tomllib.loads, text)


def toml_text(text: str) -> str:
    """A TOML basic string: what cannot be seen is escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'


def _parsed(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except RecursionError as fault:
        raise ValueError("lists or tables nested too deep") from fault
