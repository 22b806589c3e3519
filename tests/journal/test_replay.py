"""Damage of every kind, at every place, and what recovery does about it."""

import pytest
from msgspec.structs import replace

from hts.base.errors import CorruptRecord
from hts.journal.framing import HEADER_BYTES, NO_CHAIN, encode_frame, encode_header
from hts.journal.replay import START, TornTail, cut_torn_tail, read_journal, segment_name
from hts.journal.writer import JournalWriter
from tests.support.records import some_records
from tests.support.storage import MemoryStorage

FIRST = segment_name(1)
RECORDS = some_records(4)


def written(records=RECORDS, segment_bytes_max=1 << 20) -> MemoryStorage:
    storage = MemoryStorage()
    writer = JournalWriter(storage, START, segment_bytes_max)
    for record in records:
        writer.append_many([record])
    return storage


def ends() -> list[int]:
    """Offsets behind each record of one segment."""
    chain, offset, found = NO_CHAIN, HEADER_BYTES, []
    for record in RECORDS:
        frame, chain = encode_frame(record, chain)
        offset += len(frame)
        found.append(offset)
    return found


def test_names_sort_like_numbers():
    assert [segment_name(n) for n in (1, 2, 10)] == ["00000001.journal", "00000002.journal", "00000010.journal"]


def test_an_empty_directory_begins_at_the_start():
    contents = read_journal(MemoryStorage())
    assert (contents.records, contents.position, contents.torn) == ((), START, None)


def test_everything_written_is_read_in_order():
    contents = read_journal(written())
    assert (list(contents.records), contents.torn) == (RECORDS, None)
    assert (contents.position.number, contents.position.size) == (1, ends()[-1])


def test_a_cut_at_every_byte_keeps_every_whole_record():
    size = ends()[-1]
    for kept in range(size + 1):
        storage = written()
        storage.tear(FIRST, kept)
        contents = read_journal(storage)
        whole = [end for end in ends() if end <= kept]
        boundary = whole[-1] if whole else (HEADER_BYTES if kept >= HEADER_BYTES else 0)
        torn = TornTail(segment=FIRST, offset=boundary, lost_bytes=kept - boundary) if kept > boundary else None
        assert (list(contents.records), contents.torn) == (RECORDS[: len(whole)], torn), kept


def test_a_flipped_byte_anywhere_but_in_the_last_record_refuses():
    last_start = ends()[-2]
    for offset in range(last_start):
        storage = written()
        storage.flip(FIRST, offset)
        with pytest.raises(CorruptRecord, match=f"{FIRST} is damaged at offset"):
            read_journal(storage)


def test_a_flipped_byte_in_the_last_record_is_a_torn_tail():
    for offset in range(ends()[-2], ends()[-1]):
        storage = written()
        storage.flip(FIRST, offset)
        contents = read_journal(storage)
        torn = TornTail(segment=FIRST, offset=ends()[-2], lost_bytes=ends()[-1] - ends()[-2])
        assert (list(contents.records), contents.torn) == (RECORDS[:-1], torn), offset


def test_zero_bytes_behind_the_last_record_are_a_torn_tail():
    storage = written()
    storage.append(FIRST, bytes(4096))
    contents = read_journal(storage)
    assert (list(contents.records), contents.torn) == (
        RECORDS,
        TornTail(segment=FIRST, offset=ends()[-1], lost_bytes=4096),
    )


def test_a_record_taken_out_breaks_the_chain():
    storage = written()
    del storage.segments[FIRST][ends()[0] : ends()[1]]
    with pytest.raises(CorruptRecord, match=f"offset {ends()[0]}: hash chain: expected"):
        read_journal(storage)


def test_two_records_exchanged_break_the_chain():
    storage = written()
    data = bytes(storage.segments[FIRST])
    a, b, c = ends()[0], ends()[1], ends()[2]
    storage.segments[FIRST][:] = data[:a] + data[b:c] + data[a:b] + data[c:]
    with pytest.raises(CorruptRecord, match="hash chain"):
        read_journal(storage)


def test_a_whole_last_record_of_another_journal_breaks_the_chain():
    storage = written()
    storage.append(FIRST, encode_frame(RECORDS[0], b"\x05" * 16)[0])
    with pytest.raises(CorruptRecord, match="hash chain"):
        read_journal(storage)


def test_records_run_on_over_a_change_of_segment():
    storage = written(segment_bytes_max=100)
    assert storage.names() == [segment_name(n) for n in (1, 2, 3, 4)][: len(storage.names())]
    assert len(storage.names()) > 1
    contents = read_journal(storage)
    assert (list(contents.records), contents.torn) == (RECORDS, None)


def test_damage_in_an_older_segment_refuses_wherever_it_is():
    size = len(written(segment_bytes_max=100).segments[FIRST])
    for offset in range(size):
        storage = written(segment_bytes_max=100)
        storage.flip(FIRST, offset)
        with pytest.raises(CorruptRecord):
            read_journal(storage)
    for kept in range(size):
        storage = written(segment_bytes_max=100)
        storage.tear(FIRST, kept)
        with pytest.raises(CorruptRecord):
            read_journal(storage)


def test_bytes_behind_the_last_record_of_an_older_segment_refuse():
    storage = written(segment_bytes_max=100)
    storage.append(FIRST, bytes(10))
    with pytest.raises(CorruptRecord, match="a segment that others follow is not whole"):
        read_journal(storage)


def test_an_empty_last_segment_is_begun_anew():
    storage = written()
    storage.append(segment_name(2), b"")
    contents = read_journal(storage)
    chain = read_journal(written()).position.chain
    assert (list(contents.records), contents.torn) == (RECORDS, None)
    assert contents.position == replace(read_journal(written()).position, number=2, size=0, chain=chain)
    JournalWriter(storage, contents.position).append_many(some_records(1))
    assert list(read_journal(storage).records) == RECORDS + some_records(1)


def test_a_header_without_records_is_whole():
    storage = written()
    chain = read_journal(storage).position.chain
    storage.append(segment_name(2), encode_header(2, chain))
    found = read_journal(storage).position
    assert (found.number, found.size, found.chain, found.records) == (2, HEADER_BYTES, chain, len(RECORDS))


def test_a_missing_segment_refuses():
    storage = written(segment_bytes_max=100)
    del storage.segments[FIRST]
    with pytest.raises(CorruptRecord, match=r"expected segment 00000001\.journal, found 00000002\.journal"):
        read_journal(storage)


def test_a_segment_of_another_journal_refuses():
    storage = written()
    storage.append(segment_name(2), encode_header(2, b"\x09" * 16))
    with pytest.raises(CorruptRecord, match="does not continue the segment before"):
        read_journal(storage)


def test_a_torn_tail_is_kept_aside_and_cut():
    storage = written()
    storage.append(FIRST, b"half a frame")
    torn = read_journal(storage).torn
    assert torn is not None
    cut_torn_tail(storage, torn)
    assert storage.read(f"{FIRST}-{ends()[-1]}.torn") == b"half a frame"
    assert (list(read_journal(storage).records), read_journal(storage).torn) == (RECORDS, None)
