"""API tokens: what a script or a remote terminal shows instead of a person.

A token is a random secret that is told once. Only its hash is kept, so that the list of tokens opens nothing. Each has
a scope, an end, and may be bound to one account and one address; it can do no more than the scope says, whatever the
limits of the account would allow.
"""

from collections.abc import Iterable
from enum import Enum
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final

import msgspec
from msgspec import Struct, structs

from hts.auth.errors import AuthError
from hts.model.intents import (
    AmendWork,
    AnyIntent,
    CancelAll,
    CancelLast,
    CancelOrder,
    ControlWork,
    NewOrder,
    PlaceConditionals,
    RouteOrder,
    SetKillSwitch,
    SetLimits,
    SetTradingState,
    StartAlgo,
    StartBasket,
    StartQuoting,
    WatchHoldings,
)
from hts.model.roles import PERMISSIONS, Permission, Role
from hts.model.scopes import Scope, ScopeKind, TradingState
from hts.model.session import Means, Session
from hts.model.work import WorkAct

SECRET_BYTES: Final = 32
WORKS: Final = (RouteOrder, StartAlgo, PlaceConditionals, WatchHoldings, StartBasket, StartQuoting, AmendWork)
PREFIX: Final = "hts_"
DAYS_MAX: Final = 366


class TokenScope(Enum):
    """What a token may do; each scope contains the one before it but ADMIN, which nothing else contains."""

    READ = "read"  # market data, orders, positions
    CANCEL = "cancel"  # and lower the risk: cancels, and the kill switch thrown
    TRADE = "trade"  # and enter and amend orders
    ALGO = "algo"  # and routed orders, algorithms, conditional orders


_RANK: Final = {scope: rank for rank, scope in enumerate(TokenScope)}


class ApiToken(Struct, frozen=True, kw_only=True):
    """One token as it is kept. Times in seconds since 1970; an empty account or address means any."""

    name: str
    hash: str
    scope: TokenScope
    created_s: int
    expires_s: int
    account: str = ""
    address: str = ""
    user: str = ""  # who answers for it, where a core asks for logins
    seal: str = ""  # that a person made it: an HMAC under the key of the accounts

    def may(self, scope: TokenScope) -> bool:
        """Whether the token's scope contains this one."""
        return _RANK[self.scope] >= _RANK[scope]


def new_secret(random: bytes) -> str:
    """The secret as it is told to the user, from random bytes."""
    if len(random) < SECRET_BYTES:
        raise AuthError(f"token: expected {SECRET_BYTES} random bytes, found {len(random)}")
    return PREFIX + random.hex()


def token_hash(secret: str) -> str:
    """What is kept of a secret. It is long and random: one round is enough."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def issue(
    secret: str,
    *,
    name: str,
    scope: TokenScope,
    now_s: int,
    days: int,
    account: str = "",
    address: str = "",
    user: str = "",
) -> ApiToken:
    """A new token. Raises AuthError for a name or a duration that cannot be."""
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum() or len(name) > 40:
        raise AuthError(f"token name: expected up to 40 letters, digits, - and _, found {name!r}")
    if not 1 <= days <= DAYS_MAX:
        raise AuthError(f"token: expected 1 to {DAYS_MAX} days, found {days}")
    return ApiToken(
        name=name,
        hash=token_hash(secret),
        scope=scope,
        created_s=now_s,
        expires_s=now_s + days * 86_400,
        account=account,
        address=address,
        user=user,
    )


def sealed(token: ApiToken, key: bytes) -> ApiToken:
    """The token with the seal of the accounts' key: a line that somebody else wrote into the file has none."""
    return structs.replace(token, seal=_seal(token, key))


def is_sealed(token: ApiToken, key: bytes) -> bool:
    """Whether every term is as it was sealed."""
    return compare_digest(token.seal, _seal(token, key))


def _seal(token: ApiToken, key: bytes) -> str:
    plain = msgspec.json.encode(structs.replace(token, seal=""), order="deterministic")
    return digest(key, b"hts api token 1:" + plain, "sha256").hex()


def find_token(tokens: Iterable[ApiToken], secret: str, now_s: int, address: str) -> ApiToken | None:
    """The token of this secret, while it lives and where it may be used; None says nothing about which part failed."""
    given = token_hash(secret)
    found = None
    for token in tokens:
        if compare_digest(token.hash, given):
            found = token
    if found is None or now_s >= found.expires_s or (found.address and found.address != address):
        return None
    return found


def needed_scope(intent: AnyIntent) -> TokenScope:
    """The least scope that an intent asks for."""
    if isinstance(intent, CancelOrder | CancelAll | CancelLast):
        return TokenScope.CANCEL
    if isinstance(intent, SetKillSwitch):
        return TokenScope.CANCEL if intent.on else TokenScope.ALGO
    if isinstance(intent, SetTradingState):
        return TokenScope.CANCEL  # what it may set lowers the risk: see `is_for_people`
    if isinstance(intent, ControlWork):
        return TokenScope.CANCEL if intent.act is WorkAct.CANCEL else TokenScope.ALGO
    if isinstance(intent, WORKS) or (isinstance(intent, NewOrder) and intent.exits is not None):
        return TokenScope.ALGO
    return TokenScope.TRADE


def allows(token: ApiToken, intent: AnyIntent) -> bool:
    """Whether the token lets this intent through: scope, and account where it is bound to one."""
    if is_for_people(intent) or not token.may(needed_scope(intent)):
        return False
    return not token.account or (token.account == intent.account and is_of_account(intent))


def is_for_people(intent: AnyIntent) -> bool:
    """Limits, and giving a scope its freedom back, are decided at a terminal: no token reaches so far."""
    return isinstance(intent, SetLimits) or (
        isinstance(intent, SetTradingState) and intent.state is TradingState.ACTIVE
    )  # fmt: skip


def is_of_account(intent: AnyIntent) -> bool:
    """Whether an intent that may name a scope names none, or its own account."""
    if not isinstance(intent, SetKillSwitch | SetTradingState):
        return True
    return intent.scope in (None, Scope(kind=ScopeKind.ACCOUNT, name=intent.account))


_P = Permission
_ALLOWED: Final = {
    TokenScope.READ: frozenset({_P.SEE}),
    TokenScope.CANCEL: frozenset({_P.SEE, _P.CANCEL, _P.ENGAGE_KILL}),
    TokenScope.TRADE: frozenset({_P.SEE, _P.CANCEL, _P.ENGAGE_KILL, _P.TRADE}),
    TokenScope.ALGO: frozenset({_P.SEE, _P.CANCEL, _P.ENGAGE_KILL, _P.TRADE, _P.ALGO}),
}


def session_of_token(token: ApiToken, role: Role) -> Session:
    """What a token is on a core that asks for logins: its scope, and no more than its person may do now."""
    return Session(
        user=token.user,
        role=role,
        permissions=_ALLOWED[token.scope] & PERMISSIONS[role],
        means=Means.API,
        label=f"api:{token.name}",
        account=token.account,
    )
