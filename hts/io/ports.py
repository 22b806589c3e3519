"""Free ports of the loopback address.

Between the look and the use another program may look too and find the same ports free, so what is found is also
reserved: by a lock in the system's temporary folder that the finder holds for as long as it lives.
"""

import os
import socket
import tempfile
from pathlib import Path

from hts.base.errors import ConfigError
from hts.io.lockfile import LockFile
from hts.io.loopback import HOST
from hts.io.unix import make_private_directory

# Below the range from which systems give outgoing connections their ports, and clear of the default ports.
FIRST, LAST = 10_000, 24_000
PORTS_MAX = 140  # of all venues together; each search begins at a multiple of it
KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM)

_reserved: dict[int, LockFile] = {}  # ours, by first port


def free_port_base(count: int = PORTS_MAX) -> int:
    """The first of so many neighbouring ports that were free a moment ago, for TCP and UDP. Raises ConfigError.

    Two processes started one after the other begin to look in different places, so that they do not meet.
    """
    bases = range(FIRST, LAST - PORTS_MAX + 1, PORTS_MAX)
    start: int = os.getpid() % len(bases)
    tried: list[int] = [*bases[start:], *bases[:start]]
    for base in tried:
        if all(_is_free(port, kind) for port in range(base, base + count) for kind in KINDS) and _reserve(base):
            return base
    raise ConfigError(f"ports: {count} free neighbours from {FIRST} to {LAST} expected, found none; end other programs")


def _reserve(base: int) -> bool:
    """Whether the ports are ours now, or were before."""
    if base in _reserved:
        return True
    folder = Path(tempfile.gettempdir()) / f"hts-ports-{os.getuid() if hasattr(os, 'getuid') else 0}"
    make_private_directory(folder)
    lock = LockFile(folder / str(base))
    if not lock.acquire("ports"):
        return False
    _reserved[base] = lock
    return True


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
