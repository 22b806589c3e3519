"""Which place keeps this installation's secrets, and how it is opened: the keychain, or the vault when there is one."""

import getpass
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hts.app.build import build_name
from hts.app.paths import HomePaths
from hts.auth.errors import KeychainRefused, NoKeychain
from hts.auth.secrets import Secret, SecretStore
from hts.base.errors import ConfigError
from hts.io.blob import FileBlob
from hts.io.lockfile import LockFile
from hts.io.unix import make_private_directory

AUTH_FOLDER: Final = "auth"
VAULT_FILE: Final = "vault"
VAULT_LOCK: Final = "vault.lock"
TYPED_BYTES_MAX: Final = 4096


def auth_directory(paths: HomePaths) -> Path:
    """Where accounts and the vault lie."""
    return paths.home / AUTH_FOLDER


def vault_path(paths: HomePaths) -> Path:
    """The vault's file; it exists only where one was made."""
    return auth_directory(paths) / VAULT_FILE


@contextmanager
def opened_store(paths: HomePaths, passphrase_fd: int | None = None) -> Iterator[SecretStore]:
    """The place that keeps the secrets, for one command. Raises NoKeychain, ConfigError, AuthError."""
    if not vault_path(paths).exists():
        yield open_keychain()
        return
    with locked_vault(paths):
        yield open_vault(paths, passphrase_fd)


def open_vault(paths: HomePaths, passphrase_fd: int | None) -> SecretStore:
    """The vault, its passphrase asked for; whoever uses it holds `locked_vault`."""
    from hts.auth.vault import VaultStore

    passphrase = read_passphrase("Passphrase of the vault: ", passphrase_fd)
    return VaultStore(FileBlob(vault_path(paths)), passphrase, secrets.token_bytes)


@contextmanager
def store_if_any(paths: HomePaths, passphrase_fd: int | None = None) -> Iterator[SecretStore | None]:
    """The same, and None on a machine that has neither keychain nor vault."""
    if not vault_path(paths).exists():
        try:
            store = open_keychain()
        except (NoKeychain, KeychainRefused):
            yield None
            return
        yield store
        return
    with opened_store(paths, passphrase_fd) as opened:
        yield opened


def open_keychain() -> SecretStore:
    """The operating system's. Raises NoKeychain, which tells what to do."""
    import keyring

    from hts.auth.keychain import KeychainStore

    return KeychainStore(keyring.get_keyring())


@contextmanager
def locked_vault(paths: HomePaths) -> Iterator[None]:
    """Nobody else changes the vault meanwhile. Raises ConfigError."""
    make_private_directory(paths.home)
    make_private_directory(auth_directory(paths))
    lock = LockFile(auth_directory(paths) / VAULT_LOCK)
    if not lock.acquire(build_name()):
        holder = lock.holder()
        raise ConfigError(f"the vault is in use by process {holder.pid if holder else '?'}; try again in a moment")
    try:
        yield
    finally:
        lock.release()


def read_passphrase(prompt: str, descriptor: int | None) -> Secret:
    """From the descriptor when one is given, else typed without echo. Raises ConfigError."""
    if descriptor is not None:
        return read_descriptor(descriptor)
    if not sys.stdin.isatty():
        raise ConfigError("the vault asks for its passphrase and there is no terminal; give --passphrase-fd N")
    return Secret(getpass.getpass(prompt))


def read_descriptor(descriptor: int) -> Secret:
    """The first line of an open descriptor. Raises ConfigError."""
    try:
        with os.fdopen(os.dup(descriptor), "rb") as file:
            line = file.readline(TYPED_BYTES_MAX)
        return Secret(line.decode().rstrip("\r\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"descriptor {descriptor}: cannot read a passphrase: {type(error).__name__}") from None


def read_value(prompt: str) -> Secret:
    """A secret typed without echo, or all of stdin when that is no terminal. Raises ConfigError."""
    if sys.stdin.isatty():
        return Secret(getpass.getpass(prompt))
    try:
        text = sys.stdin.buffer.read(TYPED_BYTES_MAX + 1).decode()
    except UnicodeDecodeError:
        raise ConfigError("secret: expected a text in UTF-8 on stdin, found something else") from None
    return Secret(text.removesuffix("\n").removesuffix("\r"))
