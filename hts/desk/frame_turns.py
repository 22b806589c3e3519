"""What is done in which turn of the event loop, so that a key press waits for one panel at most and no panel starves.

A frame brings news once; then its panels are shown one after another, with a turn of the loop between two. First comes
the ladder that the keys act on, then, where the frame brought an order, a fill, a position or cash, every panel that
shows money, then the window's own strips, and at last all others in the order in which they fell dirty. What comes
before the others belongs to the frame: the next one does not begin without it, so that no two panels tell different
stories for longer than a frame. Of the others the next frame may overtake all but one: each frame shows at least the
panel that has waited longest, however slow the machine is.

Nobody reads sixty figures a second in a chart or a list. A calm panel that is dirty all the time is shown at every
REST_FRAMES-th frame, and calm panels that rest equally long take different frames; one that was quiet is shown at once,
and so is every panel when the trader chooses another issue, another quantity or price, arms or locks. A calm panel does
not rest when the news is of the money that it shows.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from typing import Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

from hts.desk.frame import Frame
from hts.desk.orders import OrderChanges

REST_FRAMES = 6


class Shown(Protocol):
    """What a panel tells of itself."""

    is_calm: bool  # it is not shown at every frame while it changes all the time
    shows_money: bool

    @property
    def leads(self) -> bool:
        """Whether the keys act on it."""
        ...

    def tells_of(self, orders: OrderChanges) -> bool:
        """Whether it shows what changed of money."""
        ...


class Shell(Enum):
    """The window's own strips, which take a turn like a panel."""

    SHELL = auto()


SHELL = Shell.SHELL
Some = TypeVar("Some", bound=Shown)


class FrameTurns(Generic[Some]):
    """Panels that wait for their turn."""

    def __init__(self) -> None:
        self._lead: deque[Some] = deque()
        self._money: deque[Some] = deque()
        self._rest: deque[Some] = deque()
        self._shell = False
        self._owes_one = False  # of those that waited when the frame came none has been shown yet
        self._frames = 0
        self._shown_at: WeakKeyDictionary[Some, int] = WeakKeyDictionary()  # calm panels; one that was closed goes

    @property
    def may_begin(self) -> bool:
        """Whether the next frame may come, with some panels of this one still waiting."""
        return not (self._lead or self._money or self._shell or self._owes_one)

    @property
    def is_waiting(self) -> bool:
        """Whether anything waits for its turn."""
        return bool(self._lead or self._money or self._rest or self._shell)

    def clear(self) -> None:
        """Nobody waits any more."""
        for waiting in (self._lead, self._money, self._rest):
            waiting.clear()
        self._shell = self._owes_one = False

    def begin(self, dirty: Iterable[Some], frame: Frame) -> None:
        """A frame came; `dirty` are the panels that can be seen and do not show the newest yet."""
        self._frames += 1
        self._shell, is_money = True, frame.orders.is_money
        self._owes_one = bool(self._rest)
        self._rest.extend(list(self._due(dirty, frame)))
        for panel in list(self._rest):
            if panel.leads or (is_money and panel.shows_money):
                self._rest.remove(panel)
                (self._lead if panel.leads else self._money).append(panel)
        self._owes_one = self._owes_one and bool(self._rest)

    def _due(self, dirty: Iterable[Some], frame: Frame) -> Iterator[Some]:
        """Those that do not wait already, without those that still rest."""
        waiting = {*self._lead, *self._money, *self._rest}
        is_taken = False
        for panel in dirty:
            if panel in waiting:
                continue
            if panel.is_calm:
                rested = self._frames - self._shown_at.get(panel, -REST_FRAMES)
                at_once = frame.selection or frame.armed or panel.tells_of(frame.orders)
                if not at_once and (rested < REST_FRAMES or (rested == REST_FRAMES and is_taken)):
                    continue
                is_taken = True
                self._shown_at[panel] = self._frames
            yield panel

    def next(self) -> Some | Shell | None:
        """Whose turn it is; None when all show the newest."""
        for waiting in (self._lead, self._money):
            if waiting:
                return waiting.popleft()
        if self._shell:
            self._shell = False
            return SHELL
        if not self._rest:
            return None
        self._owes_one = False
        return self._rest.popleft()
