"""Whether an audit trail is the one that was written: changed lines, gaps, moved lines, false signatures, a cut end."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from hts.auth.audit import (
    DECLARED,
    NO_CHAIN,
    SIGNED,
    Anchor,
    Entry,
    Line,
    covered,
    day_of,
    declared_text,
    next_chain,
    signed_text,
)
from hts.auth.audit_erase import Erasures
from hts.auth.audit_keep import start_of


class Fault(Enum):
    """What can be wrong. UNSIGNED alone is no proof of tampering: the key may have been out of reach."""

    UNREADABLE = "a line that is no entry"
    CHANGED = "the line is not the one that was written, or does not follow the line before"
    GAP = "entries are missing"
    SIGNATURE = "the signature does not hold"
    FOREIGN_KEY = "signed with another key than the one kept"
    CUT_OFF = "the trail ends before the last entry that is remembered outside"
    REWRITTEN = "another entry than the one that is remembered outside"
    UNSIGNED = "the day was not signed"
    ERASED = "a text was taken out, and the trail does not say so"


class Finding(Struct, frozen=True, kw_only=True):
    """One fault, and where."""

    fault: Fault
    where: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.fault.value}" + (f": {self.detail}" if self.detail else "")


class Verified(Struct, frozen=True, kw_only=True):
    """The outcome. `signed_seq` is the last entry under a signature that holds."""

    entries: int
    signed_seq: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Nothing was changed, taken out or cut, as far as can be told; unsigned days are no fault of content."""
        return all(finding.fault is Fault.UNSIGNED for finding in self.findings)


_SIGNATURE_PARTS: Final = 3


def parse_signature(text: str) -> tuple[bytes, bytes]:
    """Public key and signature of a signature entry. Raises ValueError."""
    parts = text.split(":")
    if len(parts) != _SIGNATURE_PARTS or parts[0] != "ed25519":
        raise ValueError(f"expected ed25519:key:signature, found {len(parts)} parts")
    return bytes.fromhex(parts[1]), bytes.fromhex(parts[2])


class _Reading:
    """The state of one pass over the lines."""

    def __init__(self, public_key: bytes | None, anchor: Anchor | None, declared: Sequence[Entry]) -> None:
        self.erasures = Erasures(declared)
        self.public_key = public_key
        self.anchor = anchor
        self.findings: list[Finding] = []
        self.entries = 0
        self.seq = 0
        self.chain = NO_CHAIN
        self.signed_seq = 0
        self.day = ""

    def add(self, fault: Fault, where: str, detail: str = "") -> None:
        self.findings.append(Finding(fault=fault, where=where, detail=detail))

    def read(self, line: Line) -> None:
        where = f"{line.segment} line {line.number}"
        if line.entry is None:
            self.add(Fault.UNREADABLE, where)
            return
        entry = line.entry
        self.entries += 1
        if entry.seq != self.seq + 1:
            self.add(Fault.GAP, where, f"expected entry {self.seq + 1}, found {entry.seq}")
        elif not _follows(line, self.chain):
            self.add(Fault.CHANGED, where, f"entry {entry.seq}")
        self._read_erased(entry, where)
        if self.anchor is not None and entry.seq == self.anchor.seq and line.chain != self.anchor.chain:
            self.add(Fault.REWRITTEN, where, f"entry {entry.seq}")
        self._read_signature(line, where)
        self.day = max(self.day, day_of(entry.at_ns))
        # The next line is judged by what this one says, so that one change is one finding.
        self.seq, self.chain = entry.seq, line.chain

    def _read_erased(self, entry: Entry, where: str) -> None:
        """Texts that are gone must be told of by the trail itself."""
        for field in entry.erased if isinstance(entry.erased, dict) else ():
            if not self.erasures.covers(getattr(entry, field, ""), field, entry.seq):
                self.add(Fault.ERASED, where, f"{field} of entry {entry.seq}")

    def _read_signature(self, line: Line, where: str) -> None:
        assert line.entry is not None
        entry = line.entry
        if entry.what != SIGNED:
            if self.day and day_of(entry.at_ns) > self.day and self.signed_seq < self.seq:
                self.add(Fault.UNSIGNED, self.day)
            return
        try:
            public, signature = parse_signature(entry.new)
            Ed25519PublicKey.from_public_bytes(public).verify(signature, signed_text(self.chain, entry.seq))
        except (ValueError, InvalidSignature):
            self.add(Fault.SIGNATURE, where, f"entry {entry.seq}")
            return
        if self.public_key is not None and public != self.public_key:
            self.add(Fault.FOREIGN_KEY, where, f"entry {entry.seq}")
            return
        self.signed_seq = entry.seq


def _declared(lines: Sequence[Line], public_key: bytes | None) -> list[Entry]:
    """Entries that excuse a change of older lines, signed in themselves, by the one key that may where it is known."""
    found, chain = list[Entry](), NO_CHAIN
    for line in lines:
        entry, before, chain = line.entry, chain, line.chain
        if entry is None or entry.what not in DECLARED:
            continue
        try:
            public, signature = parse_signature(entry.old)
            text = declared_text(before, entry.seq, entry.what, entry.new)
            Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
        except (ValueError, InvalidSignature):
            continue
        if public_key in (None, public):
            found.append(entry)
    return found


def _follows(line: Line, chain: str) -> bool:
    assert line.entry is not None
    try:
        return next_chain(chain, covered(line.entry, line.body)) == line.chain
    except ValueError:
        return False


def verify(lines: Iterable[Line], public_key: bytes | None = None, anchor: Anchor | None = None) -> Verified:
    """Read all lines. Without `public_key` any key's signature counts; without `anchor` a cut end is not seen.

    What the trail says itself about days that were removed and names that were taken out counts if it is signed.
    """
    every = list(lines)
    declared = _declared(every, public_key)
    reading = _Reading(public_key, anchor, declared)
    first_seq = next((line.entry.seq for line in every if line.entry is not None), 1)
    start = start_of(first_seq, declared)
    reading.seq, reading.chain = start.seq, start.chain
    for line in every:
        reading.read(line)
    if anchor is not None and reading.seq < anchor.seq:
        reading.add(Fault.CUT_OFF, f"entry {reading.seq}", f"expected at least {anchor.seq} entries")
    return Verified(entries=reading.entries, signed_seq=reading.signed_seq, findings=tuple(reading.findings))
