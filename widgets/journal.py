"""The trade journal: figures, curve, groups, excursions, trips with notes and pictures of the chart.

The calendar narrows all of it to a day (widgets.journal_calendar), Enter on a group to its trips. Keys on a trip: N
writes a note, P keeps a picture of the chart, V looks at it, X shows the x-ray of its first order, C the chart.
"""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from hts.desk.executions_state import ExecutionsState
from hts.desk.frame import Frame
from hts.desk.tables_positions import date_text
from hts.desk.trade_journal import Method
from hts.desk.trade_journal_figures import GroupBy
from hts.desk.trade_journal_notes import FILE, Note, Notes, picture_name
from hts.desk.trade_journal_report import figure_lines, hold_lines, html_report, saved_of
from hts.desk.trade_journal_state import JournalState, Span, span_dates
from hts.desk.trade_journal_tables import TripRow
from hts.model.units import NO_ID, ClOrdID
from themes import metrics
from widgets.controls import Button
from widgets.executions import ExecutionsView
from widgets.journal_benchmark import BenchmarkChip
from widgets.journal_calendar import JournalCalendar
from widgets.journal_charts import EquityChart, Excursions
from widgets.journal_figures import FigureStrip, GroupsView
from widgets.journal_note import NoteFields
from widgets.journal_trip import PictureDialog, TripDetail
from widgets.panel import Files, Panel, PanelContext
from widgets.past_panel import PastPanel
from widgets.table_export import CSV_FILTER, XLSX_FILTER, ask_path, export_lines
from widgets.tables_empty import Empty
from widgets.tables_menu import TableMenu, stored_of, take_stored_of
from widgets.tables_panel import CHART, XRAY
from widgets.tables_view import TableView

NOTE, PICTURE, LOOK = "N", "P", "V"
NARROW, WIDE = 900, 1_200  # pixels from which the scatter, and the days of best execution, have room
NO_DATES = (0, 0)
HTML_FILTER = "HTML (*.html)"


def _beside(*widgets: tuple[QWidget, int]) -> QHBoxLayout:
    """Widgets in a row with their shares of the width."""
    row = QHBoxLayout()
    row.setSpacing(metrics.GUTTER)
    for widget, stretch in widgets:
        row.addWidget(widget, stretch)
    return row


def notes_of(files: Files) -> Notes:
    """As they were kept."""
    return Notes(files.load(FILE), lambda text: files.save(FILE, text), lambda found: files.set_aside(FILE, found))


