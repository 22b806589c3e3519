"""Writes what was done into the audit trail of a home directory."""

import getpass
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hts.app.paths import HomePaths
from hts.auth.audit import Anchor, Trail
from hts.auth.secrets import Secret, SecretStore
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.io.unix import make_private_directory

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

AUDIT_FOLDER: Final = "audit"
AUDIT_LOCK: Final = "writer.lock"
KEY_NAME: Final = "audit.signing-key"
ANCHOR_NAME: Final = "audit.anchor."  # and the home's name
KEY_BYTES: Final = 32


def audit_directory(paths: HomePaths) -> Path:
    """Where the trail lies."""
    return paths.home / AUDIT_FOLDER


def note(paths: HomePaths, store: SecretStore | None, what: str, *, old: str = "", new: str = "") -> None:
    """Write one entry, signed and remembered with the store's help where there is one. Raises StorageError."""
    with opened_trail(paths, store) as trail:
        trail.append(who_am_i(), what, where_am_i(), SystemClock().wall_ns(), old=old, new=new)


@contextmanager
def opened_trail(paths: HomePaths, store: SecretStore | None) -> Iterator[Trail]:
    """The trail, written by nobody else meanwhile; its end is remembered in the store. Raises ConfigError."""
    make_private_directory(paths.home)
    storage = FileStorage(audit_directory(paths))
    lock = LockFile(audit_directory(paths) / AUDIT_LOCK)
    if not lock.acquire("audit"):
        raise ConfigError("the audit trail is being written by another process; try again in a moment")
    try:
        trail = Trail(storage, None if store is None else signing_key(store), secrets.token_bytes)
        yield trail
        if store is not None:
            store.put(ANCHOR_NAME + paths.name, Secret(str(trail.anchor)))
    finally:
        storage.close()
        lock.release()


def signing_key(store: SecretStore) -> "Ed25519PrivateKey":
    """The key that signs the trail; made, and kept in the store, at its first use."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    kept = store.get(KEY_NAME)
    if kept is None:
        kept = Secret(secrets.token_bytes(KEY_BYTES).hex())
        store.put(KEY_NAME, kept)
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kept.reveal()))
    except ValueError:
        raise ConfigError(f"secret {KEY_NAME}: expected {KEY_BYTES} bytes in hexadecimal, found others") from None


def kept_anchor(paths: HomePaths, store: SecretStore) -> Anchor | None:
    """The last entry of this home's trail as the store remembers it."""
    kept = store.get(ANCHOR_NAME + paths.name)
    return None if kept is None else Anchor.parse(kept.reveal())


def kept_public_key(store: SecretStore) -> bytes | None:
    """The public half of the signing key; None when there is none yet."""
    return signing_key(store).public_key().public_bytes_raw() if store.get(KEY_NAME) is not None else None


def who_am_i() -> str:
    """The user as the system names him; by number where it has no name for him, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid-{os.getuid()}" if hasattr(os, "getuid") else "unknown"


def where_am_i() -> str:
    """The name of the machine."""
    return socket.gethostname()
