"""Old days removed and names taken out: the rest is still proved whole, and nobody else can do either unseen."""

import json
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hts.auth.audit import DAY_NS, ERASED, PRUNED, Trail, read_lines
from hts.auth.audit_erase import Erasures, erased_segment, erasure_text, places_of
from hts.auth.audit_keep import (
    Minimum,
    first_kept_day,
    last_of,
    longest,
    old_segments,
    read_minima,
    removal_text,
)
from hts.auth.audit_verify import Fault, verify
from hts.base.errors import ConfigError
from tests.support.auth import dice
from tests.support.storage import MemoryStorage

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
MONDAY = 20_514 * DAY_NS  # 2026-03-02
DAYS = [f"2026-03-0{day}.audit" for day in range(2, 7)]


def a_trail(days=5, signer=KEY):
    """Two entries a day, by kim and by lee, who approves what kim did."""
    storage = MemoryStorage()
    trail = Trail(storage, signer, dice())
    for day in range(days):
        trail.append("kim", "limits.raise", "desk-1 terminal:kims@192.0.2.7", MONDAY + day * DAY_NS, old="1", new="2")
        trail.append("lee", "approve", "desk-2", MONDAY + day * DAY_NS, new=f"kim+lee: raise {day}")
    return storage, trail


def faults(storage, anchor=None, public_key=PUBLIC, before=()):
    lines = [line for one in (*before, storage) for line in read_lines(one)]
    return [finding.fault for finding in verify(lines, public_key, anchor).findings]


def prune(storage, trail, first_kept="2026-03-04"):
    """As the command does: what was removed, as it would lie in an archive."""
    names = old_segments(storage.names(), first_kept)
    archive = MemoryStorage()
    for name in names:
        archive.append(name, storage.read(name))
    before = last_of(read_lines(archive))
    assert trail.declare("ann", PRUNED, "desk-1", MONDAY + 5 * DAY_NS, removal_text(before, names, "archived"))
    for name in names:
        storage.remove(name)
    return archive


def erase(storage, trail, name="kim", pseudonym="person-01020304", names=DAYS[:4]):
    places = places_of((line for line in read_lines(storage) if line.segment in names), name)
    assert trail.declare("ann", ERASED, "desk-1", MONDAY + 5 * DAY_NS, erasure_text(pseudonym, places))
    for one in names:
        data = storage.read(one)
        storage.remove(one)
        storage.append(one, erased_segment(one, data, pseudonym, places))
    return places


# -- removing


def test_the_rest_of_a_pruned_trail_is_whole_and_so_is_archive_and_rest_together():
    storage, trail = a_trail()
    archive = prune(storage, trail)
    assert (archive.names(), storage.names()[0]) == (DAYS[:2], DAYS[2])
    assert faults(storage, trail.anchor) == []
    assert faults(storage, trail.anchor, before=[archive]) == []
    archive.flip(DAYS[0], 40)
    assert faults(storage, trail.anchor, before=[archive]) != []
    # And once more, later.
    more = prune(storage, trail, "2026-03-06")
    assert (more.names(), faults(storage, trail.anchor), faults(storage, before=[more])) == (DAYS[2:4], [], [])


def test_days_that_somebody_else_removed_are_a_gap():
    storage, trail = a_trail()
    prune(storage, trail)
    storage.remove(DAYS[2])
    assert faults(storage, trail.anchor)[0] is Fault.GAP
    storage, trail = a_trail()
    storage.remove(DAYS[0])
    assert faults(storage, trail.anchor)[0] is Fault.GAP


def test_who_has_no_key_cannot_declare_a_removal():
    storage, _ = a_trail()
    forger = Trail(storage, OTHER_KEY, dice(b"f"))
    prune(storage, forger)
    assert faults(storage)[0] is Fault.GAP
    storage, _ = a_trail()
    before = last_of(line for line in read_lines(storage) if line.segment in DAYS[:2])
    Trail(storage, None, dice(b"f")).append("ann", PRUNED, "x", MONDAY + 5 * DAY_NS, new=f"{before} a..b archived")
    for name in DAYS[:2]:
        storage.remove(name)
    assert faults(storage)[0] is Fault.GAP
    assert Trail(storage, None, dice()).declare("ann", PRUNED, "x", MONDAY, "") is False


def test_a_declaration_counts_at_its_own_place_alone():
    """One that somebody copies to the end of another trail says nothing there."""
    storage, trail = a_trail()
    prune(storage, trail)
    told = next(line.entry for line in read_lines(storage) if line.entry.what == PRUNED)
    other, _ = a_trail()
    Trail(other, None, dice(b"o")).append("ann", PRUNED, "x", MONDAY + 9 * DAY_NS, old=told.old, new=told.new)
    for name in DAYS[:2]:
        other.remove(name)
    assert faults(other)[0] is Fault.GAP


# -- names


