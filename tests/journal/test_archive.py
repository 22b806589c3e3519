"""Old segments leave the journal whole, whatever happens on the way."""

from contextlib import suppress

import pytest

from hts.base.errors import CorruptRecord, StorageError
from hts.journal.archive import Archive, move_old_segments
from hts.journal.replay import START, read_journal, segment_names
from hts.journal.writer import JournalWriter
from hts.model.records import VenueSessionStarted
from tests.support.records import some_records
from tests.support.storage import MemoryStorage

DAYS = (20261123, 20261124, 20261125)


def three_days() -> MemoryStorage:
    storage = MemoryStorage()
    writer = JournalWriter(storage, START)
    for day in DAYS:
        started = VenueSessionStarted(trade_ns=day, mono_ns=1, venue="KRX", epoch=day, trading_date=day)
        writer.append_many([started, *some_records(2)])
    return storage


def test_segments_move_by_day_and_are_read_from_there():
    storage, archive = three_days(), Archive(MemoryStorage())
    before = read_journal(storage)
    assert move_old_segments(storage, archive, before=3) == [
        "20261123-00000001.journal.gz",
        "20261124-00000002.journal.gz",
    ]
    assert segment_names(storage) == ["00000003.journal"]
    assert read_journal(storage, older=archive) == before
    with pytest.raises(CorruptRecord, match=r"expected segment 00000001\.journal, found 00000003\.journal"):
        read_journal(storage)


def test_a_power_cut_during_the_move_loses_nothing():
    whole = read_journal(three_days()).records
    for kept in range(400):
        storage, shelf = three_days(), MemoryStorage(room=kept)
        for name in storage.names():
            storage.sync(name)
        with suppress(StorageError):
            move_old_segments(storage, Archive(shelf), before=3)
        shelf.cut_power()
        storage.cut_power()
        shelf.room = None
        archive = Archive(shelf)
        assert read_journal(storage, older=archive).records == whole, kept
        move_old_segments(storage, archive, before=3)
        assert read_journal(storage, older=archive).records == whole, kept


def test_a_damaged_file_refuses():
    storage, shelf = three_days(), MemoryStorage()
    archive = Archive(shelf)
    name, _ = move_old_segments(storage, archive, before=3)
    refused = 0
    for offset in range(10, len(shelf.segments[name])):
        shelf.flip(name, offset)
        with pytest.raises(CorruptRecord):
            read_journal(storage, older=archive)
        refused += 1
        shelf.flip(name, offset)
    assert refused > 100
    assert len(read_journal(storage, older=archive).records) == 9


def test_a_missing_file_refuses():
    storage, shelf = three_days(), MemoryStorage()
    archive = Archive(shelf)
    for name in move_old_segments(storage, archive, before=3):
        data = shelf.read(name)
        shelf.remove(name)
        with pytest.raises(CorruptRecord, match="expected segment"):
            read_journal(storage, older=archive)
        shelf.append(name, data)


def test_days_are_pruned_whole():
    storage, archive = three_days(), Archive(MemoryStorage())
    move_old_segments(storage, archive, before=3)
    assert archive.prune(20261123) == []
    assert archive.prune(20261124) == ["20261123-00000001.journal.gz"]
    assert archive.names() == ["20261124-00000002.journal.gz"]
