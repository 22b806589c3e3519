"""Local sockets: unix sockets in a directory that only the user may enter; on Windows, loopback TCP.

Where there are no unix sockets, the listener writes its port to a file of the same name in that directory, and the
token that the link asks for (hts.link) keeps other users out. Either way an endpoint is one path.
"""

import os
import socket
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hts.base.errors import ConfigError
from hts.io.loopback import HOST

if TYPE_CHECKING:
    from hts.io.streams import StreamServer

HAS_UNIX_SOCKETS: Final = sys.platform != "win32"
PATH_BYTES_MAX: Final = 100  # the kernel's limit is 108 with the closing zero; some systems have less


def make_private_directory(directory: Path) -> None:
    """Make it with mode 0700, or check that nobody else may enter. Raises ConfigError."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = directory.stat()
    except OSError as error:
        raise ConfigError(f"{directory}: cannot be used: {error.strerror or error}") from error
    if not HAS_UNIX_SOCKETS:
        return
    if found.st_uid != os.getuid():
        raise ConfigError(f"{directory}: expected a directory of user {os.getuid()}, found one of user {found.st_uid}")
    if stat.S_IMODE(found.st_mode) & 0o077:
        directory.chmod(0o700)


async def listen_local(server: "StreamServer", path: Path) -> None:
    """Listen at `path`. A socket file that nobody answers is replaced. Raises ConfigError when somebody does."""
    make_private_directory(path.parent)
    _free(path)
    if not HAS_UNIX_SOCKETS:
        _write_port(path, await server.listen_tcp(0))
        return
    from asyncio import get_running_loop  # noqa: PLC0415  a window only connects, and does without

    loop = get_running_loop()
    try:
        # The directory is private already, so the socket is at no moment open to others.
        server.adopt(await loop.create_unix_server(server.make_stream, str(path), backlog=16))
    except OSError as error:
        raise ConfigError(f"{path}: cannot listen: {error.strerror or error}") from error


def listen_blocking(path: Path) -> socket.socket:
    """A listening socket for a process without a loop. Raises ConfigError when somebody listens already."""
    make_private_directory(path.parent)
    _free(path)
    sock = socket.socket(socket.AF_UNIX if HAS_UNIX_SOCKETS else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.bind(str(path) if HAS_UNIX_SOCKETS else (HOST, 0))
        sock.listen(16)
    except OSError as error:
        sock.close()
        raise ConfigError(f"{path}: cannot listen: {error.strerror or error}") from error
    if not HAS_UNIX_SOCKETS:
        _write_port(path, int(sock.getsockname()[1]))
    return sock


def connect_local(path: Path) -> socket.socket:
    """A connected, blocking socket. Raises OSError when nobody answers."""
    if HAS_UNIX_SOCKETS:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address: str | tuple[str, int] = str(path)
    else:
        address = (HOST, _port_in(path))
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.connect(address)
    except OSError:
        sock.close()
        raise
    return sock


def is_answered(path: Path) -> bool:
    """Whether a process listens at `path`."""
    try:
        connect_local(path).close()
    except OSError:
        return False
    return True


def _free(path: Path) -> None:
    if is_answered(path):
        raise ConfigError(f"{path}: another process already listens here; stop it first (hts stop)")
    path.unlink(missing_ok=True)


def _write_port(path: Path, port: int) -> None:
    path.write_text(str(port), encoding="ascii")


def _port_in(path: Path) -> int:
    text = path.read_text(encoding="ascii").strip()
    if not text.isdigit():
        raise ConnectionRefusedError(f"{path}: expected a port number, found {text!r}")
    return int(text)
