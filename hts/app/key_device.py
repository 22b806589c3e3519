"""The security key that is plugged in or lies on a reader, and the platform's way to it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from hts.base.errors import ConfigError
from hts.io.pcsc import Card, cards

if TYPE_CHECKING:
    from fido2.client import Fido2Client
    from fido2.ctap import CtapDevice

NO_DEVICE: Final = "no FIDO2 key was found: plug one in; on Linux your user needs access to /dev/hidraw* (udev rule)"
Answer = TypeVar("Answer")


def devices() -> "Iterator[CtapDevice]":
    """Security keys on USB, then those on card readers (NFC). Raises ConfigError."""
    from fido2.hid import CtapHidDevice

    refused = None
    try:
        yield from CtapHidDevice.list_devices()
    except OSError as error:
        refused = error
    yield from nfc_keys(cards())
    if refused is not None:
        raise ConfigError(f"security keys cannot be reached: {refused.strerror or refused}") from refused


def nfc_keys(found: "Iterator[Card]") -> "Iterator[CtapDevice]":
    """Those of the cards that are keys."""
    from fido2.ctap import CtapError

    from hts.auth.nfc_key import NfcKey

    for card in found:
        try:
            yield NfcKey(card.transmit, card.name)
        except (ValueError, OSError, CtapError):
            card.close()


def first_device() -> "CtapDevice":
    """The key that is plugged in. Raises ConfigError when there is none."""
    device = next(devices(), None)
    if device is None:
        raise ConfigError(NO_DEVICE)
    return device


def client_of(device: "CtapDevice", origin: str) -> "Fido2Client":
    """The platform's side: it asks for the PIN and for a touch."""
    from fido2.client import DefaultClientDataCollector, Fido2Client

    from hts.app.key_person import AtTerminal

    return Fido2Client(device, DefaultClientDataCollector(origin), AtTerminal())


def asked(call: Callable[[], Answer]) -> Answer:
    """What the key answers. Raises ConfigError when it, or its owner, does not."""
    from fido2.client import ClientError

    try:
        return call()
    except OSError as error:
        raise ConfigError(f"the security key went away: {error}") from error
    except ClientError as error:
        raise ConfigError(f"the security key did not answer: {error.code.name.lower().replace('_', ' ')}") from error
