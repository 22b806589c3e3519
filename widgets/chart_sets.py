"""Sets of indicators at a chart: the row in the indicators' dialog that takes, saves and deletes them; the menu."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from hts.desk.chart_sets import FILE, NAME_MAX, StudySet, StudySets
from hts.desk.chart_studies import Fault
from themes import metrics
from widgets.controls import Button, Choice
from widgets.keys import Field
from widgets.menus import literal
from widgets.panel import PanelContext

if TYPE_CHECKING:
    from widgets.chart import ChartPanel

CHOICE_W, NAME_W = 190, 170


def load_sets(context: PanelContext, say: Callable[[str], None]) -> StudySets:
    """Those that ship and the trader's own; a damaged file is set aside, its good sets stay, and it is said."""
    sets = StudySets(context.texts)
    text = context.files.load(FILE)
    if not text:
        return sets
    try:
        lost = sets.load(text)
    except ValueError as fault:
        context.files.set_aside(FILE, str(fault)[:120])
        say(context.texts("chart.sets.damaged", file=FILE))
        return sets
    if lost:
        context.files.set_aside(FILE, f"{lost} entries")
        context.files.save(FILE, sets.dump())
        say(context.texts("chart.sets.partly", file=FILE, count=lost))
    return sets


def sets_menu(panel: "ChartPanel") -> QMenu:
    """All sets; the one that the chart has is marked."""
    menu = QMenu(panel.context.texts("chart.sets.title"), panel)
    menu.setAccessibleName(menu.title())
    for one in load_sets(panel.context, panel.say).all:
        action = menu.addAction(literal(one.name))
        action.setCheckable(True)
        action.setChecked(one.studies == panel.settings.studies)
        action.triggered.connect(lambda _=False, one=one: panel.adjust(studies=one.studies))
    return menu


class SetsRow(QWidget):
    """`taken` is called when the chart has other indicators, `say` with what is to be told."""

    def __init__(self, panel: "ChartPanel", taken: Callable[[], None], say: Callable[[str], None]) -> None:
        super().__init__()
        self._panel, self._taken, self._say = panel, taken, say
        texts, tokens = panel.context.texts, panel.context.tokens
        self.sets = StudySets(texts)  # until `reload`
        self.choice = Choice(tokens, texts("chart.sets.title"), [])
        self.choice.setFixedWidth(CHOICE_W)
        self.choice.chosen.connect(lambda number: self.take(self.sets.all[number]))
        self.name = Field()
        self.name.setFixedSize(NAME_W, metrics.FIELD)
        self.name.setMaxLength(NAME_MAX)
        for say_name in (self.name.setPlaceholderText, self.name.setAccessibleName):
            say_name(texts("chart.sets.name"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(metrics.CHIP_GAP)
        row.addWidget(self.choice)
        row.addWidget(self.name)
        self.buttons: dict[str, Button] = {}
        for key, act in (("save", self.save), ("delete", self.delete)):
            button = self.buttons[key] = Button(tokens, texts(f"chart.sets.{key}"), height=metrics.FIELD)
            button.clicked.connect(act)
            row.addWidget(button)
        self.show_state()

    def reload(self) -> None:
        """Offer what is kept now."""
        self.sets = load_sets(self._panel.context, self._say)
        self.show_state()

    def show_state(self) -> None:
        """The set that the chart has now; the sets that can be chosen."""
        texts = self._panel.context.texts
        ships = texts("chart.sets.ships")
        self.choice.set_options([(one.name, ships if one.ships else "") for one in self.sets.all])
        now = next((one for one in self.sets.all if one.studies == self._panel.settings.studies), None)
        self.choice.show_choice(now.name if now is not None else texts("chart.sets.title"), "")

    def take(self, one: StudySet) -> None:
        """Give the chart a set's indicators."""
        self._panel.adjust(studies=one.studies)
        self.name.setText("" if one.ships else one.name)
        self._taken()
        self.show_state()

    def save(self) -> None:
        """Keep the chart's indicators under the name that was typed."""
        studies = self._panel.settings.studies
        self._change(lambda: self.sets.put(self.name.text(), studies), "chart.sets.saved")

    def delete(self) -> None:
        """Forget the set of the name that was typed."""
        self._change(lambda: self.sets.remove(self.name.text()), "chart.sets.deleted")

    def _change(self, act: Callable[[], Fault | None], done: str) -> None:
        context = self._panel.context
        self.sets = load_sets(context, self._say)  # another chart may have saved one meanwhile
        fault = act()
        if fault is not None:
            self._say(context.texts(fault.key, **fault.values))
            return
        is_kept = context.files.save(FILE, self.sets.dump())
        self._say(context.texts(done if is_kept else "chart.sets.unsaved", name=self.name.text().strip()))
        self.show_state()
