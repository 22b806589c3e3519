"""ClOrdIDs that no crash can use twice.

Theory of operation. Ids are taken from blocks. A block's record is synced to disk before its first id is used, so
after a power cut the journal knows at least every id that can have left the house. A new run never continues a
block: the ids that a lost journal tail may have used are skipped. The next block is reserved while half of the
current one is left, so that a trader never waits for the disk.
"""

from hts.model.units import ClOrdID

BLOCK_SIZE = 10_000


class ClOrdIDs:
    """Which ids are reserved (journaled), usable (synced) and used. `reserved_last`, `next_id` are replayed state."""

    def __init__(self, block_size: int = BLOCK_SIZE) -> None:
        assert block_size >= 2, block_size
        self._block_size = block_size
        self.reserved_last = 0
        self.next_id = 1
        self._synced_last = 0
        self._waiting: dict[int, int] = {}  # sync token -> last id of the block it makes usable
        self._spare_next = 0

    # -- facts, in journal order

    def start_run(self) -> None:
        """A process began: what is left of earlier blocks is never used."""
        self.next_id = max(self.next_id, self.reserved_last + 1)
        self._synced_last = 0
        self._waiting.clear()

    def reserve(self, first: int, last: int) -> None:
        """A block was journaled."""
        assert self.reserved_last < first <= last, (self.reserved_last, first, last)
        if self.next_id > self.reserved_last:
            self.next_id = max(self.next_id, first)
        self.reserved_last = last

    def note_used(self, cl_ord_id: int) -> None:
        """An id stands in a record, or in a report about an order that we lost: it is gone."""
        if cl_ord_id >= self.next_id:
            self.next_id = cl_ord_id + 1

    # -- decisions of the running process

    def next_block(self) -> tuple[ClOrdID, ClOrdID]:
        """First and last id of the block to reserve now."""
        first = max(self.reserved_last + 1, self.next_id)
        return ClOrdID(first), ClOrdID(first + self._block_size - 1)

    def wait_for_sync(self, token: int) -> None:
        """The journal is being synced; the newest block becomes usable with `on_synced(token)`."""
        self._waiting[token] = self.reserved_last

    def on_synced(self, token: int) -> bool:
        """True when a block became usable."""
        last = self._waiting.pop(token, 0)
        self._synced_last = max(self._synced_last, last)
        return last != 0

    @property
    def needs_block(self) -> bool:
        """Whether the next block should be reserved now."""
        return not self._waiting and self._synced_last - self.next_id + 1 <= self._block_size // 2

    @property
    def has_usable(self) -> bool:
        """Whether one can be taken at once."""
        return self.next_id <= self._synced_last

    @property
    def usable(self) -> int:
        """How many ids can be taken at once."""
        return max(0, self._synced_last - self.next_id + 1)

    def take_spare(self) -> ClOrdID | None:
        """An id for what is not written down. Only for a process that takes no other any more: the next skips it."""
        spare = max(self.next_id, self._spare_next)
        if spare > self._synced_last:
            return None
        self._spare_next = spare + 1
        return ClOrdID(spare)

    def take_all(self, count: int) -> tuple[ClOrdID, ...]:
        """So many ids at once; none at all where they do not suffice, so that no id goes without a record."""
        return tuple(taken for _ in range(count) if (taken := self.take())) if count <= self.usable else ()

    def take(self) -> ClOrdID | None:
        """An id that was never used and never will be again; None while no block is on disk."""
        if self.next_id > self._synced_last:
            return None
        taken = ClOrdID(self.next_id)
        self.next_id += 1
        return taken
