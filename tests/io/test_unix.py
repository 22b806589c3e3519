"""Local sockets and who may enter."""

import asyncio
import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from hts.base.errors import ConfigError
from hts.io import loop, unix
from hts.io.streams import StreamServer
from tests.support.streams import Recorder

pytestmark = pytest.mark.skipif(not unix.HAS_UNIX_SOCKETS, reason="no unix sockets here")


def test_bytes_go_through_a_socket_that_only_the_user_may_use(tmp_path):
    path = tmp_path / "run" / "core.sock"

    async def scenario():
        there = Recorder()
        server = StreamServer(there)
        await unix.listen_local(server, path)
        mode = stat.S_IMODE(path.parent.stat().st_mode)
        with unix.connect_local(path) as peer:
            peer.sendall(b"hello")
            await there.hears(["connected", b"hello"])
        server.stop()
        return mode

    assert loop.run(scenario()) == 0o700


def test_a_socket_file_that_nobody_answers_is_replaced(tmp_path):
    path = tmp_path / "core.sock"

    async def scenario():
        path.write_text("left behind")
        server = StreamServer(Recorder())
        await unix.listen_local(server, path)
        answered = unix.is_answered(path)
        server.stop()
        return answered

    assert loop.run(scenario())


def test_a_second_listener_is_refused_in_one_line(tmp_path):
    path = tmp_path / "core.sock"

    async def scenario():
        server = StreamServer(Recorder())
        await unix.listen_local(server, path)
        with pytest.raises(ConfigError, match=r"core\.sock: another process already listens here"):
            await unix.listen_local(StreamServer(Recorder()), path)
        server.stop()

    loop.run(scenario())


def test_an_open_directory_is_closed_to_others(tmp_path):
    directory = tmp_path / "run"
    directory.mkdir(mode=0o755)
    unix.make_private_directory(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_nobody_answers_where_nothing_is(tmp_path):
    assert not unix.is_answered(tmp_path / "none")


def open_to_all(path):
    path.parent.chmod(0o755)
    path.chmod(0o777)


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="needs root to become somebody else")
def test_a_peer_of_another_user_is_hung_up_on_though_the_directory_is_open():
    """The kernel tells who it is; a wrong mode of a directory alone lets nobody in."""
    # Not below tmp_path: its parents are closed to others.
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "core.sock")
        script = (
            "import os, socket, sys; os.setuid(65534); s = socket.socket(socket.AF_UNIX); "
            "s.connect(sys.argv[1]); print(len(s.recv(1)))"
        )

        async def scenario():
            there = Recorder()
            server = StreamServer(there)
            await unix.listen_local(server, path)
            open_to_all(path)
            other = await asyncio.create_subprocess_exec(
                sys.executable, "-c", script, str(path), stdout=asyncio.subprocess.PIPE
            )
            said, _ = await other.communicate()
            server.stop()
            return said, there.heard

        assert loop.run(scenario()) == (b"0\n", [])