def test_a_name_is_taken_out_and_every_hash_and_signature_holds():
    storage, trail = a_trail()
    before = [line.chain for line in read_lines(storage)]
    places = erase(storage, trail)
    assert sorted(places) == sorted([("who", seq) for seq in (1, 4, 7, 10)] + [("new", seq) for seq in (2, 5, 8, 11)])
    assert [line.chain for line in read_lines(storage)][: len(before)] == before
    assert faults(storage, trail.anchor) == []
    old = b"".join(storage.read(name) for name in DAYS[:4])
    assert b'"kim"' not in old and b"kim+lee" not in old
    first = json.loads(storage.read(DAYS[0]).splitlines()[0])
    assert (first["who"], sorted(first["salts"]), list(first["erased"])) == (
        "person-01020304", ["new", "old", "where"], ["who"],
    )  # fmt: skip
    # No salt is left with which somebody could try names.
    assert "salt" not in first
    assert next(line.entry.old for line in read_lines(storage)) == "1"  # what was done still stands
    # The other person, over the same entries.
    erase(storage, trail, "lee", "person-0a0b0c0d")
    assert faults(storage, trail.anchor) == []
    assert b'"lee"' not in b"".join(storage.read(name) for name in DAYS[:4])


def test_a_name_within_another_name_stays():
    storage, _ = a_trail()
    # "kims" is a terminal's name, and not kim's.
    assert all(field != "where" for field, _ in places_of(read_lines(storage), "kim"))
    assert places_of(read_lines(storage), "ki") == []
    storage = MemoryStorage()
    trail = Trail(storage, KEY, dice())
    trail.append("kim.lee", "login", "desk-1", MONDAY, old="said by lee.kim", new="asked by kim.")
    assert places_of(read_lines(storage), "kim") == [("new", 1)]  # the end of a sentence; the others are other users


def test_a_text_that_is_gone_without_a_declaration_shows_and_so_does_a_changed_one():
    storage, trail = a_trail()
    places = places_of(read_lines(storage), "kim")
    for name in DAYS[:4]:
        data = storage.read(name)
        storage.remove(name)
        storage.append(name, erased_segment(name, data, "person-01020304", places))
    assert set(faults(storage, trail.anchor)) == {Fault.ERASED}
    storage, trail = a_trail()
    erase(storage, trail)
    for old, new in ((b"person-01020304", b"person-01020305"), (b'"old":"1"', b'"old":"9"')):
        changed = storage.segments[DAYS[0]]
        at = changed.index(old)
        changed[at : at + len(old)] = new
        assert faults(storage, trail.anchor) != []
        changed[at : at + len(old)] = old
    assert faults(storage, trail.anchor) == []


def test_who_has_no_key_cannot_declare_an_erasure():
    storage, _ = a_trail()
    erase(storage, Trail(storage, OTHER_KEY, dice(b"f")))
    assert set(faults(storage)) == {Fault.ERASED, Fault.FOREIGN_KEY}  # and its signature of the day before


def test_every_changed_byte_of_an_erased_trail_shows():
    storage, trail = a_trail(2)
    erase(storage, trail, names=DAYS[:1])
    unseen = []
    for offset in range(len(storage.read(DAYS[0]))):
        storage.flip(DAYS[0], offset, 0x01)
        unseen += [offset] * (faults(storage, trail.anchor) == [])
        storage.flip(DAYS[0], offset, 0x01)
    assert unseen == []


def test_places_are_written_as_ranges_and_read_back():
    places = [("who", seq) for seq in (1, 2, 3, 7)] + [("new", 9), ("who", 12), ("who", 13)]
    text = erasure_text("person-1", places)
    assert text == "person-1 who:1-3,7,12-13;new:9"
    storage, trail = a_trail(1)
    trail.declare("ann", ERASED, "x", MONDAY, text)
    told = Erasures([line.entry for line in read_lines(storage)])
    assert [seq for seq in range(15) if told.covers("person-1", "who", seq)] == [1, 2, 3, 7, 12, 13]
    assert not told.covers("person-2", "who", 1)


# -- how long


def test_the_longest_of_the_minima_holds():
    rows = [
        {"jurisdiction": "KR", "what": "orders", "years": 10, "src": "a law", "conf": "own"},
        {"jurisdiction": "US", "what": "orders", "years": 6, "src": "a rule", "conf": "own"},
    ]
    minima = read_minima({"minimum": rows})
    assert longest(minima, frozenset({"US"})).years == 6
    assert longest(minima, frozenset({"KR", "US"})) == Minimum(**rows[0])
    assert longest(minima, frozenset({"JP"})) is None
    with pytest.raises(ConfigError, match="expected rows of minimum"):
        read_minima({"minimum": [{"years": Decimal(1)}]})


def test_days_count_in_whole_years_and_the_newest_file_stays():
    leap = 19_782 * DAY_NS  # 2024-02-29
    assert (first_kept_day(MONDAY, 10), first_kept_day(leap, 1)) == ("2016-03-02", "2023-02-28")
    assert old_segments(DAYS, "2026-03-04") == DAYS[:2]
    assert old_segments(DAYS, "2027-01-01") == DAYS[:4]
    assert old_segments([], "2027-01-01") == []
