"""The journal as a page, with what stands beside the trips."""

from html import escape

from msgspec.structs import replace

from hts.desk.executions_state import ExecutionsState
from hts.desk.trade_journal_notes import Note
from hts.desk.trade_journal_report import html_report
from tests.desk.scene import ACCOUNT, NINE
from tests.desk.test_executions import route
from tests.desk.test_trade_journal_state import LOST, WON, Desk, page


def test_the_report_has_pictures_days_and_what_routing_saved():
    desk = Desk()
    executions = ExecutionsState(desk.answers, desk.scene.market, desk.asked.append, desk.scene.texts, account=ACCOUNT)
    desk.state.ask()
    desk.take(replace(page(*WON, *LOST), routes=(route(7, saved_best_single=123),)))
    executions.reckon()
    note = Note(text="late", picture="trade_1.png")
    desk.notes.put(desk.state.trips[0].key, note)
    desk.state.reckon(NINE)
    html = html_report(desk.state, desk.scene.texts, ACCOUNT, executions, {"trade_1.png": b"PNG"}.get)
    assert 'src="data:image/png;base64,UE5H"' in html
    assert "2026-11-20</td><td>+1,000" in html
    assert desk.scene.texts("journal.sharpe", days=2) in html
    assert escape(desk.scene.texts("journal.sharpe_how")) in html
    assert html.count("+123") == 2  # among the figures, and of the day
    gone = html_report(desk.state, desk.scene.texts, ACCOUNT, executions, lambda _name: b"")
    assert "<img" not in gone
