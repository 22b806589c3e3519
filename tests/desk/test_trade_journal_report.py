"""The journal as a page, with what stands beside the trips."""

from html import escape

from msgspec.structs import replace

from hts.desk.executions_state import ExecutionsState
from hts.desk.table_export import lines_of, number
from hts.desk.trade_journal_notes import Note
from hts.desk.trade_journal_report import figure_lines, html_report
from hts.model.enums import Side
from hts.model.past_fills import PastStop
from tests.desk.scene import ACCOUNT, NAVER, NINE
from tests.desk.test_executions import route
from tests.desk.test_trade_journal import past
from tests.desk.test_trade_journal_state import LOST, WON, Desk, page

BARE = (past(5, Side.BUY, 1_000, 1, date=20261123), past(6, Side.SELL, 1_000, 1, date=20261123))


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


def test_multiples_of_the_first_risk_stand_in_the_page_and_in_every_export():
    desk = Desk()
    desk.state.ask()
    stop = PastStop(
        stop_id=90, account=ACCOUNT, symbol=NAVER, side=Side.SELL, px=980, trade_ns=NINE, trade_date=20261120,
        protects=WON[0].fill.order_id,
    )  # fmt: skip
    other = replace(stop, stop_id=91, px=960, protects=LOST[0].fill.order_id)
    desk.take(replace(page(*WON, *LOST, *BARE), stops=(stop, other)))
    texts, columns = desk.scene.texts, desk.state.table.columns
    heads, *lines = lines_of(columns, desk.state.table.exported())
    at = [heads.index(texts(f"journal.{key}")) for key in ("stop", "risk", "r")]
    assert [[line[place] for place in at] for line in lines] == [
        ["", "", ""],
        ["960", "400", "-1.25"],
        ["980", "200", "+5.00"],
    ]
    assert number("+5.00") == 5.0  # a figure in a sheet
    lines = dict(figure_lines(desk.state.figures, 0, texts, currency="KRW"))
    assert [lines[texts(f"journal.{key}")] for key in ("r_mean", "per_risk", "r_count")] == ["+1.88R", "+0.83R", "2/3"]
    html = html_report(desk.state, texts, ACCOUNT)
    assert "<td>980</td><td>200</td>" in html
    assert "+1.88R" in html
    assert escape(texts("journal.r_how")) in html
    (group,) = lines_of(desk.state.groups.columns, desk.state.groups.exported())[1:]
    assert "+1.88" in group
