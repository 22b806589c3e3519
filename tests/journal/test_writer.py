"""Batches, segments and a disk that says no."""

import pytest

from hts.base.errors import StorageError
from hts.journal.replay import START, read_journal, segment_name
from hts.journal.writer import JournalWriter
from hts.model.records import VenueSessionStarted
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
        JournalWriter(storage, read_journal(storage).position, segment_bytes_max=300).append_many([record])
    contents = read_journal(storage)
    assert list(contents.records) == one_of_each()
    assert contents.position.records == len(one_of_each())


def test_the_writer_knows_where_it_stands():
    storage = MemoryStorage()
    writer = JournalWriter(storage, START, segment_bytes_max=300)
    for record in one_of_each():
        writer.append_many([record])
        assert writer.position == read_journal(storage).position


def test_a_new_trading_day_begins_a_segment():
    storage = MemoryStorage()
    writer = JournalWriter(storage, START)
    for day in (20261123, 20261123, 20261124):
        started = VenueSessionStarted(trade_ns=day, mono_ns=1, venue="KRX", epoch=day, trading_date=day)
        writer.append_many([*some_records(1), started])
    assert writer.segment == segment_name(2)
    assert len(read_journal(storage).records) == 6
    again = JournalWriter(storage, read_journal(storage).position)
    again.append_many(some_records(1))
    assert again.segment == segment_name(2)


def test_a_full_disk_stops_the_journal_for_good():
    storage = MemoryStorage(room=100)
    writer = JournalWriter(storage, START)
    with pytest.raises(StorageError, match="wrote 100 of"):
        writer.append_many(some_records(2))
    storage.room = None
    with pytest.raises(StorageError, match="the journal stopped: .*no space left"):
        writer.append_many(some_records(1))
    assert writer.has_failed
    assert list(read_journal(storage).records) == some_records(0)


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
