"""The room in which orders wait for the rate: bounded, first in, first out, each once."""

from collections import deque

from msgspec import Struct

from hts.model.enums import Side
from hts.model.intents import AnyIntent, CancelAll, Flatten, NewOrder, ReplaceOrder


class Waiting(Struct, frozen=True, kw_only=True):
    """One of them, and who is to be answered."""

    client: int
    intent: NewOrder | ReplaceOrder


class WaitingRoom:
    """The queue, and its request ids."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.queue: deque[Waiting] = deque()
        self._ids: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self.queue)

    def holds(self, intent: AnyIntent) -> bool:
        """Whether this very intent waits already."""
        return (intent.account, intent.request_id) in self._ids

    def add(self, client: int, intent: NewOrder | ReplaceOrder) -> None:
        """One more at the end."""
        assert len(self.queue) < self.most, self.most
        self.queue.append(Waiting(client=client, intent=intent))
        self._ids.add((intent.account, intent.request_id))

    def take(self) -> Waiting:
        """The first of them."""
        found = self.queue.popleft()
        self._ids.discard((found.intent.account, found.intent.request_id))
        return found

    def drop(self, wish: CancelAll | Flatten) -> list[Waiting]:
        """Those that a cancel is meant for leave."""
        gone = [one for one in self.queue if is_meant(wish, one.intent)]
        for one in gone:
            self.queue.remove(one)
            self._ids.discard((one.intent.account, one.intent.request_id))
        return gone


def is_meant(wish: CancelAll | Flatten, intent: NewOrder | ReplaceOrder) -> bool:
    """Whether a waiting intent is among what is to be cancelled."""
    if intent.account != wish.account:
        return False
    if isinstance(intent, ReplaceOrder):
        return True  # its order is being cancelled, or is left as it is
    side: Side | None = getattr(wish, "side", None)
    venue: str = getattr(wish, "venue", "")
    return wish.symbol in ("", intent.symbol) and side in (None, intent.side) and venue in ("", intent.venue)
