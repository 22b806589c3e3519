import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.market_map import Box, MapCell
from tests.desk.scene import a_trade
from tests.widgets.scene import day_scene, look, show_panel
from themes.tokens import DARK, Tokens, contrast
from widgets.heat import heat, heat_ink
from widgets.market_map import LAY_OUT_NS, LEGEND, LOOK_NS, MarketMapPanel, fit

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    return settled(scene, show_panel(qtbot, MarketMapPanel(scene.context), 640, 420))


def settled(scene, panel, after=LOOK_NS):
    return look(scene, panel, after)


def middle(cell):
    return QPoint(cell.box.x + cell.box.width // 2, cell.box.y + cell.box.height // 2)


def test_a_click_chooses_the_issue(scene, panel):
    cell = panel.canvas.cells()[3]
    QTest.mouseClick(panel.canvas, Qt.MouseButton.LeftButton, pos=middle(cell))
    assert scene.selection.symbol() == cell.symbol


def test_arrows_and_enter_choose_a_neighbour(scene, panel):
    cells = panel.canvas.cells()
    scene.selection.choose(cells[0].symbol)
    settled(scene, panel)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Right)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Return)
    chosen = next(cell for cell in cells if cell.symbol == scene.selection.symbol())
    assert chosen.box.x >= cells[0].box.x + cells[0].box.width
    assert panel.canvas.accessibleDescription().startswith(chosen.name)


def test_places_stay_for_a_while_and_then_follow(scene, panel):
    before = [cell.symbol for cell in panel.canvas.cells()]
    scene.market.on_quote(a_trade("015760", px=47_000, cum_value=10**16))
    settled(scene, panel)
    soon = [cell.symbol for cell in panel.canvas.cells()]
    settled(scene, panel, after=LAY_OUT_NS)
    assert soon == before
    assert panel.canvas.cells()[0].symbol == "015760"


def test_another_size_lays_out_again(scene, panel):
    panel.resize(400, 300)
    QApplication.processEvents()
    settled(scene, panel, after=1)
    boxes = [cell.box for cell in panel.canvas.cells()]
    assert max(box.x + box.width for box in boxes) == panel.canvas.width()
    assert max(box.y + box.height for box in boxes) == panel.canvas.map_height


def test_without_shares_there_is_no_map_by_capitalisation(scene, panel):
    panel.chips["cap"].click()
    settled(scene, panel)
    assert (panel.canvas.groups, panel.kept()) == ([], "cap")


@pytest.mark.parametrize(
    ("size", "name", "shown"),
    [
        ((200, 80), "삼성전자", (["삼성전자"], "name", True)),
        ((62, 45), "삼성전자", (["삼성전자"], "price_strong", True)),
        ((66, 20), "삼성전자", (["삼성전자"], "secondary", False)),
        ((50, 34), "삼성바이오로직스", (["207940"], "secondary", True)),
        ((50, 45), "삼성바이오로직스", (["삼성바이", "오로직스"], "cap", True)),
        ((66, 62), "삼성바이오로직스", (["삼성바이", "오로직스"], "name", True)),
        ((90, 62), "SMエンターテインメント", (["SMエンター", "テインメント"], "price_strong", True)),
        ((60, 62), "SamsungEpis", (["Samsung", "Epis"], "body_medium", True)),
        ((50, 62), "DOOSANENERB", (["207940"], "secondary", True)),
        ((10, 10), "삼성전자", ([], "", False)),
    ],
)
def test_what_does_not_fit_is_left_out_and_never_cut(panel, size, name, shown):
    cell = MapCell(symbol="207940", name=name, box=Box(0, 0, *size), bp=143)
    found = fit(panel.canvas._cache, cell, cell.box)
    assert found == shown
    assert all(panel.canvas._cache.width(found[1], name) <= size[0] - 7 for name in found[0])


def test_figures_are_readable_on_every_colour():
    tokens = Tokens.parse(DARK)
    for bp in LEGEND:
        assert contrast(heat_ink(tokens, bp), heat(tokens, bp)) >= 4.5, bp
