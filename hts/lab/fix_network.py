"""What befalls single FIX messages on a stream, beside what streams suffer: they are damaged, or come again.

    garble      a byte is another one: the receiver skips the message, misses its number and asks for it
    seq_twice   the message comes again as it is: to the receiver the other side's numbers are broken
    poss_dup    it comes again with PossDupFlag(43), as if it had been asked for: it must be ignored

Who sends gives whole messages, which are taken apart here by their own marks, not by the code of the sessions. What
keeps a session's numbers together is counted as it is sent, so that one sees what a run has come across.
"""

import re
from collections import Counter
from random import Random
from typing import Final

from hts.lab.faults import Fault, Faults

MESSAGE: Final = re.compile(rb"8=FIX.*?\x0110=\d{3}\x01", re.DOTALL)
SENDING_TIME: Final = re.compile(rb"\x0152=([^\x01]*)")
HEAD: Final = re.compile(rb"(8=[^\x01]*\x019=)\d+(\x0135=[^\x01]*\x01)")
TRAILER_BYTES: Final = 7  # 10=nnn and its end
LOGON: Final = b"\x0135=A\x01"
POSS_DUP: Final = b"\x0143=Y\x01"
SAID: Final = {  # by name: marks that all stand in the message
    "logon": (LOGON,),
    "logon_reset": (LOGON, b"\x01141=Y\x01"),
    "logout": (b"\x0135=5\x01",),
    "resend_request": (b"\x0135=2\x01",),
    "gap_fill": (b"\x0135=4\x01", b"\x01123=Y\x01"),
    "report_again": (b"\x0135=8\x01", POSS_DUP),
    "test_request": (b"\x0135=1\x01",),
    "number_too_low": (b"\x0158=MsgSeqNum too low",),
    "expected_too_high": (b"\x0158=NextExpectedMsgSeqNum too high",),
}


class FixMishaps:
    """Of the messages of one venue's connections. `said` counts those of SAID."""

    def __init__(self, rng: Random, faults: Faults, said: Counter[str]) -> None:
        self._rng = rng
        self._faults = faults
        self._said = said

    def befall(self, data: bytes) -> bytes:
        """What becomes of whole messages on their way."""
        messages = MESSAGE.findall(data)
        assert b"".join(messages) == data, data
        for message in messages:
            self._said.update(name for name, marks in SAID.items() if all(mark in message for mark in marks))
        return b"".join(self._on_its_way(message) for message in messages)

    def _on_its_way(self, message: bytes) -> bytes:
        faults = self._faults
        if faults.happens(Fault.GARBLE):
            return self._damaged(message)
        if faults.happens(Fault.SEQ_TWICE):
            return message + message
        if LOGON not in message and POSS_DUP not in message and faults.happens(Fault.POSS_DUP):
            return message + poss_dup(message)
        return message

    def _damaged(self, message: bytes) -> bytes:
        found = HEAD.match(message)
        assert found is not None, message
        at = self._rng.randrange(found.end(), len(message) - TRAILER_BYTES)
        return message[:at] + bytes([message[at] ^ 1]) + message[at + 1 :]


def poss_dup(message: bytes) -> bytes:
    """The same message as a possible duplicate of itself: PossDupFlag(43) and OrigSendingTime(122)."""
    sent = SENDING_TIME.search(message)
    head = HEAD.match(message)
    assert sent is not None, message
    assert head is not None, message
    middle = message[head.end() : sent.end()]
    body = head[2][1:] + middle + b"\x0143=Y\x01122=" + sent[1] + message[sent.end() : -TRAILER_BYTES]
    whole = head[1] + b"%d\x01" % len(body) + body
    return whole + b"10=%03d\x01" % (sum(whole) % 256)
