import json

import pytest

from hts.desk.trade_journal_notes import NOTE_MAX, Note, Notes, picture_name, tags_of

KEY = ("8801", "035420", "", 7)


class Disk:
    def __init__(self, text="", takes=True):
        self.text, self.takes, self.aside = text, takes, []

    def save(self, text):
        self.text = text if self.takes else self.text
        return self.takes

    def notes(self):
        return Notes(self.text, self.save, self.aside.append)


def test_notes_and_tags_survive():
    disk = Disk()
    note = Note(text='늦은 진입 "<b>" 😀 \u202e', tags=("눌림목", "gap"), picture=picture_name(KEY))
    assert disk.notes().put(KEY, note)
    again = disk.notes()
    assert (again.of(KEY), again.tags, disk.aside) == (note, {KEY: ("눌림목", "gap")}, [])
    again.put(KEY, Note())
    assert disk.notes().of(KEY) == Note()
    assert json.loads(disk.text)["notes"] == []


def test_a_long_note_is_cut_and_a_full_disk_is_told():
    disk = Disk(takes=False)
    notes = disk.notes()
    assert not notes.put(KEY, Note(text="x" * 20_000))
    assert len(notes.of(KEY).text) == NOTE_MAX


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "7", '{"notes": 3}', '{"notes": [[1]]}', '{"notes": [[["a", "b", "c", "d"], "t", [], ""]]}',
        '{"notes": [[["a", "b", "c", 1], "t", [5], ""]]}', '{"notes": [[["a", "b", "c", 1], "t", [], "../x.png"]]}',
        '{"notes": [[["a", "b", "c", 1], "t", [], "x.exe"]]}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_set_aside(text):
    disk = Disk(text)
    assert disk.notes().tags == {}
    assert len(disk.aside) == 1


def test_tags_as_they_are_typed():
    assert tags_of(" gap , 눌림목，gap、 two  words ,") == ("gap", "눌림목", "two words")
    assert len(tags_of(",".join(f"t{i}" for i in range(50)))) == 12
    assert len(tags_of("x" * 100)[0]) == 24
