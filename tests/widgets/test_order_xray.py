import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.order_xray_wire import WireField, WireMessage
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.queries import RequestLatency, RequestOrderTrace, RequestRoute
from hts.model.routing import RouteRequest
from hts.model.trace import CheckTold, Hop, OrderWay, Told, TraceView, WireChunk
from hts.model.work import RouteSpec
from tests.desk.scene import an_order
from tests.desk.test_tables_works import a_work
from tests.support.pointer import move
from tests.widgets.scene import naver_scene
from widgets.order_xray import OrderXrayPanel
from widgets.order_xray_spoken import FACTS, VERDICT
from widgets.painting import Brush

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

WAY = OrderWay(key_ns=1, read_ns=300_001, decided_ns=400_001, journaled_ns=450_001, encoded_ns=460_001,
               wire_ns=480_001, ack_ns=2_000_001, published_ns=2_100_001)  # fmt: skip
CORE_STAMPS = ("read_ns", "decided_ns", "journaled_ns", "encoded_ns", "wire_ns", "ack_ns", "published_ns")


def messages_of(trace):
    return tuple(
        WireMessage(
            venue="KRX", protocol="ums", name=f"M{number}", is_sent=chunk.is_sent, mono_ns=chunk.mono_ns,
            data=chunk.data, fields=tuple(
                WireField(name=f"f{i}", offset=i, length=1, value=str(byte)) for i, byte in enumerate(chunk.data)
            ),
        )
        for number, chunk in enumerate(trace.chunks)
    )  # fmt: skip


def a_trace(order_id):
    chunk = {"venue": "KRX", "protocol": "ums"}
    return TraceView(
        order_id=order_id,
        ids=(order_id,),
        way=WAY,
        told=(Told(exec_type=ExecType.NEW, mono_ns=2_000_001),),
        chunks=(
            WireChunk(**chunk, is_sent=True, mono_ns=480_001, data=b"abc"),
            WireChunk(**chunk, is_sent=False, mono_ns=2_000_001, data=b"defgh"),
        ),
    )


@pytest.fixture
def scene():
    made = naver_scene()
    made.context.answers._decode = messages_of
    return made


@pytest.fixture
def panel(qtbot, scene):
    made = OrderXrayPanel(scene.context)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    qtbot.waitExposed(made)
    settle(scene, made)
    return made


def settle(scene, panel):
    scene.frame(panel)
    QApplication.processEvents()


