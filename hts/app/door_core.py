"""The door's own link to the core: frame by frame for terminals that speak the link, decoded for scripts.

Whoever shows a token at the door is logged in with it before anything is passed on. A person who shows none is asked by
the core itself, and the door lets both speak.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from hts.app.build import build_name
from hts.app.paths import HomePaths, read_token
from hts.base.errors import RemoteProtocolError
from hts.io import unix
from hts.link.client import LinkClient
from hts.model.intents import AnyIntent, Intent
from hts.model.queries import AnyQuery
from hts.wire.link.frames import FrameReader, FrameType, frame
from hts.wire.link.login import (
    Answer,
    LoggedIn,
    LoggedOut,
    LoginAsked,
    LoginRefused,
    ShowToken,
    decode_login_answer,
)
from hts.wire.link.messages import decode_welcome, encode_body

RECEIVE_BYTES: Final = 1 << 16
LOGIN_PATIENCE_S: Final = 10.0

Frame = tuple[FrameType, int, bytes]


class NotTakenError(Exception):
    """The core does not take who came: nobody answers for the token, or nobody is asked who he is."""


class CoreFrames:
    """A link to the core of this home, in frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, ends_at_logout: bool) -> None:
        self._ends_at_logout = ends_at_logout
        self._reader = reader
        self._writer = writer
        self._cutter = FrameReader()
        self._early: list[Frame] = []  # what came before and with the answer to the login

    @classmethod
    async def open(cls, paths: HomePaths, hello: Callable[[], bytes], token: ShowToken | None) -> "CoreFrames":
        """Connect, say hello, and let a core that asks who is there judge the token itself; without one, until it asks.

        `hello` is made once somebody listens; what it raises is raised.
        Raises OSError when no core answers, NotTakenError when it does not take the token.
        """
        sock = unix.connect_local(paths.core_socket)
        sock.setblocking(False)
        core = cls(*await asyncio.open_connection(sock=sock), ends_at_logout=token is not None)
        try:
            async with asyncio.timeout(LOGIN_PATIENCE_S):
                await core.write(hello())
                await (core._log_in(token) if token is not None else core._until_asked())
        except TimeoutError as error:
            core.close()
            raise OSError("the core does not answer") from error
        except Exception:
            core.close()
            raise
        return core

    async def _log_in(self, token: ShowToken) -> None:
        """Until it is known whether the core asks for a login, and then until it has taken the token."""
        while found := await self._read():
            is_in = False
            for kind, sequence, body in found:
                answer = _login_answer(kind, body)
                if isinstance(answer, LoginAsked):
                    await self.write(frame(FrameType.LOGIN, encode_body(token)))
                    continue  # answered here: the client need not ask anybody
                if isinstance(answer, LoginRefused):
                    raise NotTakenError("the core does not take this token")
                self._early.append((kind, sequence, body))
                is_in |= isinstance(answer, LoggedIn) or kind is FrameType.REFUSED
                is_in |= kind is FrameType.WELCOME and not decode_welcome(body).asks_login
            if is_in:
                return
        raise OSError("the core has hung up")

    async def _until_asked(self) -> None:
        """Until the core asks who is there; the rest is between the core and the client."""
        while found := await self._read():
            self._early += found
            for kind, _, body in found:
                if kind is FrameType.WELCOME and not decode_welcome(body).asks_login:
                    raise NotTakenError("this core asks nobody who is there: show a token")
                if kind is FrameType.REFUSED or isinstance(_login_answer(kind, body), LoginAsked):
                    return
        raise OSError("the core has hung up")

    async def write(self, data: bytes) -> None:
        """Whole frames for the core."""
        self._writer.write(data)
        await self._writer.drain()

    async def receive(self) -> list[Frame]:
        """The next frames; none when the core is gone, spoke nonsense or ended the session."""
        early, self._early = self._early, []
        found = early or await self._read()
        if not self._ends_at_logout:
            return found
        try:
            is_over = any(isinstance(_login_answer(kind, body), LoggedOut) for kind, _, body in found)
        except RemoteProtocolError:
            is_over = True
        return [] if is_over else found

    async def _read(self) -> list[Frame]:
        while True:
            try:
                data = await self._reader.read(RECEIVE_BYTES)
                found = self._cutter.receive_data(data)
            except (OSError, RemoteProtocolError):
                return []
            if found or not data:
                return found

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


class Core:
    """The same link for scripts: intents and queries in, messages out."""

    def __init__(self, frames: CoreFrames, client: LinkClient) -> None:
        self._frames = frames
        self._client = client

    @classmethod
    async def open(cls, paths: HomePaths, name: str, token: ShowToken) -> "Core":
        """As CoreFrames.open, under this name."""
        if not paths.core_socket.exists():  # nor is there a token in a home where none ever ran
            raise ConnectionRefusedError("no core runs here")
        client = LinkClient(token=read_token(paths.token), build=build_name(), name=name)
        return cls(await CoreFrames.open(paths, client.hello, token), client)

    async def send(self, wish: AnyIntent | AnyQuery) -> None:
        """Hand over an intent or a query."""
        await self._frames.write(self._client.intent(wish) if isinstance(wish, Intent) else self._client.query(wish))

    async def receive(self) -> list[Any]:
        """The next messages; an empty list when the core is gone, spoke nonsense or ended the session."""
        while True:
            try:
                messages = self._client.receive_frames(await self._frames.receive())
            except RemoteProtocolError:
                return []
            told = [message for message in messages if not isinstance(message, Answer)]
            if told or not messages:
                return told

    def close(self) -> None:
        """Hang up."""
        self._frames.close()


def _login_answer(kind: FrameType, body: bytes) -> Answer | None:
    return decode_login_answer(body) if kind is FrameType.LOGIN_ANSWER else None
