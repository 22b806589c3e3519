"""Frames of one session: header and trailer around a body, and a sent frame once more as a possible duplicate."""

from collections.abc import Iterator
from typing import Final

from hts.wire.fix.codec import MSG_TYPE, SOH, Field, Fields, join, wrap

POSS_DUP_FLAG: Final = 43
SENDING_TIME: Final = 52
ORIG_SENDING_TIME: Final = 122
_SENDER_COMP_ID: Final = 49
_TARGET_COMP_ID: Final = 56
_MSG_SEQ_NUM: Final = 34


class Writer:
    """Header fields are written by rising tag behind the first three, which the specification fixes."""

    def __init__(
        self, begin_string: str, sender_comp_id: str, target_comp_id: str, header_tags: frozenset[int]
    ) -> None:
        self._begin_string = begin_string.encode()
        self._sender = sender_comp_id.encode()
        self._target = target_comp_id.encode()
        self._header_tags = header_tags
        sender, target = self._sender.replace(b"%", b"%%"), self._target.replace(b"%", b"%%")
        self._head = b"35=%b\x0134=%d\x0149=" + sender + b"\x0152=%b\x0156=" + target + b"\x01%b"

    def frame(self, msg_type: bytes, seq: int, sending_time: bytes, body: bytes, header: Fields = ()) -> bytes:
        """A frame; `header` are more header fields."""
        if not header:
            return wrap(self._begin_string, self._head % (msg_type, seq, sending_time, body))
        own = (
            (_MSG_SEQ_NUM, b"%d" % seq),
            (_SENDER_COMP_ID, self._sender),
            (SENDING_TIME, sending_time),
            (_TARGET_COMP_ID, self._target),
        )
        rest = join(((MSG_TYPE, msg_type), *sorted((*own, *header), key=_tag)))
        return wrap(self._begin_string, rest + body)

    def poss_dup(self, frame: bytes, sending_time: bytes) -> bytes:
        """A frame of ours again, FIX 4.4 volume 2, "Possible Duplicates": the same number, PossDupFlag(43), a new
        SendingTime(52), and the first one in OrigSendingTime(122).
        """
        header: list[Field] = []
        body_at = 0
        for tag, value, end in _fields(frame):
            if tag not in self._header_tags:
                break
            header.append((tag, value))
            body_at = end
        kept = {tag: value for tag, value in header[2:] if tag not in (POSS_DUP_FLAG, ORIG_SENDING_TIME)}
        msg_type = kept.pop(MSG_TYPE)
        kept[ORIG_SENDING_TIME] = kept[SENDING_TIME]
        kept[POSS_DUP_FLAG] = b"Y"
        kept[SENDING_TIME] = sending_time
        rest = join(((MSG_TYPE, msg_type), *sorted(kept.items(), key=_tag)))
        return wrap(self._begin_string, rest + frame[body_at : frame.rfind(b"10=")])


def _fields(frame: bytes) -> Iterator[tuple[int, bytes, int]]:
    """(tag, value, where the next field begins)."""
    at = 0
    while at < len(frame):
        equals = frame.index(b"=", at)
        end = frame.index(SOH, equals)
        yield int(frame[at:equals]), frame[equals + 1 : end], end + 1
        at = end + 1


def _tag(field: Field) -> int:
    return field[0]
