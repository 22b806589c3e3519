"""`hts door`: the core for scripts and remote terminals, as WebSocket.

Each connection gets a link of its own to the core, so that the core's rules for slow clients hold: market data
conflates, order events are kept, a client whose queue fills is cut off and resumes. While a client does not read,
nothing is read for it from the core. Limits, risk and the kill switch are the core's and cannot be gone around.

Scripts speak JSON; a terminal that opens the path /link speaks the link's own frames (hts.app.door_link).

On loopback without encryption; any other address only with a certificate.
"""

import argparse
import asyncio
import json
import socket
import ssl
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from hts.app.api_tokens import read_tokens
from hts.app.door_core import Core, CoreFrames, NotTakenError
from hts.app.door_json import MESSAGE_BYTES_MAX, encode_message
from hts.app.door_link import LINK_PATH, LinkSession, refused
from hts.app.door_person import PersonSession, terminal_of
from hts.app.door_session import DoorSession
from hts.app.door_tls import is_shut_out, paired_context, tls_context
from hts.app.paths import HomePaths, home_directory, home_paths, read_token
from hts.app.secret_store import opened_store
from hts.base.errors import ConfigError, RemoteProtocolError
from hts.io.clock import SystemClock
from hts.wire.link.frames import frame
from hts.wire.link.login import ShowToken

HOST: Final = "127.0.0.1"
PORT: Final = 8791
HELLO_PATIENCE_S: Final = 5.0
RECHECK_S: Final = 5.0
CLIENTS_MAX: Final = 32
UNSENT_BYTES_MAX: Final = 16_384  # of one client, in the kernel and again in the process
REASON_BYTES_MAX: Final = 123
CLOSED_BY_POLICY: Final = 1008
TRY_AGAIN_LATER: Final = 1013

