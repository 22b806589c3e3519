"""Recovery codes: ten, shown once, kept as hashes, each good for one login when every key is lost.

A code has 80 random bits, so a plain salted digest is enough: there is nothing to guess from a dictionary. Typing them
is slowed down with the account's lock-out like every other login.
"""

import hmac
from base64 import b32encode
from collections.abc import Callable
from typing import Final

from msgspec import Struct, structs

from hts.auth.accounts import Account, CodeHash
from hts.auth.lockout import failed, succeeded
from hts.auth.secrets import Secret

CODES: Final = 10
CODE_BYTES: Final = 10
SALT_BYTES: Final = 16
GROUP: Final = 4


class Redeemed(Struct, frozen=True, kw_only=True):
    """The outcome, and the account to keep before anybody is told of it."""

    ok: bool
    account: Account
    wait_ns: int = 0


def new_codes(random: Callable[[int], bytes]) -> tuple[tuple[Secret, ...], tuple[CodeHash, ...]]:
    """The codes to show, once, and what to keep of them."""
    codes = tuple(Secret(b32encode(random(CODE_BYTES)).decode().lower()) for _ in range(CODES))
    hashes = []
    for code in codes:
        salt = random(SALT_BYTES)
        hashes.append(CodeHash(salt=salt, digest=_digest(salt, code.reveal())))
    return codes, tuple(hashes)


def shown(code: Secret) -> str:
    """In groups, as a person reads it."""
    text = code.reveal()
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def redeem(account: Account, code: str, now_ns: int) -> Redeemed:
    """Try a code at this wall time; a right one is gone from the account that is returned."""
    wait_ns = account.lockout.wait_ns(now_ns)
    if wait_ns > 0:
        return Redeemed(ok=False, account=account, wait_ns=wait_ns)
    typed = code.strip().lower().replace("-", "").replace(" ", "")
    # Every one is compared, so that the time taken tells nothing.
    left = tuple(one for one in account.recovery if not hmac.compare_digest(_digest(one.salt, typed), one.digest))
    ok = len(left) < len(account.recovery)
    lockout = succeeded(account.lockout) if ok else failed(account.lockout, now_ns)
    kept = structs.replace(account, recovery=left, lockout=lockout)
    return Redeemed(ok=ok, account=kept, wait_ns=lockout.wait_ns(now_ns))


def _digest(salt: bytes, code: str) -> bytes:
    return hmac.digest(salt, b"hts recovery code 1:" + code.encode(), "sha256")
