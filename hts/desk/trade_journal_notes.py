"""Notes and tags on trips, kept in one file of the home; a file that does not hold is set aside and nothing is lost.

Pictures of the chart are files of their own beside it, named by the trip.
"""

import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from hts.desk.parsed import json_of
from hts.desk.trade_journal import Key

FILE = "trade_journal.json"
NOTE_MAX = 10_000
TAGS_MAX = 12
TAG_LENGTH_MAX = 24


class Note(Struct, frozen=True, kw_only=True):
    """What was written of one trip. `picture` is a file's name, "" for none."""

    text: str = ""
    tags: tuple[str, ...] = ()
    picture: str = ""


NOTHING = Note()


def tags_of(text: str) -> tuple[str, ...]:
    """Tags as typed: parted by commas, each once."""
    tags = [" ".join(part.split())[:TAG_LENGTH_MAX] for part in text.replace("，", ",").replace("、", ",").split(",")]
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:TAGS_MAX]


def picture_name(key: Key) -> str:
    """The file of a trip's picture: letters and digits only, whatever the issue is called."""
    return f"trade_{blake2b(repr(key).encode(), digest_size=8).hexdigest()}.png"


class Notes:
    """By trip. `save(text)` is False when the disk refuses; what was written stays in memory then."""

    def __init__(self, text: str, save: Callable[[str], bool], set_aside: Callable[[str], None]) -> None:
        self._save = save
        self._notes: dict[Key, Note] = {}
        self.version = 0  # counts changes, so that panels that share them can tell
        if text:
            try:
                self._notes = dict(_parsed(json_of(text)))
            except (ValueError, TypeError, KeyError) as fault:
                set_aside(str(fault))

    def of(self, key: Key) -> Note:
        """A trip's note; an empty one where nothing was written."""
        return self._notes.get(key, NOTHING)

    def put(self, key: Key, note: Note) -> bool:
        """Keep a note and write all; False when the disk refuses."""
        self.version += 1
        cut = Note(text=note.text[:NOTE_MAX], tags=note.tags[:TAGS_MAX], picture=note.picture)
        if cut == NOTHING:
            self._notes.pop(key, None)
        else:
            self._notes[key] = cut
        rows = [[list(one), kept.text, list(kept.tags), kept.picture] for one, kept in self._notes.items()]
        return self._save(json.dumps({"version": 1, "notes": rows}, ensure_ascii=False))

    @property
    def tags(self) -> dict[object, tuple[str, ...]]:
        """Tags by trip."""
        return {key: note.tags for key, note in self._notes.items() if note.tags}


def _parsed(table: Any) -> Iterable[tuple[Key, Note]]:
    """Rows of a file. Raises ValueError, TypeError or KeyError for anything else."""
    for (account, symbol, row, exec_id), text, tags, picture in table["notes"]:
        texts = (account, symbol, row, text, picture, *tags)
        if not all(isinstance(one, str) for one in texts) or not isinstance(exec_id, int):
            raise TypeError(f"expected texts and a number, found {texts!r}")
        if picture and ("/" in picture or "\\" in picture or not picture.endswith(".png")):
            raise ValueError(f"expected a picture's name, found {picture!r}")
        yield (account, symbol, row, exec_id), Note(text=text, tags=tuple(tags), picture=picture)
