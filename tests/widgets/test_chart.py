from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap

from hts.desk.chart_marks import Marks, OrderLine
from hts.model.enums import OrdStatus, Side
from hts.model.queries import RequestBars
from tests.desk.scene import NAVER, NINE, SAMSUNG, SECOND, a_trade, an_order
from tests.widgets.chart_scene import a_chart, bars, closes, settle, show_order
from tests.widgets.scene import day_scene
from themes.tokens import DARK, Tokens
from widgets.chart import ChartPanel
from widgets.chart_axes import COUNTDOWN_HEIGHT, TAG_HEIGHT
from widgets.chart_bars import LEGEND_LINE, Legend
from widgets.chart_menu import whole_menu
from widgets.chart_ranges import touched
from widgets.painting import TextCache

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def scene():
    return day_scene()


@pytest.fixture
def panel(qtbot, scene):
    return a_chart(qtbot, scene)


def test_history_is_asked_for_once_per_issue_and_source(scene, panel):
    for timeframe_s in (60, 900, 86_400):
        panel.set_timeframe(timeframe_s)
        settle(scene, panel)
        settle(scene, panel)
    scene.selection.choose(NAVER)
    settle(scene, panel)
    minutes, days = {"timeframe_s": 60, "count": 4_000}, {"timeframe_s": 86_400, "count": 520}
    assert scene.queries == [
        RequestBars(symbol=SAMSUNG, **minutes),
        RequestBars(symbol=SAMSUNG, **minutes),
        RequestBars(symbol=SAMSUNG, **minutes),
        RequestBars(symbol=SAMSUNG, **days),
        RequestBars(symbol=NAVER, **days),
    ]


def test_a_question_without_an_answer_and_a_new_snapshot_are_asked_again(scene, panel):
    scene.queries.clear()
    panel.ask_again()
    settle(scene, panel)
    asked = [len(scene.queries), panel._retry.isActive()]
    scene.market.on_quote(a_trade(SAMSUNG, px=190_000, at_s=299 * 60))
    settle(scene, panel)
    asked += [len(scene.queries), closes(panel)[-1]]
    scene.market.on_bars(bars())
    settle(scene, panel)
    asked += [panel._retry.isActive()]
    scene.orders.clear()
    settle(scene, panel)
    assert [*asked, len(scene.queries)] == [1, True, 1, 190_000, False, 2]


def test_minutes_are_aggregated_to_the_chosen_time_frame(scene, panel):
    lengths = [len(panel.series)]
    for timeframe_s in (60, 3600):
        panel.bar.buttons[timeframe_s].click()
        settle(scene, panel)
        lengths.append(len(panel.series))
    assert lengths == [100, 300, 5]


def test_trades_after_the_history_move_the_last_bar_and_add_new_ones(scene, panel):
    scene.market.on_quote(a_trade(SAMSUNG, px=195_000, at_s=299 * 60))
    scene.market.on_quote(a_trade(NAVER, px=1_000, at_s=299 * 60))
    settle(scene, panel)
    seen = [(len(panel.series), closes(panel)[-1])]
    scene.market.on_quote(a_trade(SAMSUNG, px=195_100, at_s=300 * 60))
    settle(scene, panel)
    assert [*seen, (len(panel.series), closes(panel)[-1])] == [(100, 195_000), (101, 195_100)]


def test_the_view_rolls_with_new_bars_unless_the_trader_looks_at_the_past(scene, panel):
    box = panel.canvas.price_box

    def moved_by_a_new_bar(at_s) -> float:
        before = box.viewRange()[0][0]
        scene.market.on_quote(a_trade(SAMSUNG, px=190_000, at_s=at_s))
        settle(scene, panel)
        return round(box.viewRange()[0][0] - before, 6)

    moves = [moved_by_a_new_bar(300 * 60)]
    box.setXRange(0, 50, padding=0)
    moves.append(moved_by_a_new_bar(303 * 60))
    assert moves == [1.0, 0.0]


def test_prices_fit_the_bars_in_view(panel):
    box = panel.canvas.price_box
    box.setXRange(10, 30, padding=0)
    low, high, _ = panel.series.extent(10, 31)
    seen_low, seen_high = box.viewRange()[1]
    assert seen_low < low < high < seen_high
    assert seen_high - seen_low < 1.5 * (high - low) + 400


def test_an_ended_order_has_no_line(scene, panel):
    px, label = show_order(scene, panel)
    scene.orders.on_view(
        an_order(77, Side.BUY, px, 100, SAMSUNG, ord_status=OrdStatus.FILLED, leaves_qty=0, cum_qty=100)
    )
    settle(scene, panel)
    panel.grab()
    assert panel.canvas.marks_layer.order_at(label.center()) is None


