"""Where this process may connect to: the machine itself, and what its configuration names. Nothing else, whoever asks.

`watch` hooks the interpreter: a connection, a datagram or a name to look up that is not on the list raises
OutboundRefused in whatever library tries it. Event loops written in C connect past the interpreter, so the one place
that gives them an address (hts.io.tcp) calls `check` itself. The list only grows, as the interpreter's hooks do.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterable
from typing import Any, Final

from hts.base.errors import ConfigError

CONNECTS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
LOOK_UPS: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
ADDRESS_AT: Final = 1  # of (socket, address), the arguments of a connect

_told: set[tuple[str, int]] = set()
_watching: list[bool] = []


class OutboundRefused(ConfigError):  # noqa: N818  the noun says it
    """Something wanted to talk to a host that the configuration does not name."""


def allow(hosts: Iterable[tuple[str, int]]) -> None:
    """These hosts and ports are named by the configuration."""
    _told.update(hosts)


def is_allowed(host: str, port: int) -> bool:
    """Whether the process may connect there."""
    return is_this_machine(host) or (host, port) in _told


def is_this_machine(host: str) -> bool:
    """Loopback addresses and their name."""
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check(host: str, port: int) -> None:
    """Raises OutboundRefused where the process may not connect."""
    if not is_allowed(host, port):
        raise OutboundRefused(
            f"refused to connect to {host}:{port}: expected this machine or a host that the configuration names"
            f" ({_names()}); name it in krx_gateway.yaml, or ask who wants to go there"
        )


def watch() -> None:
    """From now on, for as long as the process lives. A second call does nothing."""
    if not _watching:
        _watching.append(True)
        sys.addaudithook(_hook)


def _names() -> str:
    return ", ".join(f"{host}:{port}" for host, port in sorted(_told)) or "it names none"


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event in CONNECTS:
        connection, address = arguments[0], arguments[ADDRESS_AT]
        if connection.family in (socket.AF_INET, socket.AF_INET6) and address is not None:
            check(str(address[0]), int(address[1]))
    elif event in LOOK_UPS and not _may_look_up(arguments[0]):
        raise OutboundRefused(f"refused to look up {arguments[0]!r}: the configuration does not name this host")


def _may_look_up(host: Any) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return name is None or is_this_machine(name) or _is_number(name) or any(name == told for told, _ in _told)


def _is_number(name: str) -> bool:
    """An address is no look-up: nobody is asked."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
