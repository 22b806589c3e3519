"""Heartbeats and silence of one session that is up, in monotonic nanoseconds.

nothing said for one interval           Heartbeat
nothing heard for one and a half        TestRequest
nothing heard for one more              the peer is down
a gap asked for and not filled for one  the peer is down
"""

from enum import Enum

MS = 1_000_000


class Due(Enum):
    """What `KeepAlive.due` asks its owner to do."""

    HEARTBEAT = "heartbeat"
    TEST = "test"
    SILENT = "silent"
    RESEND_FAILED = "resend_failed"


class KeepAlive:
    """Remembers when something was last said, heard, tested and asked again."""

    def __init__(self, interval_ns: int) -> None:
        assert interval_ns > 0, interval_ns
        self.interval_ns = interval_ns
        self._said_ns = 0
        self._heard_ns = 0
        self._tested_ns: int | None = None
        self._asked_ns: int | None = None

    @property
    def interval_ms(self) -> int:
        """The interval as HeartBtInt(108) carries it."""
        return self.interval_ns // MS

    @property
    def is_resend_awaited(self) -> bool:
        """A gap was asked for and is not filled yet."""
        return self._asked_ns is not None

    def start(self, mono_ns: int) -> None:
        """A fresh connection."""
        self._said_ns = self._heard_ns = mono_ns
        self._tested_ns = self._asked_ns = None

    def said(self, mono_ns: int) -> None:
        """A frame was sent."""
        self._said_ns = mono_ns

    def heard(self, mono_ns: int) -> None:
        """A whole frame was received."""
        self._heard_ns = mono_ns
        self._tested_ns = None

    def tested(self, mono_ns: int) -> None:
        """A TestRequest was sent."""
        self._tested_ns = mono_ns

    def asked_again(self, mono_ns: int) -> None:
        """A ResendRequest was sent."""
        self._asked_ns = mono_ns

    def gap_filled(self) -> None:
        """The number that was missing has come."""
        self._asked_ns = None

    def next_ns(self) -> int:
        """When `due` has something to say."""
        due = min(self._said_ns + self.interval_ns, self._silence_ns())
        return due if self._asked_ns is None else min(due, self._asked_ns + self.interval_ns)

    def due(self, mono_ns: int) -> list[Due]:
        """What is to be done at `mono_ns`; a peer that is down comes alone."""
        if self._asked_ns is not None and mono_ns >= self._asked_ns + self.interval_ns:
            return [Due.RESEND_FAILED]
        found = []
        if mono_ns >= self._silence_ns():
            if self._tested_ns is not None:
                return [Due.SILENT]
            found.append(Due.TEST)
        if not found and mono_ns >= self._said_ns + self.interval_ns:
            found.append(Due.HEARTBEAT)
        return found

    def _silence_ns(self) -> int:
        if self._tested_ns is not None:
            return self._tested_ns + self.interval_ns
        return self._heard_ns + self.interval_ns + self.interval_ns // 2