Opened = tuple[Core | CoreFrames, tuple[Coroutine[Any, Any, str], ...]]  # and what passes on between both sides


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts door`."""
    parser.add_argument("--listen", default=HOST, metavar="ADDRESS", help=f"default: {HOST}; others need --cert")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}; 0 takes a free one")
    parser.add_argument("--cert", type=Path, help="certificate chain (PEM), for TLS")
    parser.add_argument("--key", type=Path, help="its private key (PEM)")
    parser.add_argument("--paired", action="store_true", help="TLS for terminals that hts pair let in, and nobody else")
    parser.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="with --paired: a name of this machine"
    )
    parser.add_argument(
        "--passphrase-fd", type=int, metavar="N", help="read the vault's passphrase from this descriptor"
    )
    parser.add_argument("--json", action="store_true", help="print where it listens as one JSON object")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted. Raises ConfigError."""
    paths = home_paths(home_directory(options.home))
    if options.paired:
        with opened_store(paths, options.passphrase_fd) as store:
            context: ssl.SSLContext | None = paired_context(paths, store, [options.listen, *options.name])
    else:
        context = tls_context(options.listen, options.cert, options.key)
    asyncio.run(_serve(paths, options, context))
    return 0


async def _serve(paths: HomePaths, options: argparse.Namespace, context: ssl.SSLContext | None) -> None:
    door = Door(paths)
    try:
        server = await serve(
            door.connection, options.listen, options.port, ssl=context, max_size=MESSAGE_BYTES_MAX, server_header=None
        )
    except OSError as error:
        raise ConfigError(f"--port {options.port}: cannot listen: {error.strerror or error}") from error
    async with server:
        port = next(iter(server.sockets)).getsockname()[1]
        url = f"{'wss' if context else 'ws'}://{options.listen}:{port}/"
        print(json.dumps({"url": url}) if options.json else f"listening at {url}", flush=True)
        await server.serve_forever()


class Door:
    """All connections of one home."""

    def __init__(self, paths: HomePaths) -> None:
        self._paths = paths
        self._clock = SystemClock()
        self._clients = 0

    async def connection(self, peer: ServerConnection) -> None:
        """One client from its first byte to its last."""
        _keep_short(peer)
        if self._clients >= CLIENTS_MAX:
            await peer.close(TRY_AGAIN_LATER, "too many clients")
            return
        self._clients += 1
        try:
            await self._attend(peer)
        except ConnectionClosed:
            pass
        finally:
            self._clients -= 1

    async def _attend(self, peer: ServerConnection) -> None:
        speaks_link = peer.request is not None and peer.request.path.partition("?")[0] == LINK_PATH
        certificate = peer.transport.get_extra_info("peercert")
        if is_shut_out(self._paths, certificate):
            await peer.close(CLOSED_BY_POLICY, "this terminal is shut out")
            return
        by_token = DoorSession(lambda: read_tokens(self._paths), _address(peer))
        terminal = terminal_of(self._paths, certificate) if speaks_link and not _bearer(peer) else ""
        session = PersonSession(terminal, _address(peer)) if terminal else by_token
        if not terminal and not await self._let_in(peer, by_token, only_by_header=speaks_link):
            await peer.close(CLOSED_BY_POLICY, "no valid token")
            return
        try:
            core, relays = await (self._as_link(peer, session) if speaks_link else self._as_json(peer, by_token))
        except NotTakenError as error:
            await peer.close(CLOSED_BY_POLICY, str(error))
            return
        except OSError:
            await peer.close(TRY_AGAIN_LATER, "no core runs here")
            return
        except RemoteProtocolError as error:
            await peer.send(refused(str(error)))
            await peer.close(CLOSED_BY_POLICY, _short(str(error)))
            return
        tasks = [asyncio.create_task(task) for task in (*relays, self._recheck(peer, session))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            reason = next((task.result() for task in done if task.exception() is None), "closed")
            await _end(tasks)
            if speaks_link and reason not in ("closed", "core"):
                with suppress(TimeoutError):
                    await asyncio.wait_for(peer.send(refused(reason)), HELLO_PATIENCE_S)
            await peer.close(CLOSED_BY_POLICY if reason != "core" else TRY_AGAIN_LATER, _short(reason))
        finally:
            await _end(tasks)
            core.close()

    async def _as_json(self, peer: ServerConnection, session: DoorSession) -> Opened:
        core = await Core.open(self._paths, session.user, _shown(peer, session))
        return core, (self._from_client(peer, session, core), self._from_core(peer, core))

    async def _as_link(self, peer: ServerConnection, session: DoorSession | PersonSession) -> Opened:
        """Raises RemoteProtocolError for a first message that is no HELLO."""
        link = LinkSession(session)
        try:
            first = await asyncio.wait_for(peer.recv(), HELLO_PATIENCE_S)
        except TimeoutError as error:
            raise RemoteProtocolError(f"expected a HELLO frame within {HELLO_PATIENCE_S:.0f} s, found none") from error
        token = _shown(peer, session) if isinstance(session, DoorSession) else None
        core = await CoreFrames.open(self._paths, lambda: link.hello(first, read_token(self._paths.token)), token)
        return core, (self._frames_from_client(peer, link, core), _frames_from_core(peer, core))

    async def _let_in(self, peer: ServerConnection, session: DoorSession, *, only_by_header: bool) -> bool:
        """A Bearer token of the request, or a hello within some seconds."""
        bearer = _bearer(peer)
        if bearer:
            return session.show(bearer, self._clock.wall_ns())
        if only_by_header:
            return False
        try:
            first = await asyncio.wait_for(peer.recv(), HELLO_PATIENCE_S)
        except TimeoutError:
            return False
        answer = session.receive(first, self._clock.mono_ns(), self._clock.wall_ns())
        if answer.reply:
            await peer.send(answer.reply.decode())
        return not answer.closes

    async def _from_client(self, peer: ServerConnection, session: DoorSession, core: Core) -> str:
        async for message in peer:
            answer = session.receive(message, self._clock.mono_ns(), self._clock.wall_ns())
            if answer.wish is not None:
                await core.send(answer.wish)
            if answer.reply:
                await peer.send(answer.reply.decode())
            if answer.closes:
                return "refused"
        return "closed"

    async def _frames_from_client(self, peer: ServerConnection, link: LinkSession, core: CoreFrames) -> str:
        async for message in peer:
            answer = link.receive(message, self._clock.mono_ns(), self._clock.wall_ns())
            if answer.to_core:
                await core.write(answer.to_core)
            if answer.to_client:
                await peer.send(answer.to_client)
            if answer.end:
                return answer.end
        return "closed"

    async def _from_core(self, peer: ServerConnection, core: Core) -> str:
        while True:
            messages = await core.receive()
            if not messages:
                return "core"
            for message in messages:
                await peer.send(encode_message(message).decode())

    async def _recheck(self, peer: ServerConnection, session: DoorSession | PersonSession) -> str:
        """A removed or expired token, and a terminal that is shut out, end their connections within seconds."""
        while True:
            await asyncio.sleep(RECHECK_S)
            if not session.check_again(self._clock.wall_ns()):
                return "token ended"
            if is_shut_out(self._paths, peer.transport.get_extra_info("peercert")):
                return "this terminal is shut out"


async def _end(tasks: Sequence[asyncio.Task[str]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _frames_from_core(peer: ServerConnection, core: CoreFrames) -> str:
    """What came at once leaves as one message of whole frames."""
    while found := await core.receive():
        await peer.send(b"".join(frame(kind, body, sequence) for kind, sequence, body in found))
    return "core"


def _short(reason: str) -> str:
    """What fits into a closing frame."""
    return reason.encode()[:REASON_BYTES_MAX].decode(errors="ignore")


def _keep_short(peer: ServerConnection) -> None:
    """What lies in buffers on its way to a slow client grows old; what stays in the core is conflated."""
    sock = peer.transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES_MAX)
    peer.transport.set_write_buffer_limits(UNSENT_BYTES_MAX)


def _bearer(peer: ServerConnection) -> str:
    """The token of the request; empty where none stands."""
    header = peer.request.headers.get("Authorization", "") if peer.request is not None else ""
    return header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""


def _shown(peer: ServerConnection, session: DoorSession) -> ShowToken:
    return ShowToken(secret=session.secret, address=_address(peer))


def _address(peer: ServerConnection) -> str:
    found = peer.remote_address
    return str(found[0]) if isinstance(found, tuple) else ""
