"""Batches, segments and a disk that says no."""

import pytest

from hts.base.errors import StorageError
from hts.journal.replay import START, TornTail, read_journal, segment_name
from hts.journal.writer import JournalWriter, open_journal
from tests.support.records import one_of_each, some_records
from tests.support.storage import MemoryStorage


def test_a_batch_is_one_write():
    storage = MemoryStorage()
    writer = JournalWriter(storage, START)
    writer.append_many(some_records(3))
    writer.append_many(some_records(2))
    assert [name for name, _ in storage.writes] == [segment_name(1)] * 2
    assert list(read_journal(storage).records) == some_records(3) + some_records(2)


def test_an_empty_batch_writes_nothing():
    storage = MemoryStorage()
    JournalWriter(storage, START).append_many([])
    assert storage.writes == []


def test_a_full_segment_is_synced_before_the_next_begins():
    storage = MemoryStorage()
    writer = JournalWriter(storage, START, segment_bytes_max=10)
    writer.append_many(some_records(2))
    writer.append_many(some_records(1))
    assert writer.segment == segment_name(2)
    assert storage.synced == {segment_name(1): len(storage.segments[segment_name(1)])}


def test_a_power_cut_at_any_time_leaves_a_readable_journal():
    storage = MemoryStorage()
    writer = JournalWriter(storage, START, segment_bytes_max=200)
    for record in one_of_each():
        writer.append_many([record])
    storage.cut_power()
    read = list(read_journal(storage).records)
    assert read
    assert read == one_of_each()[: len(read)]


def test_a_reopened_journal_goes_on_behind_the_last_record():
    storage = MemoryStorage()
    for record in one_of_each():
        _, writer, torn = open_journal(storage, segment_bytes_max=300)
        assert torn is None
        writer.append_many([record])
    assert list(open_journal(storage)[0]) == one_of_each()


def test_a_torn_write_is_cut_and_written_over():
    storage = MemoryStorage()
    JournalWriter(storage, START).append_many(some_records(2))
    size = len(storage.segments[segment_name(1)])
    storage.tear(segment_name(1), size - 1)
    records, writer, torn = open_journal(storage)
    assert list(records) == some_records(1)
    assert torn is not None
    assert torn == TornTail(segment=segment_name(1), offset=torn.offset, lost_bytes=size - 1 - torn.offset)
    writer.append_many(some_records(1))
    assert list(read_journal(storage).records) == some_records(1) * 2


def test_a_full_disk_stops_the_journal_for_good():
    storage = MemoryStorage(room=100)
    writer = JournalWriter(storage, START)
    with pytest.raises(StorageError, match="wrote 100 of"):
        writer.append_many(some_records(2))
    storage.room = None
    with pytest.raises(StorageError, match="the journal stopped: .*no space left"):
        writer.append_many(some_records(1))
    assert list(open_journal(storage)[0]) == some_records(0)


def test_a_sync_error_at_the_change_of_segment_stops_the_journal():
    storage = MemoryStorage()
    writer = JournalWriter(storage, START, segment_bytes_max=10)
    writer.append_many(some_records(1))
    storage.sync_error = "input/output error"
    with pytest.raises(StorageError, match="input/output error"):
        writer.append_many(some_records(1))
    storage.sync_error = ""
    with pytest.raises(StorageError, match="the journal stopped"):
        writer.append_many(some_records(1))
