"""Free ports of the loopback address."""

import os
import socket

from hts.base.errors import ConfigError
from hts.io.streams import HOST

# Below the range from which systems give outgoing connections their ports, and clear of the default ports.
FIRST, LAST, STEP = 25_000, 32_000, 4
APART = 64  # where two processes started together begin to look; they must not meet
TCP_AND_UDP = (socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_DGRAM)


def free_port_base() -> int:
    """The first of four neighbouring ports that were free a moment ago; two TCP, then two UDP. Raises ConfigError."""
    start: int = FIRST + os.getpid() * APART % (LAST - FIRST) // STEP * STEP
    bases: list[int] = [*range(start, LAST, STEP), *range(FIRST, start, STEP)]
    for base in bases:
        if all(_is_free(base + number, kind) for number, kind in enumerate(TCP_AND_UDP)):
            return base
    raise ConfigError(f"ports: expected four free neighbours from {FIRST} to {LAST}, found none; end other programs")


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
