"""Tags and words on the chosen trip, kept when a field is left and a moment after the last key: a crash asks nobody.

What was typed belongs to the trip that was chosen then, whatever is chosen by the time it is kept.
"""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout

from hts.desk.trade_journal import Key
from hts.desk.trade_journal_notes import NOTE_MAX, Note, Notes, tags_of
from themes import metrics
from widgets.keys import OwnField
from widgets.panel import PanelContext

KEEP_MS = 1_000
TAGS_W = 180


class NoteFields:
    """`show` another trip; `keep` what stands there. `kept` is called when a note became another one."""

    def __init__(self, context: PanelContext, notes: Notes, row: QHBoxLayout, kept: Callable[[], None]) -> None:
        self._context, self._notes, self._kept = context, notes, kept
        self._key: Key | None = None
        self._shown = "", ""
        self.tags, self.words = OwnField(), OwnField()
        self._timer = QTimer(self.words)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_MS)
        self._timer.timeout.connect(self.keep)
        for field, key in ((self.tags, "journal.tags"), (self.words, "journal.note")):
            field.setFixedHeight(metrics.FIELD)
            field.setPlaceholderText(context.texts(key))
            field.setAccessibleName(context.texts(key))
            field.setMaxLength(NOTE_MAX)
            field.textEdited.connect(self._timer.start)
            field.editingFinished.connect(self.keep)
            row.addWidget(field)
        self.tags.setFixedWidth(TAGS_W)

    def show(self, key: Key | None) -> None:
        """The note of a trip; none without one."""
        if self._timer.isActive():
            self.keep()
        self._key = key
        note = self._notes.of(key) if key is not None else Note()
        self.tags.setText(", ".join(note.tags))
        self.words.setText(note.text)
        self._shown = self.tags.text(), self.words.text()

    def follow(self) -> None:
        """Another panel may have changed the note; what is being typed stays."""
        if (self.tags.text(), self.words.text()) == self._shown:
            self.show(self._key)

    def keep(self) -> None:
        """Keep what stands in the two fields."""
        self._timer.stop()
        standing = self.tags.text(), self.words.text()
        if standing == self._shown:
            return
        if self._key is None:
            self._context.say(self._context.texts("journal.no_choice"))
            return
        self._shown = standing
        before = self._notes.of(self._key)
        self.put(self._key, Note(text=self.words.text(), tags=tags_of(self.tags.text()), picture=before.picture))

    def put(self, key: Key, note: Note) -> None:
        """Keep a trip's note, where it is another one; what the disk refuses is said."""
        if note == self._notes.of(key):
            return
        if not self._notes.put(key, note):
            self._context.say(self._context.texts("journal.not_kept"))
        self._kept()
