"""A note on a trip while it is typed: nothing of it is lost, whatever happens next."""

import dataclasses

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hts.app.desk_files import DeskFiles
from hts.desk.trade_journal_notes import Note
from tests.widgets.scene import PanelScene
from widgets.journal import notes_of
from widgets.journal_note import NoteFields

FIRST, SECOND = ("8801", "005930", "L", 1), ("8801", "035420", "L", 2)


class Bench:
    """The fields on a widget, over files in a directory."""

    def __init__(self, directory):
        self.said, self.changes = [], []
        self.files = DeskFiles(directory)
        self.context = dataclasses.replace(PanelScene().context, files=self.files, say=self.said.append)
        self.box = QWidget()
        self.notes = notes_of(self.files)
        row = QHBoxLayout(self.box)
        self.fields = NoteFields(self.context, self.notes, row, lambda: self.changes.append(1))

    def kept(self, key):
        """What another start would find."""
        return notes_of(self.files).of(key)


@pytest.fixture
def bench(qtbot, tmp_path):
    made = Bench(tmp_path)
    qtbot.addWidget(made.box)
    made.box.show()
    return made


def test_a_note_is_on_the_disk_a_moment_after_the_last_key(qtbot, bench):
    bench.fields.show(FIRST)
    bench.fields._timer.setInterval(1)
    QTest.keyClicks(bench.fields.words, "late")
    qtbot.waitUntil(lambda: not bench.fields._timer.isActive())
    assert bench.kept(FIRST) == Note(text="late")


def test_what_is_being_typed_belongs_to_the_trip_that_was_chosen_then(bench):
    bench.fields.show(FIRST)
    QTest.keyClicks(bench.fields.words, "late")
    bench.fields.show(SECOND)
    assert (bench.kept(FIRST), bench.kept(SECOND)) == (Note(text="late"), Note())
    assert bench.fields.words.text() == ""


def test_what_is_typed_without_a_trip_is_not_dropped_without_a_word(bench):
    bench.fields.show(None)
    QTest.keyClicks(bench.fields.words, "late")
    bench.fields.keep()
    assert bench.said == [bench.context.texts("journal.no_choice")]
    assert bench.fields.words.text() == "late"


def test_a_field_that_was_only_looked_at_writes_nothing_over_what_another_journal_wrote(bench):
    bench.fields.show(FIRST)
    bench.notes.put(FIRST, Note(text="from another one"))
    bench.fields.keep()
    assert (bench.kept(FIRST).text, bench.changes) == ("from another one", [])
    bench.fields.follow()
    assert bench.fields.words.text() == "from another one"


def test_what_another_journal_wrote_does_not_disturb_what_is_being_typed(bench):
    bench.fields.show(FIRST)
    QTest.keyClicks(bench.fields.words, "mine")
    bench.notes.put(FIRST, Note(text="from another one"))
    bench.fields.follow()
    assert bench.fields.words.text() == "mine"


def test_a_disk_that_refuses_is_told_of_and_the_words_stay(bench, tmp_path):
    bench.fields.show(FIRST)
    (tmp_path / "trade_journal.json.new").mkdir()  # nothing can be written there
    QTest.keyClicks(bench.fields.words, "late")
    bench.fields.keep()
    assert bench.said == [bench.context.texts("journal.not_kept")]
    assert bench.fields.words.text() == "late"
    (tmp_path / "trade_journal.json.new").rmdir()
    QTest.keyClicks(bench.fields.words, "r")
    bench.fields.keep()
    assert bench.kept(FIRST).text == "later"
