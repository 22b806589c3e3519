"""The canned market and account with a panel context, and the frame tick as the frame clock gives it."""

from PySide6.QtWidgets import QApplication

from hts.desk.algo_form import AlgoForm
from hts.desk.frame import Frame
from hts.desk.order_entry import OrderForm
from tests.desk.scene import ROOT, SAMSUNG, Scene, a_rate, day_issues, fill_day, fill_naver
from themes import fonts
from themes.tokens import DARK, Tokens
from widgets.panel import Panel, PanelContext

FRAME_NS = 16_000_000


class PanelScene(Scene):
    """A PanelContext whose intents and queries are collected in lists."""

    def __init__(self, *instruments, **choices) -> None:
        super().__init__(*instruments, **choices)
        fonts.load(ROOT / "resources" / "fonts")
        self.queries: list = []
        form = OrderForm(self.market, self.orders, self.selection, self.actions, a_rate)
        self.context = PanelContext(
            tokens=Tokens.parse(DARK),
            texts=self.texts,
            market=self.market,
            orders=self.orders,
            selection=self.selection,
            actions=self.actions,
            form=form,
            algo=AlgoForm(self.market, self.orders, self.selection, self.actions, form),
            query=self.queries.append,
        )

    def frame(self, *panels: Panel) -> Frame:
        """One frame tick: panels hear of it when it brings something, dirty ones are refreshed."""
        self.now_ns += FRAME_NS
        frame = Frame(
            now_ns=self.now_ns,
            market=self.market.drain(),
            orders=self.orders.drain(),
            selection=self.selection.drain(),
            armed=self.actions.drain_armed(),
            answers=self.context.answers.drain(),
        )
        for panel in panels:
            if frame:
                panel.on_frame(frame)
        for panel in panels:
            panel.refresh_whole(self.now_ns)
        return frame


def naver_scene() -> PanelScene:
    """A ladder's scene."""
    scene = PanelScene()
    fill_naver(scene)
    return scene


def day_scene() -> PanelScene:
    """The tables' scene."""
    scene = PanelScene(*day_issues(), symbol=SAMSUNG)
    fill_day(scene)
    return scene


def show_panel(qtbot, panel: Panel, width: int, height: int) -> Panel:
    """Show a panel in a window of its own."""
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def open_panel(qtbot, scene: PanelScene, panel: Panel, width: int, height: int) -> Panel:
    """Show a panel, with one frame behind it."""
    settle(scene, show_panel(qtbot, panel, width, height))
    return panel


def settle(scene: PanelScene, panel: Panel) -> None:
    """One frame, and what it has Qt do."""
    scene.frame(panel)
    QApplication.processEvents()


def look(scene: PanelScene, panel: Panel, after_ns: int) -> Panel:
    """A panel that looks at all issues now and then: the universe's turn, and its own."""
    scene.now_ns += after_ns
    frame = scene.frame()
    scene.context.universe.on_changes(scene.market, frame.market)
    panel.on_frame(frame)
    panel.mark_dirty()
    panel.refresh_whole(scene.now_ns)
    QApplication.processEvents()
    return panel
