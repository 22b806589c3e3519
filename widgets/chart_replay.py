"""The replay's controls: begin, back, play, forward, end, speed, jump. Seen only while a replay is on."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from hts.desk.replay import Replay
from themes import metrics
from widgets.chart_bars import TOOLBAR_HEIGHT, BarButton
from widgets.painting import Brush, TextCache

if TYPE_CHECKING:
    from widgets.chart import ChartPanel

HEIGHT = TOOLBAR_HEIGHT + 2


class ReplayBar(QWidget):
    """Drives the panel's replay by its own timer."""

    def __init__(self, panel: "ChartPanel") -> None:
        super().__init__(panel)
        self._panel = panel
        tokens, texts = panel.context.tokens, panel.context.texts
        self._tokens = tokens
        self._cache = TextCache()
        self.setFixedHeight(HEIGHT)
        self.timer = QTimer(self)
        self.timer.timeout.connect(lambda: self.step(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.EDGE_PAD + 92, 2, metrics.EDGE_PAD, 2)
        row.setSpacing(2)
        self.buttons: dict[str, BarButton] = {}
        for name, act in (
            ("begin", lambda: self.jump(0)),
            ("back", lambda: self.step(-1)),
            ("play", self.toggle),
            ("forward", lambda: self.step(1)),
            ("slower", lambda: self.faster(-1)),
            ("faster", lambda: self.faster(1)),
        ):
            button = BarButton(texts(f"chart.replay.{name}"), tokens, self._cache)
            button.setCheckable(False)
            button.clicked.connect(lambda _=False, a=act: a())
            row.addWidget(button)
            self.buttons[name] = button
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(texts("chart.replay.place"))
        self.slider.setMinimum(0)
        self.slider.valueChanged.connect(self._slid)
        row.addWidget(self.slider, 1)
        self.buttons["stop"] = stop = BarButton(texts("chart.replay.stop"), tokens, self._cache)
        stop.setCheckable(False)
        stop.clicked.connect(panel.end_replay)
        row.addWidget(stop)
        self.hide()

    @property
    def replay(self) -> Replay | None:
        """What is played."""
        return self._panel.feed.replay

    def show_state(self) -> None:
        """Bring the controls up to date; hide without a replay."""
        replay = self.replay
        self.setVisible(replay is not None)
        if replay is None:
            self.timer.stop()
            return
        texts = self._panel.context.texts
        self.buttons["play"].show_as(texts("chart.replay.pause" if replay.is_playing else "chart.replay.play"))
        self.slider.blockSignals(True)
        self.slider.setMaximum(len(replay.source))
        self.slider.setValue(replay.at)
        self.slider.blockSignals(False)
        if replay.is_playing:
            if not self.timer.isActive() or self.timer.interval() != replay.interval_ms:
                self.timer.start(replay.interval_ms)
        else:
            self.timer.stop()
        self.update()

    def toggle(self) -> None:
        """Play or pause."""
        replay = self.replay
        if replay is not None:
            replay.play(on=not replay.is_playing)
            self.show_state()

    def step(self, by: int) -> None:
        """A bar on, or a bar back."""
        replay = self.replay
        if replay is not None:
            replay.step(by)
            self._panel.replay_moved(jumped=by != 1)

    def jump(self, at: int) -> None:
        """To a bar."""
        replay = self.replay
        if replay is not None:
            replay.jump(at)
            self._panel.replay_moved(jumped=True)

    def faster(self, by: int) -> None:
        """Another speed."""
        replay = self.replay
        if replay is not None:
            replay.faster(by)
            self.show_state()

    def _slid(self, at: int) -> None:
        self.jump(at)

    def key(self, event: QKeyEvent) -> bool:
        """Space plays and pauses, Left and Right step, + and - change the speed, Esc ends."""
        if self.replay is None:
            return False
        acts = {
            Qt.Key.Key_Space: self.toggle,
            Qt.Key.Key_Right: lambda: self.step(1),
            Qt.Key.Key_Left: lambda: self.step(-1),
            Qt.Key.Key_Plus: lambda: self.faster(1),
            Qt.Key.Key_Equal: lambda: self.faster(1),
            Qt.Key.Key_Minus: lambda: self.faster(-1),
            Qt.Key.Key_Escape: self._panel.end_replay,
        }
        act = acts.get(Qt.Key(event.key()))
        if act is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        act()
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, replay = self._tokens, self.replay
        brush = Brush(QPainter(self), self._cache)
        brush.fill(0, 0, self.width(), self.height(), tokens.warn_tint)
        brush.fill(0, 0, 3, self.height(), tokens.attention)
        base = metrics.baseline(0, self.height())
        speed = f" ×{replay.speed}" if replay is not None else ""
        brush.left(metrics.EDGE_PAD + 4, base, f"REPLAY{speed}", "title", tokens.attention)
