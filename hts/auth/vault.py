"""Secrets in one encrypted file, for machines without a keychain.

    magic "HTSVAULT"   8    version u8   1    kdf u8   1 (1 = Argon2id, the only one)
    memory_kib u32     4    passes u32   4    lanes u32   4    salt  16    nonce  12         header, 50 bytes
    ciphertext with its tag (AES-256-GCM; the header is authenticated with it)
    SHA-256 over all bytes before                                                            32 bytes

All integers are big-endian. The key is Argon2id of the passphrase. The digest at the end is no protection: it
tells a damaged file from a wrong passphrase. Somebody who tampers can mend the digest, and is then answered "wrong
passphrase or tampered with", because the two cannot be told apart safely.

Each write takes a fresh nonce under the same key; a new passphrase takes a new salt.
"""

import hashlib
import hmac
import json
import struct
from collections.abc import Callable
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msgspec import Struct

from hts.auth.errors import VaultDamaged, WrongPassphrase
from hts.auth.secrets import Secret, checked_name, checked_secret

MAGIC: Final = b"HTSVAULT"
VERSION: Final = 1
KDF_ARGON2ID: Final = 1
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32
DIGEST_BYTES: Final = 32
TAG_BYTES: Final = 16
PASSPHRASE_CHARACTERS_MIN: Final = 12

_HEADER: Final = struct.Struct(">8sBBIII16s12s")


class Cost(Struct, frozen=True, kw_only=True):
    """What one guess of the passphrase costs. The default is RFC 9106's second recommendation."""

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4

    @property
    def is_sane(self) -> bool:
        """Whether it may be computed: a file must not make us take a machine's whole memory or an hour."""
        return (
            1 <= self.lanes <= 16 and 1 <= self.passes <= 16 and 8 * self.lanes <= self.memory_kib <= 1_048_576  # 1 GiB
        )


DEFAULT_COST: Final = Cost()


class Header(Struct, frozen=True, kw_only=True):
    """All that must be known before the passphrase is of use."""

    cost: Cost
    salt: bytes
    nonce: bytes


class Blob(Protocol):
    """A small file that is replaced as a whole. Raises StorageError."""

    def read(self) -> bytes | None:
        """The content; None when there is none yet."""
        ...

    def replace(self, data: bytes) -> None:
        """Return once the new content survives a power cut."""
        ...


def derive_key(passphrase: Secret, cost: Cost, salt: bytes) -> bytes:
    """The file's key; takes about a second at the default cost."""
    kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib)
    return kdf.derive(passphrase.reveal().encode())


def encode_vault(secrets: dict[str, str], key: bytes, header: Header) -> bytes:
    """The file's bytes."""
    front = _HEADER.pack(
        MAGIC,
        VERSION,
        KDF_ARGON2ID,
        header.cost.memory_kib,
        header.cost.passes,
        header.cost.lanes,
        header.salt,
        header.nonce,
    )
    plain = json.dumps(secrets, sort_keys=True).encode()
    data = front + AESGCM(key).encrypt(header.nonce, plain, front)
    return data + hashlib.sha256(data).digest()


def decode_header(data: bytes) -> Header:
    """Raises VaultDamaged, and asks for nothing costly before all that can be checked without the key is checked."""
    if len(data) < _HEADER.size + TAG_BYTES + DIGEST_BYTES:
        raise VaultDamaged(f"vault: expected a header and a body, found {len(data)} bytes; restore it from a copy")
    if not hmac.compare_digest(hashlib.sha256(data[:-DIGEST_BYTES]).digest(), data[-DIGEST_BYTES:]):
        raise VaultDamaged("vault: the bytes are not those that were written; restore it from a copy")
    magic, version, kdf, memory_kib, passes, lanes, salt, nonce = _HEADER.unpack_from(data)
    if (magic, version, kdf) != (MAGIC, VERSION, KDF_ARGON2ID):
        raise VaultDamaged(f"vault: expected version {VERSION}, found {magic!r} {version}; a newer hts may read it")
    cost = Cost(memory_kib=memory_kib, passes=passes, lanes=lanes)
    if not cost.is_sane:
        raise VaultDamaged(f"vault: expected a cost that can be computed, found {cost}")
    return Header(cost=cost, salt=salt, nonce=nonce)


def decode_vault(data: bytes, key: bytes) -> dict[str, str]:
    """The secrets. Raises VaultDamaged, WrongPassphrase."""
    header = decode_header(data)
    front, body = data[: _HEADER.size], data[_HEADER.size : -DIGEST_BYTES]
    try:
        plain = AESGCM(key).decrypt(header.nonce, body, front)
    except InvalidTag:
        raise WrongPassphrase("vault: the passphrase is wrong, or the file was tampered with") from None
    found = json.loads(plain)
    assert isinstance(found, dict), "a vault that was authenticated holds what we wrote"
    return {str(name): str(text) for name, text in found.items()}


class VaultStore:
    """hts.auth.secrets.SecretStore on a file.

    `random` gives fresh random bytes. Every call reads the file again, so that another process's change is not lost;
    between reading and writing the caller holds a lock.
    """

    def __init__(
        self, blob: Blob, passphrase: Secret, random: Callable[[int], bytes], cost: Cost = DEFAULT_COST
    ) -> None:
        self._blob = blob
        self._passphrase = passphrase
        self._random = random
        self._cost = cost
        self._key: tuple[Header, bytes] | None = None  # derived for this header's salt and cost

    @property
    def label(self) -> str:
        return "vault (encrypted file)"

    def create(self) -> None:
        """Write an empty vault. The caller knows that there is none."""
        self._write({})

    def change_passphrase(self, passphrase: Secret) -> None:
        """From now on this one opens the file, under a new salt."""
        secrets = self._read()
        self._passphrase, self._key = passphrase, None
        self._write(secrets, is_new_key=True)

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._read()))

    def get(self, name: str) -> Secret | None:
        text = self._read().get(checked_name(name))
        return None if text is None else Secret(text)

    def put(self, name: str, secret: Secret) -> None:
        self._write({**self._read(), checked_name(name): checked_secret(secret).reveal()})

    def remove(self, name: str) -> bool:
        secrets = self._read()
        if secrets.pop(checked_name(name), None) is None:
            return False
        self._write(secrets)
        return True

    def _read(self) -> dict[str, str]:
        data = self._blob.read()
        if data is None:
            return {}
        return decode_vault(data, self._key_for(decode_header(data)))

    def _write(self, secrets: dict[str, str], *, is_new_key: bool = False) -> None:
        data = None if is_new_key else self._blob.read()
        nonce = self._random(NONCE_BYTES)
        if data is None:
            header = Header(cost=self._cost, salt=self._random(SALT_BYTES), nonce=nonce)
        else:
            known = decode_header(data)
            header = Header(cost=known.cost, salt=known.salt, nonce=nonce)
        self._blob.replace(encode_vault(secrets, self._key_for(header), header))

    def _key_for(self, header: Header) -> bytes:
        if self._key is None or (self._key[0].salt, self._key[0].cost) != (header.salt, header.cost):
            self._key = (header, derive_key(self._passphrase, header.cost, header.salt))
        return self._key[1]
