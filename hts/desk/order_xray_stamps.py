"""What only the terminal can measure of an order's way: the key, the socket, the frame, the paint.

The key belongs to an intent and is known by its request id; what was heard and painted belongs to an order, since one
intent may become several. Kept of the newest; times are of the machine's monotonic clock.
"""

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from msgspec import Struct

from hts.base.histogram import Histogram
from hts.model.enums import OrdStatus
from hts.model.trace import Hop
from hts.model.units import ClOrdID
from hts.model.views import OrderView
from hts.model.work import WorkView

KEPT_MAX = 512
ASK_AFTER = 128  # answers, and the core is asked when they left: it tells that of its newest 256 orders
AGE_MAX_NS = 10_000_000_000  # longer ago, or not yet, is the clock of another machine
WAITING = frozenset({OrdStatus.PENDING_NEW})

K = TypeVar("K")
V = TypeVar("V")


class TerminalTimes(Struct, frozen=True, kw_only=True):
    """Nanoseconds, 0 when not reached: intent made in the key handler, bytes with the socket, answer read, painted."""

    key_ns: int = 0
    sent_ns: int = 0
    heard_ns: int = 0
    painted_ns: int = 0


NOTHING = TerminalTimes()


class Heard(Struct, kw_only=True):
    """An order's answer; `heard_ns` is 0 while the venue has not spoken."""

    key_ns: int = 0
    heard_ns: int = 0
    painted_ns: int = 0
    is_counted: bool = False  # its way back from the core


def request_behind(view: OrderView, work: WorkView | None) -> str:
    """The request whose key an order's way begins at: its own, or that of the whole that it left with.

    Empty for what the core sent later: a slice after a fill, an order whose condition came true.
    """
    if work is None:
        return view.request_id
    return work.request_id if view.entered_ns <= work.started_ns else ""


class TerminalStamps:
    """`sent`, then `heard` for each view, then `painted` when a frame is on the screen."""

    def __init__(self) -> None:
        self._sent: dict[str, tuple[int, int]] = {}  # request id -> key, sent
        self._heard: dict[ClOrdID, Heard] = {}
        self._unpainted: list[Heard] = []
        self.hops: dict[Hop, Histogram] = {hop: Histogram() for hop in (Hop.KEY, Hop.RETURN, Hop.PAINT)}
        self._uncounted = 0  # heard since the core last told when answers left
        self.whole = Histogram()  # key to paint

    def sent(self, request_id: str, key_ns: int, sent_ns: int) -> None:
        """An intent is with the socket."""
        if key_ns:
            self._sent = _with_room(self._sent)
            self._sent[request_id] = (key_ns, sent_ns)
            self.hops[Hop.KEY].record(sent_ns - key_ns)

    def heard(self, view: OrderView, request_id: str, now_ns: int) -> None:
        """A view came. `request_id` is that of the intent behind it.

        The first view with the venue's word, or with our refusal, counts; an order that was over its first step when
        this terminal came is not timed.
        """
        key_ns, _ = self._sent.get(request_id, (0, 0))
        known = self._heard.get(view.order_id)
        if known is None:
            if view.ord_status not in WAITING and not key_ns:
                return
            self._heard = _with_room(self._heard)
            known = self._heard[view.order_id] = Heard(key_ns=key_ns)
        if not known.heard_ns and view.ord_status not in WAITING:
            known.heard_ns = now_ns
            self._unpainted.append(known)
            self._uncounted += 1

    def asks_core(self) -> bool:
        """Whether so many answers came that the core is to be asked when they left; `returned` takes what it says."""
        if self._uncounted < ASK_AFTER:
            return False
        self._uncounted = 0
        return True

    def returned(self, answered: Iterable[tuple[ClOrdID, int]]) -> None:
        """The core told when answers were with this terminal's connection: each is counted once."""
        self._uncounted = 0
        for order_id, published_ns in answered:
            heard = self._heard.get(order_id)
            if heard is None or not heard.heard_ns or heard.is_counted:
                continue
            heard.is_counted = True
            if 0 <= heard.heard_ns - published_ns < AGE_MAX_NS:
                self.hops[Hop.RETURN].record(heard.heard_ns - published_ns)

    @property
    def waits_for_paint(self) -> bool:
        """Whether something that was heard is not on the screen yet."""
        return bool(self._unpainted)

    def painted(self, now_ns: int) -> None:
        """The frame with all that was heard has been painted."""
        for heard in self._unpainted:
            heard.painted_ns = now_ns
            self.hops[Hop.PAINT].record(now_ns - heard.heard_ns)
            if heard.key_ns:
                self.whole.record(now_ns - heard.key_ns)
        self._unpainted.clear()

    def of(self, request_id: str, order_id: ClOrdID) -> TerminalTimes:
        """Times of one order and of the intent behind it."""
        key_ns, sent_ns = self._sent.get(request_id, (0, 0))
        heard = self._heard.get(order_id)
        if heard is None:
            return TerminalTimes(key_ns=key_ns, sent_ns=sent_ns)
        return TerminalTimes(key_ns=key_ns, sent_ns=sent_ns, heard_ns=heard.heard_ns, painted_ns=heard.painted_ns)


def _with_room(kept: dict[K, V]) -> dict[K, V]:
    """The newer half where it is full."""
    return kept if len(kept) < KEPT_MAX else dict(islice(kept.items(), KEPT_MAX // 2, None))