def press(panel, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(panel, key, modifier)


def test_it_follows_the_newest_order_and_asks_the_core_once(scene, panel):
    assert panel.shown.view.order_id == 4
    settle(scene, panel)
    assert scene.queries == [RequestOrderTrace(order_id=4), RequestLatency()]
    scene.orders.on_view(an_order(5, Side.BUY, 236_000, 10, parent_id=77))
    settle(scene, panel)
    assert scene.queries[2:] == [RequestOrderTrace(order_id=5), RequestLatency(), RequestRoute(work_id=77)]
    assert "주문 5" in panel.subtitle


def test_the_answer_is_told_in_a_sentence_also_to_screen_readers(scene, panel):
    scene.context.answers.take(a_trace(4))
    settle(scene, panel)
    assert panel.shown.head.verdict.startswith("KRX 접수까지 2.00 ms: 거래소 구간이 1.52 ms (76%)")
    assert panel.accessibleDescription().startswith(panel.shown.head.verdict)
    assert not panel.grab().toImage().isNull()


def test_keys_choose_orders_messages_and_fields(scene, panel):
    scene.context.answers.take(a_trace(4))
    settle(scene, panel)
    press(panel, Qt.Key.Key_Down)
    press(panel, Qt.Key.Key_Down)  # there are two
    press(panel, Qt.Key.Key_Right)
    press(panel, Qt.Key.Key_Right)
    assert (panel._message, panel._field) == (1, 1)
    press(panel, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    settle(scene, panel)
    assert (panel.shown.view.order_id, panel._message, panel._field) == (3, 0, -1)
    press(panel, Qt.Key.Key_Home)
    settle(scene, panel)
    assert panel.shown.view.order_id == 4


def test_parts_of_a_routed_order_are_stepped_through(scene, panel):
    press(panel, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)  # no part of anything: nothing happens
    settle(scene, panel)
    assert panel.shown.view.order_id == 4


def test_a_field_under_the_pointer_is_chosen_in_bytes_and_names(scene, panel):
    scene.context.answers.take(a_trace(4))
    settle(scene, panel)
    rect, number = panel._wire._cells[1]
    move(panel, QPoint(rect.center().x(), rect.center().y()))
    assert (number, panel._field) == (1, 1)
    row, message = panel._wire._rows[1]
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=row.center())
    assert (message, panel._message) == (1, 1)


def test_the_trace_is_copied_whole(scene, panel):
    scene.context.answers.take(a_trace(4))
    settle(scene, panel)
    press(panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert panel.shown.head.verdict in text
    assert "64 65 66 67 68" in text
    assert "f2\t102" in text


def routed(scene):
    """A work with two parts at two venues, traced."""
    scene.orders.on_view(a_work(77, RouteSpec(request=RouteRequest(side=Side.BUY, qty=30)), children=(5, 6)))
    for order_id, venue in ((5, "KRX"), (6, "NXT")):
        scene.orders.on_view(an_order(order_id, Side.BUY, 236_000, 10, parent_id=77, venue=venue))


def test_parts_of_a_routed_order_stand_on_one_axis(scene, panel):
    routed(scene)
    settle(scene, panel)
    assert [one.order_id for one in scene.queries if isinstance(one, RequestOrderTrace)] == [4, 5, 6]
    assert panel.shown.lanes is None
    for order_id in (5, 6):
        scene.context.answers.take(a_trace(order_id))
    settle(scene, panel)
    assert [lane.venue for lane in panel.shown.lanes.lanes] == ["KRX", "NXT"]
    panel.grab()
    rect, lane = panel._lanes._rows[0]
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=rect.center())
    settle(scene, panel)
    assert (lane.order_id, panel.shown.view.order_id) == (5, 5)
    changed = an_order(6, Side.BUY, 236_000, 10, parent_id=77, venue="NXT", cum_qty=10, leaves_qty=0)
    scene.orders.on_view(changed)
    settle(scene, panel)
    asked = [one.order_id for one in scene.queries if isinstance(one, RequestOrderTrace)]
    assert (asked.count(6), asked[-1]) == (2, 6)


def test_what_the_core_sends_later_is_not_timed_from_the_key(scene, panel):
    """A slice that follows a fill: the way of the key ends with the first one."""
    work = a_work(77, RouteSpec(request=RouteRequest(side=Side.BUY, qty=30)), children=(5, 6))
    scene.orders.on_view(work)
    later = 9_350 * 1_000_000
    for order_id, after_ns in ((5, 0), (6, later)):
        part = an_order(order_id, Side.BUY, 236_000, 10, parent_id=77, entered_ns=work.started_ns + after_ns)
        scene.orders.on_view(part)
    scene.context.answers.stamps.sent("r77", 1, 200_001)
    first, slice_ = a_trace(5), a_trace(6)
    scene.context.answers.take(first)
    way = replace(WAY, key_ns=0, **{name: getattr(WAY, name) + later for name in CORE_STAMPS})
    scene.context.answers.take(replace(slice_, way=way))
    settle(scene, panel)
    assert (panel.shown.view.order_id, panel.shown.way.answer_ns) == (6, WAY.ack_ns - WAY.read_ns)
    assert [hop.hop for hop in panel.shown.way.hops if not hop.is_known][:2] == [Hop.KEY, Hop.LINK]
    assert panel.shown.head.route.startswith("주문 77 시작 9.35 s")
    assert panel.shown.lanes.lanes[1].ack_ns == later + WAY.ack_ns - 1
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=panel_lane(panel, 0))
    settle(scene, panel)
    assert (panel.shown.view.order_id, panel.shown.way.answer_ns) == (5, WAY.ack_ns - 1)


@pytest.mark.parametrize("key_ns", [1, 0])
def test_in_a_fast_market_the_sentence_counts_as_the_lanes_do(scene, panel, key_ns):
    """At ten times life's speed the venue's clock says 93.5 s where the machine's says 9.35."""
    work = a_work(77, RouteSpec(request=RouteRequest(side=Side.BUY, qty=30)), children=(5, 6))
    scene.orders.on_view(work)
    later = 9_350 * 1_000_000
    for order_id, after_ns in ((5, 0), (6, 10 * later)):
        part = an_order(order_id, Side.BUY, 236_000, 10, parent_id=77, entered_ns=work.started_ns + after_ns)
        scene.orders.on_view(part)
    if key_ns:
        scene.context.answers.stamps.sent("r77", key_ns, 200_001)
    settle(scene, panel)
    assert panel.shown.head.route.startswith("주문 77 시작 93.50 s 뒤(거래소 시각)에")  # nothing else is known yet
    for order_id, by in ((5, 0), (6, later)):
        way = replace(WAY, key_ns=0, **{name: getattr(WAY, name) + by for name in CORE_STAMPS})
        scene.context.answers.take(replace(a_trace(order_id), way=way))
    settle(scene, panel)
    begin = "주문 77 시작 9.35 s" if key_ns else "주문 77의 첫 조각이 나간 뒤 9.35 s"
    assert panel.shown.head.route.startswith(begin)
    sent = panel.shown.lanes.lanes[1].wire_ns - panel.shown.way.hops[5].begin_ns - panel.shown.way.hops[5].took_ns
    assert (sent, panel.shown.lanes.from_key) == (later + (WAY.read_ns - 1 if key_ns else 0), bool(key_ns))
    assert panel.shown.facts[6].label == "결정 → 전송"