def test_the_legend_speaks_of_the_bar_under_the_crosshair(scene, panel):
    def said() -> list[str]:
        return [text for line in panel.legend.lines for text, _, _ in line]

    last = said()
    x = panel.canvas.price_box.mapViewToScene(QPointF(60, 190_000)).x()
    panel.canvas.hand.point(QPointF(x, 100))
    pointed = said()
    panel.canvas.hand.point(QPointF(-50, -50))
    columns = panel.series.columns
    assert [last[3], pointed[3]] == [f"{int(columns[0, 99]):,}", f"{int(columns[0, 60]):,}"]
    assert said() == last


def test_a_trade_within_the_range_repaints_what_is_right_of_the_last_bars_only(scene, panel):
    scene.market.on_quote(a_trade(SAMSUNG, px=closes(panel)[-1], at_s=299 * 60))
    settle(scene, panel)
    dirty = touched(panel.canvas)
    view = panel.canvas.viewport()
    assert 0 < dirty.width() * dirty.height() < 0.4 * view.width() * view.height()


def test_an_empty_chart_paints_and_says_so(qtbot, scene):
    panel = ChartPanel(scene.context)
    qtbot.addWidget(panel)
    panel.resize(500, 400)
    panel.show()
    settle(scene, panel)
    picture = QPixmap(panel.size())
    painter = QPainter(picture)
    painter.end()
    panel.render(picture)
    assert panel.legend.lines[1][0][0] == "차트 자료를 받는 중"


def test_a_trade_paints_over_the_still_picture_and_a_pan_makes_a_new_one(scene, panel):
    canvas = panel.canvas

    def painted(act) -> int:
        before = canvas.still.count
        act()
        panel.grab()
        return canvas.still.count - before

    def trade(px, at_s=299 * 60):
        scene.market.on_quote(a_trade(SAMSUNG, px=px, qty=1, at_s=at_s))
        settle(scene, panel)

    last = closes(panel)[-1]
    box = canvas.price_box
    for px in (last, last - 100):  # within the range from here on
        trade(px)
    panel.grab()
    moves = [
        painted(lambda: trade(last)),
        painted(lambda: trade(last - 100)),
        painted(lambda: box.setXRange(100, 200, padding=0)),
        painted(lambda: trade(last, at_s=301 * 60)),
    ]
    assert moves == [0, 0, 1, 1]


def test_the_two_layers_together_are_the_picture_of_one(scene, panel):
    """A bar looks the same while trades make it and when the next one has begun."""

    def pixels() -> list[list[int]]:
        picture = panel.canvas.grab().toImage()
        first, last = (round(panel.canvas.price_box.mapViewToScene(QPointF(299 + d, 0)).x()) for d in (-0.4, 0))
        bottom = int(panel.canvas.stack.panes[-1].box.sceneBoundingRect().bottom())
        return [[picture.pixel(x, y) for x in range(first, last + 1)] for y in range(bottom)]

    open_px = closes(panel)[-1]
    for at_s, px in enumerate((open_px + 100, open_px - 200, open_px + 200, open_px)):
        scene.market.on_quote(a_trade(SAMSUNG, px=px, at_s=299 * 60 + at_s))
    settle(scene, panel)
    panel.canvas.price_box.setXRange(200, 340, padding=0)
    while_open = pixels()
    scene.market.on_quote(a_trade(SAMSUNG, px=open_px, at_s=300 * 60))
    settle(scene, panel)
    panel.canvas.price_box.setXRange(200, 340, padding=0)
    closed = pixels()
    assert sum(a != b for one, two in zip(while_open, closed, strict=True) for a, b in zip(one, two, strict=True)) < 20


def test_the_average_tells_quantity_result_and_percent(scene, panel):
    average = panel.context.texts("chart.average", qty="10", pnl="+5,000", percent="+0.18")
    assert average == "평단 10주  +5,000  +0.18%"


def test_price_tags_give_way_to_the_last_price_and_none_overlap(scene, panel):
    axis, plane = panel.canvas.price_pane.axis, panel.canvas.price_plane
    step = (plane.y1 - plane.y0) / plane.height  # of price in one pixel
    last = round((plane.y0 + plane.y1) / 2)
    orders = tuple(
        OrderLine(order_id=i, side=Side.BUY, px=round(last - d * step), qty=1, is_pending=False)
        for i, d in enumerate((0, 8, 30))
    )
    axis.marks = Marks(
        orders=orders, average_px=round(last + 4 * step), base_px=round(last - 5 * step), last_px=last, direction=1
    )
    tags = axis.tags(plane)
    places = sorted(tag.y for tag in tags)
    assert [tag.role for tag in tags] == ["base", "order", "order", "average", "last"]  # one tag per price
    assert min(b - a for a, b in pairwise(places)) >= TAG_HEIGHT
    assert abs(tags[-1].y - plane.y_of(last)) < 1
    axis.countdown = "00:59"
    below = min(tag.y for tag in axis.tags(plane)[:-1] if tag.y > tags[-1].y)
    assert below - tags[-1].y > TAG_HEIGHT + COUNTDOWN_HEIGHT


