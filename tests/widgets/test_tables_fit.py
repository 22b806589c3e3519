"""A figure never runs over its neighbour: it is written smaller, then in units, and is whole under the pointer."""

import pytest

from hts.model.enums import Side
from tests.desk.scene import SAMSUNG, an_order
from tests.support.written import recorded
from tests.widgets.scene import day_scene
from themes import metrics
from widgets.painting import TextCache
from widgets.tables import OrdersPanel
from widgets.tables_fit import fitted_figure, fitted_name, in_units, whole_figure

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("999", "999"),
        ("1,000", "1.00k"),
        ("12,399", "12.3k"),
        ("999,999", "999k"),
        ("1,239,999", "1.23M"),
        ("−1,239,999", "−1.23M"),
        ("+123,456,789,012", "+123B"),
        ("191.40", "191.40"),
        ("매수", "매수"),
        ("—", "—"),
        ("", ""),
    ],
)
def test_units_are_cut_and_only_whole_numbers_have_them(text, short):
    assert in_units(text) == short


def test_a_figure_gets_smaller_before_it_gets_shorter(qapp):
    texts = TextCache()
    found = {fitted_figure(texts, "1,234,567", "price", room) for room in range(20, 90)}
    assert found == {
        ("1,234,567", "price"),
        ("1,234,567", "secondary"),
        ("1,234,567", "cap"),
        ("1.23M", "cap"),
        *((one, "cap") for one, _ in found if one.endswith("…")),
    }


def test_a_name_is_set_closer_before_it_is_cut(qapp):
    texts, name = TextCache(), "ハンファエアロスペース"
    whole = texts.width("body", name)
    found = [fitted_name(texts, name, "body", whole * share) for share in (1, 0.9, 0.75, 0.5)]
    assert found[:3] == [(name, "body"), (name, "narrow"), (name, "narrower")]
    assert (found[3][0][-1], found[3][1]) == ("…", "narrower")
    assert fitted_name(texts, name, "secondary", whole * 0.75)[0].endswith("…")  # small already


def test_a_large_order_stands_in_its_own_columns_and_is_whole_under_the_pointer(qtbot):
    scene = day_scene()
    scene.orders.on_view(an_order(70, Side.BUY, 190_000, 12_345_678, SAMSUNG))
    panel = OrdersPanel(scene.context)
    qtbot.addWidget(panel)
    panel.resize(514, 260)
    panel.show()
    qtbot.waitExposed(panel)
    scene.frame(panel)
    with recorded() as written:
        panel.grab()
    assert written.faults() == []
    view = panel.view
    left, width = view.column_rect("leaves")
    row = view.table.row(view.table.find(70))
    assert whole_figure(view, row, left + width // 2) == "12,345,678"
    assert whole_figure(view, row, metrics.EDGE_PAD) == ""
