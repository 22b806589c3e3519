"""The indicators' dialog: search and add, edit parameters, hide, move, remove. What is changed shows at once."""

from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hts.desk.chart_studies import (
    STUDIES_MAX,
    Fault,
    Study,
    figure,
    levels_text,
    main_color,
    read_levels,
    read_study,
    study_of,
)
from hts.indicators.catalogue import INDICATORS
from themes import fonts, metrics
from widgets.chart_sets import SetsRow
from widgets.chart_swatches import Swatches
from widgets.controls import Button
from widgets.keys import Field

if TYPE_CHECKING:
    from widgets.chart import ChartPanel

MARGIN = 14
WIDTH, HEIGHT = 680, 500
LIST_WIDTH = 270
COLUMNS = 3  # parameters beside each other
LEVELS_CHARACTERS = 60


class StudiesDialog(QDialog):
    """Edits the studies of one chart."""

    def __init__(self, panel: "ChartPanel") -> None:
        super().__init__(panel)
        self._panel = panel
        self._texts = panel.context.texts
        self.setWindowTitle(self._texts("chart.menu.studies"))
        self.setAccessibleName(self.windowTitle())
        self.resize(WIDTH, HEIGHT)
        self.search = Field()
        self.search.setMaxLength(40)
        self.search.setFixedHeight(metrics.FIELD)
        self.search.setPlaceholderText(self._texts("chart.studies.search"))
        self.search.setAccessibleName(self._texts("chart.studies.search"))
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.found = self._list("chart.studies.all")
        self.found.itemActivated.connect(self._add_item)
        self.found.itemDoubleClicked.connect(self._add_item)
        self.chosen = self._list("chart.studies.chosen")
        self.chosen.currentRowChanged.connect(self._show_parameters)
        self.chosen.itemChanged.connect(self._hide)
        self.chosen.installEventFilter(self)
        self.fields: list[Field] = []
        self.levels: Field | None = None
        self._form = QWidget()
        self._grid = QGridLayout(self._form)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.fault = QLabel()
        self.fault.setWordWrap(True)
        self.fault.setMinimumHeight(34)
        name = self._texts("chart.studies.color")
        self.swatches = Swatches(
            panel.context.tokens, name, lambda at: self._texts("chart.draw.color_number", number=at)
        )
        self.swatches.chosen.connect(self._color)
        self._is_filling = False
        self.sets = SetsRow(panel, lambda: self._fill(0), self._show_fault)
        self._lay_out()
        self._filter("")
        self.restyle()

    def _list(self, key: str) -> QListWidget:
        made = QListWidget()
        made.setAccessibleName(self._texts(key))
        made.setUniformItemSizes(True)
        return made

    def _lay_out(self) -> None:
        self.add_button = self._button("chart.studies.add", self._add)
        self.remove_button = self._button("chart.studies.remove", self._remove)
        self.up_button = self._button("chart.studies.up", lambda: self._move(-1))
        self.down_button = self._button("chart.studies.down", lambda: self._move(1))
        close = self._button("chart.studies.close", self.accept)
        left = QVBoxLayout()
        left.addWidget(self.search)
        left.addWidget(self.found, 1)
        left.addWidget(self.add_button)
        moves = QHBoxLayout()
        for button in (self.up_button, self.down_button, self.remove_button):
            moves.addWidget(button)
        right = QVBoxLayout()
        title = QLabel(self._texts("chart.studies.chosen"))
        title.setFixedHeight(metrics.FIELD)
        title.setFont(fonts.font("title"))
        right.addWidget(title)
        right.addWidget(self.chosen, 1)
        right.addLayout(moves)
        right.addWidget(self._form)
        right.addWidget(self.swatches)
        right.addWidget(self.fault)
        foot = QHBoxLayout()
        foot.addWidget(self.sets)
        foot.addStretch(1)
        foot.addWidget(close)
        columns = QHBoxLayout()
        columns.setSpacing(MARGIN)
        self.found.setMinimumWidth(LIST_WIDTH)
        columns.addLayout(left)
        columns.addLayout(right, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        box.addLayout(columns, 1)
        box.addLayout(foot)

    def _button(self, key: str, act: object) -> Button:
        button = Button(self._panel.context.tokens, self._texts(key), height=metrics.BUTTON)
        button.clicked.connect(act)
        return button

    def restyle(self) -> None:
        """Lists and labels take their colours from a sheet."""
        t = self._panel.context.tokens
        self.setStyleSheet(
            f"QDialog {{ background: {t.panel.name()}; }} QLabel {{ color: {t.text2.name()}; }}"
            f"QListWidget {{ background: {t.field.name()}; color: {t.text.name()};"
            f" border: 1px solid {t.line2.name()}; }}"
            f"QListWidget:focus {{ border: 1px solid {t.own.name()}; }}"
            f"QListWidget::item {{ height: {metrics.TABLE_ROW}px; padding: 0 6px; }}"
            f"QListWidget::item:selected {{ background: {t.selected.name()}; color: {t.text.name()}; }}"
            f"QListWidget::indicator:unchecked {{ width: 12px; height: 12px; border: 1px solid {t.ctl.name()}; }}"
        )
        self.fault.setStyleSheet(f"color: {t.attention.name()};")

    def open_with(self, chosen: object = None) -> None:
        """Show the chart's studies, with one of them chosen."""
        self._fill(self.studies.index(chosen) if chosen in self.studies else 0)
        self.sets.reload()
        self.show()
        self.raise_()
        self.activateWindow()
        (self.fields[0] if chosen is not None and self.fields else self.search).setFocus()

    @property
    def studies(self) -> tuple[Study, ...]:
        """What the chart has."""
        return self._panel.settings.studies

    def name(self, study: Study) -> str:
        """`MACD 12·26·9`; a multiplier of nothing is not told, as in the legend."""
        pairs = zip(study.indicator.parameters, study.values, strict=True)
        numbers = "·".join(figure(p, v) for p, v in pairs if v or not p.decimals)
        return f"{self._texts(f'indicator.{study.name}')}  {numbers}".strip()

    def _fill(self, row: int) -> None:
        self._is_filling = True
        self.chosen.clear()
        for study in self.studies:
            item = QListWidgetItem(self.name(study), self.chosen)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Unchecked if study.is_hidden else Qt.CheckState.Checked)
        self._is_filling = False
        self.sets.show_state()
        self.chosen.setCurrentRow(min(row, len(self.studies) - 1))
        self._show_parameters(self.chosen.currentRow())

    def _filter(self, text: str) -> None:
        """Indicators whose name in this language, or whose short name, holds the text."""
        wanted = text.casefold().replace(" ", "")
        self.found.clear()
        for name in INDICATORS:
            shown = f"{self._texts(f'indicator.{name}')}  {self._texts(f'indicator.long.{name}')}".strip()
            if wanted in shown.casefold().replace(" ", "") or wanted in name:
                item = QListWidgetItem(shown, self.found)
                item.setData(Qt.ItemDataRole.UserRole, name)
        self.found.setCurrentRow(0)
        self.add_button.setEnabled(self.found.count() > 0)

    def _add_item(self, _item: QListWidgetItem) -> None:
        self._add()

    def _add(self) -> None:
        item = self.found.currentItem()
        if item is None:
            return
        if len(self.studies) >= STUDIES_MAX:
            self._show_fault(self._texts("chart.fault.full", count=STUDIES_MAX))
            return
        study = study_of(item.data(Qt.ItemDataRole.UserRole), self.studies)
        self._panel.adjust(studies=(*self.studies, study))
        self._fill(len(self.studies) - 1)

    def _remove(self) -> None:
        row = self.chosen.currentRow()
        if row >= 0:
            self._panel.adjust(studies=self.studies[:row] + self.studies[row + 1 :])
            self._fill(row)

    def _move(self, by: int) -> None:
        row, studies = self.chosen.currentRow(), list(self.studies)
        if 0 <= row < len(studies) and 0 <= row + by < len(studies):
            studies.insert(row + by, studies.pop(row))
            self._panel.adjust(studies=tuple(studies))
            self._fill(row + by)

    def _hide(self, item: QListWidgetItem) -> None:
        row = self.chosen.row(item)
        if self._is_filling or not 0 <= row < len(self.studies):
            return
        study = structs.replace(self.studies[row], is_hidden=item.checkState() is Qt.CheckState.Unchecked)
        self._replace(row, study)

    def _replace(self, row: int, study: Study) -> None:
        self._panel.adjust(studies=(*self.studies[:row], study, *self.studies[row + 1 :]))

    def _show_parameters(self, row: int) -> None:
        if self._is_filling:
            return
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.fields, self.levels = [], None
        self._show_fault("")
        for button in (self.remove_button, self.up_button, self.down_button):
            button.setEnabled(row >= 0)
        if not 0 <= row < len(self.studies):
            return
        study = self.studies[row]
        self.swatches.show_color(main_color(study))
        for parameter, value in zip(study.indicator.parameters, study.values, strict=True):
            low, high = figure(parameter, parameter.low), figure(parameter, parameter.high)
            name = self._texts(f"indicator.parameter.{parameter.name}")
            self.fields.append(self._field(len(self.fields), name, figure(parameter, value), f"{low} – {high}"))
            self.fields[-1].setMaxLength(12)
        if study.has_levels:
            name, text = self._texts("chart.studies.levels"), levels_text(study.marked)
            self.levels = self._field(len(self.fields), name, text, self._texts("chart.studies.levels_hint"))

    def _field(self, at: int, name: str, text: str, hint: str) -> Field:
        """One more field in the grid, under its name."""
        label, field = QLabel(name), Field()
        field.setFixedHeight(metrics.FIELD)
        field.setMaxLength(LEVELS_CHARACTERS)
        field.setText(text)
        field.setAccessibleName(name)
        field.setToolTip(hint)
        field.textEdited.connect(lambda _text: self._take())
        self._grid.addWidget(label, at // COLUMNS * 2, at % COLUMNS)
        self._grid.addWidget(field, at // COLUMNS * 2 + 1, at % COLUMNS)
        return field

    def _color(self, color: str) -> None:
        row = self.chosen.currentRow()
        if 0 <= row < len(self.studies):
            self._replace(row, structs.replace(self.studies[row], color=color))

    def _take(self) -> None:
        """What was typed shows on the chart at once, or why it cannot."""
        row = self.chosen.currentRow()
        if not 0 <= row < len(self.studies):
            return
        before = self.studies[row]
        typed = [field.text() for field in self.fields]
        study = read_study(before.name, typed, is_hidden=before.is_hidden, color=before.color)
        if not isinstance(study, Study):
            values = dict(study.values)
            if study.at >= 0:
                values["name"] = self._texts(f"indicator.parameter.{before.indicator.parameters[study.at].name}")
            self._show_fault(self._texts(study.key, **values))
            return
        levels = read_levels(self.levels.text()) if self.levels is not None else None
        if isinstance(levels, Fault):
            self._show_fault(self._texts(levels.key, **levels.values))
            return
        study = structs.replace(study, levels=None if levels == study.indicator.levels else levels)
        self._show_fault("")
        self._replace(row, study)
        self._is_filling = True
        self.chosen.item(row).setText(self.name(study))
        self._is_filling = False

    def _show_fault(self, text: str) -> None:
        self.fault.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter adds from the search, and keeps a set from its name; Esc closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.search.hasFocus() or self.found.hasFocus():
                self._add()
            elif self.focusWidget() is self.sets.name:
                self.sets.save()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leaves the search for what it found; Delete removes a study."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                self.found.setFocus()
                return True
            if watched is self.chosen and event.key() == Qt.Key.Key_Delete:
                self._remove()
                return True
        return super().eventFilter(watched, event)
