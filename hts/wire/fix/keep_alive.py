"""Heartbeats and silence of one session that is up, in monotonic nanoseconds.

FIX 4.4 volume 2, "Heartbeat" and "Test Request":

nothing said for HeartBtInt(108)                        Heartbeat(0)
nothing heard for HeartBtInt and a fifth                TestRequest(1)
no answer to it for one more HeartBtInt                 the peer is down
a gap asked for that does not shrink for an interval    ask again, a few times

HeartBtInt 0 means that neither side sends heartbeats.
"""

from enum import Enum
from typing import Final

SECOND: Final = 1_000_000_000
ASKS_MAX: Final = 3
REASK_NS_MIN: Final = 5 * SECOND


class Due(Enum):
    """What `KeepAlive.due` asks its owner to do."""

    HEARTBEAT = "heartbeat"
    TEST = "test"
    SILENT = "silent"
    ASK_AGAIN = "ask_again"
    RESEND_FAILED = "resend_failed"


class KeepAlive:
    """Remembers when something was last said, heard, tested and asked again."""

    def __init__(self, interval_s: int) -> None:
        self.interval_ns = interval_s * SECOND
        self._said_ns = 0
        self._heard_ns = 0
        self._tested_ns: int | None = None
        self._asked_ns: int | None = None
        self._asks = 0

    def start(self, mono_ns: int) -> None:
        """A fresh connection."""
        self._said_ns = self._heard_ns = mono_ns
        self._tested_ns = self._asked_ns = None
        self._asks = 0

    def said(self, mono_ns: int) -> None:
        """A message was sent."""
        self._said_ns = mono_ns

    def heard(self, mono_ns: int) -> None:
        """A message was received: any message shows that the peer is there."""
        self._heard_ns = mono_ns
        self._tested_ns = None

    def tested(self, mono_ns: int) -> None:
        """A TestRequest(1) was sent."""
        self._tested_ns = mono_ns

    def asked(self, mono_ns: int) -> None:
        """A ResendRequest(2) was sent."""
        self._asked_ns = mono_ns
        self._asks += 1

    def gap_shrank(self, mono_ns: int, *, is_filled: bool) -> None:
        """A missing message has come."""
        if self._asked_ns is not None:
            self._asked_ns = None if is_filled else mono_ns
            self._asks = 0

    def next_ns(self) -> int | None:
        """When `due` has something to say."""
        times = [] if self._asked_ns is None else [self._asked_ns + self._reask_ns()]
        if self.interval_ns:
            times += [self._said_ns + self.interval_ns, self._silence_ns()]
        return min(times, default=None)

    def due(self, mono_ns: int) -> Due | None:
        """What is to be done first at `mono_ns`."""
        if self.interval_ns and self._tested_ns is not None and mono_ns >= self._silence_ns():
            return Due.SILENT
        if self._asked_ns is not None and mono_ns >= self._asked_ns + self._reask_ns():
            return Due.RESEND_FAILED if self._asks >= ASKS_MAX else Due.ASK_AGAIN
        if self.interval_ns and mono_ns >= self._silence_ns():
            return Due.TEST
        if self.interval_ns and mono_ns >= self._said_ns + self.interval_ns:
            return Due.HEARTBEAT
        return None

    def _silence_ns(self) -> int:
        if self._tested_ns is not None:
            return self._tested_ns + self.interval_ns
        return self._heard_ns + self.interval_ns + self.interval_ns // 5

    def _reask_ns(self) -> int:
        return max(self.interval_ns, REASK_NS_MIN)
