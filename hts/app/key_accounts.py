"""The accounts of a home directory, opened with the key that the secret store keeps."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hts.app.build import build_name
from hts.app.paths import HomePaths
from hts.app.secret_store import auth_directory, opened_store
from hts.auth.accounts import USER_ID_BYTES, Account, AccountBook, checked_user
from hts.auth.secrets import Secret, SecretStore
from hts.base.errors import ConfigError
from hts.io.blob import FileBlob
from hts.io.lockfile import LockFile
from hts.io.unix import make_private_directory
from hts.model.roles import Role

ACCOUNTS_FILE: Final = "accounts.json"
ACCOUNTS_LOCK: Final = "accounts.lock"
MAC_KEY_NAME: Final = "accounts.key"
MAC_KEY_BYTES: Final = 32
BEGUN_NAME: Final = "accounts.begun."  # and the home's name


@contextmanager
def opened_accounts(paths: HomePaths, passphrase_fd: int | None) -> Iterator[tuple[AccountBook, SecretStore]]:
    """The accounts and the secret store; nobody else changes them meanwhile. Raises AuthError, ConfigError."""
    with locked_accounts(paths), opened_store(paths, passphrase_fd) as store:
        yield known_book(paths, store), store
        remember_book(paths, store)


@contextmanager
def locked_accounts(paths: HomePaths) -> Iterator[None]:
    """Nobody else changes the accounts meanwhile. Raises ConfigError."""
    make_private_directory(paths.home)
    make_private_directory(auth_directory(paths))
    lock = LockFile(auth_directory(paths) / ACCOUNTS_LOCK)
    if not lock.acquire(build_name()):
        raise ConfigError("the accounts are in use by another process; try again in a moment")
    try:
        yield
    finally:
        lock.release()


def known_book(paths: HomePaths, store: SecretStore) -> AccountBook:
    """The accounts of this home. A home whose accounts are gone is not one that never had any: there, the first comer
    would be free to name himself. Raises ConfigError.
    """
    path = auth_directory(paths) / ACCOUNTS_FILE
    if store.get(BEGUN_NAME + paths.name) is not None and not path.exists():
        raise ConfigError(
            f"{path}: expected the accounts of this home, found none; restore the file from a copy. To begin anew, "
            f"remove {BEGUN_NAME}{paths.name} with the keychain's own program"
        )
    return account_book(paths, mac_key(store))


def remember_book(paths: HomePaths, store: SecretStore) -> None:
    """That there are accounts here."""
    if (auth_directory(paths) / ACCOUNTS_FILE).exists() and store.get(BEGUN_NAME + paths.name) is None:
        store.put(BEGUN_NAME + paths.name, Secret("yes"))


def account_book(paths: HomePaths, key: bytes) -> AccountBook:
    """The file of accounts, authenticated with this key."""
    return AccountBook(FileBlob(auth_directory(paths) / ACCOUNTS_FILE), key)


def mac_key(store: SecretStore) -> bytes:
    """The key that authenticates the file; made at its first use."""
    kept = store.get(MAC_KEY_NAME)
    if kept is None:
        kept = Secret(secrets.token_hex(MAC_KEY_BYTES))
        store.put(MAC_KEY_NAME, kept)
    try:
        return bytes.fromhex(kept.reveal())
    except ValueError:
        raise ConfigError(f"secret {MAC_KEY_NAME}: expected hexadecimal digits, found others") from None


def account_of(book: AccountBook, user: str, role: str | None) -> Account:
    """The user's account, or a new one that is not yet kept. A role given for somebody who has another is refused."""
    known = book.find(checked_user(user))
    if known is None:
        wanted = Role.TRADER if role is None else Role(role)
        return Account(user=user, user_id=secrets.token_bytes(USER_ID_BYTES), role=wanted)
    if role is not None and known.role is not Role(role):
        raise ConfigError(f"{user} is {known.role.value}; a role is not changed by adding something")
    return known


def known_account(book: AccountBook, user: str) -> Account:
    """The user's account. Raises ConfigError when there is none."""
    known = book.find(checked_user(user))
    if known is None:
        raise ConfigError(f"there is no user {user}; `hts key list` shows all")
    return known
