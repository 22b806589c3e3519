"""What a client and the core say to each other about who is there: bodies of LOGIN and LOGIN_ANSWER frames.

    terminal                                core
    BeginLogin                              Challenge: WebAuthn request options (JSON)
    AnswerLogin(ticket, assertion)          LoggedIn, MoreWanted, or LoginRefused
    CodeLogin(user, code)                   likewise
    ShowToken(secret)                       likewise, of a script at the door
    BeginTouch(act)                         Challenge; AnswerTouch or TouchByCode: TouchTaken
    Lock, Logout                            Locked, LoggedOut; BeginTouch("unlock") opens again
    BeginEnrol(name)                        Challenge: creation options; AnswerEnrol: Enrolled
    OfferOtp                                OtpOffered; ConfirmOtp: Enrolled
    MakeRecovery                            RecoveryCodes

The core is the relying party: it draws the challenges and judges the answers, so a terminal far away is held to the
same rules. Every refusal is LoginRefused, whatever was wrong.
"""

from typing import Union

import msgspec
from msgspec import Struct

from hts.base.errors import RemoteProtocolError

TEXT_MAX = 256
JSON_MAX = 12 * 1024  # an attestation with a chain of certificates

UNLOCK, ADD_KEY, ADD_OTP, RECOVERY = "unlock", "add-key", "add-otp", "recovery"


class BeginLogin(Struct, frozen=True, kw_only=True, tag="login"):
    """A key is to say who is there."""


class AnswerLogin(Struct, frozen=True, kw_only=True, tag="login!"):
    """The key's assertion, as WebAuthn JSON."""

    ticket: str
    assertion: str


class CodeLogin(Struct, frozen=True, kw_only=True, tag="code"):
    """A one-time password, or with `is_recovery` a recovery code."""

    user: str
    code: str
    is_recovery: bool = False

    def __repr__(self) -> str:
        return f"CodeLogin(user={self.user!r}, code=<hidden>)"


class ShowToken(Struct, frozen=True, kw_only=True, tag="token"):
    """A script's token, and from which address it came to the door."""

    secret: str
    address: str = ""

    def __repr__(self) -> str:
        return f"ShowToken(address={self.address!r}, secret=<hidden>)"


class BeginTouch(Struct, frozen=True, kw_only=True, tag="touch"):
    """The person is to touch the key for this act (TouchView.act, or one of those above)."""

    act: str


class AnswerTouch(Struct, frozen=True, kw_only=True, tag="touch!"):
    """The key's assertion for the act of that ticket."""

    ticket: str
    assertion: str


class TouchByCode(Struct, frozen=True, kw_only=True, tag="touch_code"):
    """A fresh one-time password in place of the touch, where the core takes those."""

    act: str
    code: str

    def __repr__(self) -> str:
        return f"TouchByCode(act={self.act!r}, code=<hidden>)"


class Lock(Struct, frozen=True, kw_only=True, tag="lock"):
    """Nobody sits there now."""


class Logout(Struct, frozen=True, kw_only=True, tag="logout"):
    """The session ends."""


class BeginEnrol(Struct, frozen=True, kw_only=True, tag="enrol"):
    """Another key for this user; a touch for ADD_KEY comes before it."""


class AnswerEnrol(Struct, frozen=True, kw_only=True, tag="enrol!"):
    """The new key's attestation, as WebAuthn JSON, and what to call it."""

    ticket: str
    attestation: str
    name: str


class OfferOtp(Struct, frozen=True, kw_only=True, tag="otp"):
    """A new seed; a touch for ADD_OTP comes before it."""


class ConfirmOtp(Struct, frozen=True, kw_only=True, tag="otp!"):
    """The first code of the new seed: the authenticator program has it."""

    code: str

    def __repr__(self) -> str:
        return "ConfirmOtp(code=<hidden>)"


class MakeRecovery(Struct, frozen=True, kw_only=True, tag="recovery"):
    """Ten new recovery codes; a touch for RECOVERY comes before it."""


