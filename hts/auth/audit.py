"""The audit trail: who did what, when, from where, and what was before and after.

    segment  = one file per UTC day, `2026-03-02.audit`; one entry per line
    line     = {"seq":1,"at_ns":...,"who":...,"what":...,"where":...,"old":...,"new":...,"salt":...,"chain":"<64 hex>"}

Theory of operation. `chain` is SHA-256 over the chain before and what the line says, so no line can be changed, moved
or taken out of the middle without breaking every line behind it; the numbers tell how many are missing. Of the four
texts in which persons may be named, not the text itself is under the chain but its salted digest: a name can be taken
out later and its digest left, with the chain as good as before (hts.auth.audit_erase). The first entry of a new day is
preceded by a signature (Ed25519) over the chain so far: who rewrites the trail with all its chains must also have the
key. Cutting the newest lines leaves a sound chain, so the last entry's number and chain are kept outside as well, with
the key, as an `Anchor`. Text rather than the journal's frames, because reviewers read it with their own tools; and 32
bytes of SHA-256, because here the adversary chooses the content.

The oldest days can be removed (hts.auth.audit_keep): what the rest goes on from stands in it, signed. Entries hold
names of things, never secrets, and of persons no more than the user's name and the machine's.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import UNSET, Struct, UnsetType

from hts.base.errors import CorruptRecord
from hts.base.storage import Storage

SUFFIX: Final = ".audit"
NO_CHAIN: Final = "0" * 64
DAY_NS: Final = 86_400_000_000_000
TEXTS: Final = ("who", "where", "old", "new")
SALT_BYTES: Final = 16
SALT_DIGITS: Final = 2 * SALT_BYTES
_SALT: Final = re.compile(f"[0-9a-f]{{{SALT_DIGITS}}}")
_EPOCH: Final = date(1970, 1, 1)
SIGNED: Final = "trail.signed"
CUT: Final = "trail.cut"
PRUNED: Final = "trail.pruned"
ERASED: Final = "trail.erased"
DECLARED: Final = (PRUNED, ERASED)
SIGNATURE_CONTEXT: Final = b"hts audit trail 1:"
DECLARED_CONTEXT: Final = b"hts audit declaration 1:"
_CHAIN_KEY: Final = b',"chain":"'
_CHAIN_END: Final = b'"}'
_TAIL_BYTES: Final = len(_CHAIN_KEY) + len(NO_CHAIN) + len(_CHAIN_END)


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing done. `old` and `new` are empty where nothing changed.

    `salt` (or `salts` of single texts, where others were taken out) and the digests in `erased` make the chain. Entries
    without any of them are of an older form; the bytes of those are under the chain.
    """

    seq: int
    at_ns: int
    who: str
    what: str
    where: str
    old: str = ""
    new: str = ""
    salt: str | UnsetType = UNSET
    salts: dict[str, str] | UnsetType = UNSET
    erased: dict[str, str] | UnsetType = UNSET

    def salt_of(self, field: str) -> str:
        """The salt of one text, 32 digits. Raises ValueError where there is none or it is no salt."""
        if isinstance(self.salt, str):
            return hashlib.sha256(bytes.fromhex(_checked_salt(self.salt)) + field.encode()).hexdigest()[:SALT_DIGITS]
        return _checked_salt(self.salts.get(field, "") if isinstance(self.salts, dict) else "")

    def digest_of(self, field: str) -> str:
        """What of a text is under the chain. Raises ValueError."""
        if isinstance(self.erased, dict) and field in self.erased:
            return self.erased[field]
        text: str = getattr(self, field)
        return hashlib.sha256(bytes.fromhex(self.salt_of(field)) + text.encode()).hexdigest()


