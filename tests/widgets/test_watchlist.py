import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest

from hts.desk.ratios import sign
from hts.desk.watchlist import DAY_MINUTES
from hts.model.queries import RequestBars
from hts.model.quotes import Bar
from hts.model.views import BarsView
from tests.desk.scene import NAVER, NINE, SAMSUNG, SECOND, a_trade
from tests.widgets.scene import day_scene, open_panel, settle
from themes import metrics
from widgets.painting import Brush
from widgets.tables_view import HEAD
from widgets.watchlist import WatchlistPanel
from widgets.watchlist_course import PICTURES_KEPT_MAX, Courses

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    return open_panel(qtbot, scene, WatchlistPanel(scene.context), 372, 500)


def click(panel, i):
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, HEAD + i * metrics.TABLE_ROW + 5))


def test_a_click_chooses_the_issue_everywhere_and_a_click_on_a_head_does_not(scene, panel):
    click(panel, 0)
    chosen = [scene.selection.symbol()]
    click(panel, 4)
    chosen.append(scene.selection.symbol())
    assert chosen == [SAMSUNG, NAVER]
    assert panel.view.selected == ("held", NAVER)


def test_the_choice_of_another_panel_is_marked(scene, panel):
    scene.selection.choose(NAVER)
    settle(scene, panel)
    assert panel.view.selected == ("held", NAVER)


def test_a_trade_repaints_the_rows_of_its_issue_and_the_heads_that_sum_it(scene, panel):
    before = panel.view.painted_rows
    scene.market.on_quote(a_trade("015760", px=47_900))
    settle(scene, panel)
    assert panel.view.painted_rows - before == 4


def test_the_subtitle_counts_issues_once(panel):
    assert panel.subtitle == "9종목"


def test_the_day_of_every_issue_is_asked_for_once_one_at_a_time(scene, panel):
    for _ in range(12):
        panel.ask_next()
    symbols = list(scene.market.instruments)
    assert scene.queries == [RequestBars(symbol=symbol, timeframe_s=60, count=DAY_MINUTES) for symbol in symbols]


def test_an_answer_draws_the_course_beneath_the_trades_that_came_before(scene, panel):
    first = next(iter(scene.market.instruments))
    minutes = tuple(Bar(NINE + i * 60 * SECOND, 1, 1, 1, 190_000 + i * 100, 1, 1) for i in range(60))
    scene.market.on_bars(BarsView(symbol=first, timeframe_s=60, bars=minutes))
    settle(scene, panel)
    rows = [row for row in panel.view.table.exported() if row.symbol == first]
    assert rows[0].course[:3] == (190_800, 191_700, 192_600)


def test_a_course_of_one_step_has_a_level_beside_its_point(scene, panel):
    """In the first minutes a point on a dotted line says nothing."""
    view = panel.view
    issue = next(row for row in view.table.exported() if row.change > 0)
    short = msgspec.structs.replace(issue, course=(issue.px,))
    image = course_image(view, Courses(view.tokens), short)
    lit = [x for x in range(60) if any(image.pixelColor(x, y) != view.tokens.panel for y in range(8))]
    assert (min(lit), max(lit)) == (0, 45)


def course_image(view, courses, row):
    picture = QPixmap(60, metrics.TABLE_ROW)
    picture.fill(view.tokens.panel)
    painter = QPainter(picture)
    courses.paint(Brush(painter, view.cache), row, (0, 4), view.row_tones.of(row)[sign(row.change)])
    painter.end()
    return picture.toImage()


def test_a_course_is_drawn_once_for_each_price_and_few_are_kept(panel):
    view, courses = panel.view, Courses(panel.view.tokens)
    issue = next(row for row in view.table.exported() if row.change > 0)
    rows = [msgspec.structs.replace(issue, course=(issue.px, issue.px + step)) for step in (0, 500, 0, 500)]
    images = [course_image(view, courses, row) for row in rows]
    same = images[0] == images[2], images[1] == images[3], images[0] == images[1]
    assert (*same, len(courses)) == (True, True, False, 2)
    fallen = msgspec.structs.replace(rows[0], change=-1)
    assert course_image(view, courses, fallen) != images[0]
    for step in range(2 * PICTURES_KEPT_MAX):
        course_image(view, courses, msgspec.structs.replace(issue, course=(issue.px, 1_000_000 + step)))
    assert len(courses) == PICTURES_KEPT_MAX
