"""One connection of a script or a remote terminal, without I/O: who it is, what it may do, how fast.

    first message   {"type": "hello", "token": "hts_...", "version": 1}, or a Bearer token of the HTTP request
    then            intents and queries; what the token does not allow is answered, not carried out

Fills up to RATE_PER_S messages a second; a burst above is refused message by message, the connection stays.
"""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from msgspec import Struct

from hts.app.door_json import MESSAGE_BYTES_MAX, VERSION, decode_wish, error_object
from hts.auth.tokens import ApiToken, allows, find_token
from hts.base.errors import RemoteProtocolError
from hts.model.intents import AnyIntent, Intent
from hts.model.queries import AnyQuery
from hts.wire.link.frames import FrameType
from hts.wire.link.login import LoginRequest
from hts.wire.link.messages import decode_intent, decode_query

RATE_PER_S: Final = 200
BURST: Final = 400
NS_PER_S: Final = 1_000_000_000


class ClientHello(Struct, frozen=True, kw_only=True, tag="hello"):
    """The first message of a client that showed no token in its HTTP request."""

    token: str
    version: int = VERSION

    def __repr__(self) -> str:
        return f"ClientHello(version={self.version}, token=<hidden>)"


class Fault(Struct, frozen=True, kw_only=True):
    """Why a message was not carried out."""

    kind: str
    reason: str
    request_id: str = ""


class RateBucket:
    """Fills with RATE_PER_S and holds BURST."""

    rate_per_s: Final = RATE_PER_S

    def __init__(self) -> None:
        self._allowance = float(BURST)
        self._seen_ns: int | None = None

    def may_speak(self, mono_ns: int) -> bool:
        """One more message now."""
        if self._seen_ns is not None:
            self._allowance = min(self._allowance + (mono_ns - self._seen_ns) * RATE_PER_S / NS_PER_S, BURST)
        self._seen_ns = mono_ns
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True


class Answer(Struct, frozen=True, kw_only=True):
    """What a message led to: something for the core, an answer for the client, or the end of the connection."""

    wish: AnyIntent | AnyQuery | None = None
    login: LoginRequest | None = None
    fault: Fault | None = None
    closes: bool = False

    @property
    def reply(self) -> bytes:
        """The answer for a script."""
        fault = self.fault
        return b"" if fault is None else error_object(fault.kind, fault.reason, fault.request_id)


class DoorSession:
    """State of one connection."""

    def __init__(self, tokens: Callable[[], Iterable[ApiToken]], address: str) -> None:
        """`tokens` reads the list anew, so that a removed token ends."""
        self._tokens = tokens
        self._address = address
        self._secret = ""
        self._bucket = RateBucket()
        self.token: ApiToken | None = None

    def show(self, secret: str, wall_ns: int) -> bool:
        """A secret was shown; whether it opens the door."""
        self._secret = secret
        self.token = find_token(self._tokens(), secret, wall_ns // NS_PER_S, self._address)
        return self.token is not None

    @property
    def secret(self) -> str:
        """What was shown, for a core that judges it itself."""
        return self._secret

    @property
    def user(self) -> str:
        """Under which name the core knows what is sent here; empty before a token was taken."""
        return f"api:{self.token.name}" if self.token is not None else ""

    def check_again(self, wall_ns: int) -> bool:
        """Whether the token still lives."""
        return bool(self._secret) and self.show(self._secret, wall_ns)

    def receive(self, message: str | bytes, mono_ns: int, wall_ns: int) -> Answer:
        """One message of the client."""
        if len(message) > MESSAGE_BYTES_MAX:
            return fault("too_long", f"at most {MESSAGE_BYTES_MAX} bytes", closes=True)
        if self.token is None:
            return self._hello(message, wall_ns)
        return self._judge(self.token, lambda: decode_wish(message), mono_ns, wall_ns)

    def receive_frame(self, kind: FrameType, body: bytes, mono_ns: int, wall_ns: int) -> Answer:
        """One frame of a terminal that speaks the link, after its hello: the same law."""
        if self.token is None:
            return fault("token", "no token was shown", closes=True)
        return self._judge(self.token, lambda: decode_frame(kind, body), mono_ns, wall_ns)

    def _judge(self, token: ApiToken, decode: Callable[[], AnyIntent | AnyQuery], mono_ns: int, wall_ns: int) -> Answer:
        if not self._bucket.may_speak(mono_ns):
            return fault("rate", f"at most {RATE_PER_S} messages a second")
        try:
            wish = decode()
        except RemoteProtocolError as error:
            return fault("message", str(error))
        if not isinstance(wish, Intent):
            return Answer(wish=wish)
        if wall_ns // NS_PER_S >= token.expires_s:
            return fault("token", "the token has expired", wish.request_id, closes=True)
        if not allows(token, wish):
            why = f"token {token.name}: its scope {token.scope.value} or its account does not allow this"
            return fault("scope", why, wish.request_id)
        return Answer(wish=msgspec.structs.replace(wish, user=self.user))

    def _hello(self, message: str | bytes, wall_ns: int) -> Answer:
        try:
            hello = msgspec.json.decode(message, type=ClientHello)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return fault("hello", "expected a hello with a token", closes=True)
        if hello.version != VERSION:
            return fault("version", f"expected version {VERSION}, found {hello.version}", closes=True)
        if not self.show(hello.token, wall_ns):
            return fault("token", "the token is unknown, expired or of another address", closes=True)
        return Answer()


def fault(kind: str, reason: str, request_id: str = "", *, closes: bool = False) -> Answer:
    """The answer to a message that is not carried out."""
    return Answer(fault=Fault(kind=kind, reason=reason, request_id=request_id), closes=closes)


def decode_frame(kind: FrameType, body: bytes) -> AnyIntent | AnyQuery:
    """Raises RemoteProtocolError."""
    if kind is FrameType.INTENT:
        return decode_intent(body)
    if kind is FrameType.QUERY:
        return decode_query(body)
    raise RemoteProtocolError(f"frame from a client: expected INTENT or QUERY, found {kind.name}")
