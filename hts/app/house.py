"""The house's certificates on disk: HOME/pki, with all keys in the secret store.

house.pem      the authority's certificate, which every paired machine pins
core.pem       this core's certificate
devices.json   terminals that were let in, and those that were shut out again
cores/         on a terminal: for every core that it is paired with, the pinned authority and its own certificate
"""

import ssl
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from msgspec import Struct

from hts.app.home_file import read_text, replace_text
from hts.app.paths import HomePaths
from hts.auth.errors import CertificateUnread
from hts.auth.house_ca import HouseAuthority, Use, key_pem, new_key, read_key
from hts.auth.secrets import Secret, SecretStore
from hts.base.errors import ConfigError

FOLDER: Final = "pki"
AUTHORITY_KEY: Final = "house.authority"
CORE_KEY: Final = "house.core"
TERMINAL_KEY: Final = "house.terminal."  # and the core's name
HEAD: Final = "-----BEGIN CERTIFICATE-----"
_ONCE: Final = b"for the moment of loading"  # OpenSSL reads keys from files alone


class Device(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A terminal that was given a certificate. The serial number is written in hexadecimal."""

    name: str
    serial: str
    since: str
    revoked: str = ""


def folder(paths: HomePaths) -> Path:
    return paths.home / FOLDER


def devices(paths: HomePaths) -> list[Device]:
    """In the order of their pairing. Raises ConfigError."""
    path = folder(paths) / "devices.json"
    text = read_text(path)
    try:
        return msgspec.json.decode(text, type=list[Device]) if text else []
    except msgspec.DecodeError as fault:
        raise ConfigError(f"{path}: expected the list of paired terminals: {fault}; restore it from a backup") from None


def keep_devices(paths: HomePaths, found: Sequence[Device]) -> None:
    """Raises ConfigError when the disk refuses."""
    replace_text(folder(paths) / "devices.json", msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")


def authority(paths: HomePaths, store: SecretStore, now: datetime, *, name: str) -> HouseAuthority:
    """The house's authority, made at the first call. Raises ConfigError, CertificateUnread."""
    path, key = folder(paths) / "house.pem", store.get(AUTHORITY_KEY)
    pem = read_text(path)
    if pem and key is not None:
        return HouseAuthority.load(pem.encode(), key)
    if pem:
        raise ConfigError(f"{path}: expected its key in the secret store ({AUTHORITY_KEY}), found none; restore it")
    made = HouseAuthority.create(f"HTS {name}", serial=x509.random_serial_number(), now=now)
    store.put(AUTHORITY_KEY, made.key)
    replace_text(path, made.certificate_pem.decode())
    return made


def core_context(paths: HomePaths, store: SecretStore, house: HouseAuthority, hosts: Sequence[str]) -> ssl.SSLContext:
    """The core's side of TLS with a certificate of its own for these names; made anew at each start of a server."""
    key, now = new_key(), datetime.now(UTC)
    certificate = house.issue(
        key.public_key(), "HTS core", Use.SERVER, serial=x509.random_serial_number(), now=now, hosts=hosts
    )
    store.put(CORE_KEY, key_pem(key))
    replace_text(folder(paths) / "core.pem", certificate.public_bytes(Encoding.PEM).decode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    _load(context, key_pem(key), certificate.public_bytes(Encoding.PEM))
    return context


def ask_terminals(context: ssl.SSLContext, house: HouseAuthority, shut_out: Sequence[Device]) -> None:
    """Only terminals of the house that are not shut out get past the handshake."""
    crl = house.revocation_list((int(one.serial, 16) for one in shut_out), number=1, now=datetime.now(UTC))
    _trust(context, house.certificate_pem + crl)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF


def keep_core(paths: HomePaths, store: SecretStore, core: str, house_pem: str, own: tuple[str, Secret]) -> None:
    """On the terminal: what a pairing gave, under the core's name. `own` is its certificate and key."""
    certificate, key = own
    store.put(TERMINAL_KEY + core, key)
    replace_text(core_path(paths, core), house_pem + certificate)


def core_path(paths: HomePaths, core: str) -> Path:
    return folder(paths) / "cores" / f"{core.replace(':', '_')}.pem"


def terminal_context(paths: HomePaths, store: SecretStore, core: str) -> ssl.SSLContext:
    """The terminal's side of TLS: this core's house is trusted and nobody else. Raises ConfigError."""
    path, key = core_path(paths, core), store.get(TERMINAL_KEY + core)
    house_pem, _, own = read_text(path).rpartition(HEAD)
    if key is None or not house_pem:
        raise ConfigError(
            f"{core}: this machine is not paired with it; run hts pair offer there and hts pair join here"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        _load(context, key, (HEAD + own).encode())
        context.load_verify_locations(cadata=house_pem)
    except (ssl.SSLError, CertificateUnread) as fault:
        raise ConfigError(f"{path}: expected what pairing wrote: {fault}; pair again") from None
    return context


def _load(context: ssl.SSLContext, key: Secret, certificate_pem: bytes) -> None:
    encrypted = read_key(key).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_ONCE))
    with tempfile.NamedTemporaryFile() as file:
        file.write(encrypted + certificate_pem)
        file.flush()
        context.load_cert_chain(file.name, password=_ONCE)


def _trust(context: ssl.SSLContext, pem: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(pem)
        file.flush()
        context.load_verify_locations(cafile=file.name)