class JournalPanel(PastPanel):
    """매매일지."""

    title_key = "journal.title"
    empty: ClassVar[tuple[str, str]] = ("journal.empty", "")
    state: JournalState
    letters: ClassVar[dict[str, str]] = {
        NOTE: "journal.menu_note",
        PICTURE: "journal.menu_picture",
        LOOK: "journal.menu_look",
        XRAY: "table.menu_xray",
        CHART: "table.menu_chart",
    }

    def __init__(self, context: PanelContext, parent: QWidget | None = None, *, group: int = 1) -> None:
        notes = context.once(FILE, lambda: notes_of(context.files))
        self._noted = notes.version
        self.state = JournalState(
            context.answers,
            context.market,
            context.query,
            context.texts,
            notes=notes,
            account=context.orders.account_id,
            is_closed=context.is_closed,
        )
        super().__init__(context, parent, group=group, view=TableView(self.state.table, context.tokens, footer=0))
        self.executions = ExecutionsState(
            context.answers, context.market, context.query, context.texts, account=context.orders.account_id
        )
        self._build()
        self.setMinimumSize(620, 480)

    def _build(self) -> None:
        context, texts = self.context, self.context.texts
        self.strip = FigureStrip(self.state, context)
        self.equity = EquityChart(self.state, context)
        self.equity.setAccessibleName(texts("journal.curve"))
        self.scatter = Excursions(self.state, context)
        self.scatter.setAccessibleName(texts("journal.excursions"))
        self.groups = GroupsView(self.state.groups, context.tokens, footer=0)
        self.groups.setAccessibleName(texts("journal.groups"))
        self.groups.empty = Empty(context, "journal.groups_empty", "")
        self.groups.activated.connect(self.choose_group)
        box = self.layout()
        assert isinstance(box, QVBoxLayout)
        box.setSpacing(0)
        box.insertLayout(0, self._make_chips())
        box.insertWidget(1, self.strip)
        self.calendar = JournalCalendar(self.state, context)
        self.calendar.chosen.connect(self.choose_day)
        self.days = ExecutionsView(self.executions.days, context.tokens)
        self.days.setAccessibleName(texts("executions.days"))
        self.days.empty = Empty(context, "executions.empty", "")
        self.days.activated.connect(self.choose_day)
        self.menus = {
            name: TableMenu(self, view, title_key=title_key).attach()
            for name, view, title_key in (
                ("groups", self.groups, "journal.groups"),
                ("days", self.days, "executions.days"),
            )
        }
        box.insertLayout(2, _beside((self.equity, 5), (self.calendar, 4)), 5)
        box.insertLayout(3, _beside((self.groups, 4), (self.scatter, 3), (self.days, 4)), 4)
        self.detail = TripDetail(self.state, context)
        self.detail.opened.connect(self.show_picture)
        box.removeWidget(self.view)
        box.insertLayout(4, _beside((self.view, 7), (self.detail, 4)), 5)
        row = self.chip_row()
        self.note = NoteFields(context, self.state.notes, row, self._on_note)
        self.chip(row, "journal.menu_picture").clicked.connect(self.keep_picture)
        box.addLayout(row)
        self.view.chosen.connect(lambda _key: self._show_note())

    def _make_chips(self) -> QBoxLayout:
        """Days and method; groups, benchmark, export: in a row of their own where all have no room in one."""
        self.chip_box = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.chip_box.setSpacing(0)
        first, second = self.chip_row(), self.chip_row()
        self.chips: dict[object, Button] = {}
        for choice in (*Span, *Method, *GroupBy):
            row = second if isinstance(choice, GroupBy) else first
            name = "span" if isinstance(choice, Span) else "method" if isinstance(choice, Method) else "by"
            value = choice.name.lower() if isinstance(choice, Span) else choice.value
            chip = self.chip(row, f"journal.{name}.{value}")
            chip.clicked.connect(lambda _=False, choice=choice: self.choose(choice))
            self.chips[choice] = chip
            if choice is list(Span)[-1]:
                row.addSpacing(14)
        first.addStretch(0)
        second.addSpacing(14)
        self.compare = BenchmarkChip(self.context, self.state, self.choose_benchmark, group=self.group)
        second.addWidget(self.compare)
        self.end_chips(second)
        self.chip_rows = (first, second)
        self.chip_box.addLayout(first)
        self.chip_box.addLayout(second, 1)
        return self.chip_box

    def _arrange_chips(self) -> None:
        """The words of a chip have changed, or the room."""
        fits = sum(row.sizeHint().width() for row in self.chip_rows) <= self.width()
        direction = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        if self.chip_box.direction() is not direction:
            self.chip_box.setDirection(direction)

    def choose(self, choice: object) -> None:
        """Other days, another method, other groups."""
        if isinstance(choice, Span):
            self.state.span, self.state.day = choice, 0
        elif isinstance(choice, Method):
            self.state.method = choice
        elif isinstance(choice, GroupBy):
            self.state.group_by, self.state.narrowed = choice, None
        self.again()

    def choose_benchmark(self, symbol: str) -> None:
        """Another issue beside the curve, "" for none."""
        self.state.benchmark = symbol
        self.again()

    def choose_group(self, key: Hashable) -> None:
        """Narrow curve, figures and trips to a group; the same again shows all."""
        self.state.narrowed = None if key == self.state.narrowed else str(key)
        self.again()

    def choose_day(self, date: int) -> None:
        """Narrow everything to a trading day; 0, or the same day again, shows all days of the span."""
        self.state.day = 0 if date == self.state.day else date
        self.again()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow panel has the scatter and the days of best execution give way."""
        super().resizeEvent(event)
        self._arrange_chips()
        self.scatter.setVisible(self.width() >= NARROW)
        self.days.setVisible(self.width() >= WIDE)
        self.detail.setVisible(self.width() >= NARROW)

    @property
    def subtitle(self) -> str:
        past, texts = self.state.past, self.context.texts
        if past.fault:
            return texts("journal.fault", why=past.fault)
        told = texts("journal.told" if past.is_whole else "journal.loading", count=len(past.fills))
        alone = self.state.narrowed_text
        return texts("journal.narrowed", told=told, name=alone) if alone else told

    def concerns(self, frame: Frame) -> bool:
        return super().concerns(frame) or self.state.concerns(frame.market.bars)

    def on_frame(self, frame: Frame) -> None:
        if self.state.concerns(frame.market.bars) or self._noted != self.state.notes.version:
            self._noted = self.state.notes.version
            self.reckoned = -1
            self.mark_dirty()
        super().on_frame(frame)

    def refresh(self, now_ns: int) -> None:
        state = self.state
        state.ask()
        if state.past.count != self.reckoned:
            self.reckoned = state.past.count
            state.reckon(self.context.market.trade_ns)
            self.executions.currency, self.executions.day = state.shown_currency, state.day
            is_same = self.executions.shown_currency == state.shown_currency  # else nothing was routed in it
            self.executions.reckon(span_dates(state.days, state.span) if is_same else NO_DATES)
            for choice, chip in self.chips.items():
                chosen = choice in (state.span, state.method, state.group_by)
                chip.show_as(chip.text(), "chosen" if chosen else "chip")
            self.currency.tell(state.currencies, state.shown_currency)
            self.strip.tell(saved_of(self.executions))
            self.compare.tell(state.benchmark)
            self._arrange_chips()
            self.equity.tell()
            self.scatter.update()
            self.calendar.update()
            self._show_detail()
            self.note.follow()
        self.groups.select(state.narrowed)
        self.groups.show_rows(now_ns)
        self.days.select(state.day or None)
        self.days.show_rows(now_ns, self.executions.total)
        self.show_rows(now_ns, None)

    # Keeping

    def stored(self) -> dict[str, Any]:
        return {
            **super().stored(),
            **stored_of(self.menus),
            "method": self.state.method.value,
            "by": self.state.group_by.value,
            "benchmark": self.state.benchmark,
        }

    def take_stored(self, stored: dict[str, Any]) -> None:
        super().take_stored(stored)
        take_stored_of(self.menus, stored)
        state = self.state
        state.method = next((one for one in Method if one.value == stored.get("method")), state.method)
        benchmark = stored.get("benchmark")
        state.benchmark = benchmark if isinstance(benchmark, str) else ""
        state.group_by = next((one for one in GroupBy if one.value == stored.get("by")), state.group_by)

    # Notes

    def row_symbol(self, row: TripRow) -> str:
        return row.trip.symbol

    def row_order(self, row: TripRow) -> ClOrdID:
        return next(iter(row.trip.order_ids), NO_ID)

    def act(self, letter: str, key: Hashable) -> None:
        if letter == NOTE:
            self.note.words.setFocus()
        elif letter == PICTURE:
            self.keep_picture()
        elif letter == LOOK:
            self.show_picture()
        else:
            super().act(letter, key)

    def _chosen(self) -> TripRow | None:
        row: TripRow | None = self.row_of(self.view.selected) if self.view.selected is not None else None
        return row

    def _shown(self) -> TripRow | None:
        table = self.state.table
        return self._chosen() or (table.row(0) if len(table) else None)

    def _show_note(self) -> None:
        row = self._chosen()
        self.note.show(row.key if row is not None else None)
        self.scatter.chosen = row.key if row is not None else None
        self.scatter.update()
        self.detail.show_trip(row, self._picture_of(row))

    def _show_detail(self) -> None:
        """The chosen trip's figures may be others; without a choice the newest trip stands there."""
        row = self._shown()
        self.detail.show_trip(row, self._picture_of(row))

    def _picture_of(self, row: TripRow | None) -> QPixmap:
        """The picture that was kept with a trip; an empty one for none."""
        found = QPixmap()
        note = self.state.notes.of(row.key) if row is not None else Note()
        if note.picture:
            found.loadFromData(self.context.files.picture(note.picture))
        return found

    def show_picture(self) -> PictureDialog | None:
        """Open the chosen trip's picture; None where there is none."""
        row = self._shown()
        picture = self._picture_of(row)
        if row is None or picture.isNull():
            self.context.say(self.context.texts("journal.no_picture"))
            return None
        dialog = PictureDialog(picture, f"{row.name} {date_text(row.trip.open_date)}", self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _on_note(self) -> None:
        self.reckoned = -1
        self.mark_dirty()

    def keep_picture(self) -> None:
        """Keep a picture of the chart that is seen in this window with the chosen trip."""
        row, texts = self._chosen(), self.context.texts
        charts = [one for one in self.window().findChildren(QWidget, "chart") if one.isVisible()]
        if row is None or not charts:
            self.context.say(texts("journal.no_chart" if row is not None else "journal.no_choice"))
            return
        charts = [one for one in charts if not isinstance(one, Panel) or one.symbol == row.trip.symbol]
        if not charts:  # a picture of another issue would tell nothing
            self.context.say(texts("journal.other_chart", name=row.name))
            return
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        charts[0].grab().save(buffer, "PNG")
        name = picture_name(row.key)
        if not self.context.files.keep(name, bytes(buffer.data().data())):
            self.context.say(texts("journal.not_kept"))
            return
        before = self.state.notes.of(row.key)
        self.note.put(row.key, Note(text=before.text, tags=before.tags, picture=name))
        self.context.say(texts("journal.pictured", name=name))

    # Export

    def _export(self) -> None:
        path = ask_path(self, self.context.texts, "trade_journal", (CSV_FILTER, XLSX_FILTER, HTML_FILTER))
        if path is not None:
            self.export_to(path)

    def export_to(self, path: Path) -> bool:
        """Trips as CSV; with groups and figures as Excel; all of it as a page."""
        texts, state = self.context.texts, self.state
        if path.suffix.lower() in (".html", ".htm"):
            try:
                page = html_report(
                    state, texts, self.context.orders.account_id, self.executions, self.context.files.picture
                )
                path.write_text(page, encoding="utf-8")
            except OSError as fault:
                self.context.say(texts("table.not_written", path=str(path), why=str(fault.strerror)))
                return False
            self.context.say(texts("table.written", path=str(path), count=len(state.table)))
            return True
        fall, currency, by_day = state.drawdown.amount, state.shown_currency, state.shown_days
        lines = figure_lines(state.figures, fall, texts, currency=currency, days=by_day)
        figures = [list(line) for line in (*lines, *hold_lines(state))]
        sheets = [
            (texts("journal.trips"), self.view.exported()),
            (texts("journal.groups"), self.groups.exported()),
            (texts("journal.figures"), [[texts("journal.figures"), ""], *figures]),
            (texts("executions.days"), self.days.exported()),
        ]
        return export_lines(path, sheets, texts, self.context.say)
