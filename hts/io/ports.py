"""Free ports of the loopback address."""

import os
import socket

from hts.base.errors import ConfigError
from hts.io.streams import HOST

# Below the range from which systems give outgoing connections their ports, and clear of the default ports.
FIRST, LAST = 10_000, 24_000
PORTS_MAX = 140  # of all venues together; each search begins at a multiple of it
KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM)


def free_port_base(count: int = PORTS_MAX) -> int:
    """The first of so many neighbouring ports that were free a moment ago, for TCP and UDP. Raises ConfigError.

    Two processes started one after the other begin to look in different places, so that they do not meet.
    """
    bases = range(FIRST, LAST - PORTS_MAX + 1, PORTS_MAX)
    start: int = os.getpid() % len(bases)
    tried: list[int] = [*bases[start:], *bases[:start]]
    for base in tried:
        if all(_is_free(port, kind) for port in range(base, base + count) for kind in KINDS):
            return base
    raise ConfigError(f"ports: {count} free neighbours from {FIRST} to {LAST} expected, found none; end other programs")


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
