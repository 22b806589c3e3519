"""`hts door`: the core for scripts and remote terminals, as WebSocket.

Each connection gets a link of its own to the core, so that the core's rules for slow clients hold: market data
conflates, order events are kept, a client whose queue fills is cut off and resumes. While a client does not read,
nothing is read for it from the core. Limits, risk and the kill switch are the core's and cannot be gone around.

On loopback without encryption; any other address only with a certificate.
"""

import argparse
import asyncio
import json
import socket
import ssl
from pathlib import Path
from typing import Any, Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from hts.app.api_tokens import read_tokens
from hts.app.build import build_name
from hts.app.door_json import MESSAGE_BYTES_MAX, encode_message
from hts.app.door_session import DoorSession
from hts.app.door_tls import is_shut_out, paired_context, tls_context
from hts.app.paths import HomePaths, home_directory, home_paths, read_token
from hts.app.secret_store import opened_store
from hts.base.errors import ConfigError, RemoteProtocolError
from hts.io import unix
from hts.io.clock import SystemClock
from hts.link.client import LinkClient
from hts.model.intents import AnyIntent, Intent
from hts.model.queries import AnyQuery
from hts.wire.link.login import Answer, LoggedIn, LoggedOut, LoginAsked, LoginRefused, ShowToken
from hts.wire.link.messages import Welcome

HOST: Final = "127.0.0.1"
PORT: Final = 8791
RECEIVE_BYTES: Final = 1 << 16
HELLO_PATIENCE_S: Final = 5.0
LOGIN_PATIENCE_S: Final = 10.0
RECHECK_S: Final = 5.0
CLIENTS_MAX: Final = 32
UNSENT_BYTES_MAX: Final = 16_384  # of one client, in the kernel and again in the process
CLOSED_BY_POLICY: Final = 1008
TRY_AGAIN_LATER: Final = 1013


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
        session = DoorSession(lambda: read_tokens(self._paths), _address(peer))
        if is_shut_out(self._paths, peer.transport.get_extra_info("peercert")):
            await peer.close(CLOSED_BY_POLICY, "this terminal is shut out")
            return
        if not await self._let_in(peer, session):
            await peer.close(CLOSED_BY_POLICY, "no valid token")
            return
        try:
            name = f"api:{session.token.name if session.token else ''}"
            core = await Core.open(self._paths, name, ShowToken(secret=session.secret, address=_address(peer)))
        except NotTakenError:
            await peer.close(CLOSED_BY_POLICY, "the core does not take this token")
            return
        except OSError:
            await peer.close(TRY_AGAIN_LATER, "no core runs here")
            return
        tasks = [
            asyncio.create_task(self._from_client(peer, session, core)),
            asyncio.create_task(self._from_core(peer, core)),
            asyncio.create_task(self._recheck(peer, session)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            reason = next((task.result() for task in done if task.exception() is None), "closed")
            await peer.close(CLOSED_BY_POLICY if reason != "core" else TRY_AGAIN_LATER, reason)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            core.close()

    async def _let_in(self, peer: ServerConnection, session: DoorSession) -> bool:
        """A Bearer token of the request, or a hello within some seconds."""
        header = peer.request.headers.get("Authorization", "") if peer.request is not None else ""
        if header.startswith("Bearer "):
            return session.show(header.removeprefix("Bearer ").strip(), self._clock.wall_ns())
        try:
            first = await asyncio.wait_for(peer.recv(), HELLO_PATIENCE_S)
        except TimeoutError:
            return False
        answer = session.receive(first, self._clock.mono_ns(), self._clock.wall_ns())
        if answer.reply:
            await peer.send(answer.reply.decode())
        return not answer.closes

    async def _from_client(self, peer: ServerConnection, session: DoorSession, core: "Core") -> str:
        async for message in peer:
            answer = session.receive(message, self._clock.mono_ns(), self._clock.wall_ns())
            if answer.wish is not None:
                await core.send(answer.wish)
            if answer.reply:
                await peer.send(answer.reply.decode())
            if answer.closes:
                return "refused"
        return "closed"

    async def _from_core(self, peer: ServerConnection, core: "Core") -> str:
        while True:
            messages = await core.receive()
            if not messages:
                return "core"
            for message in messages:
                await peer.send(encode_message(message).decode())

    async def _recheck(self, peer: ServerConnection, session: DoorSession) -> str:
        """A removed or expired token, and a terminal that is shut out, end their connections within seconds."""
        while True:
            await asyncio.sleep(RECHECK_S)
            if not session.check_again(self._clock.wall_ns()):
                return "token ended"
            if is_shut_out(self._paths, peer.transport.get_extra_info("peercert")):
                return "this terminal is shut out"


class NotTakenError(Exception):
    """The core does not take the token that the door took: nobody answers for it, or no more."""


class Core:
    """A link to the core of this home."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: LinkClient) -> None:
        self._reader = reader
        self._writer = writer
        self._client = client
        self._early: list[Any] = []  # what came with the answer to the hello

    @classmethod
    async def open(cls, paths: HomePaths, name: str, token: ShowToken) -> "Core":
        """Connect, say hello, and let a core that asks who is there judge the token itself.

        Raises OSError when no core answers, NotTakenError when it does not take the token.
        """
        sock = unix.connect_local(paths.core_socket)
        sock.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=sock)
        client = LinkClient(token=read_token(paths.token), build=build_name(), name=name)
        writer.write(client.hello())
        await writer.drain()
        core = cls(reader, writer, client)
        try:
            async with asyncio.timeout(LOGIN_PATIENCE_S):
                await core._log_in(token)
        except TimeoutError as error:
            core.close()
            raise OSError("the core does not answer") from error
        except NotTakenError:
            core.close()
            raise
        return core

    async def _log_in(self, token: ShowToken) -> None:
        """Until it is known whether the core asks for a login, and then until it has taken the token."""
        while True:
            for place, message in enumerate(found := await self._read()):
                if isinstance(message, Welcome) and not message.asks_login:
                    self._early = found[place:]
                    return
                if isinstance(message, LoginAsked):
                    self._writer.write(self._client.login(token))
                elif isinstance(message, LoggedIn):
                    self._early = found[place:]
                    return
                elif isinstance(message, LoginRefused):
                    raise NotTakenError
            if not found:
                raise OSError("the core has hung up")

    async def send(self, wish: AnyIntent | AnyQuery) -> None:
        """Hand over an intent or a query."""
        self._writer.write(self._client.intent(wish) if isinstance(wish, Intent) else self._client.query(wish))
        await self._writer.drain()

    async def receive(self) -> list[Any]:
        """The next messages; an empty list when the core is gone, spoke nonsense or ended the session."""
        while True:
            early, self._early = self._early, []
            messages = early or await self._read()
            if any(isinstance(message, LoggedOut) for message in messages):
                return []
            told = [message for message in messages if not isinstance(message, Answer)]
            if told or not messages:
                return told

    async def _read(self) -> list[Any]:
        while True:
            try:
                data = await self._reader.read(RECEIVE_BYTES)
                messages = self._client.receive_data(data)
            except (OSError, RemoteProtocolError):
                return []
            if messages or not data:
                return messages

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def _keep_short(peer: ServerConnection) -> None:
    """What lies in buffers on its way to a slow client grows old; what stays in the core is conflated."""
    sock = peer.transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES_MAX)
    peer.transport.set_write_buffer_limits(UNSENT_BYTES_MAX)


def _address(peer: ServerConnection) -> str:
    found = peer.remote_address
    return str(found[0]) if isinstance(found, tuple) else ""
