"""What may follow a sequence of keys that has begun, as rows of key caps and words for the window's foot."""

from collections.abc import Iterable

from msgspec import Struct

from hts.desk.action_names import MOVING, SIZING, label
from hts.desk.texts import Texts

# Actions that differ in their direction alone share their words.
TOGETHER = {**dict.fromkeys(MOVING, "hint.panel.move"), **dict.fromkeys(SIZING, "hint.panel.size")}


class HintRow(Struct, frozen=True, kw_only=True):
    """Keys that are pressed next, and what they do."""

    keys: tuple[str, ...]
    text: str


def rows(following: Iterable[tuple[str, str]], texts: Texts) -> tuple[HintRow, ...]:
    """One row per action, by its first keys; actions with the same words side by side."""
    first: dict[str, str] = {}
    for keys, action in following:
        first.setdefault(action, keys)
    found: dict[str, list[str]] = {}
    for action, keys in first.items():
        found.setdefault(_words(action, texts), []).append(keys)
    return tuple(HintRow(keys=tuple(keys), text=text) for text, keys in found.items())


def _words(action: str, texts: Texts) -> str:
    short = TOGETHER.get(action, f"hint.{action}")
    return texts(short) if texts.has(short) else label(action, texts)