def test_the_ruler_is_painted_to_the_paint(scene, panel):
    """The screen's frames take longer than all the rest: the last pixels are theirs."""
    view = an_order(9, Side.BUY, 236_000, 10)
    scene.orders.on_view(view)
    scene.context.answers.take(a_trace(9))
    stamps = scene.context.answers.stamps
    stamps.sent(view.request_id, 1, 200_001)
    stamps.heard(view, view.request_id, 9_000_001)
    stamps.painted(25_000_001)
    settle(scene, panel)
    picture = panel.grab().toImage()
    ratio = picture.devicePixelRatio()
    row = int((VERDICT + FACTS + 27) * ratio)
    colors = [picture.pixelColor(int(x * ratio), row) for x in (panel.width() - 12, panel.width() - 100)]
    assert colors == [panel.context.tokens.group1] * 2


def test_an_order_that_our_risk_refused_has_no_bytes_and_says_why(scene, panel, monkeypatch):
    denial = Denial(rule=Rule.QTY_LIMIT, figure=41, limit=40, unit=Unit.QTY)
    refused = {"ord_status": OrdStatus.DENIED, "leaves_qty": 0, "denial": denial}
    scene.orders.on_view(an_order(6, Side.BUY, 236_000, 41, **refused))
    scene.context.answers.take(TraceView(order_id=6, is_known=True, ids=(6,)))
    written = []
    monkeypatch.setattr(Brush, "left", lambda self, x, base, text, *ink: written.append(text) or x)
    settle(scene, panel)
    panel.grab()
    assert panel.context.texts("order_xray.never_left") in written
    assert panel.context.texts("order_xray.wire_none") not in written


def panel_lane(panel, number):
    panel.grab()
    return panel._lanes._rows[number][0].center()


def test_the_rules_are_listed_and_copied(scene, panel):
    checks = (
        CheckTold(rule=Rule.BAD_LOT, figure=10, limit=1, unit=Unit.QTY),
        CheckTold(rule=Rule.QTY_LIMIT, is_passed=False, figure=41, limit=40, unit=Unit.QTY),
    )
    scene.context.answers.take(replace(a_trace(4), checks=checks))
    settle(scene, panel)
    assert [row.figure for row in panel.shown.checks] == ["10 ÷ 1", "41 > 40"]
    press(panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "!\t1회 수량\t41 > 40" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("size", [(560, 320), (900, 900), (1914, 412)])
def test_every_size_can_be_painted(scene, panel, size):
    scene.orders.on_view(an_order(6, Side.BUY, 236_000, 10, ord_status=OrdStatus.REJECTED, leaves_qty=0))
    scene.context.answers.take(a_trace(6))
    panel.resize(*size)
    settle(scene, panel)
    assert (panel.grab().width(), panel.shown.head.is_refusal) == (size[0], True)


def test_without_an_order_it_says_what_to_do(qtbot, scene):
    scene.orders.clear()
    made = OrderXrayPanel(scene.context)
    qtbot.addWidget(made)
    made.resize(700, 400)
    settle(scene, made)
    made.refresh(1)
    assert made.shown is None
    assert made.subtitle == ""
    assert made.grab().width() == 700


def test_lanes_that_are_not_shown_take_no_click(scene, panel):
    routed(scene)
    settle(scene, panel)
    for order_id in (5, 6):
        scene.context.answers.take(a_trace(order_id))
    settle(scene, panel)
    panel.grab()
    rect, lane = panel._lanes._rows[1]
    assert panel._lanes.lane_at(rect.center().x(), rect.center().y()) is lane
    panel.resize(900, 420)  # no room for them
    panel.grab()
    assert panel._lanes.lane_at(rect.center().x(), rect.center().y()) is None


def test_every_part_of_it_is_a_row_for_readers_where_it_is_painted(scene, panel):
    routed(scene)
    settle(scene, panel)
    checks = (CheckTold(rule=Rule.BAD_LOT, figure=10, limit=1, unit=Unit.QTY),)
    for order_id in (5, 6):
        scene.context.answers.take(replace(a_trace(order_id), checks=checks))
    settle(scene, panel)
    panel.grab()
    panel.setFocus()
    said = [panel.spoken_row(number) for number in range(panel.spoken_count())]
    rects = [panel.spoken_rect(number) for number in range(panel.spoken_count())]
    assert said[:2] == [panel.shown.head.verdict, panel.shown.head.route]
    assert said[2:4] == ["구분 매수", "수량 10"]
    assert "거래소 1.52 ms, 예산 5.00 ms" in said
    assert "우리, 키 → 전송 480 µs, 예산 1.00 ms" in said
    lanes = [number for number, text in enumerate(said) if text.startswith(("KRX 10 @", "NXT 10 @"))]
    assert [rects[number] for number in lanes] == [rect for rect, _ in panel._lanes._rows]
    assert said[-4:-2] == ["+2.00 ms 접수", "통과: 매매단위 10 ÷ 1"]
    assert said[-2:] == ["+480 µs 송신 KRX M0, 3 바이트", "+2.00 ms 수신 KRX M1, 5 바이트"]
    assert panel.spoken_current() == len(said) - 2
    press(panel, Qt.Key.Key_Down)
    assert (panel.spoken_current(), rects[-1]) == (len(said) - 1, panel._wire._rows[1][0])
    assert all(panel.rect().contains(rect) for rect in rects if not rect.isEmpty())
    assert panel.spoken_row(len(said)) == ""


def a_denied_order(scene, number=9):
    denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=284_000, limit=283_000, unit=Unit.PX)
    scene.orders.on_view(an_order(number, Side.BUY, 284_000, 10, ord_status=OrdStatus.DENIED, denial=denial))
    check = CheckTold(rule=Rule.PRICE_ABOVE_LIMIT, figure=284_000, limit=283_000, unit=Unit.PX, is_passed=False)
    scene.context.answers.take(TraceView(order_id=number, ids=(number,), checks=(check,)))
    scene.context.answers.look_at(number)


