"""The one timer of the screen: every 16 ms it takes what arrived and lets dirty panels repaint.

Theory of operation: `bring` drains the link into desk and returns the Frame. Every panel hears of the frame, visible
or not, since some keep series of trades; only visible dirty ones refresh. When refreshing has used SLICE_NS of the
event loop, the rest follows in further turns of the loop, one panel each, so that a key press is never behind more
than one panel. Quotes go on to be taken while that lasts; a panel that falls dirty again waits for the next frame.

Nobody reads sixty figures a second in a chart or a list. A calm panel that is dirty all the time is refreshed at every
REST_FRAMES-th frame, and calm panels that rest equally long take different frames; one that was quiet is refreshed at
once, and so is every panel when the trader chooses another issue, another quantity or price, arms or locks.

Money never waits. In the frame that brings an order, a fill, a position or cash, panels that show money are refreshed
first and all within that frame, so that no two of them tell different stories; a calm panel does not rest when the
news is of what it shows.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Qt, QTimer

from hts.desk.frame import Frame
from widgets.panel import Panel

FRAME_MS = 16
SLICE_NS = 4_000_000
REST_FRAMES = 3


class FrameClock(QObject):
    """`frames` counts frames that brought something; `refreshes` counts panel refreshes."""

    def __init__(
        self,
        bring: Callable[[], Frame],
        panels: Callable[[], Iterable[Panel]],
        after: Callable[[Frame, bool], None],
        mono_ns: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        """`after` runs at the end of each frame's first slice, with whether any panel was refreshed."""
        super().__init__(parent)
        self._bring = bring
        self._panels = panels
        self._after = after
        self._mono_ns = mono_ns
        self._waiting: deque[Panel] = deque()
        self._ticks = 0
        self._refreshed_at: WeakKeyDictionary[Panel, int] = WeakKeyDictionary()  # calm panels; one that was closed goes
        self.frames = 0
        self.refreshes = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Begin to tick."""
        self._timer.start()

    def stop(self) -> None:
        """End; nothing is drained any more."""
        self._timer.stop()
        self._waiting.clear()

    @property
    def is_behind(self) -> bool:
        """Whether a panel still waits for its turn to show the last frame."""
        return bool(self._waiting)

    def catch_up(self) -> None:
        """Refresh every panel that rests or waits, so that all show the same moment: for a picture."""
        self._waiting.clear()
        for panel in self._panels():
            if panel.isVisible():
                panel.refresh_if_dirty(self._mono_ns())

    def tick(self) -> None:
        """One frame."""
        frame = self._bring()
        self._ticks += 1
        panels = list(self._panels())
        if frame:
            self.frames += 1
            for panel in panels:
                panel.on_frame(frame)
        is_money = frame.orders.is_money
        self._waiting.extend(list(self._due(panels, frame)))
        if is_money:
            self._waiting = deque(sorted(self._waiting, key=lambda panel: not panel.shows_money))
        refreshed = self._work_off(frame.now_ns, is_money=is_money)
        self._after(frame, refreshed)

    def _due(self, panels: list[Panel], frame: Frame) -> Iterator[Panel]:
        """Dirty panels that can be seen, without those that wait already and those that still rest."""
        waiting = set(self._waiting)
        is_taken = False
        for panel in panels:
            if not panel.is_dirty or panel in waiting or not panel.isVisible():
                continue
            if panel.is_calm:
                rested = self._ticks - self._refreshed_at.get(panel, -REST_FRAMES)
                at_once = frame.selection or frame.armed or panel.tells_of(frame.orders)
                if not at_once and (rested < REST_FRAMES or (rested == REST_FRAMES and is_taken)):
                    continue
                is_taken = True
                self._refreshed_at[panel] = self._ticks
            yield panel

    def _work_off(self, start_ns: int, *, is_money: bool) -> bool:
        """Refresh until the slice is used up; the rest follows when the loop has been round, but never money."""
        refreshed = False
        while self._waiting:
            panel = self._waiting.popleft()
            if panel.refresh_if_dirty(start_ns):
                self.refreshes += 1
                refreshed = True
            if not self._waiting or (is_money and self._waiting[0].shows_money):
                continue
            if self._mono_ns() - start_ns > SLICE_NS:
                QTimer.singleShot(0, self._one_more)
                break
        return refreshed

    def _one_more(self) -> None:
        if self._waiting:
            now_ns = self._mono_ns()
            if self._waiting.popleft().refresh_if_dirty(now_ns):
                self.refreshes += 1
        if self._waiting:
            QTimer.singleShot(0, self._one_more)
