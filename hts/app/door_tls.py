"""The door's TLS: a certificate that the user names, or the house's own for terminals that were paired."""

import ipaddress
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hts.app.paths import HomePaths
from hts.auth.secrets import SecretStore
from hts.base.errors import ConfigError


def tls_context(address: str, cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS where a certificate is given. Raises ConfigError for an open door to the network without one."""
    try:
        is_local = ipaddress.ip_address(address).is_loopback
    except ValueError as error:
        raise ConfigError(f"--listen {address}: expected an IP address; {error}") from error
    if cert is None:
        if not is_local:
            raise ConfigError(f"--listen {address}: expected --cert and --key: only loopback goes without encryption")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"--cert {cert}: cannot be used: {error}") from error
    return context


def paired_context(paths: HomePaths, store: SecretStore, hosts: Sequence[str]) -> ssl.SSLContext:
    """Mutual TLS: terminals of this house alone. Raises ConfigError while nobody was ever paired."""
    from hts.app import house

    paired = house.devices(paths)
    if not paired:
        raise ConfigError("--paired: expected a paired terminal, found none; run hts pair offer here and join there")
    now = datetime.now(UTC)
    authority = house.authority(paths, store, now, name="")
    context = house.core_context(paths, store, authority, hosts)
    house.ask_terminals(context, authority, [one for one in paired if one.revoked])
    return context


def is_shut_out(paths: HomePaths, certificate: dict[str, Any] | None) -> bool:
    """Whether the terminal with this certificate, as `ssl` tells it, was shut out since the door was opened."""
    if not certificate:
        return False
    from hts.app import house

    serial = int(str(certificate["serialNumber"]), 16)
    return any(one.revoked and int(one.serial, 16) == serial for one in house.devices(paths))
