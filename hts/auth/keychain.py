"""Secrets in the operating system's keychain, through `keyring`.

`keyring` is content with backends that keep nothing (null), refuse everything (fail) or write plain text
(third-party ones, or whatever PYTHON_KEYRING_BACKEND names). Only those listed here encrypt and ask the system's
user; everything else counts as no keychain at all.

A keychain cannot list its entries on every system, so the names are kept in one more entry.
"""

import json
import sys
from collections.abc import Callable
from typing import Final, TypeVar

from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError

from hts.auth.errors import KeychainRefused, NoKeychain
from hts.auth.secrets import Secret, checked_name, checked_secret

SERVICE: Final = "hts-terminal"
INDEX: Final = ".names"  # no secret can have this name

TRUSTED: Final = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KDE Wallet",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.macOS": "macOS Keychain",
}

ADVICE: Final = (
    "start a Secret Service (gnome-keyring) in this session, "
    "or keep secrets in an encrypted file with `hts secret backend vault`"
)

Result = TypeVar("Result")

# keyring lets these through as they are.
if sys.platform == "linux":
    from jeepney.wrappers import DBusErrorResponse  # type: ignore[import-untyped]
    from secretstorage.exceptions import SecretStorageException

    DAEMON_ERRORS: tuple[type[Exception], ...] = (SecretStorageException, DBusErrorResponse, OSError)
else:
    DAEMON_ERRORS = (OSError,)


def name_of_backend(backend: KeyringBackend) -> str:
    """The keychain's name. Raises NoKeychain, saying why, for a backend that must not get a secret."""
    module = type(backend).__module__
    if module == "keyring.backends.fail":
        raise NoKeychain(f"this system offers no keychain; {ADVICE}")
    if module == "keyring.backends.null":
        raise NoKeychain(f"keyring is switched off (its null backend forgets every secret); {ADVICE}")
    if isinstance(backend, ChainerBackend):
        # The first that works is used, so one that is not trusted spoils the chain.
        return " or ".join(dict.fromkeys(name_of_backend(one) for one in backend.backends))
    if module not in TRUSTED:
        raise NoKeychain(f"keyring uses {module}, which is not known to encrypt; {ADVICE}")
    return TRUSTED[module]


class KeychainStore:
    """hts.auth.secrets.SecretStore. `service` keeps installations apart. Raises NoKeychain."""

    def __init__(self, backend: KeyringBackend, service: str = SERVICE) -> None:
        self._name = name_of_backend(backend)
        self._backend = backend
        self._service = service

    @property
    def label(self) -> str:
        return f"keychain ({self._name})"

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._index()))

    def get(self, name: str) -> Secret | None:
        checked_name(name)
        text = self._ask(lambda: self._backend.get_password(self._service, name))
        return None if text is None else Secret(text)

    def put(self, name: str, secret: Secret) -> None:
        checked_name(name)
        text = checked_secret(secret).reveal()
        # The index first: a name without a secret is harmless, a secret without a name is never cleaned up.
        self._write_index({*self._index(), name})
        self._ask(lambda: self._backend.set_password(self._service, name, text))

    def remove(self, name: str) -> bool:
        if self.get(name) is None:
            return False
        self._ask(lambda: self._backend.delete_password(self._service, name))
        self._write_index(self._index() - {name})
        return True

    def _index(self) -> set[str]:
        text = self._ask(lambda: self._backend.get_password(self._service, INDEX))
        if text is None:
            return set()
        try:
            return {str(name) for name in json.loads(text)}
        except (ValueError, TypeError):
            raise KeychainRefused(f"{self.label}: expected a list of names in entry {INDEX}, found others") from None

    def _write_index(self, names: set[str]) -> None:
        text = json.dumps(sorted(names))
        self._ask(lambda: self._backend.set_password(self._service, INDEX, text))

    def _ask(self, call: Callable[[], Result]) -> Result:
        # Without the cause: a backend's own exception may quote what it was given.
        try:
            return call()
        except NoKeyringError:
            raise NoKeychain(f"the keychain went away; {ADVICE}") from None
        except (KeyringLocked, InitError):
            raise KeychainRefused(f"{self.label} is locked; unlock it and try again") from None
        except KeyringError as error:
            raise KeychainRefused(f"{self.label} refused ({type(error).__name__})") from None
        except DAEMON_ERRORS as error:
            raise KeychainRefused(f"{self.label} does not answer ({type(error).__name__})") from None
