"""The line above the watchlist: issues are added by code or name; groups are made, named, read from and put into files.

Keys in the list: Delete takes an issue out of its own group, Ctrl with an arrow moves it, Enter on a head folds the
group. Everything is kept at once.
"""

from collections.abc import Callable, Hashable
from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from hts.desk.finder import Finder
from hts.desk.watchlist import own_name
from hts.desk.watchlist_groups import FILE, LOST, NAME_MAX, NAMED_MAX, GroupError, WatchGroups
from themes import metrics
from widgets.controls import Button
from widgets.fault_line import FaultLine
from widgets.keys import OwnField
from widgets.menus import literal, pop_up
from widgets.panel import Files, PanelContext
from widgets.tables_columns import add_column_menu
from widgets.tables_view import TableView

Act = tuple[str, Callable[[], object]]
QUERY_MAX = 60


class WatchEdit(QWidget):
    """changed(): groups are not what they were. `naming`: the group that the field names now, NEW for one to come."""

    changed = Signal()
    NEW = "\n"

    def __init__(
        self,
        context: PanelContext,
        own: WatchGroups,
        view: TableView,
        whole: Callable[[], list[Act]] = list,
    ) -> None:
        """`whole` are the acts on the table as such, which stand last in every menu."""
        super().__init__()
        self._whole = whole
        self._context, self._own, self._view = context, own, view
        self._finder = Finder(context.market.instruments, tuple, context.texts)
        self.naming = ""
        texts = context.texts
        self.field = OwnField()
        self.field.setFixedHeight(metrics.FIELD)
        self.field.setMaxLength(QUERY_MAX)
        self.field.setAccessibleName(texts("watchlist.add"))
        self.field.returnPressed.connect(self.enter)
        self.field.left.connect(self._give_up)
        self.more = Button(context.tokens, texts("watchlist.edit"), look="chip", height=metrics.FIELD)
        self.more.clicked.connect(self._open_menu)
        self.fault = FaultLine(context)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.CELL_PAD, 3, metrics.CELL_PAD, 3)
        row.setSpacing(metrics.CHIP_GAP)
        row.addWidget(self.field, 1)
        row.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.fault)
        view.deleted.connect(self.remove)
        view.activated.connect(self.fold)
        view.menu_asked.connect(self._open_row_menu)
        view.head_menu_asked.connect(self._open_head_menu)
        moved = getattr(view, "moved", None)
        if moved is not None:
            moved.connect(self.move_row)
        self._name("")

    @property
    def target(self) -> str:
        """The own group that an issue would be added to: the marked one, else the first, else one to be made."""
        key = self._view.selected
        group = key[0] if isinstance(key, tuple) else str(key).removeprefix("group ") if key else ""
        if own_name(group):
            return own_name(group)
        return self._own.groups[0].name if self._own.groups else self._context.texts("watchlist.first_group")

    # The field

    def enter(self) -> None:
        """Add the issue that was typed, or give the group its name."""
        text = self.field.text().strip()
        if self.naming:
            self._do(lambda: self._give_name(text))
            return
        found = [one for one in self._finder.find(text) if one.symbol]
        if not found:
            self.fault.say(self._context.texts("watchlist.fault.nothing", text=text[:20]), is_fault=True)
            return
        target = self.target
        if self._do(lambda: self._own.add(target, found[0].symbol)):
            self.field.clear()
            name = self._context.texts.name(self._context.market.instruments[found[0].symbol])
            self.fault.say(self._context.texts("watchlist.added", name=name, group=target), is_fault=False)

    def _give_name(self, text: str) -> None:
        if self.naming == self.NEW:
            self._own.make(text)
        else:
            self._own.rename(self.naming, text)
        self.field.clear()
        self._name("")

    def _name(self, naming: str) -> None:
        """Let the field name a group from now on, or find issues again."""
        self.naming = naming
        key = "watchlist.name_group" if naming else "watchlist.add"
        self.field.setPlaceholderText(self._context.texts(key))
        self.field.setAccessibleName(self._context.texts(key))
        if naming:
            self.field.setText("" if naming == self.NEW else naming)
            self.field.setMaxLength(NAME_MAX)
            self.field.setFocus()
            self.field.selectAll()
        else:
            self.field.setMaxLength(QUERY_MAX)

    def _give_up(self) -> None:
        """Esc: the group keeps its name."""
        if self.naming:
            self.field.clear()
            self._name("")

    def _do(self, act: Callable[[], object]) -> bool:
        """Change the groups and keep them; False when that was refused, with the reason under the field."""
        try:
            act()
        except GroupError as fault:
            self.fault.say(self._context.texts(fault.key, **fault.values), is_fault=True)
            return False
        self.fault.say("", is_fault=False)
        self._context.files.save(FILE, self._own.dump())
        self.changed.emit()
        return True

    # Rows

    def remove(self, key: Hashable) -> None:
        """Take an issue out of its own group."""
        if isinstance(key, tuple) and own_name(key[0]):
            self._do(lambda: self._own.remove(own_name(key[0]), key[1]))

    def move_row(self, key: Hashable, step: int) -> None:
        """Move an issue within its own group, or a whole own group."""
        if isinstance(key, tuple):
            self._do(lambda: self._own.move(own_name(key[0]), key[1], step))
        elif isinstance(key, str):
            self._do(lambda: self._own.move_group(own_name(key.removeprefix("group ")), step))

    def fold(self, key: Hashable) -> None:
        """Show only a group's head, or all of it again."""
        if isinstance(key, str):
            self._do(lambda: self._own.fold(key.removeprefix("group ")))

    # Menus

    def menu_acts(self) -> list[Act]:
        """Acts on the whole list."""
        heat = "watchlist.menu.heat_off" if self._own.heat else "watchlist.menu.heat"
        return [
            ("watchlist.menu.new", lambda: self._name(self.NEW)),
            (heat, lambda: self._do(lambda: self._own.set_heat(not self._own.heat))),
            ("watchlist.menu.import", self._ask_import),
            ("watchlist.menu.export", self._ask_export),
        ]

    def row_acts(self, key: Hashable) -> list[Act]:
        """Acts on a row: an issue or a head."""
        if isinstance(key, str):
            group = key.removeprefix("group ")
            acts: list[Act] = [("watchlist.menu.fold", lambda: self.fold(key))]
            if own_name(group):
                acts += [
                    ("watchlist.menu.rename", lambda: self._name(own_name(group))),
                    ("watchlist.menu.up", lambda: self.move_row(key, -1)),
                    ("watchlist.menu.down", lambda: self.move_row(key, 1)),
                    ("watchlist.menu.delete", lambda: self._do(lambda: self._own.delete(own_name(group)))),
                ]
            return acts
        if isinstance(key, tuple) and own_name(key[0]):
            return [
                ("watchlist.menu.up", lambda: self.move_row(key, -1)),
                ("watchlist.menu.down", lambda: self.move_row(key, 1)),
                ("watchlist.menu.remove", lambda: self.remove(key)),
            ]
        return []

    def _open_menu(self) -> None:
        menu = QMenu(self)
        self._fill(menu, self.menu_acts())
        menu.addSeparator()
        self._fill(menu, self._whole())
        pop_up(menu, self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _open_row_menu(self, key: Hashable, point: QPoint) -> None:
        texts, menu = self._context.texts, QMenu(self)
        if isinstance(key, tuple):
            names = [group.name for group in self._own.groups] or [texts("watchlist.first_group")]
            adding = menu.addMenu(texts("watchlist.menu.add"))
            for name in names:
                adding.addAction(literal(name)).triggered.connect(
                    lambda _=False, name=name: self._do(lambda: self._own.add(name, key[1]))
                )
        self._fill(menu, self.row_acts(key))
        menu.addSeparator()
        self._fill(menu, self.menu_acts())
        menu.addSeparator()
        self._open_whole(menu, point)

    def _open_head_menu(self, point: QPoint) -> None:
        self._open_whole(QMenu(self), point)

    def _open_whole(self, menu: QMenu, point: QPoint) -> None:
        self._fill(menu, self._whole())
        add_column_menu(menu, self._context, self._view)
        pop_up(menu, point)

    def _fill(self, menu: QMenu, acts: list[Act]) -> None:
        for key, act in acts:
            menu.addAction(self._context.texts(key)).triggered.connect(lambda _=False, act=act: act())

    # Files

    def _ask_import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, self._context.texts("watchlist.menu.import"), "", "CSV (*.csv *.txt)"
        )
        if chosen:
            self.take_file(Path(chosen))

    def take_file(self, path: Path) -> None:
        """Add what a table holds; what was wrong with it stands under the field, and then nothing was taken."""
        texts, market = self._context.texts, self._context.market
        text, problem = self._context.files.fetch(path)
        if problem:
            self.fault.say(problem, is_fault=True)
            return
        result: list[tuple[int, list[str]]] = []
        default = self.target
        if self._do(lambda: result.append(self._own.take_csv(text, market.instruments, default))):
            added, unknown = result[0]
            said = texts("watchlist.imported", count=added)
            if unknown:
                named = ", ".join(unknown[:NAMED_MAX])
                said += " · " + texts("watchlist.unknown", count=len(unknown), codes=named)
            self.fault.say(said, is_fault=bool(unknown))

    def _ask_export(self) -> None:
        texts = self._context.texts
        chosen, _ = QFileDialog.getSaveFileName(self, texts("watchlist.menu.export"), "watch_groups.csv", "CSV (*.csv)")
        if chosen:
            problem = self._context.files.export(Path(chosen), self._own.csv())
            self.fault.say(problem or texts("screener.written", path=chosen), is_fault=bool(problem))


def load_groups(files: Files) -> WatchGroups:
    """What was kept; a damaged file is set aside, one with bad groups too, and the good ones stay."""
    own = WatchGroups()
    text = files.load(FILE)
    if text:
        try:
            lost = own.load(text)
        except ValueError as fault:
            files.set_aside(FILE, str(fault))
            return WatchGroups()
        if lost:
            files.set_aside(FILE, f"{lost} {LOST}")
            files.save(FILE, own.dump())
    return own
