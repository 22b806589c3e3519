"""The numbers of the messages that come in: which is expected, which wait, and what was asked for again.

A message with a number above the expected one waits, up to a bound, and the missing ones are asked for, in chunks if
so configured. What does not fit is dropped: it is asked for again when its turn comes.
"""

from typing import Final

from hts.wire.fix.codec import FixMessage
from hts.wire.fix.validate import Refusal

HELD_MAX: Final = 10_000
HELD_BYTES_MAX: Final = 16 << 20

# A message that waits; None where it was dealt with already and only its number is to be passed.
Held = tuple[FixMessage, Refusal | None] | None


class Inbound:
    """`expected` is the number of the next message; `chunk` the most messages per ResendRequest(2), 0 for no limit."""

    def __init__(self, expected: int, chunk: int = 0) -> None:
        self.expected = expected
        self._chunk = chunk
        self._held: dict[int, Held] = {}
        self._held_bytes = 0
        self._awaited_to = 0  # last number that was missing when the gap was found, 0 for no gap
        self._asked_to = 0  # last number of the chunk that was asked for, 0: all

    @property
    def has_gap(self) -> bool:
        """Numbers are missing and were asked for."""
        return self._awaited_to >= self.expected

    def restart(self, expected: int) -> None:
        """A new connection or a new numbering: nothing waits."""
        self.expected = expected
        self._held.clear()
        self._held_bytes = self._awaited_to = self._asked_to = 0

    def hold(self, seq: int, message: FixMessage | None, refusal: Refusal | None = None) -> None:
        """Keep a message until its number is expected."""
        size = len(message.frame) if message is not None else 0
        if seq in self._held or len(self._held) >= HELD_MAX or self._held_bytes + size > HELD_BYTES_MAX:
            return
        self._held[seq] = (message, refusal) if message is not None else None
        self._held_bytes += size

    def await_up_to(self, found: int) -> bool:
        """A message numbered `found` came too early. Whether this gap is new and must be asked for."""
        if self.has_gap:
            return False
        self._awaited_to = found - 1
        return True

    def request(self) -> tuple[int, int]:
        """BeginSeqNo(7) and EndSeqNo(16) to ask for; 0 means everything from there on."""
        end = self.expected + self._chunk - 1
        self._asked_to = end if self._chunk and end < self._awaited_to else 0
        return self.expected, self._asked_to

    def advance(self, expected: int) -> bool:
        """The next number is `expected`. Whether the next chunk of a gap must be asked for."""
        before, self.expected = self.expected, expected
        if self._held:
            # A step of one is the common one, also while many messages wait.
            seqs = (before,) if expected == before + 1 else [seq for seq in self._held if seq < expected]
            for seq in seqs:
                self._drop(seq)
        return self.has_gap and self._asked_to != 0 and expected > self._asked_to and expected not in self._held

    def take(self) -> tuple[bool, Held]:
        """(whether the expected message waits, the message)."""
        if self.expected not in self._held:
            return False, None
        held = self._held[self.expected]
        self._drop(self.expected)
        return True, held

    def _drop(self, seq: int) -> None:
        held = self._held.pop(seq, None)
        self._held_bytes -= len(held[0].frame) if held is not None else 0