class Anchor(Struct, frozen=True, kw_only=True):
    """The last entry, as it is remembered outside the trail."""

    seq: int
    chain: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.chain}"

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Raises CorruptRecord."""
        seq, colon, chain = text.partition(":")
        if not colon or not seq.isdigit() or len(chain) != len(NO_CHAIN):
            raise CorruptRecord(f"audit anchor: expected number:chain, found {len(text)} characters of something else")
        return cls(seq=int(seq), chain=chain)


START: Final = Anchor(seq=0, chain=NO_CHAIN)

_entry_encoder: Final = msgspec.json.Encoder()
_entry_decoder: Final = msgspec.json.Decoder(Entry)


class Line(Struct, frozen=True, kw_only=True):
    """A line as it was found; `entry` is None when it is no entry."""

    segment: str
    number: int  # within its segment, from 1
    entry: Entry | None
    body: bytes
    chain: str


def next_chain(chain: str, body: bytes) -> str:
    """The chain after `body`."""
    return hashlib.sha256(bytes.fromhex(chain) + body).hexdigest()


def covered(entry: Entry, body: bytes) -> bytes:
    """What of a line is under the chain. Raises ValueError for a line that no program of ours wrote."""
    if entry.salt is UNSET and entry.salts is UNSET and entry.erased is UNSET:
        return body
    if _entry_encoder.encode(entry)[:-1] != body:
        raise ValueError("another spelling of the same entry")
    parts = [one for one in (entry.salts, entry.erased) if isinstance(one, dict)]
    told = sorted(field for one in parts for field in one)
    if isinstance(entry.salt, str) == bool(parts) or told not in ([], sorted(TEXTS)):
        raise ValueError("one salt of all texts expected, or a salt or a digest of each")
    digests = [entry.digest_of(field) for field in TEXTS]
    return _entry_encoder.encode([entry.seq, entry.at_ns, entry.what, *digests])


def _checked_salt(text: str) -> str:
    """The salt itself: one of another length would let the beginning of a text pass for its end. Raises ValueError."""
    if _SALT.fullmatch(text) is None:
        raise ValueError(f"expected a salt of {SALT_DIGITS} digits, found {len(text)}")
    return text


def encode_line(entry: Entry, chain: str, *, is_known: bool = False) -> tuple[bytes, str]:
    """The line and the chain after it. `is_known`: `chain` is that already."""
    body = _entry_encoder.encode(entry)[:-1]
    if not is_known:
        chain = next_chain(chain, covered(entry, body))
    return body + _CHAIN_KEY + chain.encode() + _CHAIN_END + b"\n", chain


def signed_text(chain: str, seq: int) -> bytes:
    """What a signature entry signs: the chain before it and its own number."""
    return SIGNATURE_CONTEXT + f"{seq}:{chain}".encode()


def declared_text(chain: str, seq: int, what: str, text: str) -> bytes:
    """What a declaration signs: itself, and its place."""
    return DECLARED_CONTEXT + f"{seq}:{chain}:{what}:{text}".encode()


def signature_text(public: bytes, signature: bytes) -> str:
    """As entries hold it."""
    return f"ed25519:{public.hex()}:{signature.hex()}"


def segment_name(at_ns: int) -> str:
    """The file of this moment's UTC day; names sort like days."""
    return day_of(at_ns) + SUFFIX


