"""From a snapshot or from the first record: the state is the same, or the start says why it refuses."""

import pytest
from msgspec.structs import replace

from hts.base.errors import CorruptRecord
from hts.journal.archive import Archive
from hts.journal.opening import Stamp, compact, open_state, take_snapshot
from hts.journal.replay import HEADER_BYTES, read_journal, segment_name
from hts.journal.snapshot import decode_snapshot, encode_snapshot, snapshot_names
from tests.support.notebook import Notebook
from tests.support.records import one_of_each
from tests.support.storage import MemoryStorage

STAMP = Stamp(build="b1", config_hash="c1")
RECORDS = one_of_each()[:18] * 3
SEGMENT_BYTES = 600


class Machine:
    """A disk and its archive."""

    def __init__(self) -> None:
        self.disk, self.shelf = MemoryStorage(), MemoryStorage()
        self.said: list[str] = []

    def open(self, stamp=STAMP):
        notebook = Notebook()
        opened = open_state(
            notebook,
            self.disk,
            archive=Archive(self.shelf),
            stamp=stamp,
            segment_bytes_max=SEGMENT_BYTES,
            say=self.said.append,
        )
        return notebook, opened

    def fill(self, snapshot_every=7, is_compact=True) -> None:
        notebook, opened = self.open()
        for count, record in enumerate(RECORDS, 1):
            opened.writer.append_many([record])
            notebook.recover([record])
            if count % snapshot_every == 0:
                take_snapshot(notebook, opened.writer, self.disk, STAMP)
                if is_compact:
                    compact(self.disk, Archive(self.shelf))


def test_every_start_finds_the_same_state_however_it_is_made():
    for every in (1, 2, 3, 5, 11, len(RECORDS)):
        machine = Machine()
        machine.fill(every)
        notebook, opened = machine.open()
        assert notebook.records == RECORDS
        assert opened.snapshot is not None
        assert opened.replayed == len(RECORDS) % every
        whole = read_journal(machine.disk, older=Archive(machine.shelf))
        assert list(whole.records) == RECORDS
        assert opened.writer.position == whole.position


def test_segments_before_the_kept_snapshots_are_in_the_archive():
    machine = Machine()
    machine.fill(5)
    first_kept = int(snapshot_names(machine.disk)[0][:8])
    live = [name for name in machine.disk.names() if name.endswith(".journal")]
    assert live[0] == segment_name(first_kept)
    assert len(Archive(machine.shelf).names()) == first_kept - 1 > 2


def test_a_torn_snapshot_leads_to_the_one_before():
    machine = Machine()
    machine.fill(7)
    newest = snapshot_names(machine.disk)[-1]
    machine.disk.tear(newest, 50)
    notebook, opened = machine.open()
    assert notebook.records == RECORDS
    assert opened.snapshot.records == len(RECORDS) // 7 * 7 - 7
    assert machine.said == [f"{newest}: not a whole snapshot"]


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        (Stamp(build="b2", config_hash="c1"), "it was written by build b1"),
        (Stamp(build="b1", config_hash="c2"), "it was written under other settings"),
    ],
)
def test_another_build_or_other_settings_replay_the_whole_journal(stamp, said):
    machine = Machine()
    machine.fill(7)
    notebook, opened = machine.open(stamp)
    assert (notebook.records, opened.snapshot, opened.replayed) == (RECORDS, None, len(RECORDS))
    assert len(machine.said) == 2
    assert all(said in line for line in machine.said)


def test_a_snapshot_whose_state_is_not_the_noted_one_is_passed_over():
    machine = Machine()
    machine.fill(7)
    for name in snapshot_names(machine.disk):
        found = decode_snapshot(name, machine.disk.read(name))
        lying = replace(found, notes=replace(found.notes, state_hash=f"other {name}"))
        machine.disk.segments[name] = bytearray(encode_snapshot(lying))
    notebook, opened = machine.open()
    assert (notebook.records, opened.snapshot) == (RECORDS, None)
    assert "the state in it is another than the one noted" in machine.said[0]


def test_a_snapshot_of_another_journal_is_passed_over():
    one, other = Machine(), Machine()
    one.fill(7, is_compact=False)
    notebook, opened = other.open()
    for record in reversed(RECORDS):
        opened.writer.append_many([record])
    for name in snapshot_names(one.disk):
        other.disk.append(name, one.disk.read(name))
    notebook, opened = other.open()
    assert (notebook.records, opened.snapshot) == (RECORDS[::-1], None)
    assert "it is of another journal" in other.said[0]


def test_without_its_first_segments_a_snapshot_of_another_build_is_believed_but_no_other_settings():
    machine = Machine()
    machine.fill(7)
    machine.shelf = MemoryStorage()
    notebook, opened = machine.open(Stamp(build="b2", config_hash="c1"))
    assert notebook.records == RECORDS
    assert opened.snapshot is not None
    with pytest.raises(CorruptRecord, match="expected segment 00000001"):
        machine.open(Stamp(build="b1", config_hash="c2"))


def test_a_power_cut_at_any_time_keeps_a_beginning_of_the_records():
    for count in range(1, len(RECORDS)):
        machine = Machine()
        notebook, opened = machine.open()
        for done, record in enumerate(RECORDS[:count], 1):
            opened.writer.append_many([record])
            notebook.recover([record])
            if done % 4 == 0:
                take_snapshot(notebook, opened.writer, machine.disk, STAMP)
                compact(machine.disk, Archive(machine.shelf))
        machine.disk.cut_power()
        machine.shelf.cut_power()
        found, again = machine.open()
        assert found.records == RECORDS[: len(found.records)]
        assert len(found.records) >= count // 4 * 4
        again.writer.append_many(RECORDS[:1])
        assert machine.open()[0].records == [*found.records, RECORDS[0]]


def test_damage_before_a_snapshot_in_its_segment_is_seen():
    machine = Machine()
    machine.fill(len(RECORDS))
    number = int(snapshot_names(machine.disk)[0][:8])
    machine.disk.flip(segment_name(number), HEADER_BYTES + 30)
    with pytest.raises(CorruptRecord, match="yet 0.*snapshot was taken behind it, at record 54"):
        machine.open()


def test_an_end_that_was_cut_off_is_seen():
    machine = Machine()
    machine.fill(len(RECORDS))
    name = [name for name in machine.disk.names() if name.endswith(".journal")][-1]
    whole = bytes(machine.disk.segments[name])
    for size in range(len(whole)):
        machine.disk.segments[name] = bytearray(whole[:size])
        with pytest.raises(CorruptRecord, match="was taken behind it"):
            machine.open()
