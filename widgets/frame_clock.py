"""The one timer of the screen: sixty times a second it takes what arrived; then dirty panels repaint, turn by turn.

Theory of operation: what the link has is `read` into desk part by part, a frame `bring`s what that changed, and every
panel hears of it, visible or not, since some keep series of trades; only visible dirty ones refresh, in the order of
hts.desk.frame_turns. To read a part, to take a frame, to let panels hear of it, to refresh one panel, to paint it: each
is a step. A turn of the loop is one step, or a few small ones that together take less than TURN_NS; then the loop has
its turn, and a key press with it. One timer makes all turns, so that never two follow one another without that. What
can be done at any time is done in the pause after the last step of a frame.

A panel is painted before the next one is refreshed, by sending its window the request that `update` posted: else Qt
would paint all of a frame in one piece. Where the loop comes to that request first, the step finds nothing to do. A
large panel may show a part first, and the rest of it follows before the next panel.
"""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from hts.desk.frame import Frame
from hts.desk.frame_turns import FrameTurns, Shell
from widgets.panel import Panel

FRAMES_PER_S = 60  # more than a screen shows would be painted for nobody
FRAME_NS = 1_000_000_000 // FRAMES_PER_S
TURN_NS = 200_000
MS = 1_000_000
READS_MAX = 8  # a frame's time must not be spent on reading alone


class FrameClock(QObject):
    """`frames` counts frames that brought something, `finished` all that reached the window's own strips.

    `refreshes` counts panel refreshes.
    """

    def __init__(
        self,
        bring: Callable[[], Frame],
        panels: Callable[[], Iterable[Panel]],
        after: Callable[[Frame, bool], None],
        mono_ns: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        """`after` is the turn of the window's own strips, with whether any panel was refreshed since the last one."""
        super().__init__(parent)
        self._bring = bring
        self._panels = panels
        self._after = after
        self._mono_ns = mono_ns
        self.pause: Callable[[], object] = bool  # has a turn of its own in each frame when nobody waits any more
        self._has_paused = True
        self.read: Callable[[], bool] = bool  # takes a part of what arrived before a frame begins; True: more waits
        self._reads = 0  # parts taken for the next frame, READS_MAX when no more of them are to be
        self._turns: FrameTurns[Panel] = FrameTurns()
        self._frame: Frame | None = None  # the newest
        self._is_heard = True  # by the panels
        self._unpainted: QWidget | None = None  # the window in which somebody has been refreshed
        self._unfinished: Panel | None = None  # it may have more to show
        self._due_ns = 0
        self._has_refreshed = False
        self.frames = self.finished = 0
        self.refreshes = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.turn)

    def start(self) -> None:
        """Begin to tick."""
        self._due_ns = self._mono_ns() + FRAME_NS
        self._timer.start(FRAME_NS // MS)

    def stop(self) -> None:
        """End; nothing is drained any more."""
        self._timer.stop()
        self._turns.clear()
        self._unpainted = self._unfinished = None

    @property
    def is_behind(self) -> bool:
        """Whether somebody still waits for his turn to show the last frame."""
        is_shown = self._is_heard and self._unpainted is None and self._unfinished is None
        return self._turns.is_waiting or not is_shown

    def catch_up(self) -> None:
        """Refresh every panel that rests or waits, so that all show the same moment: for a picture."""
        self._turns.clear()
        for panel in self._panels():
            if panel.isVisible():
                panel.refresh_whole(self._mono_ns())

    def tick(self) -> None:
        """A whole frame in one piece, for who drives the window without a loop."""
        while self.read():
            continue
        self._take()
        while self.is_behind:
            self._step()

    def turn(self) -> None:
        """One turn of the loop."""
        begun_ns = self._mono_ns()
        self._timer.start(0)  # stop() within a step is the last word
        while self._mono_ns() - begun_ns < TURN_NS and self._go_on():
            continue
        if self._timer.isActive() and self._has_paused and not self._has_step():
            self._timer.start(max(-(-(self._due_ns - self._mono_ns()) // MS), 0))

    def _go_on(self) -> bool:
        """A step, or the pause; False when neither is left in this frame."""
        if self._has_step():
            self._has_paused = False
            self._step()
        elif not self._has_paused:
            self._has_paused = True
            self.pause()
        else:
            return False
        return True

    def _has_step(self) -> bool:
        return self.is_behind or self._mono_ns() >= self._due_ns

    def _step(self) -> None:
        """The next small piece of work; at least one is there."""
        window, panel, frame = self._unpainted, self._unfinished, self._frame
        if window is not None:
            self._unpainted = None
            if isValid(window):  # a floating one may have been closed since
                QCoreApplication.sendPostedEvents(window, QEvent.Type.UpdateRequest.value)
        elif panel is not None:
            has_more = isValid(panel) and panel.show_more()
            self._unpainted, self._unfinished = (panel.window(), panel) if has_more else (None, None)
        elif frame is not None and not self._is_heard:
            self._hear(frame)
        elif self._turns.may_begin and self._mono_ns() >= self._due_ns:
            self._begin()
        else:
            self._show_next()

    def _begin(self) -> None:
        """What arrived is taken part by part before the frame begins."""
        if self._reads < READS_MAX:
            self._reads = self._reads + 1 if self.read() else READS_MAX
        else:
            self._reads = 0
            self._take()

    def _take(self) -> None:
        """A frame begins. One that comes late does not make the next ones hurry."""
        self._due_ns += FRAME_NS
        if self._due_ns <= self._mono_ns():
            self._due_ns = self._mono_ns() + FRAME_NS
        self._frame, self._is_heard = self._bring(), False

    def _hear(self, frame: Frame) -> None:
        self._is_heard = True
        panels = list(self._panels())
        if frame:
            self.frames += 1
            for panel in panels:
                panel.on_frame(frame)
        self._turns.begin([panel for panel in panels if panel.is_dirty and panel.isVisible()], frame)

    def _show_next(self) -> None:
        whose, frame = self._turns.next(), self._frame
        if whose is None or frame is None:
            return
        if isinstance(whose, Shell):
            refreshed, self._has_refreshed = self._has_refreshed, False
            self._after(frame, refreshed)
            self.finished += 1
            parent = self.parent()
            self._unpainted = parent if isinstance(parent, QWidget) else None
        elif whose.refresh_if_dirty(frame.now_ns):
            self.refreshes += 1
            self._has_refreshed = True
            self._unpainted, self._unfinished = whose.window(), whose
