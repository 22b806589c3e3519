"""The panel of worked orders: paused, resumed, changed and taken back by keys and by its menu."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hts.model.algo import SchedulePoint
from hts.model.enums import Phase
from hts.model.intents import ControlWork
from hts.model.quotes import PhaseUpdate
from hts.model.units import ClOrdID
from hts.model.work import WorkAct, WorkState
from tests.desk.test_algo_form import an_algo
from tests.desk.test_tables_works import a_work
from tests.support.desk_feed import NOW_NS, busy_desk
from tests.support.panels import panel_context, show_frame
from widgets.tables_works import WorksPanel


@pytest.fixture
def desk():
    return busy_desk()  # locked: pausing and cancelling pass nevertheless


@pytest.fixture
def panel(qtbot, desk):
    desk.orders.on_view(an_algo())
    made = WorksPanel(panel_context(desk, "en"))
    qtbot.addWidget(made)
    made.resize(1_100, 200)
    made.show()
    show_frame(made, desk)
    made.view.select(ClOrdID(77))
    return made


def tell(panel, desk, **fields):
    desk.orders.on_view(an_algo(**fields))
    show_frame(panel, desk)


def acts(desk):
    return [(intent.work_id, intent.act) for intent in desk.sent if isinstance(intent, ControlWork)]


def test_one_key_pauses_and_lets_go_on(panel, desk):
    QTest.keyClick(panel.view, Qt.Key.Key_P)
    tell(panel, desk, state=WorkState.PAUSED)
    QTest.keyClick(panel.view, Qt.Key.Key_P)
    tell(panel, desk, state=WorkState.ENDING)
    QTest.keyClick(panel.view, Qt.Key.Key_P)
    assert acts(desk) == [(77, WorkAct.PAUSE), (77, WorkAct.RESUME)]


def test_delete_takes_it_back_once(panel, desk):
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    tell(panel, desk, state=WorkState.DONE)
    QTest.keyClick(panel.view, Qt.Key.Key_Delete)
    assert acts(desk) == [(77, WorkAct.CANCEL)]


def test_a_key_opens_its_terms(panel, desk):
    QTest.keyClick(panel.view, Qt.Key.Key_E)
    assert desk.algo.amends == 77


def test_the_menu_offers_what_can_be_done(panel, desk):
    def offered(key):
        return [text for text, _ in panel.menu_actions(key) if text.startswith("works.")]

    assert offered(ClOrdID(77)) == ["works.menu_cancel", "works.menu_turn", "works.menu_amend"]
    desk.orders.on_view(a_work(5, account=desk.orders.account_id))  # a routed order has no terms to change
    assert offered(ClOrdID(5)) == ["works.menu_cancel", "works.menu_turn"]
    tell(panel, desk, parent_id=3)  # nor has a part of a basket
    assert offered(ClOrdID(77)) == ["works.menu_cancel", "works.menu_turn"]
    tell(panel, desk, state=WorkState.ENDED)
    assert offered(ClOrdID(77)) == []
    dict(panel.menu_actions(ClOrdID(5)))["works.menu_turn"]()
    assert acts(desk) == [(5, WorkAct.PAUSE)]


def test_what_is_planned_goes_on_with_the_clock_while_it_runs_and_ends_with_it(panel, desk):
    points = tuple(SchedulePoint(NOW_NS + at * 1_000_000_000, 100 * at) for at in range(5))
    tell(panel, desk, points=points)
    desk.now_ns += 2_000_000_000
    desk.market.on_quote(PhaseUpdate("", NOW_NS + 2_000_000_000, Phase.CONTINUOUS, 0))
    show_frame(panel, desk)
    assert panel._table.row(0).due_qty == 200
    tell(panel, desk, points=points, state=WorkState.DONE)
    assert panel._table.row(0).due_qty == 0
