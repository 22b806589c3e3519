"""The audit trail: what is written is found; what is changed, taken out, put in, cut or signed by others shows."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import UNSET
from msgspec.structs import replace

from hts.auth.audit import CUT, DAY_NS, NO_CHAIN, SIGNED, TEXTS, Anchor, Entry, Trail, encode_line, read_lines
from hts.auth.audit_verify import Fault, Finding, verify
from hts.base.errors import CorruptRecord
from tests.support.auth import dice
from tests.support.storage import MemoryStorage

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
MONDAY = 20_514 * DAY_NS  # 2026-03-02
NAME = "2026-03-02.audit"
NEXT = "2026-03-03.audit"


def written(storage=None, signer=KEY):
    """Two entries on Monday, one on Tuesday with Monday's signature before it."""
    storage = storage or MemoryStorage()
    trail = Trail(storage, signer, dice())
    trail.append("kim", "limits.raise", "desk-1", MONDAY + 1, old="10", new="20")
    trail.append("lee", "kill.release", "desk-2", MONDAY + 2)
    trail.append("kim", "secret.set", "desk-1", MONDAY + DAY_NS, new="broker/key")
    return storage, trail


def faults(storage, public_key=PUBLIC, anchor=None):
    return [(finding.fault, finding.where) for finding in verify(read_lines(storage), public_key, anchor).findings]


def test_lines_are_readable_and_each_names_who_what_when_where_old_and_new():
    storage, _ = written(signer=None)
    assert storage.names() == [NAME, NEXT]
    line = storage.read(NAME).splitlines()[0]
    first = json.loads(line)
    chain = first.pop("chain")
    assert first == {
        "seq": 1, "at_ns": MONDAY + 1, "who": "kim", "what": "limits.raise", "where": "desk-1",
        "old": "10", "new": "20", "salt": dice()(16).hex(),
    }  # fmt: skip

    def digest(field):
        salt = hashlib.sha256(dice()(16) + field.encode()).digest()[:16]
        return hashlib.sha256(salt + first[field].encode()).hexdigest()

    texts = ",".join(f'"{digest(field)}"' for field in ("who", "where", "old", "new"))
    said = f'[1,{MONDAY + 1},"limits.raise",{texts}]'
    assert chain == hashlib.sha256(bytes(32) + said.encode()).hexdigest()


def test_a_trail_of_the_older_form_goes_on():
    """Its lines have no salts, and their bytes are under the chain."""
    storage, chain = MemoryStorage(), NO_CHAIN
    for seq in (1, 2):
        line, chain = encode_line(Entry(seq=seq, at_ns=MONDAY, who="kim", what="a", where="x"), chain)
        storage.append(NAME, line)
    Trail(storage, KEY, dice()).append("lee", "b", "y", MONDAY + 5)
    assert faults(storage) == []
    storage.flip(NAME, 30, 1)
    assert faults(storage) != []


def test_a_new_day_begins_with_a_signature_over_the_days_before():
    storage, trail = written()
    entries = [line.entry for line in read_lines(storage)]
    assert [(entry.seq, entry.who, entry.what) for entry in entries] == [
        (1, "kim", "limits.raise"),
        (2, "lee", "kill.release"),
        (3, "hts", SIGNED),
        (4, "kim", "secret.set"),
    ]
    verified = verify(read_lines(storage), PUBLIC, trail.anchor)
    assert (verified.entries, verified.signed_seq, verified.findings) == (4, 3, ())
    assert (trail.sign("desk-1", MONDAY + DAY_NS), trail.sign("desk-1", MONDAY + DAY_NS)) == (True, False)
    assert verify(read_lines(storage), PUBLIC, trail.anchor).signed_seq == 5


def test_another_process_goes_on_where_the_first_one_ended():
    storage, _ = written()
    Trail(storage, KEY, dice()).append("kim", "a", "b", MONDAY + 2 * DAY_NS)
    assert [line.entry.seq for line in read_lines(storage)] == [1, 2, 3, 4, 5, 6]
    assert faults(storage) == []


def test_every_changed_byte_shows():
    storage, trail = written()
    unseen = []
    for name in storage.names():
        for offset in range(len(storage.read(name))):
            storage.flip(name, offset, 0x01)
            if faults(storage, anchor=trail.anchor) == []:
                unseen.append((name, offset))
            storage.flip(name, offset, 0x01)
    assert unseen == []


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        ([1, 2, 3], [(Fault.GAP, f"{NAME} line 1")]),
        ([0, 2, 3], [(Fault.GAP, f"{NAME} line 2"), (Fault.SIGNATURE, f"{NAME} line 2")]),
        ([1, 0, 2, 3], [(Fault.GAP, f"{NAME} line {n}") for n in (1, 2, 3)] + [(Fault.SIGNATURE, f"{NAME} line 3")]),
        ([0, 1, 1, 2, 3], [(Fault.GAP, f"{NAME} line 3")]),
        ([0, 1, 3], [(Fault.GAP, f"{NAME} line 3"), (Fault.UNSIGNED, "2026-03-02")]),
    ],
    ids=["first gone", "one gone", "exchanged", "doubled", "signature gone"],
)
def test_lines_that_are_missing_moved_or_doubled_show(kept, found):
    storage, _ = written()
    lines = [line for name in storage.names() for line in storage.read(name).splitlines(keepends=True)]
    storage = MemoryStorage()
    storage.append(NAME, b"".join(lines[number] for number in kept))
    assert faults(storage) == found


