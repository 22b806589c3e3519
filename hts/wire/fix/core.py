"""The state of one FIX session and the steps that its rules are made of.

`hts.wire.fix.session` is the face to the owner, `hts.wire.fix.logon` and `hts.wire.fix.receive` hold the rules.
"""

from collections import deque
from typing import Final

from hts.wire.fix.codec import Fields, FixMessage, join
from hts.wire.fix.config import SessionConfig
from hts.wire.fix.dictionary import Dictionary
from hts.wire.fix.events import GapFound, LoggedOut, MessageReceived, MessageRefused, SessionEvent, SessionFault
from hts.wire.fix.inbound import Inbound
from hts.wire.fix.keep_alive import KeepAlive
from hts.wire.fix.peer_check import reverse_route
from hts.wire.fix.signing import Signing
from hts.wire.fix.states import State, Step, after
from hts.wire.fix.store import FixStore
from hts.wire.fix.validate import Refusal
from hts.wire.fix.values import timestamp
from hts.wire.fix.writer import ORIG_SENDING_TIME, POSS_DUP_FLAG, Writer

LAST_PROCESSED: Final = 369
MSG_SEQ_NUM: Final = 34
REJECT_REASON: Final = 373
TEXT: Final = 58


class SessionCore:
    """Numbers, state and outgoing bytes. `trade_ns` and `mono_ns` are the times of the call that is running."""

    def __init__(self, config: SessionConfig, dictionary: Dictionary, store: FixStore, signing: Signing) -> None:
        assert signing.sign is None or signing.msg_types <= config.never_resent, "a signed message is never sent again"
        self.config = config
        self.signing = signing
        self.dictionary = dictionary
        self.store = store
        self.inbound = Inbound(store.next_in_seq, config.resend_chunk)
        self.alive = KeepAlive(config.heartbeat_s)
        self.state = State.DISCONNECTED
        self.state_since_ns = 0
        self.trade_ns = 0
        self.mono_ns = 0
        self.reset_asked = False  # we sent ResetSeqNumFlag(141) and wait for the answer
        self.events: deque[SessionEvent] = deque()
        self.unsent = bytearray()
        header = frozenset(dictionary.header.order)
        self._writer = Writer(dictionary.begin_string, config.sender_comp_id, config.target_comp_id, header)
        reasons = dictionary.field(REJECT_REASON)
        self._reasons = frozenset(reasons.codes) if reasons is not None else frozenset()
        self._undone: deque[int] = deque()  # application messages that the owner has not finished with
        self._is_taken = False  # the first of them is with the owner
        self._stale = 0  # waiting messages of a numbering that was reset

    # Messages to the peer.

    def write(self, msg_type: str, fields: Fields = (), header: Fields = ()) -> None:
        """An administrative message: it takes a number, and is filled as a gap when it is asked for again."""
        seq = self.store.next_out_seq
        frame = self.frame(msg_type, seq, fields, header)
        self.store.save_sent(seq, None)
        self.put(frame)

    def frame(self, msg_type: str, seq: int, fields: Fields, header: Fields = ()) -> bytes:
        """A frame with our header."""
        if self.config.last_processed:
            header = (*header, (LAST_PROCESSED, b"%d" % (self.inbound.expected - 1)))
        frame = self._writer.frame(msg_type.encode(), seq, self.sending_time(), join(fields), header)
        return self.signing.outgoing(msg_type, frame)

    def sending_time(self) -> bytes:
        """SendingTime(52) now."""
        return timestamp(self.trade_ns, self.config.time_digits)

    def put(self, frame: bytes) -> None:
        """Hand a frame to the connection."""
        self.unsent += frame
        self.alive.said(self.mono_ns)
        if len(self.unsent) > self.config.unsent_bytes_max and self.state is not State.CLOSING:
            self.fault(f"a peer that reads expected, found {len(self.unsent)} bytes unsent")

    def resend(self, begin: int, end: int) -> bool:
        """Messages `begin` to `end` again. FIX 4.4 volume 2, "Resend Request": administrative ones as a gap.

        Whether there were some that are never sent again.
        """
        gap = 0
        is_withheld = False
        for seq in range(begin, end + 1):
            frame = self.store.frame(seq)
            if frame is None or self._is_never_resent(frame):
                is_withheld = is_withheld or frame is not None
                gap = gap or seq
                continue
            self._fill(gap, seq)
            gap = 0
            self.put(self._writer.poss_dup(frame, self.sending_time()))
        self._fill(gap, end + 1)
        return is_withheld

    def _is_never_resent(self, frame: bytes) -> bool:
        start = frame.find(b"\x0135=") + 4
        return frame[start : frame.find(b"\x01", start)].decode("ascii", "replace") in self.config.never_resent

    def _fill(self, gap: int, new_seq: int) -> None:
        """SequenceReset-GapFill(4) over [gap, new_seq)."""
        if gap:
            header = ((POSS_DUP_FLAG, b"Y"), (ORIG_SENDING_TIME, self.sending_time()))
            self.put(self.frame("4", gap, ((36, b"%d" % new_seq), (123, b"Y")), header))

    def reject(self, message: FixMessage, refusal: Refusal) -> None:
        """Reject(3). FIX 4.4 volume 2, "Reject (session-level)"; the routing fields of the message are turned."""
        seq = message.get(MSG_SEQ_NUM) or b"0"
        fields = [(45, seq), (TEXT, refusal.text.encode())]
        if refusal.ref_tag is not None:
            fields.append((371, b"%d" % refusal.ref_tag))
        fields.append((372, message.values[2]))
        reason = b"%d" % refusal.reason
        # FIX 4.2 knows the reasons up to 11 only.
        if reason in self._reasons:
            fields.append((REJECT_REASON, reason))
        self.write("3", tuple(fields), reverse_route(message))
        number = int(seq) if seq.isdigit() and len(seq) < 19 else 0
        self.events.append(
            MessageRefused(seq=number, msg_type=message.msg_type, reason=refusal.reason, ref_tag=refusal.ref_tag or 0)
        )

    # Numbers of the peer.

    def request_missing(self, found: int) -> None:
        """A message numbered `found` came too early: ask for the missing ones, once."""
        if self.inbound.await_up_to(found):
            self.events.append(GapFound(expected=self.inbound.expected, found=found))
            self.ask()

    def ask(self) -> None:
        """ResendRequest(2) for what is missing."""
        begin, end = self.inbound.request()
        self.alive.asked(self.mono_ns)
        self.write("2", ((7, b"%d" % begin), (16, b"%d" % end)))

    def advance_to(self, expected: int) -> None:
        """The next message from the peer is number `expected`."""
        had_gap = self.inbound.has_gap
        wants_chunk = self.inbound.advance(expected)
        if had_gap:
            self.alive.gap_shrank(self.mono_ns, is_filled=not self.inbound.has_gap)
        if wants_chunk:
            self.ask()

    def received(self, event: MessageReceived) -> None:
        """An application message for the owner."""
        self._undone.append(event.seq)
        self.events.append(event)

    def taken(self, event: SessionEvent | None) -> None:
        """The owner comes for the next event: it has finished with the one before."""
        if self._is_taken:
            self._undone.popleft()
        self._is_taken = False
        if isinstance(event, MessageReceived):
            if self._stale:
                self._stale -= 1
            else:
                self._is_taken = True
        self.save_in()

    def save_in(self) -> None:
        """Store how far the peer's messages were dealt with."""
        self.store.save_in(self._undone[0] if self._undone else self.inbound.expected)

    def reset(self) -> None:
        """Both numberings begin at 1."""
        self.store.reset(self.trade_ns)
        self.inbound.restart(1)
        self._undone.clear()
        self._is_taken = False
        # Messages of the old numbering that still wait are delivered; their numbers mean nothing any more.
        self._stale += sum(isinstance(event, MessageReceived) for event in self.events)

    # Beginning and end.

    def step(self, step: Step) -> None:
        """Go on in the table of states."""
        self.state = after(self.state, step)
        self.state_since_ns = self.mono_ns

    def logout(self, text: str) -> None:
        """Send Logout(5) and wait for the peer's."""
        self.write("5", ((TEXT, text.encode()),) if text else ())
        self.step(Step.LOGOUT_SENT)

    def end(self, text: str = "") -> None:
        """Send Logout(5) and close without waiting for an answer."""
        self.write("5", ((TEXT, text.encode()),) if text else ())
        self.fault(text)

    def fault(self, text: str) -> None:
        """Close without a word."""
        self.events.append(SessionFault(text=text))
        self.step(Step.ENDED)

    def logged_out(self, text: str, *, by_peer: bool) -> None:
        """The good-bye was said."""
        self.events.append(LoggedOut(text=text, by_peer=by_peer))
        self.step(Step.ENDED)
