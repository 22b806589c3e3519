"""A security key on a card reader: the same ceremonies as on USB, in the card's own commands."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fido2.ctap import STATUS, CtapError
from fido2.hid import CTAPHID

from hts.app.key_device import nfc_keys
from hts.auth.nfc_key import NfcKey
from hts.io import pcsc
from tests.auth.test_fido import a_party, login, register
from tests.support.processes import until
from tests.support.soft_authenticator import SoftAuthenticator
from tests.support.soft_card import SoftCard

GET_INFO = b"\x04"


def a_key(**options):
    card = SoftCard(SoftAuthenticator(), **options)
    return NfcKey(card.transmit, card.name), card


def test_a_key_on_a_reader_registers_and_logs_in():
    party, (key, card) = a_party(), a_key()
    account = register(party, key)
    assert login(party, key, [account]).user == "kim"
    # Requests and answers were longer than one command holds.
    assert (0x90, 0x10, 0x80) in card.commands
    assert (0x00, 0xC0, 0x00) in card.commands


def test_a_card_that_waits_for_a_hand_is_asked_again_and_tells_so_once():
    key, card = a_key(waits=2)
    told = []
    assert key.call(CTAPHID.CBOR, GET_INFO, on_keepalive=told.append)[:1] == b"\x00"
    assert told == [STATUS.UPNEEDED]
    assert card.commands.count((0x80, 0x11, 0x00)) == 4  # of this call, and of the one that makes it known


def test_who_gives_up_cancels():
    key, card = a_key()
    card.waits = 100
    given_up = threading.Event()
    given_up.set()
    with pytest.raises(CtapError):
        key.call(CTAPHID.CBOR, GET_INFO, event=given_up)
    assert card.commands[-1] == (0x80, 0x11, 0x11)


def test_other_cards_and_cards_that_go_away_are_no_keys_and_are_let_go():
    key, other, gone = SoftCard(SoftAuthenticator()), SoftCard(SoftAuthenticator(), is_key=False), SoftCard(None)

    def taken_away(_apdu):
        raise OSError("the card does not answer")

    gone.transmit = taken_away
    assert [repr(one) for one in nfc_keys(iter([other, gone, key]))] == ["NfcKey(reader 0)"]
    assert (other.is_closed, gone.is_closed, key.is_closed) == (True, True, False)


def test_what_is_no_ctap2_is_refused():
    key, _ = a_key()
    with pytest.raises(CtapError):
        key.call(CTAPHID.MSG, b"\x00")


def test_a_card_that_always_has_more_and_never_says_it_is_let_go():
    asked = []

    def transmit(apdu):
        asked.append(apdu)
        assert len(asked) < 10, "asked for ever"
        return b"\x61\x10"

    with pytest.raises(ValueError, match="another card"):
        NfcKey(transmit, "reader 0")


class NoService:
    """The library is there, and nobody answers it."""

    @staticmethod
    def SCardEstablishContext(*_words):
        return 0x8010001D


@pytest.mark.parametrize("library", [None, NoService()], ids=["no library", "no service"])
def test_a_machine_without_readers_has_no_cards(library, monkeypatch):
    monkeypatch.setattr(pcsc, "_library", lambda: library)
    assert list(pcsc.cards()) == []


# -- with the real service and a reader in software

PCSCD, DRIVER = Path("/usr/sbin/pcscd"), Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
SOCKET = Path("/run/pcscd/pcscd.comm")
READER_PORT = 0x8C7B
POWER_ON_OFF_RESET, ATR_ASKED = (b"\x00", b"\x01", b"\x02"), b"\x04"
ATR = bytes([0x3B, 0x80, 0x80, 0x01, 0x01])


class InReader(threading.Thread):
    """A card in the reader: whole messages, each with its length before it."""

    def __init__(self, card):
        super().__init__(daemon=True)
        self._card = card
        self._line = until(self._connected, "a reader")
        self.start()

    @staticmethod
    def _connected():
        try:
            return socket.create_connection(("127.0.0.1", READER_PORT), 5)
        except OSError:
            return None

    def run(self):
        self._line.settimeout(None)
        with self._line.makefile("rwb") as line:
            while len(head := line.read(2)) == 2:
                said = line.read(int.from_bytes(head, "big"))
                if said in POWER_ON_OFF_RESET:
                    continue
                answer = ATR if said == ATR_ASKED else self._card.transmit(said)
                line.write(len(answer).to_bytes(2, "big") + answer)
                line.flush()

    def take_out(self):
        self._line.shutdown(socket.SHUT_RDWR)
        self.join(10)
        self._line.close()


@pytest.fixture
def service():
    """The system's own where it runs; else one for this test, which only root may begin."""
    if not (PCSCD.exists() and DRIVER.exists()):
        pytest.skip("not installed: pcscd vsmartcard-vpcd")
    if SOCKET.exists():
        list(pcsc.cards())  # it may begin at the first question
        yield
        return
    if os.geteuid() != 0:
        pytest.skip("pcscd does not run, and only root may start it")
    process = subprocess.Popen([str(PCSCD), "--foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(SOCKET.exists, "the service's socket")
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(sys.platform != "linux", reason="the reader in software is Debian's")
def test_a_key_on_a_reader_of_the_real_service_registers_and_logs_in(service):
    inserted = InReader(SoftCard(SoftAuthenticator(), waits=1))
    try:
        key = until(lambda: next(nfc_keys(pcsc.cards()), None), "a key on the reader")
        party = a_party()
        account = register(party, key)
        assert login(party, key, [account]).user == "kim"
    finally:
        inserted.take_out()
    with pytest.raises(OSError, match="the card does not answer"):
        key.call(CTAPHID.CBOR, GET_INFO)
