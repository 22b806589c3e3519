"""A FIDO2 key on a card reader (NFC, or a chip card): CTAP2 in ISO 7816 commands, after CTAP 2.1 section 11.3.

    SELECT                the FIDO application; a card without it is no key
    NFCCTAP_MSG           a request, in pieces where it is long; 90 00 and the answer, or
    91 00                 the card works, or waits for a hand: asked again with NFCCTAP_GETRESPONSE
    61 xx                 more of the answer: GET RESPONSE

`fido2` has the same on top of a package that has to be compiled; this needs nothing but the card's bytes.
"""

from collections.abc import Callable, Iterator
from threading import Event
from typing import Final

from fido2.ctap import STATUS, CtapDevice, CtapError
from fido2.hid import CAPABILITY, CTAPHID

AID: Final = bytes.fromhex("a0000006472f0001")
PIECE_BYTES: Final = 250
ANSWER_BYTES_MAX: Final = 64 << 10
LOOKS_MAX: Final = 600  # a minute of waiting for a hand
PAUSE_S: Final = 0.1
_CHAINED: Final = 0x10  # of the class byte: more of this command follows
_OK, _WORKS, _MORE = b"\x90\x00", b"\x91\x00", 0x61
_MSG, _GETRESPONSE, _CANCEL = 0x10, 0x11, 0x11
_MAY_WORK: Final = 0x80  # of P1: we understand 91 00


class NfcKey(CtapDevice):
    """One key. Raises ValueError for a card that is none; `transmit` may raise OSError."""

    def __init__(self, transmit: Callable[[bytes], bytes], name: str) -> None:
        self._transmit = transmit
        self._name = name
        selected, status = self._exchange(0x00, 0xA4, 0x04, AID)
        if status != _OK or selected not in (b"FIDO_2_0", b"U2F_V2"):
            raise ValueError(f"{name}: a FIDO2 key expected, found another card")
        self.call(CTAPHID.CBOR, b"\x04")  # getInfo: one that speaks U2F alone refuses

    def __repr__(self) -> str:
        return f"NfcKey({self._name})"

    @property
    def capabilities(self) -> int:
        return CAPABILITY.CBOR

    @classmethod
    def list_devices(cls) -> Iterator[CtapDevice]:
        """Whoever has readers makes them: hts.app.key_device."""
        return iter(())

    def call(
        self,
        cmd: int,
        data: bytes = b"",
        event: Event | None = None,
        on_keepalive: Callable[[STATUS], None] | None = None,
    ) -> bytes:
        """The answer to a CTAP2 request. Raises CtapError."""
        if cmd != CTAPHID.CBOR:
            raise CtapError(CtapError.ERR.INVALID_COMMAND)
        given_up, told = event or Event(), None
        answer, status = self._exchange(0x80, _MSG, _MAY_WORK, data)
        for _ in range(LOOKS_MAX):
            if status != _WORKS:
                break
            found = STATUS(answer[0]) if answer[:1] in (b"\x01", b"\x02") else None
            if found is not None and found != told and on_keepalive is not None:
                on_keepalive(found)
            told = found
            cancels = _CANCEL if given_up.wait(PAUSE_S) else 0
            answer, status = self._exchange(0x80, _GETRESPONSE, cancels, b"")
        if status != _OK:
            raise CtapError(CtapError.ERR.OTHER)
        return answer

    def _exchange(self, cla: int, ins: int, p1: int, data: bytes) -> tuple[bytes, bytes]:
        """One command, in as many pieces as it takes; the answer and its status."""
        while len(data) > PIECE_BYTES:
            piece, data = data[:PIECE_BYTES], data[PIECE_BYTES:]
            answer = self._transmit(bytes([cla | _CHAINED, ins, p1, 0, len(piece)]) + piece)
            if answer[-2:] != _OK:
                return b"", answer[-2:]
        length = bytes([len(data)]) if data else b""
        answer = self._transmit(bytes([cla, ins, p1, 0]) + length + data + b"\x00")
        found = answer[:-2]
        # A piece without a byte is the last one, so that a card cannot be asked for ever.
        while len(answer) > len(_OK) and answer[-2] == _MORE and len(found) <= ANSWER_BYTES_MAX:
            answer = self._transmit(bytes([0x00, 0xC0, 0x00, 0x00, answer[-1]]))
            found += answer[:-2]
        return found, answer[-2:]
