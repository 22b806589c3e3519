"""Answers RequestFills out of the journal, beside the orders: files are read in a thread, looked through in slices.

Routing decisions, judged, and first stops stand between the fills. A segment that was looked through is remembered by
all of them, so that the next page costs nothing; of the one that is written to only the new end is looked at again.
What is remembered is bounded: the oldest segments are forgotten first.
"""

from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from msgspec import Struct

from hts.base.errors import CorruptRecord, StorageError
from hts.base.storage import Storage
from hts.journal.archive import SUFFIX, Archive
from hts.journal.framing import HEADER_BYTES
from hts.journal.past_fills import FillScan, Past
from hts.journal.replay import SEGMENT_SUFFIX, segment_names
from hts.model.past_fills import PAGE_MAX, FillsPage, PastFill, PastRoute, PastStop
from hts.model.queries import RequestFills
from hts.router.past_route import past_route

FILLS_KEPT_MAX: Final = 100_000
WAITING_MAX: Final = 64  # questions; one more and the oldest is answered with nothing

Read = Callable[[], bytes]
ReadApart = Callable[[Read, Callable[[bytes], None], Callable[[str], None]], None]
Later = Callable[[Callable[[], None]], object]


class Seen(Struct, kw_only=True):
    """What is known of one segment."""

    past: list[Past]
    offset: int = HEADER_BYTES
    is_complete: bool = False  # archived: nothing comes any more


class Segment(Struct, frozen=True, kw_only=True):
    """One segment as it lies on disk. `day`: of an archived one the newest trading day in it, else 0."""

    number: int
    name: str
    day: int
    read: Read


class Look(Struct, kw_only=True):
    """A question on its way: segments that are left, and places of what belongs on the page."""

    client: int
    query: RequestFills
    left: deque[Segment]
    told: list[tuple[int, int]]


class FillHistory:
    """`read_apart(read, done, failed)` runs `read` in a thread; `later` calls in a next turn of the loop."""

    def __init__(
        self,
        storage: Storage,
        archive: Storage,
        *,
        read_apart: ReadApart,
        later: Later,
        reply: Callable[[int, FillsPage], None],
    ) -> None:
        self._storage = storage
        self._archive = Archive(archive)
        self._read_apart = read_apart
        self._later = later
        self._reply = reply
        self._scan = FillScan(past_route)
        self._seen: dict[int, Seen] = {}
        self._waiting: deque[tuple[int, RequestFills]] = deque()
        self._is_busy = False

    def ask(self, client: int, query: RequestFills) -> None:
        """A client wants a page."""
        if len(self._waiting) >= WAITING_MAX:
            dropped, question = self._waiting.popleft()
            self._reply(dropped, _page(question, (), question.after, is_last=True, fault="too many questions at once"))
        self._waiting.append((client, query))
        if not self._is_busy:
            self._is_busy = True
            self._later(self._begin)

    def _begin(self) -> None:
        """The next question, segment by segment from where its last page ended."""
        if not self._waiting:
            self._is_busy = False
            return
        client, query = self._waiting.popleft()
        self._scan.fault = ""
        try:
            segments = [one for one in self._segments() if one.number >= query.after[0]]
        except StorageError as error:
            self._scan.fault = str(error)
            segments = []
        wanted = deque(one for one in segments if not one.day or one.day >= query.first_date)
        self._look(Look(client=client, query=query, left=wanted, told=[]))

    def _segments(self) -> list[Segment]:
        live = {int(name.removesuffix(SEGMENT_SUFFIX)): name for name in segment_names(self._storage)}
        found = [
            Segment(number=number, name=name, day=0, read=partial(self._storage.read, name))
            for number, name in live.items()
        ]
        for name in self._archive.names():
            day, _, number = name.removesuffix(SUFFIX).partition("-")
            if int(number) not in live:
                read = partial(self._archive.read, int(number))
                found.append(Segment(number=int(number), name=name, day=int(day), read=read))
        return sorted(found, key=lambda one: one.number)

    def _look(self, look: Look) -> None:
        """Go on with the next segment."""
        while look.left and len(look.told) <= PAGE_MAX:
            segment = look.left[0]
            seen = self._seen.setdefault(segment.number, Seen(past=[]))
            if not seen.is_complete:
                self._read_apart(segment.read, partial(self._take, look), partial(self._skip, look))
                return
            self._pick(look)
        self._answer(look)

    def _skip(self, look: Look, why: str) -> None:
        """A segment cannot be read: say so, and go on behind it."""
        self._scan.fault = f"{look.left[0].name}: {why}"
        self._pick(look)
        self._look(look)

    def _take(self, look: Look, data: bytes) -> None:
        segment = look.left[0]
        seen = self._seen[segment.number]

        def done() -> None:
            seen.is_complete = bool(segment.day)
            self._pick(look)
            self._look(look)

        self._slice(self._scan.steps(segment.name, data, seen.past, seen.offset), seen, done)

    def _pick(self, look: Look) -> None:
        """Places of what belongs on the page; the segment is done with."""
        segment, query = look.left.popleft(), look.query
        first = query.after[1] if segment.number == query.after[0] else 0
        look.told += [
            (segment.number, place)
            for place, one in enumerate(self._seen[segment.number].past[first:], first)
            if _account(one) == query.account and query.first_date <= one.trade_date <= query.last_date
        ]

    def _slice(self, steps: Iterator[int], seen: Seen, done: Callable[[], None]) -> None:
        """One slice now, the rest in further turns of the loop."""
        offset = next(steps, None)
        if offset is None:
            done()
            return
        seen.offset = offset
        self._later(lambda: self._slice(steps, seen, done))

    def _answer(self, look: Look) -> None:
        query, page = look.query, look.told[:PAGE_MAX]
        past = tuple(self._seen[number].past[place] for number, place in page)
        behind = (page[-1][0], page[-1][1] + 1) if page else query.after
        is_last = len(look.told) <= PAGE_MAX
        self._reply(look.client, _page(query, past, behind, is_last=is_last, fault=self._scan.fault))
        self._forget()
        self._later(self._begin)

    def _forget(self) -> None:
        while sum(len(seen.past) for seen in self._seen.values()) > FILLS_KEPT_MAX and len(self._seen) > 1:
            del self._seen[min(self._seen)]


def _account(one: Past) -> str:
    return one.fill.account if isinstance(one, PastFill) else one.account


def _page(
    query: RequestFills, past: tuple[Past, ...], behind: tuple[int, int], *, is_last: bool, fault: str
) -> FillsPage:
    return FillsPage(
        account=query.account,
        first_date=query.first_date,
        last_date=query.last_date,
        after=query.after,
        fills=tuple(one for one in past if isinstance(one, PastFill)),
        routes=tuple(one for one in past if isinstance(one, PastRoute)),
        stops=tuple(one for one in past if isinstance(one, PastStop)),
        next=behind,
        is_last=is_last,
        fault=fault,
    )


def read_in_thread(read: Read) -> bytes | str:
    """What a thread does: the bytes, or why there are none."""
    try:
        return read()
    except (StorageError, CorruptRecord) as error:
        return str(error)
