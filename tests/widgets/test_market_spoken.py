"""What a screen reader hears of the painted market panels."""

import pytest
from PySide6.QtWidgets import QApplication

from hts.desk.texts import LANGUAGES
from tests.desk.scene import a_trade
from tests.support.desk_feed import texts
from tests.widgets.scene import day_scene, naver_scene
from widgets.market_map import MarketMapPanel
from widgets.quote_panel import QuotePanel
from widgets.spoken_rows import SpeaksRows
from widgets.tape import TapePanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def shown(qtbot, scene, cls):
    panel = cls(scene.context)
    qtbot.addWidget(panel)
    panel.resize(420, 640)
    panel.show()
    qtbot.waitExposed(panel)
    scene.context.universe.on_changes(scene.market, scene.market.drain())
    panel.mark_dirty()
    panel.refresh_if_dirty(scene.now_ns)
    QApplication.processEvents()
    return panel


def test_a_level_says_price_change_side_and_own_orders(qtbot):
    panel = shown(qtbot, naver_scene(), QuotePanel)
    book = panel.book
    assert isinstance(book, SpeaksRows)
    said = [book.spoken_row(i) for i in range(book.spoken_count())]
    assert (len(said), said[1], said[9]) == (
        20,
        "241,500 +10.78% 매도잔량 4,105 내 주문 30",
        "237,500 +8.94% 매도잔량 412",
    )
    assert said[10] == "237,000 +8.72% 매수잔량 1,206"
    assert book.spoken_rect(10).y() - book.spoken_rect(9).y() == book.spoken_rect(9).height()


def test_a_print_says_what_traded(qtbot):
    scene = day_scene()
    panel = shown(qtbot, scene, TapePanel)
    scene.market.on_quote(a_trade(scene.selection.symbol(), px=191_500, qty=7, side="2"))
    scene.frame(panel)
    assert panel.view.spoken_row(0) == "10:14:27.618 191,500 7 KRX 매도"
    assert panel.view.spoken_current() == -1


def test_a_cell_says_name_and_change(qtbot):
    panel = shown(qtbot, day_scene(), MarketMapPanel)
    canvas = panel.canvas
    said = {canvas.spoken_row(i) for i in range(canvas.spoken_count())}
    assert "NAVER +8.94%" in said
    assert canvas.spoken_current() == -1


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_orders_have_their_word(language):
    assert "7" in texts(language)("quote.own", qty="7")
