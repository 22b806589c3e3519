import pytest

from hts.base.errors import CorruptRecord, StorageError
from hts.sim.command_log import CommandLog
from hts.sim.log_records import DayStarted, Logged, RunStarted, Saved, Tick, encode
from tests.support.storage import MemoryStorage
from tests.support.venue import BUY, amend, cancel, enter

NAME = "venue-000001-0000.log"
DAY = DayStarted(epoch=1, trading_date=20261123, seed=7, trade_ns=10)
RECORDS = [
    RunStarted(run=1, trade_ns=10),
    Logged(trade_ns=11, command=enter(1, BUY, 272_000, 5)),
    Tick(trade_ns=12),
    Logged(trade_ns=13, command=amend(2, 1, 272_500, 5)),
    Logged(trade_ns=14, command=cancel(3, 2)),
]


def a_log() -> tuple[MemoryStorage, list[int]]:
    """A day on disk, and the size of its segment after each record."""
    storage = MemoryStorage()
    log = CommandLog(storage)
    log.start_day(DAY)
    sizes = [len(storage.segments[NAME])]
    for record in RECORDS:
        log.append([record])
        sizes.append(len(storage.segments[NAME]))
    return storage, sizes


def test_a_frame_by_hand():
    storage = MemoryStorage()
    CommandLog(storage).start_day(DayStarted(epoch=1, trading_date=20261123, seed=7, trade_ns=10))
    # 'D' epoch date seed trade_ns, and the crc32 of these 27 bytes as gzip computes it.
    body = "4400000001013529030000000000000007000000000000000a0000"
    assert storage.segments[NAME].hex() == "0000001bffffffe4617607e5" + body


def test_what_was_written_is_read_again():
    storage, _ = a_log()
    log = CommandLog(storage)
    assert log.recover() == [DAY, *RECORDS]
    log.append([Tick(trade_ns=99)])
    assert CommandLog(storage).recover() == [DAY, *RECORDS, Tick(trade_ns=99)]


def test_a_batch_is_one_write():
    storage = MemoryStorage()
    log = CommandLog(storage)
    log.start_day(DAY)
    log.append(RECORDS)
    assert len(storage.writes) == 2
    log.append([])
    assert len(storage.writes) == 2


def test_a_tail_torn_at_any_byte_is_cut_and_the_log_goes_on():
    for size in range(a_log()[1][-1] + 1):
        storage, sizes = a_log()
        storage.tear(NAME, size)
        log = CommandLog(storage)
        whole = max(end for end in [0, *sizes] if end <= size)
        count = [0, *sizes].index(whole)
        assert log.recover() == [DAY, *RECORDS][:count]
        assert log.torn_bytes == size - whole
        assert len(storage.segments[NAME]) == whole


def test_zeros_after_a_power_cut_are_a_torn_tail():
    storage, sizes = a_log()
    storage.segments[NAME] += bytes(500)
    log = CommandLog(storage)
    assert log.recover() == [DAY, *RECORDS]
    assert (log.torn_bytes, len(storage.segments[NAME])) == (500, sizes[-1])


def test_a_damaged_byte_anywhere_but_in_the_last_frame_is_refused():
    for offset in range(a_log()[1][-2]):
        storage, _ = a_log()
        storage.flip(NAME, offset)
        with pytest.raises(CorruptRecord, match=r"venue-000001-0000\.log: damaged at byte \d+: found .*--fresh"):
            CommandLog(storage).recover()


def test_a_new_day_leaves_the_old_one_alone():
    storage, sizes = a_log()
    log = CommandLog(storage)
    day = DayStarted(epoch=2, trading_date=20261124, seed=7, trade_ns=20)
    log.start_day(day)
    assert (log.newest_epoch(), CommandLog(storage).recover()) == (2, [day])
    assert len(storage.segments[NAME]) == sizes[-1]
    with pytest.raises(AssertionError):
        log.start_day(DAY)


def test_other_files_in_the_folder_are_not_ours():
    storage, _ = a_log()
    for name in ("venue-x.log", "other-000009-0000.log", "venue-000007-0000.txt", "venue-000008.log"):
        storage.append(name, b"?")
    assert CommandLog(storage).newest_epoch() == 1


def test_an_empty_disk_has_no_day():
    log = CommandLog(MemoryStorage())
    assert (log.recover(), log.newest_epoch()) == ([], 0)


def test_a_log_that_does_not_begin_with_its_day_is_refused():
    storage, sizes = a_log()
    del storage.segments[NAME][: sizes[0]]
    with pytest.raises(CorruptRecord, match="expected DayStarted as the first record, found RunStarted"):
        CommandLog(storage).recover()


def test_a_full_disk_is_told():
    storage = MemoryStorage(room=60)
    log = CommandLog(storage)
    log.start_day(DAY)
    with pytest.raises(StorageError):
        log.append(RECORDS)


def test_only_what_is_synced_survives_a_power_cut():
    storage, _ = a_log()
    log = CommandLog(storage)
    log.recover()
    log.sync()
    log.append([Tick(trade_ns=99)])
    storage.cut_power()
    assert CommandLog(storage).recover() == [DAY, *RECORDS]
    assert len(encode(Tick(trade_ns=1))) == 9


def a_log_with_a_checkpoint() -> tuple[MemoryStorage, CommandLog]:
    storage, _ = a_log()
    log = CommandLog(storage)
    log.recover()
    log.start_part(Saved(data=b"state"))
    return storage, log


def test_a_checkpoint_begins_a_segment_and_is_where_a_restart_begins():
    storage, log = a_log_with_a_checkpoint()
    log.append([Tick(trade_ns=99)])
    assert storage.names() == [NAME, "venue-000001-0001.log"]
    again = CommandLog(storage)
    assert again.recover() == [Saved(data=b"state"), Tick(trade_ns=99)]
    again.start_part(Saved(data=b"later"))
    assert CommandLog(storage).recover() == [Saved(data=b"later")]


def test_a_checkpoint_torn_at_any_byte_leaves_the_segment_before_it():
    second = "venue-000001-0001.log"
    for size in range(len(a_log_with_a_checkpoint()[0].segments[second])):
        storage, _ = a_log_with_a_checkpoint()
        storage.tear(second, size)
        log = CommandLog(storage)
        assert log.recover() == [DAY, *RECORDS]
        assert (log.torn_bytes, len(storage.segments[second])) == (size, 0)
        log.append([Tick(trade_ns=99)])
        log.start_part(Saved(data=b"new"))
        assert CommandLog(storage).recover() == [Saved(data=b"new")]
        assert len(storage.segments) == 2


def test_a_later_segment_must_begin_with_a_checkpoint():
    storage, _ = a_log()
    storage.append("venue-000001-0001.log", bytes(storage.segments[NAME]))
    with pytest.raises(CorruptRecord, match="expected Saved as the first record, found DayStarted"):
        CommandLog(storage).recover()
