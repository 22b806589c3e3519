"""The software key as a card on a reader: ISO 7816 commands around it, in short pieces, after CTAP 2.1 section 11.3."""

from fido2.hid import CTAPHID

AID = bytes.fromhex("a0000006472f0001")
OK, WORKS, UNKNOWN = b"\x90\x00", b"\x91\x00", b"\x6d\x00"
PIECE = 200  # of an answer


class SoftCard:
    """`waits`: how often it says that it waits for a hand before it answers; `is_key` False: another card."""

    name = "reader 0"

    def __init__(self, device, waits=0, is_key=True):
        self.device = device
        self.waits = waits
        self.is_key = is_key
        self.is_closed = False
        self.commands = []
        self._pieces = b""
        self._left = b""
        self._waiting = []

    def close(self):
        self.is_closed = True

    def transmit(self, apdu):
        cla, ins, p1 = apdu[0], apdu[1], apdu[2]
        self.commands.append((cla, ins, p1))
        data = apdu[5 : 5 + apdu[4]] if len(apdu) > 5 else b""
        assert len(apdu) <= 261, "short commands alone"
        if ins == 0xA4:
            return b"FIDO_2_0" + OK if self.is_key and data == AID else b"\x6a\x82"
        if ins == 0xC0:
            return self._piece()
        if ins == 0x11:
            if p1 == 0x11:
                self._waiting = []
                return b"\x69\x85"
            return self._answer(self._waiting)
        if (cla | 0x10, ins) != (0x90, 0x10):
            return UNKNOWN
        self._pieces += data
        if cla & 0x10:
            return OK
        request, self._pieces = self._pieces, b""
        self._waiting = [request] + [None] * self.waits
        return self._answer(self._waiting)

    def _answer(self, waiting):
        if len(waiting) > 1:
            waiting.pop()
            return b"\x02" + WORKS
        self._left = self.device.call(CTAPHID.CBOR, waiting.pop())
        return self._piece()

    def _piece(self):
        piece, self._left = self._left[:PIECE], self._left[PIECE:]
        return piece + (bytes([0x61, min(len(self._left), 0xFF)]) if self._left else OK)
