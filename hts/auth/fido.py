"""The core as a WebAuthn relying party: keys are registered, and people log in with them.

Theory of operation. `begin_*` draws a challenge and remembers it under a ticket; `complete_*` takes the ticket away
first, so nothing can be completed twice, and then asks fido2's server: type, origin, challenge, relying party, user
present, user verified, signature. Beyond that it is checked here that

    the ceremony is young                           CEREMONY_NS_MAX
    the credential is new (register)                on any account
    the user handle names the key's owner (login)   a resident key carries it
    the signature counter grew (login)              else two authenticators hold the same key: it is shut out

A login without a name asks for a resident key and tells nobody which users exist. What was wrong is in `Refused.detail`
for the audit trail; the peer hears REFUSAL and nothing else.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fido2.cose import UnsupportedKey
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    CredentialCreationOptions,
    CredentialRequestOptions,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from msgspec import Struct, structs

from hts.auth.accounts import Account, Key

REFUSAL: Final = "the login was refused"
CEREMONY_NS_MAX: Final = 120 * 1_000_000_000
CEREMONIES_MAX: Final = 64  # open at a time; the oldest goes
CHALLENGE_BYTES: Final = 32
TICKET_BYTES: Final = 16
CREDENTIAL_ID_BYTES_MAX: Final = 1023  # WebAuthn section 4, Credential ID

# What reading an answer of a hostile peer can raise, in fido2 and below; nothing else is caught.
MALFORMED: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    struct.error,
    OverflowError,
    RecursionError,
)


class Refused(Struct, frozen=True, kw_only=True):
    """No. `detail` is for the audit trail alone; `cloned` is the key to keep as shut out."""

    detail: str
    user: str = ""
    cloned: Key | None = None

    def __str__(self) -> str:
        return REFUSAL


class Registered(Struct, frozen=True, kw_only=True):
    """A new key of this user, to be kept."""

    user: str
    key: Key


class LoggedIn(Struct, frozen=True, kw_only=True):
    """Who it is; `key` with its new counter is to be kept before anybody is let in."""

    user: str
    key: Key


class _Ceremony(Struct, frozen=True, kw_only=True):
    state: dict[str, Any]
    user: str  # empty: whoever shows a resident key
    is_registration: bool
    until_ns: int


class RelyingParty:
    """One relying party. `random` gives fresh random bytes; times are the machine's monotonic ones."""

    def __init__(self, rp_id: str, origins: Sequence[str], random: Callable[[int], bytes]) -> None:
        allowed = frozenset(origins)
        entity = PublicKeyCredentialRpEntity(id=rp_id, name="HTS")
        self._server = Fido2Server(entity, verify_origin=lambda origin: origin in allowed)
        self._random = random
        self._open: dict[str, _Ceremony] = {}

    def begin_registration(self, account: Account, mono_ns: int) -> tuple[str, CredentialCreationOptions]:
        """Ticket and options for the client. The account's own keys are excluded: one key, one entry."""
        options, state = self._server.register_begin(
            PublicKeyCredentialUserEntity(id=account.user_id, name=account.user, display_name=account.user),
            [AttestedCredentialData(key.data) for key in account.keys],
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
            challenge=self._random(CHALLENGE_BYTES),
        )
        return self._keep(state, account.user, mono_ns, is_registration=True), options

    def complete_registration(
        self,
        ticket: str,
        response: RegistrationResponse | Mapping[str, Any],
        accounts: Sequence[Account],
        *,
        name: str,
        wall_ns: int,
        mono_ns: int,
    ) -> Registered | Refused:
        """The new key, or why not."""
        ceremony = self._take(ticket, mono_ns, is_registration=True)
        if isinstance(ceremony, Refused):
            return ceremony
        try:
            data = self._server.register_complete(ceremony.state, response)
            credential = data.credential_data
        except MALFORMED as error:
            return Refused(detail=_cause(error), user=ceremony.user)
        if credential is None or isinstance(credential.public_key, UnsupportedKey):
            return Refused(detail="no public key that can be used", user=ceremony.user)
        if len(credential.credential_id) > CREDENTIAL_ID_BYTES_MAX:
            return Refused(detail=f"a credential id of {len(credential.credential_id)} bytes", user=ceremony.user)
        if any(key.credential_id == credential.credential_id for one in accounts for key in one.keys):
            return Refused(detail="the credential is registered already", user=ceremony.user)
        key = Key(
            credential_id=bytes(credential.credential_id),
            data=bytes(credential),
            name=name,
            counter=data.counter,
            added_ns=wall_ns,
        )
        return Registered(user=ceremony.user, key=key)

    def begin_login(self, mono_ns: int, account: Account | None = None) -> tuple[str, CredentialRequestOptions]:
        """Ticket and options for the client. With an account: a fresh touch of one of its keys (step-up)."""
        keys = None if account is None else [AttestedCredentialData(key.data) for key in account.keys]
        options, state = self._server.authenticate_begin(
            keys,
            user_verification=UserVerificationRequirement.REQUIRED,
            challenge=self._random(CHALLENGE_BYTES),
        )
        return self._keep(state, "" if account is None else account.user, mono_ns, is_registration=False), options

    def complete_login(
        self,
        ticket: str,
        response: AuthenticationResponse | Mapping[str, Any],
        accounts: Sequence[Account],
        mono_ns: int,
    ) -> LoggedIn | Refused:
        """Who it is, or why not."""
        ceremony = self._take(ticket, mono_ns, is_registration=False)
        if isinstance(ceremony, Refused):
            return ceremony
        candidates = [one for one in accounts if ceremony.user in ("", one.user)]
        known = [AttestedCredentialData(key.data) for one in candidates for key in one.keys]
        try:
            answer = AuthenticationResponse.from_dict(response)
            credential = self._server.authenticate_complete(ceremony.state, known, answer)
            counter = answer.response.authenticator_data.counter
            handle = answer.response.user_handle
        except MALFORMED as error:
            return Refused(detail=_cause(error), user=ceremony.user)
        account, key = _owner(candidates, credential.credential_id)
        if handle is not None and handle != account.user_id:
            return Refused(detail="the user handle is not the owner's", user=account.user)
        if handle is None and not ceremony.user:
            return Refused(detail="no user handle and no name", user=account.user)
        return _counted(account, key, counter)

    def forget(self, ticket: str) -> None:
        """The ceremony of this ticket will not be completed: its client began another, or is gone."""
        self._open.pop(ticket, None)

    def _keep(self, state: dict[str, Any], user: str, mono_ns: int, *, is_registration: bool) -> str:
        while len(self._open) >= CEREMONIES_MAX:
            del self._open[next(iter(self._open))]
        ticket = websafe_encode(self._random(TICKET_BYTES))
        self._open[ticket] = _Ceremony(
            state=state, user=user, is_registration=is_registration, until_ns=mono_ns + CEREMONY_NS_MAX
        )
        return ticket

    def _take(self, ticket: str, mono_ns: int, *, is_registration: bool) -> _Ceremony | Refused:
        ceremony = self._open.pop(ticket, None)
        if ceremony is None or ceremony.is_registration != is_registration:
            return Refused(detail="no such ceremony is open")
        if mono_ns >= ceremony.until_ns:
            return Refused(detail="the ceremony took too long", user=ceremony.user)
        return ceremony


def _owner(accounts: Sequence[Account], credential_id: bytes) -> tuple[Account, Key]:
    return next((one, key) for one in accounts for key in one.keys if key.credential_id == credential_id)


def _counted(account: Account, key: Key, counter: int) -> LoggedIn | Refused:
    """WebAuthn section 7.2, step 22: a counter that does not grow tells of a copy; 0 and 0 means that none is kept."""
    if key.is_cloned:
        return Refused(detail=f"key {key.name} is shut out as copied", user=account.user)
    if counter <= key.counter and (counter, key.counter) != (0, 0):
        detail = f"key {key.name}: expected a counter above {key.counter}, found {counter}; it may have been copied"
        return Refused(detail=detail, user=account.user, cloned=structs.replace(key, is_cloned=True))
    return LoggedIn(user=account.user, key=structs.replace(key, counter=counter))


def _cause(error: Exception) -> str:
    # The class alone where a text may quote what the peer sent.
    return str(error) if type(error) is ValueError and len(str(error)) < 80 else f"malformed ({type(error).__name__})"
