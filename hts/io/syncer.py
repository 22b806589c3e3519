"""Syncs the journal to disk beside the order path, in its own thread.

The owner's thread calls `mark_dirty` after each write: the thread syncs a few milliseconds later, once for
everything that came meanwhile. `sync_then` syncs at once and answers with the token. Results come back through
`deliver`, which the owner gives (for an event loop: `call_soon_threadsafe`), so that all state stays in one thread.

A sync that fails is reported once and ends the thread: after a failed fdatasync the kernel may have dropped the
pages, and a second call that succeeds would prove nothing.
"""

import threading
from collections.abc import Callable
from typing import Final

from hts.base.errors import StorageError
from hts.base.storage import Storage

INTERVAL_NS: Final = 4_000_000

Deliver = Callable[[Callable[[], None]], object]


class Syncer:
    """One thread. `on_synced(token)` and `on_failed(text)` are called through `deliver`."""

    def __init__(
        self,
        storage: Storage,
        deliver: Deliver,
        on_synced: Callable[[int], None],
        on_failed: Callable[[str], None],
        interval_ns: int = INTERVAL_NS,
    ) -> None:
        self._storage = storage
        self._deliver = deliver
        self._on_synced = on_synced
        self._on_failed = on_failed
        self._interval_s = interval_ns / 1e9
        self._condition = threading.Condition()
        self._dirty: set[str] = set()
        self._tokens: list[int] = []
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="journal-sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def mark_dirty(self, name: str) -> None:
        """Segment `name` has bytes that a power cut would lose."""
        with self._condition:
            self._dirty.add(name)
            self._condition.notify()

    def sync_then(self, name: str, token: int) -> None:
        """Sync now, then call `on_synced(token)`."""
        with self._condition:
            self._dirty.add(name)
            self._tokens.append(token)
            self._condition.notify()

    def stop(self) -> None:
        """Sync what is dirty and end the thread."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            names, tokens = self._next_work()
            if not names:
                return
            try:
                for name in names:
                    self._storage.sync(name)
            except StorageError as error:
                self._report_failure(str(error))
                return
            for token in tokens:
                self._report_synced(token)

    def _next_work(self) -> tuple[list[str], list[int]]:
        """Wait until there is something to sync. No names: the thread ends."""
        with self._condition:
            self._condition.wait_for(lambda: self._dirty or self._is_stopping)
            # Give the writes that follow this one a few milliseconds, unless somebody waits for the disk.
            self._condition.wait_for(lambda: self._tokens or self._is_stopping, self._interval_s)
            names, tokens = sorted(self._dirty), self._tokens
            self._dirty, self._tokens = set(), []
            return names, tokens

    def _report_synced(self, token: int) -> None:
        self._deliver(lambda: self._on_synced(token))

    def _report_failure(self, detail: str) -> None:
        self._deliver(lambda: self._on_failed(detail))