@pytest.mark.parametrize("size", [(1200, 700), (800, 420), (800, 640)])
def test_a_refusal_has_rule_figure_and_limit_on_the_picture_at_any_size(scene, panel, monkeypatch, size):
    painted = []
    left = Brush.left

    def told(brush, x, base, text, *look):
        painted.append(text)
        return left(brush, x, base, text, *look)

    a_denied_order(scene)
    panel.resize(*size)
    settle(scene, panel)
    monkeypatch.setattr(Brush, "left", told)
    panel.grab()
    for row in panel.shown.why[:5]:
        assert (row.label in painted, row.value in painted) == (True, True), row
    assert [row.value for row in panel.shown.why[:3]] == ["상한가 · PRICE_ABOVE_LIMIT", "284,000", "283,000"]


def test_beside_a_refusal_stand_those_of_the_day_and_a_click_looks_at_one(scene, panel):
    scene.orders.on_view(an_order(8, Side.SELL, 236_000, 41, ord_status=OrdStatus.REJECTED, reason_code=33))
    a_denied_order(scene)
    panel.resize(1200, 700)
    settle(scene, panel)
    panel.grab()
    rows = panel.shown.refused
    assert [(row.order_id, row.side_text, row.terms, row.state, row.is_shown) for row in rows] == [
        (9, "매수", "284,000 × 10", "차단", True),
        (8, "매도", "236,000 × 41", "거부", False),
    ]
    assert [row.cause for row in rows] == ["주문가 284,000 > 상한가 283,000", "회원 주문 차단"]
    said = [panel.spoken_row(number) for number in range(panel.spoken_count())]
    assert [text for text in said if "236,000 × 41" in text] == [said[-1]]
    assert panel.spoken_rect(len(said) - 1) == panel._refused._rows[1][0]
    QTest.mouseClick(panel, Qt.MouseButton.LeftButton, pos=panel._refused._rows[1][0].center())
    assert scene.context.answers.looked_at == 8
    scene.context.answers.look_at(4)
    settle(scene, panel)
    panel.grab()
    assert (panel.shown.refused, panel._refused._rows) == ((), [])


def test_an_order_without_bytes_takes_no_click_of_the_one_before(scene, panel):
    scene.context.answers.take(a_trace(4))
    settle(scene, panel)
    panel.grab()
    row, _ = panel._wire._rows[1]
    a_denied_order(scene)
    panel.resize(800, 420)
    settle(scene, panel)
    panel.grab()
    assert panel._wire.message_at(row.center().x(), row.center().y()) == -1


def test_what_an_order_shows_and_whether_it_only_rests_stands_with_its_terms(scene, panel):
    iceberg = an_order(5, Side.BUY, 236_000, 30)
    for changes, terms in (
        ({}, "236,000 당일"),
        ({"display_qty": 10, "post_only": True}, "236,000 당일, 10 공개, Post-only"),
    ):
        scene.orders.on_view(replace(iceberg, **changes))
        settle(scene, panel)
        assert panel.shown.facts[3].value == terms
