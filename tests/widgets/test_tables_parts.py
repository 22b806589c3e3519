import pytest
from msgspec import Struct
from PySide6.QtWidgets import QApplication

from hts.desk.tables import Column, ListTable
from tests.widgets.scene import day_scene
from widgets.tables_flashes import FLASH_NS
from widgets.tables_parts import ROWS_AT_ONCE
from widgets.tables_view import TableView

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

ROWS = 2 * ROWS_AT_ONCE + 4


class Figure(Struct, frozen=True):
    key: int
    value: int


@pytest.fixture
def view(qtbot):
    columns = [Column(key="value", head="value", width=80, text=lambda r: str(r.value), order=lambda r: r.value,
                      flashes=True)]  # fmt: skip
    table = ListTable(columns)
    table.replace(Figure(key, 0) for key in range(ROWS))
    view = TableView(table, day_scene().context.tokens, footer=0)
    view.parts.is_whole = False
    qtbot.addWidget(view)
    view.resize(100, 600)
    view.show()
    qtbot.waitExposed(view)
    painted_in_parts(view, 0)
    return view


def painted_in_parts(view, now_ns):
    """Rows painted for one refresh, part by part."""
    parts, has_more = [], True
    view.show_rows(now_ns)
    while has_more:
        before = view.painted_rows
        QApplication.processEvents()
        parts.append(view.painted_rows - before)
        has_more = view.parts.update()
    return parts


def test_rows_that_moved_are_painted_a_few_at_a_time(view):
    view.table.replace(Figure(key, 1) for key in range(ROWS))
    assert painted_in_parts(view, 1) == [ROWS // 3] * 3


def test_rows_whose_flash_ends_come_with_those_that_moved_in_the_same_parts(view):
    view.table.replace(Figure(key, 1) for key in range(ROWS))
    painted_in_parts(view, 1)
    view.table.replace(Figure(key, 1 if key < ROWS // 2 else 2) for key in range(ROWS))
    assert painted_in_parts(view, 1 + FLASH_NS) == [ROWS // 3] * 3
