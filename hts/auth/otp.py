"""One-time passwords: HOTP (RFC 4226) and TOTP (RFC 6238), and the rule that no code counts twice.

A code is right for one counter; for TOTP the counter is the number of the 30 s step. The counter that was used last
is kept, and only later ones are looked at: a code that was seen over somebody's shoulder is worth nothing. DRIFT steps
to either side forgive a clock that is wrong; AHEAD codes forgive a HOTP button that was pressed for fun.
"""

import hmac
from base64 import b32decode, b32encode
from enum import Enum
from typing import Final
from urllib.parse import quote, urlencode

from msgspec import Struct

from hts.auth.lockout import FRESH, Lockout, failed, succeeded
from hts.auth.secrets import Secret
from hts.base.errors import ConfigError

SEED_BYTES: Final = 20  # RFC 4226 section 4, R6: 160 bits recommended
SEED_BYTES_MIN: Final = 16
STEP_S: Final = 30
NS: Final = 1_000_000_000
DRIFT: Final = 1  # RFC 6238 section 5.2: one step of delay
AHEAD: Final = 10  # RFC 4226 section 7.4, the look-ahead window
NEVER: Final = -1


class Kind(Enum):
    """What the counter counts."""

    TOTP = "totp"
    HOTP = "hotp"


class Hash(Enum):
    """The digest of the HMAC; authenticator programs without a choice use SHA-1."""

    SHA1 = "SHA1"
    SHA256 = "SHA256"
    SHA512 = "SHA512"


class Otp(Struct, frozen=True, kw_only=True):
    """One person's second factor, without its seed. `last` is the counter that was used last."""

    kind: Kind = Kind.TOTP
    digits: int = 6
    hash: Hash = Hash.SHA1
    last: int = NEVER
    lockout: Lockout = FRESH


class Checked(Struct, frozen=True, kw_only=True):
    """The outcome, and what to keep before anybody is told of it. No part says what was wrong with a code."""

    ok: bool
    otp: Otp
    wait_ns: int = 0


def hotp(seed: bytes, counter: int, digits: int = 6, hash_: Hash = Hash.SHA1) -> str:
    """RFC 4226 section 5.3: the code for a counter."""
    assert counter >= 0, counter
    digest = hmac.digest(seed, counter.to_bytes(8, "big"), hash_.value)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(now_ns: int) -> int:
    """RFC 6238 section 4.2: the number of the step, with T0 = 0."""
    return now_ns // (STEP_S * NS)


def check(otp: Otp, seed: Secret, code: str, now_ns: int) -> Checked:
    """Whether the code is right, at this wall time."""
    wait_ns = otp.lockout.wait_ns(now_ns)
    if wait_ns > 0:
        return Checked(ok=False, otp=otp, wait_ns=wait_ns)
    key = decode_seed(seed)
    found = NEVER
    # Every counter is computed and compared, so that the time taken does not tell which one was near.
    for counter in window(otp, now_ns):
        if hmac.compare_digest(hotp(key, counter, otp.digits, otp.hash).encode(), code.strip().encode()):
            found = counter
    if found == NEVER:
        return _after(otp, failed(otp.lockout, now_ns), otp.last, now_ns, ok=False)
    assert found > otp.last, (found, otp.last)
    return _after(otp, succeeded(otp.lockout), found, now_ns, ok=True)


def window(otp: Otp, now_ns: int) -> range:
    """The counters whose codes count now."""
    if otp.kind is Kind.HOTP:
        return range(otp.last + 1, otp.last + 1 + AHEAD)
    step = step_of(now_ns)
    return range(max(step - DRIFT, otp.last + 1, 0), step + DRIFT + 1)


def seed_name(user: str) -> str:
    """Where the secret store keeps a user's seed."""
    return f"otp/{user}"


def new_seed(random: bytes) -> Secret:
    """A seed of fresh random bytes, in base 32 as authenticator programs want it."""
    assert len(random) >= SEED_BYTES_MIN, len(random)
    return Secret(b32encode(random).decode().rstrip("="))


def decode_seed(seed: Secret) -> bytes:
    """The bytes of a seed. Raises ConfigError, without showing it."""
    text = seed.reveal().replace(" ", "").upper()
    try:
        key = b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raise ConfigError("one-time password seed: expected base 32, found something else") from None
    if len(key) < SEED_BYTES_MIN:
        raise ConfigError(f"one-time password seed: expected at least {SEED_BYTES_MIN} bytes, found {len(key)}")
    return key


def provisioning_uri(otp: Otp, seed: Secret, user: str, issuer: str) -> Secret:
    """What the QR code holds (the Key URI format of authenticator programs). It contains the seed."""
    if ":" in user or ":" in issuer:
        raise ConfigError("one-time password: expected a user and an issuer without a colon")
    fields = {
        "secret": seed.reveal().replace(" ", "").upper(),
        "issuer": issuer,
        "algorithm": otp.hash.value,
        "digits": str(otp.digits),
    }
    fields |= {"period": str(STEP_S)} if otp.kind is Kind.TOTP else {"counter": str(otp.last + 1)}
    label = quote(f"{issuer}:{user}", safe=":")
    return Secret(f"otpauth://{otp.kind.value}/{label}?{urlencode(fields, quote_via=quote)}")


def _after(otp: Otp, lockout: Lockout, last: int, now_ns: int, *, ok: bool) -> Checked:
    kept = Otp(kind=otp.kind, digits=otp.digits, hash=otp.hash, last=last, lockout=lockout)
    return Checked(ok=ok, otp=kept, wait_ns=lockout.wait_ns(now_ns))