def day_of(at_ns: int) -> str:
    """The UTC day, like 2026-03-02."""
    return (_EPOCH + timedelta(days=at_ns // DAY_NS)).isoformat()


def read_lines(storage: Storage) -> Iterator[Line]:
    """Every line as it is, sound or not."""
    for name in trail_segments(storage):
        for number, text in enumerate(storage.read(name).splitlines(), 1):
            yield read_line(name, number, text)


def trail_segments(storage: Storage) -> list[str]:
    """The trail's files in order."""
    return [name for name in storage.names() if name.endswith(SUFFIX)]


def read_line(segment: str, number: int, text: bytes) -> Line:
    """One line as it is, without its end."""
    body, tail = text[:-_TAIL_BYTES], text[-_TAIL_BYTES:]
    chain = tail[len(_CHAIN_KEY) : -len(_CHAIN_END)].decode("ascii", "replace")
    if not tail.startswith(_CHAIN_KEY) or not tail.endswith(_CHAIN_END) or not _is_chain(chain):
        return Line(segment=segment, number=number, entry=None, body=body, chain=NO_CHAIN)
    try:
        entry = _entry_decoder.decode(body + b"}")
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Line(segment=segment, number=number, entry=None, body=body, chain=chain)
    return Line(segment=segment, number=number, entry=entry, body=body, chain=chain)


def _is_chain(text: str) -> bool:
    return len(text) == len(NO_CHAIN) and all(c in "0123456789abcdef" for c in text)


class Trail:
    """The only writer. `signer` may be None where the key cannot be had; then days stay unsigned and verify tells."""

    def __init__(self, storage: Storage, signer: Ed25519PrivateKey | None, random: Callable[[int], bytes]) -> None:
        self._storage = storage
        self._random = random
        self._signer = signer
        self._anchor = START
        self._segment = ""
        self._signed_seq = 0
        self._day = ""
        self._torn = ""
        self._resume()

    @property
    def anchor(self) -> Anchor:
        """The last entry; keep it outside after each append."""
        return self._anchor

    def append(self, who: str, what: str, where: str, at_ns: int, *, old: str = "", new: str = "") -> Entry:
        """Write one entry and sync it. Raises StorageError when the disk refuses."""
        self._turn(where, at_ns)
        return self._write(who, what, where, at_ns, old=old, new=new)

    def declare(self, who: str, what: str, where: str, at_ns: int, text: str) -> bool:
        """Write what excuses a change of older lines (PRUNED, ERASED), signed in itself; False without a key."""
        if self._signer is None:
            return False
        self._turn(where, at_ns)
        signature = self._signer.sign(declared_text(self._anchor.chain, self._anchor.seq + 1, what, text))
        public = self._signer.public_key().public_bytes_raw()
        self._write(who, what, where, at_ns, old=signature_text(public, signature), new=text)
        return True

    def sign(self, where: str, at_ns: int) -> bool:
        """Sign the trail as it stands; False without a key, or when nothing came since the last signature."""
        if self._signer is None or self._signed_seq == self._anchor.seq:
            return False
        signature = self._signer.sign(signed_text(self._anchor.chain, self._anchor.seq + 1))
        public = self._signer.public_key().public_bytes_raw()
        self._write("hts", SIGNED, where, at_ns, new=signature_text(public, signature))
        self._signed_seq = self._anchor.seq
        return True

    def _turn(self, where: str, at_ns: int) -> None:
        """What comes before the next entry: a word on an unfinished line, a signature over the days before."""
        if self._torn:
            torn, self._torn = self._torn, ""
            self._write("hts", CUT, where, at_ns, new=torn)
        if self._day and day_of(at_ns) > self._day and self._signed_seq < self._anchor.seq:
            self.sign(where, at_ns)

    def _write(self, who: str, what: str, where: str, at_ns: int, *, old: str = "", new: str = "") -> Entry:
        seq, salt = self._anchor.seq + 1, self._random(SALT_BYTES).hex()
        entry = Entry(seq=seq, at_ns=at_ns, who=who, what=what, where=where, old=old, new=new, salt=salt)
        line, chain = encode_line(entry, self._anchor.chain)
        # A clock that was set back must not open an older file: its order would no longer be the order of writing.
        self._segment = max(self._segment, segment_name(at_ns))
        self._storage.append(self._segment, line)
        self._storage.sync(self._segment)
        self._anchor = Anchor(seq=entry.seq, chain=chain)
        self._day = max(self._day, day_of(at_ns))
        return entry

    def _resume(self) -> None:
        """Go on behind the last whole line. An unfinished line is cut, and the next entry is preceded by a word on it.

        A damaged line stays what it is: verify finds it, and the chain goes on from what it says.
        """
        names = trail_segments(self._storage)
        if not names:
            return
        self._segment = names[-1]
        data = self._storage.read(self._segment)
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            self._torn = f"{len(data) - whole} bytes of an unfinished line in {self._segment}"
            self._storage.truncate(self._segment, whole)
        for line in read_lines(self._storage):
            if line.entry is None:
                continue
            self._anchor = Anchor(seq=line.entry.seq, chain=line.chain)
            self._day = max(self._day, day_of(line.entry.at_ns))
            if line.entry.what == SIGNED:
                self._signed_seq = line.entry.seq
