"""Kept pictures beyond panels: settings, tour, the x-ray of a refusal, a question in the order form, whole presets.

A preset is kept at half its size in greys: places and amounts of ink. Colours are told by the panels' own pictures.
"""

from collections.abc import Callable, Iterator

from PIL import Image
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

from hts.desk.settings import Option, Settings
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdStatus, Side
from hts.model.trace import CheckTold, OrderWay, TraceView
from tests.support.desk_feed import NOW_NS, SECOND_NS, Desk, bars, order
from tests.support.window import frame as window_frame
from tests.support.window import make_window
from themes.tokens import THEMES
from widgets.order_entry import OrderEntryPanel
from widgets.order_xray import OrderXrayPanel
from widgets.panel import Panel, PanelContext
from widgets.settings import SettingsDialog
from widgets.tour import TourCard
from widgets.workspaces import WORKSPACES

SAMSUNG = "005930"
PRESET = "preset_"  # before the name of a workspace that ships
PRESET_SIZE = QSize(1600, 900)
PRESETS = tuple(f"{PRESET}{name}" for name in WORKSPACES)
UPPER = 245_000
MS = 1_000_000


def _refusal(desk: Desk, context: PanelContext) -> Panel:
    """Two orders that risk denied and one that the venue rejected; the newest is under the x-ray."""
    panel = OrderXrayPanel(context)
    panel.resize(1180, 560)
    denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=UPPER + 500, limit=UPPER, unit=Unit.PX)
    duplicate = Denial(rule=Rule.DUPLICATE, limit=100, unit=Unit.MS)
    for number, cause in ((80, None), (81, duplicate), (82, denial)):
        status = OrdStatus.REJECTED if cause is None else OrdStatus.DENIED
        changes = {"ord_status": status, "leaves_qty": 0, "denial": cause, "reason_code": 33 if cause is None else 0}
        view = order(number, SAMSUNG, Side.BUY, UPPER + 500, 10, entered_ns=NOW_NS + number * SECOND_NS, **changes)
        desk.orders.on_view(view)
    passed = (Rule.NOT_READY, Rule.KILL_SWITCH, Rule.UNKNOWN_SYMBOL, Rule.PHASE_CLOSED, Rule.TYPE_NOT_ALLOWED)
    checks = (
        *(CheckTold(rule=rule) for rule in passed),
        CheckTold(rule=Rule.BAD_QTY, figure=10, limit=1, unit=Unit.QTY),
        CheckTold(rule=denial.rule, figure=denial.figure, limit=denial.limit, unit=Unit.PX, is_passed=False),
    )
    way = OrderWay(key_ns=MS, read_ns=MS + 60_000, decided_ns=MS + 300_000, journaled_ns=MS + 350_000)
    context.answers.take(TraceView(order_id=82, ids=(82,), way=way, checks=checks))
    context.answers.look_at(82)
    return panel


def _question(desk: Desk, context: PanelContext) -> Panel:
    """An order that is worth more than the trader wants to send without being asked."""
    desk.actions.settings.set("entry.warn_krw", 1_000_000)
    panel = OrderEntryPanel(context)
    panel.resize(334, 620)
    return panel


def _settings(_desk: Desk, context: PanelContext) -> QWidget:
    def words(option: Option) -> list[tuple[str, str]]:
        if option.name == "look.theme":
            return [(name, context.texts(f"theme.{name}")) for name in THEMES]
        return [(choice, context.texts(option.choice_key(choice))) for choice in option.choices]

    made = SettingsDialog(context, Settings({"look.density": "compact"}), words, None)  # type: ignore[arg-type]
    made.resize(760, 460)
    return made


def _tour(_desk: Desk, context: PanelContext) -> QWidget:
    """The card beside what it speaks of, on a window without anything else."""
    window = QWidget()
    window.resize(760, 200)
    card = TourCard(context, lambda _step: QRect(20, 60, 240, 80), window)
    window.show()
    card.open()
    return window


OTHERS: dict[str, Callable[[Desk, PanelContext], QWidget]] = {
    "order_xray": _refusal,
    "question": _question,
    "settings": _settings,
    "tour": _tour,
}


def presets(desk: Desk, language: str, moments: Callable[[Desk], Iterator[None]]) -> Iterator[tuple[str, Image.Image]]:
    """Every workspace that ships, after the same seconds of the market, by its region's name."""
    window = make_window(desk, language)
    window.resize(PRESET_SIZE)
    for name in WORKSPACES:
        window.open_workspace(name)
        window.workspace.make_later_panels()
        window_frame(window, desk)
        QApplication.processEvents()
        desk.market.on_bars(bars(SAMSUNG, 60, 240))
    for _ in moments(desk):
        desk.now_ns += SECOND_NS
        window_frame(window, desk)
    desk.now_ns += 3_600 * SECOND_NS  # no cell is lit up any more
    for name in WORKSPACES:
        window.open_workspace(name)
        for panel in window.panels:
            panel.mark_dirty()
        for _ in range(4):  # a chart asks for its bars first
            desk.now_ns += SECOND_NS
            window_frame(window, desk)
            QApplication.processEvents()
        window.setFocus(Qt.FocusReason.NoFocusReason)
        image = window.grab().toImage()
        pixels = Image.frombytes("RGBA", (image.width(), image.height()), bytes(image.constBits()), "raw", "BGRA")
        yield f"{PRESET}{name}", pixels.convert("L").reduce(2)
    window.close()