def test_a_missing_day_shows():
    storage, trail = written()
    del storage.segments[NAME]
    assert faults(storage)[0] == (Fault.GAP, f"{NEXT} line 1")
    storage, trail = written()
    del storage.segments[NEXT]
    assert faults(storage) == []  # a sound chain, and yet:
    assert faults(storage, anchor=trail.anchor) == [(Fault.CUT_OFF, "entry 2")]
    assert faults(MemoryStorage(), anchor=trail.anchor) == [(Fault.CUT_OFF, "entry 0")]


def test_a_trail_written_anew_with_another_key_shows():
    _, trail = written()
    forged, _ = written(signer=OTHER_KEY)
    assert faults(forged, anchor=trail.anchor) == [
        (Fault.FOREIGN_KEY, f"{NEXT} line 1"),
        (Fault.REWRITTEN, f"{NEXT} line 2"),
    ]
    assert faults(forged, public_key=None) == []  # so a verifier must have the key


def test_a_false_signature_shows():
    storage = MemoryStorage()
    chain = NO_CHAIN
    for seq, new in enumerate(("ed25519", "ed25519:zz:00", f"ed25519:{PUBLIC.hex()}:{bytes(64).hex()}"), 1):
        line, chain = encode_line(Entry(seq=seq, at_ns=MONDAY, who="hts", what=SIGNED, where="x", new=new), chain)
        storage.append(NAME, line)
    assert faults(storage) == [(Fault.SIGNATURE, f"{NAME} line {n}") for n in (1, 2, 3)]


def test_days_without_a_key_are_told_and_are_no_tampering():
    storage, _ = written(signer=None)
    verified = verify(read_lines(storage))
    assert verified.findings == (Finding(fault=Fault.UNSIGNED, where="2026-03-02"),)
    assert verified.is_sound


def test_an_unfinished_line_is_cut_and_told_of_at_every_length():
    whole, _ = written()
    start = whole.read(NAME).index(b"\n") + 1
    for size in range(start + 1, len(whole.read(NAME))):
        storage, _ = written()
        del storage.segments[NEXT]
        storage.tear(NAME, size)
        Trail(storage, KEY, dice()).append("kim", "a", "b", MONDAY + 3)
        entries = [line.entry for line in read_lines(storage)]
        assert [(entry.seq, entry.what) for entry in entries] == [(1, "limits.raise"), (2, CUT), (3, "a")]
        assert faults(storage) == []


def test_a_clock_set_back_keeps_the_order_of_writing():
    storage, trail = written()
    trail.append("kim", "a", "b", MONDAY)
    assert (storage.names(), faults(storage)) == ([NAME, NEXT], [])


def test_the_anchor_is_read_back_and_nonsense_refused():
    _, trail = written()
    assert Anchor.parse(str(trail.anchor)) == trail.anchor
    for text in ("", "1", "x:" + NO_CHAIN, "1:00"):
        with pytest.raises(CorruptRecord, match="audit anchor"):
            Anchor.parse(text)


def salts_of(entry):
    return {field: entry.salt_of(field) for field in TEXTS}


def shifted(entry, field, count):
    """The entry with the first bytes of a text moved into its salt: the same bytes are digested."""
    salts, text = salts_of(entry), getattr(entry, field)
    salts[field] += text[:count].encode().hex()
    return replace(entry, salt=UNSET, salts=salts, **{field: text[count:]})


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: shifted(entry, "who", 2),  # "m" did it
        lambda entry: shifted(entry, "old", 2),  # nothing was there before
        lambda entry: replace(entry, salts={"who": "something else that is said"}),
        lambda entry: replace(entry, salt=UNSET, salts={**salts_of(entry), "what": "00"}),
        lambda entry: replace(entry, erased={}),
        lambda entry: replace(entry, salt=entry.salt.upper()),
        lambda entry: replace(entry, salt=f" {entry.salt}"),
    ],
)
def test_no_byte_of_a_text_passes_for_one_of_its_salt(change):
    storage = MemoryStorage()
    Trail(storage, KEY, lambda count: b"\xab" * count).append("kim", "limits.raise", "x", MONDAY, old="10", new="20")
    line = next(read_lines(storage))
    storage.remove(NAME)
    storage.append(NAME, encode_line(change(line.entry), line.chain, is_known=True)[0])
    assert faults(storage, anchor=Anchor(seq=1, chain=line.chain)) == [(Fault.CHANGED, f"{NAME} line 1")]
