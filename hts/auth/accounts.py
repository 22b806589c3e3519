"""Users, their roles, keys, second factors and recovery codes, in one file.

Nothing here is secret: keys are public halves, recovery codes are hashes, seeds are in the secret store. What matters
is that nobody puts his own key in: the file ends with an HMAC under a key from the secret store. It cannot tell an
older whole file from the newest one.
"""

import hmac
import re
from collections.abc import Callable
from typing import Final, Protocol

import msgspec
from msgspec import Struct, structs

from hts.auth.lockout import FRESH, Lockout
from hts.auth.otp import Otp
from hts.auth.secrets import Secret
from hts.auth.vault import Blob
from hts.base.errors import ConfigError, CorruptRecord
from hts.model.roles import Role

USER_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
USER_ID_BYTES: Final = 32
_MAC_DIGITS: Final = 64


class Key(Struct, frozen=True, kw_only=True):
    """One FIDO2 credential. `data` is WebAuthn's attested credential data with the public key.

    `counter` is the highest signature counter seen; `is_cloned` shuts the key out until a person looks at it.
    """

    credential_id: bytes
    data: bytes
    name: str
    counter: int
    added_ns: int
    is_cloned: bool = False


class CodeHash(Struct, frozen=True, kw_only=True):
    """One recovery code that was not used yet."""

    salt: bytes
    digest: bytes


class Account(Struct, frozen=True, kw_only=True):
    """One user. `user_id` is random: an authenticator keeps it and shows it to whoever holds it."""

    user: str
    user_id: bytes
    role: Role
    keys: tuple[Key, ...] = ()
    otp: Otp | None = None
    recovery: tuple[CodeHash, ...] = ()
    lockout: Lockout = FRESH

    def with_key(self, key: Key) -> "Account":
        """The account with the key's new state."""
        keys = tuple(key if one.credential_id == key.credential_id else one for one in self.keys)
        return structs.replace(self, keys=keys)


class AccountKeeper(Protocol):
    """Where a running core finds accounts and seeds. Methods raise AuthError or ConfigError when the place refuses."""

    def accounts(self) -> tuple[Account, ...]:
        """All of them."""
        ...

    def change(self, user: str | None, step: Callable[[Account], Account]) -> Account | None:
        """Keep the user's account after `step`, which is given the newest; nobody else changes it meanwhile.

        None does the same work for nobody, and changes nothing.
        """
        ...

    def seed(self, user: str) -> Secret | None:
        """The seed of the user's one-time passwords."""
        ...

    def keep_seed(self, user: str, seed: Secret) -> None:
        """Keep it in place of an older one."""
        ...


NOBODY: Final = Account(user="nobody", user_id=b"", role=Role.VIEWER)

_encoder: Final = msgspec.json.Encoder(order="deterministic")
_decoder: Final = msgspec.json.Decoder(tuple[Account, ...])


def checked_user(user: str) -> str:
    """The name itself. Raises ConfigError."""
    if USER_PATTERN.fullmatch(user) is None:
        raise ConfigError(f"user: expected up to 32 of a-z 0-9 . _ -, beginning with a-z 0-9, found {user!r}")
    return user


def unproved(data: bytes) -> tuple[Account, ...]:
    """What a file says without its key, for whoever only looks. Raises CorruptRecord."""
    try:
        return _decoder.decode(data[:-_MAC_DIGITS])
    except msgspec.MsgspecError as error:
        raise CorruptRecord(f"accounts: expected accounts of this version, found others: {error}") from error


class AccountBook:
    """All accounts. `key` authenticates the file. Raises CorruptRecord for a file that was not written with it."""

    def __init__(self, blob: Blob, key: bytes) -> None:
        self._blob = blob
        self._key = key

    def all(self) -> tuple[Account, ...]:
        """Sorted by user."""
        data = self._blob.read()
        if data is None:
            return ()
        body, mac = data[:-_MAC_DIGITS], data[-_MAC_DIGITS:]
        if not hmac.compare_digest(self._mac(body), mac):
            raise CorruptRecord("accounts: the file is not the one that was written; restore it from a copy")
        try:
            return _decoder.decode(body)
        except msgspec.MsgspecError as error:
            raise CorruptRecord(f"accounts: expected accounts of this version, found others: {error}") from error

    def find(self, user: str) -> Account | None:
        """The user's account."""
        return next((account for account in self.all() if account.user == user), None)

    def put(self, account: Account) -> None:
        """Keep the account in place of the user's older one."""
        others = [one for one in self.all() if one.user != checked_user(account.user)]
        self._write([*others, account])

    def rewrite(self) -> None:
        """Write what is there once more: what a change costs, without one. A file that is gone stays gone: an empty one
        with a seal would be a home that never had users.
        """
        if self._blob.read() is not None:
            self._write(list(self.all()))

    def remove(self, user: str) -> None:
        """Forget the user."""
        self._write([one for one in self.all() if one.user != user])

    def _write(self, accounts: list[Account]) -> None:
        body = _encoder.encode(sorted(accounts, key=lambda account: account.user)) + b"\n"
        self._blob.replace(body + self._mac(body))

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256").hex().encode()