def test_a_tag_stands_where_its_line_is(scene, panel):
    panel.grab()
    canvas = panel.canvas
    picture = canvas.grab().toImage()
    marks, tokens = canvas.marks_layer.marks, panel.context.tokens
    ground = {1: tokens.buy_fill, -1: tokens.sell_fill, 0: tokens.line2}[marks.direction]
    x = picture.width() - 3
    rows = [y for y in range(picture.height()) if picture.pixelColor(x, y) == ground]
    line_y = canvas.price_box.mapViewToScene(QPointF(0, marks.last_px)).y()
    assert len(rows) == TAG_HEIGHT
    assert abs((rows[0] + rows[-1]) / 2 - line_y) <= 1


def test_a_picture_between_two_frames_shows_what_there_is(scene, panel):
    """Trades and history reach the series before the panel is refreshed; a paint event may come in between."""
    for act in (
        lambda: panel.series.on_trade(a_trade(SAMSUNG, px=190_000, at_s=303 * 60)),
        lambda: panel.series.replace(bars(count=3).bars),
        lambda: panel.series.replace(()),
        lambda: panel.series.replace(bars(count=900).bars),
    ):
        act()
        stills = panel.canvas.still.count
        panel.canvas.restyle()
        panel.canvas.grab()
        assert panel.canvas.still.count == stills + 1


@pytest.mark.parametrize("height", [150, 240, 600])
def test_the_highest_and_lowest_price_are_written_whole_within_the_pane(qtbot, scene, panel, height):
    panel.resize(500, height)
    settle(scene, panel)
    panel.canvas.grab()
    plane = panel.canvas.price_plane
    places = [one.y for one in panel.canvas.notes_layer.extremes]
    assert len(places) == 2
    assert all(plane.top + 9 <= y <= plane.bottom - 9 for y in places)


def test_a_legend_that_is_too_narrow_ends_with_a_whole_pair(qtbot):
    tokens = Tokens.parse(DARK)
    legend = Legend(tokens)
    qtbot.addWidget(legend)
    legend.show_lines(
        [[("Name", "title", tokens.text), ("Volume", "secondary", tokens.text2), ("81,609", "body", tokens.text)]]
    )
    cache = TextCache()
    ends = cache.width("title", "Name") + cache.width("secondary", "Volume") + 20
    for width, is_shown in ((round(ends), False), (round(ends) + 60, True)):
        legend.resize(width, 2 * LEGEND_LINE)
        image = legend.grab().toImage()
        begin = round(cache.width("title", "Name")) + 14
        inked = any(image.pixel(x, y) != tokens.panel.rgb() for x in range(begin, width) for y in range(LEGEND_LINE))
        assert inked == is_shown


def test_the_regular_session_is_a_switch_of_bar_and_menu_that_the_legend_and_the_layout_keep(qtbot, scene):
    scene.context = replace(scene.context, hours=lambda _venue, _date: (NINE, NINE + 100 * 60 * SECOND))
    panel = a_chart(qtbot, scene)
    panel.adjust(timeframe_s=60)
    counts, said = [len(panel.series)], []
    entry = next(a for a in whole_menu(panel).actions() if a.text() == scene.texts("chart.regular"))
    before = entry.isChecked()
    entry.trigger()
    settle(scene, panel)
    counts.append(len(panel.series))
    said.append([text for text, _, _ in panel.legend.lines[0]][1])
    stored = panel.stored()["is_regular"]
    assert panel.bar.menus["regular"].isChecked()
    panel.bar.menus["regular"].click()
    settle(scene, panel)
    counts.append(len(panel.series))
    said.append([text for text, _, _ in panel.legend.lines[0]][1])
    assert (counts, before, stored) == ([300, 100, 300], False, True)
    assert [scene.texts("chart.menu.regular") in one for one in said] == [True, False]
    assert not panel.bar.menus["regular"].isChecked()


def test_the_bar_leaves_the_switch_out_before_it_leaves_out_anything_else(scene, panel):
    bar = panel.bar
    shown = {}
    for width in range(300, 900, 4):
        panel.resize(width, 400)
        names = {name for name, one in bar.menus.items() if one.isVisible()}
        frames = sum(one.isVisible() for one in bar.buttons.values())
        shown.setdefault((frames, frozenset(names)), width)
        ends = max(one.geometry().right() for one in (*bar.menus.values(), *bar.buttons.values()) if one.isVisible())
        assert ends < width, (width, ends)
    whole = {name for name in bar.menus if name != "more"}
    assert {(11, frozenset(whole)), (11, frozenset(whole - {"regular"}))} <= shown.keys()
    assert all("regular" not in names for frames, names in shown if frames < 11)
