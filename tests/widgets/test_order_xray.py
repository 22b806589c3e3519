import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hts.desk.order_xray_wire import WireField, WireMessage
from hts.model.enums import ExecType, OrdStatus, Side
from hts.model.queries import RequestLatency, RequestOrderTrace, RequestRoute
from hts.model.trace import OrderWay, Told, TraceView, WireChunk
from tests.desk.scene import an_order
from tests.support.pointer import move
from tests.widgets.scene import naver_scene
from widgets.order_xray import OrderXrayPanel

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

WAY = OrderWay(key_ns=1, read_ns=300_001, decided_ns=400_001, journaled_ns=450_001, encoded_ns=460_001,
               wire_ns=480_001, ack_ns=2_000_001, published_ns=2_100_001)  # fmt: skip


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
