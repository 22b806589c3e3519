"""A person's name taken out of old entries of the audit trail, whose chain stays as good as before.

Under the chain are salted digests of the four texts of an entry. Erasing a text leaves its digest in the entry, takes
its salt away, so that nobody finds the name again by trying names, and puts a pseudonym in its place: that the same
person did these things can still be seen. The salts of the other texts are written out, as far as they still stand.

Before that an entry (ERASED), signed in itself, says which texts of which entries go; a text that is gone without such
an entry is a fault.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from hts.auth.audit import DECLARED, ERASED, SIGNED, TEXTS, Entry, Line, encode_line, read_line

PSEUDONYM: Final = "person-"
PSEUDONYM_BYTES: Final = 4
_NUMBERS: Final = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?")

Places = list[tuple[str, int]]  # text, number of its entry


def places_of(lines: Iterable[Line], name: str) -> Places:
    """Where a person is named. Entries of the older form, and those that carry the chain, cannot lose a text."""
    word = re.compile(rf"(?<![a-z0-9._-]){re.escape(name)}(?!\.?[a-z0-9_-])")
    found: Places = []
    for line in lines:
        entry = line.entry
        if entry is None or entry.what in (SIGNED, *DECLARED) or _is_of_older_form(entry):
            continue
        gone = entry.erased if isinstance(entry.erased, dict) else {}
        found += [(field, entry.seq) for field in TEXTS if field not in gone and word.search(getattr(entry, field))]
    return found


def _is_of_older_form(entry: Entry) -> bool:
    return entry.salt is UNSET and entry.salts is UNSET


def erasure_text(pseudonym: str, places: Places) -> str:
    """What the entry says, like `person-1f9a0322 who:1-4,9;new:7`."""
    parts = [f"{field}:{_ranges(sorted(seq for one, seq in places if one == field))}" for field in TEXTS]
    return f"{pseudonym} {';'.join(part for part in parts if not part.endswith(':'))}"


def _ranges(numbers: Sequence[int]) -> str:
    found = []
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        seqs = [seq for _, seq in run]
        found.append(str(seqs[0]) if len(seqs) == 1 else f"{seqs[0]}-{seqs[-1]}")
    return ",".join(found)


class Erasures:
    """What the declarations of a trail say was taken out."""

    def __init__(self, declared: Iterable[Entry]) -> None:
        self._told: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for entry in declared:
            if entry.what == ERASED:
                self._read(entry.new)

    def _read(self, text: str) -> None:
        pseudonym, _, places = text.partition(" ")
        for part in places.split(";"):
            field, _, numbers = part.partition(":")
            for number in numbers.split(","):
                found = _NUMBERS.fullmatch(number)
                if found is not None:
                    first = int(found[1])
                    self._told.setdefault((pseudonym, field), []).append((first, int(found[2] or first)))

    def covers(self, pseudonym: str, field: str, seq: int) -> bool:
        """Whether the trail says that this text went, and what stands in its place."""
        return any(first <= seq <= last for first, last in self._told.get((pseudonym, field), ()))


def erased_segment(name: str, data: bytes, pseudonym: str, places: Places) -> bytes:
    """A file of the trail without these texts; every other byte is as it was."""
    fields: dict[int, set[str]] = {}
    for field, seq in places:
        fields.setdefault(seq, set()).add(field)
    return b"".join(_lines(name, data, pseudonym, fields))


def _lines(name: str, data: bytes, pseudonym: str, fields: dict[int, set[str]]) -> Iterator[bytes]:
    for number, text in enumerate(data.splitlines(keepends=True), 1):
        line = read_line(name, number, text.rstrip(b"\n"))
        gone = fields.get(line.entry.seq, set()) if line.entry is not None else set()
        if line.entry is None or not gone:
            yield text
            continue
        # The chain of the line is over digests, which are the same.
        yield encode_line(_without(line.entry, gone, pseudonym), line.chain, is_known=True)[0]


def _without(entry: Entry, gone: set[str], pseudonym: str) -> Entry:
    erased = dict(entry.erased) if isinstance(entry.erased, dict) else {}
    kept = [field for field in TEXTS if field not in gone and field not in erased]
    return replace(
        entry,
        **dict.fromkeys(gone, pseudonym),
        salt=UNSET,
        salts={field: entry.salt_of(field) for field in kept},
        erased={
            field: erased.get(field) or entry.digest_of(field) for field in TEXTS if field in gone or field in erased
        },
    )
