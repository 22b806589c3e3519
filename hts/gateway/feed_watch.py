"""Whether a feed speaks, on which of its lines, and what of it could not be used: the events of every data gateway."""

from collections import Counter, deque
from typing import Final, Union

from hts.gateway.feed_lines import FeedLines
from hts.model.quotes import MdDown, MdFault, MdUp

MS: Final = 1_000_000
WatchEvent = Union[MdUp, MdDown, MdFault]


class FeedWatch:
    """Told of every packet and every fault; `next_event` gives what a person and the engine should hear."""

    def __init__(self, venue: str, silence_ns: int) -> None:
        self.venue = venue
        self._silence_ns = silence_ns
        self._lines = FeedLines(silence_ns)
        self._heard_ns: int | None = None  # None while the feed is down
        self._faults: Counter[str] = Counter()
        self._events: deque[WatchEvent] = deque()

    @property
    def is_up(self) -> bool:
        """Whether packets arrive."""
        return self._heard_ns is not None

    @property
    def faults(self) -> dict[str, int]:
        """How often each kind of fault has happened."""
        return dict(self._faults)

    def heard(self, line: str, mono_ns: int) -> None:
        """A packet that can be used came on this line."""
        if self._heard_ns is None:
            self._events.append(MdUp(venue=self.venue))
        self._heard_ns = mono_ns
        news = self._lines.heard(line, mono_ns)
        if news:
            self._events.append(MdFault(venue=self.venue, detail=news, count=1))

    def report(self, kind: str, detail: str) -> None:
        """Something could not be used."""
        self._faults[kind] += 1
        count = self._faults[kind]
        # The first of a kind is told, then the 10th, the 100th ...: a broken line must not flood the screen.
        if str(count).strip("0") == "1":
            self._events.append(MdFault(venue=self.venue, detail=detail, count=count))

    def next_event(self) -> WatchEvent | None:
        """The oldest event not yet taken."""
        return self._events.popleft() if self._events else None

    def next_timer_ns(self) -> int | None:
        """When silence has lasted too long; None while the feed is down."""
        return None if self._heard_ns is None else self._heard_ns + self._silence_ns

    def on_timer(self, mono_ns: int) -> None:
        """Silence on every line for too long: the feed is down."""
        due_ns = self.next_timer_ns()
        if due_ns is not None and mono_ns >= due_ns:
            self._heard_ns = None
            self._lines.all_silent()
            detail = f"no packet on lines A and B for {self._silence_ns // MS} ms"
            self._events.append(MdDown(venue=self.venue, reason="md_silent", detail=detail))
