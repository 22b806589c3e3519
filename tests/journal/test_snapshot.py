"""A snapshot is whole or it is nothing."""

import pytest

from hts.base.errors import CorruptRecord, StorageError
from hts.journal.replay import START
from hts.journal.snapshot import (
    Notes,
    Snapshot,
    decode_snapshot,
    encode_snapshot,
    newest_snapshot,
    remove_old_snapshots,
    snapshot_name,
    snapshot_names,
    write_snapshot,
)
from hts.journal.writer import JournalWriter
from tests.support.records import some_records
from tests.support.storage import MemoryStorage


def a_snapshot(size=100, number=1) -> Snapshot:
    notes = Notes(
        number=number,
        size=size,
        chain=bytes(range(16)),
        records=5,
        trade_ns=7,
        trading_date=20261123,
        build="b",
        config_hash="c",
        state_hash="s",
    )
    return Snapshot(notes=notes, image=b"the state" * 20)


def a_storage() -> MemoryStorage:
    storage = MemoryStorage()
    JournalWriter(storage, START).append_many(some_records(2))
    return storage


def test_what_is_written_is_read():
    found = decode_snapshot("x", encode_snapshot(a_snapshot()))
    assert found == a_snapshot()
    assert snapshot_name(found.notes.position) == "00000001-000000000100.snapshot"


def test_a_flip_of_any_byte_and_a_cut_at_any_byte_are_seen():
    data = encode_snapshot(a_snapshot())
    for offset in range(len(data)):
        damaged = bytearray(data)
        damaged[offset] ^= 0x41
        with pytest.raises(CorruptRecord, match="not a whole snapshot"):
            decode_snapshot("x", bytes(damaged))
        with pytest.raises(CorruptRecord, match="not a whole snapshot"):
            decode_snapshot("x", data[:offset])


def test_the_journal_is_on_disk_before_the_snapshot_of_it():
    storage = a_storage()
    write_snapshot(storage, a_snapshot())
    assert list(storage.synced) == ["00000001.journal", "00000001-000000000100.snapshot"]
    storage.cut_power()
    assert newest_snapshot(storage, lambda _: "") == a_snapshot()


def test_a_disk_that_refuses_leaves_the_older_one():
    storage = a_storage()
    write_snapshot(storage, a_snapshot(100))
    storage.room = 60
    with pytest.raises(StorageError):
        write_snapshot(storage, a_snapshot(200))
    said = []
    assert newest_snapshot(storage, lambda _: "", said.append) == a_snapshot(100)
    assert said == ["00000001-000000000200.snapshot: not a whole snapshot"]
    storage.room = None
    write_snapshot(storage, a_snapshot(200))
    assert newest_snapshot(storage, lambda _: "") == a_snapshot(200)


def test_an_objection_leads_to_the_one_before():
    storage = a_storage()
    for size in (100, 200, 300):
        write_snapshot(storage, a_snapshot(size))
    found = newest_snapshot(storage, lambda notes: "too new" if notes.size > 100 else "")
    assert found == a_snapshot(100)


def test_two_are_kept():
    storage = a_storage()
    for size in (100, 200, 300):
        write_snapshot(storage, a_snapshot(size))
    assert remove_old_snapshots(storage) == ["00000001-000000000100.snapshot"]
    assert snapshot_names(storage) == ["00000001-000000000200.snapshot", "00000001-000000000300.snapshot"]
