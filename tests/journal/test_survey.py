"""Tampering of every class is seen, told with its place, and what is whole around it can still be read."""

import pytest

from hts.journal.archive import Archive, move_old_segments
from hts.journal.framing import FRAME_BYTES, HEADER_BYTES, decode_frame, encode_frame, encode_header
from hts.journal.replay import START, segment_name
from hts.journal.snapshot import snapshot_names
from hts.journal.survey import Survey
from hts.journal.writer import JournalWriter
from tests.journal.test_opening import RECORDS as ALL_RECORDS
from tests.journal.test_opening import Machine
from tests.support.records import one_of_each
from tests.support.storage import MemoryStorage

RECORDS = one_of_each()


def written(segment_bytes_max=600) -> MemoryStorage:
    storage = MemoryStorage()
    writer = JournalWriter(storage, START, segment_bytes_max)
    for record in RECORDS:
        writer.append_many([record])
    assert len(storage.segments) >= 4
    return storage


def look(storage, older=None):
    survey = Survey(storage, older)
    return survey, list(survey.records())


def frames(data):
    """Offsets of the frames of a segment and its end."""
    found = [HEADER_BYTES]
    while (frame := decode_frame(bytes(data), found[-1])) is not None:
        found.append(frame.end)
    return found


def test_a_whole_journal_is_sound_and_numbered():
    survey, found = look(written())
    assert survey.findings == []
    assert [located.record for located in found] == RECORDS
    assert [located.seq for located in found] == list(range(1, len(RECORDS) + 1))


def test_the_archive_is_part_of_it():
    storage, archive = written(), Archive(MemoryStorage())
    before = look(storage)[0].chain
    move_old_segments(storage, archive, before=3)
    survey, found = look(storage, archive)
    assert (survey.is_sound, survey.chain, len(found)) == (True, before, len(RECORDS))


@pytest.mark.parametrize(
    ("what", "offset"),
    [
        ("magic", 0),
        ("number", 8),
        ("chain of the header", 12),
        ("checksum of the header", 28),
        ("length", HEADER_BYTES),
        ("checksum", HEADER_BYTES + 4),
        ("chain", HEADER_BYTES + 8),
        ("body", HEADER_BYTES + FRAME_BYTES + 3),
    ],
)
def test_a_flip_of_each_class_of_bytes_is_seen_in_its_segment(what, offset):
    for number in (1, 2):
        storage = written()
        storage.flip(segment_name(number), offset)
        survey, found = look(storage)
        assert not survey.is_sound, what
        assert segment_name(number) in {finding.segment for finding in survey.findings}
        assert len(found) >= len(RECORDS) - 1


def test_every_byte_counts():
    for name in written().names()[:-1]:
        for offset in range(len(written().segments[name])):
            storage = written()
            storage.flip(name, offset)
            assert not look(storage)[0].is_sound, (name, offset)


def test_a_segment_that_was_dropped_swapped_or_doubled_is_seen():
    names = written().names()
    dropped = written()
    dropped.remove(names[1])
    assert "segments 2 to 2 are missing" in str(look(dropped)[0].findings[0])
    swapped = written()
    swapped.segments[names[1]], swapped.segments[names[2]] = swapped.segments[names[2]], swapped.segments[names[1]]
    assert not look(swapped)[0].is_sound
    renumbered = written()
    data = bytes(renumbered.segments[names[2]])
    chain = look(written())[0].chain
    renumbered.segments[names[1]] = bytearray(encode_header(2, chain) + data[HEADER_BYTES:])
    assert not look(renumbered)[0].is_sound


def test_a_record_taken_out_moved_or_put_in_is_seen():
    name = segment_name(2)
    whole = bytes(written().segments[name])
    first, second, third = frames(whole)[:3]
    one, two, rest = whole[first:second], whole[second:third], whole[third:]
    forged, _ = encode_frame(RECORDS[0], whole[second - 20 : second - 4])
    for data in (whole[:first] + two + rest, whole[:first] + two + one + rest, whole[:second] + forged + two + rest):
        storage = written()
        storage.segments[name] = bytearray(data)
        survey, _ = look(storage)
        assert any("hash chain" in str(finding) for finding in survey.findings)


def test_a_forger_who_rebuilds_one_segment_breaks_the_next():
    storage = written()
    name = segment_name(2)
    data = bytes(storage.segments[name])
    chain, out = data[12:28], bytearray(data[:HEADER_BYTES])
    for record in RECORDS[:2]:
        frame, chain = encode_frame(record, chain)
        out += frame
    storage.segments[name] = out
    survey, _ = look(storage)
    assert [finding.segment for finding in survey.findings] == [segment_name(3)]
    assert "does not continue" in survey.findings[0].what


def test_a_torn_end_is_told_and_is_no_tampering():
    storage = written()
    name = storage.names()[-1]
    storage.tear(name, len(storage.segments[name]) - 2)
    survey, found = look(storage)
    assert survey.is_sound
    assert [finding.kind for finding in survey.findings] == ["torn"]
    assert len(found) == len(RECORDS) - 1


def test_snapshots_must_stand_on_the_journal():
    machine = Machine()
    machine.fill(len(ALL_RECORDS))  # one, after the last record of all
    assert look(machine.disk, Archive(machine.shelf))[0].findings == []
    name = snapshot_names(machine.disk)[-1]
    machine.disk.flip(name, 40)
    survey, _ = look(machine.disk, Archive(machine.shelf))
    assert [str(finding) for finding in survey.findings] == [f"{name} at offset 0: {name}: not a whole snapshot"]
    machine.disk.flip(name, 40)
    last = [name for name in machine.disk.names() if name.endswith(".journal")][-1]
    machine.disk.tear(last, HEADER_BYTES)
    survey, _ = look(machine.disk, Archive(machine.shelf))
    assert any("the journal does not lead to record" in str(finding) for finding in survey.findings)
    assert not survey.is_sound