LoginRequest = Union[
    BeginLogin,
    AnswerLogin,
    CodeLogin,
    ShowToken,
    BeginTouch,
    AnswerTouch,
    TouchByCode,
    Lock,
    Logout,
    BeginEnrol,
    AnswerEnrol,
    OfferOtp,
    ConfirmOtp,
    MakeRecovery,
]


class Answer(Struct, frozen=True, kw_only=True):
    """What the core says about who is there."""


class LoginAsked(Answer, frozen=True, kw_only=True, tag="asked"):
    """Right after Welcome: this core asks who is there. `means`: "key", "otp"; `needs_both`: one after the other."""

    means: tuple[str, ...]
    needs_both: bool
    rp_id: str
    origin: str


class Challenge(Answer, frozen=True, kw_only=True, tag="challenge"):
    """What the key is to sign: WebAuthn options as JSON. `act`: empty for a login, else what the touch is for.

    `makes`: the options are for a new key.
    """

    ticket: str
    options: str
    act: str = ""
    makes: bool = False


class LoggedIn(Answer, frozen=True, kw_only=True, tag="in"):
    """The session begins; the whole state follows."""

    user: str
    role: str
    permissions: tuple[str, ...]
    means: str


class MoreWanted(Answer, frozen=True, kw_only=True, tag="more"):
    """The first factor was right; now the other."""

    means: str


class LoginRefused(Answer, frozen=True, kw_only=True, tag="refused"):
    """No. Never says which part was wrong; `wait_s`: what this connection tries sooner is not looked at."""

    wait_s: int = 0


class TouchTaken(Answer, frozen=True, kw_only=True, tag="touched"):
    """The touch counts for this act."""

    act: str


class Locked(Answer, frozen=True, kw_only=True, tag="locked"):
    """Nothing of this session is carried out until its person unlocks it."""


class LoggedOut(Answer, frozen=True, kw_only=True, tag="out"):
    """The session is over; `reason` is a key of the text catalogue."""

    reason: str


class Enrolled(Answer, frozen=True, kw_only=True, tag="enrolled"):
    """A key or a seed is kept under this name."""

    name: str


class OtpOffered(Answer, frozen=True, kw_only=True, tag="otp_offered"):
    """The provisioning URI for the QR code. It holds the seed and is sent once."""

    uri: str

    def __repr__(self) -> str:
        return "OtpOffered(uri=<hidden>)"


class RecoveryCodes(Answer, frozen=True, kw_only=True, tag="recovery_codes"):
    """To be written down; sent once."""

    codes: tuple[str, ...]

    def __repr__(self) -> str:
        return "RecoveryCodes(codes=<hidden>)"


LoginAnswer = Union[
    LoginAsked,
    Challenge,
    LoggedIn,
    MoreWanted,
    LoginRefused,
    TouchTaken,
    Locked,
    LoggedOut,
    Enrolled,
    OtpOffered,
    RecoveryCodes,
]

_REQUEST: "msgspec.msgpack.Decoder[LoginRequest]" = msgspec.msgpack.Decoder(LoginRequest)
_ANSWER: "msgspec.msgpack.Decoder[LoginAnswer]" = msgspec.msgpack.Decoder(LoginAnswer)
_JSON_FIELDS = frozenset({"assertion", "attestation"})


def decode_login(body: bytes) -> LoginRequest:
    """Raises RemoteProtocolError, never telling what a field held."""
    try:
        request = _REQUEST.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RemoteProtocolError(f"login: expected its published fields ({type(error).__name__})") from None
    for field in msgspec.structs.fields(request):
        value = getattr(request, field.name)
        if isinstance(value, str) and len(value) > (JSON_MAX if field.name in _JSON_FIELDS else TEXT_MAX):
            raise RemoteProtocolError(f"login: {field.name} is longer than is allowed")
    return request


def decode_login_answer(body: bytes) -> LoginAnswer:
    """Raises RemoteProtocolError."""
    try:
        return _ANSWER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RemoteProtocolError(f"login answer: expected its published fields ({type(error).__name__})") from None
