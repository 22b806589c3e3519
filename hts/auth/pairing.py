"""Pairing: a person carries one short code from the core's screen to a terminal, and the two know each other after.

The code does two things at once. Its first twelve signs are 60 bits of the hash of the house's certificate: the
terminal connects without knowing anybody, is shown a certificate, and goes on only if the code names it; who stands
between the two would have to make a certificate with the same 60 bits while the code lives. Its last four signs are a
secret of 20 bits that the terminal proves to know over its own signing request, so that only who was shown the code
gets a certificate, and only for that key. Three wrong proofs or five minutes end the offer.

Sans-I/O: randomness and the time come in as arguments.
"""

import hmac
from hashlib import sha256
from typing import Final

from msgspec import Struct

from hts.auth.errors import AuthError

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
ALIKE: Final = str.maketrans("ILO", "110")
AUTHORITY_SIGNS: Final = 12
SECRET_SIGNS: Final = 4
GROUP: Final = 4
SIGN_BITS: Final = 5
LIFE_S: Final = 300
TRIES: Final = 3
DEVICE_MAX: Final = 64
SECRET_BYTES: Final = 3  # of randomness; 20 of their bits are used


class PairingRefused(AuthError):  # noqa: N818  the noun says it
    """The other side is not who the code says, or the code is not, or no longer, good. Says no more to a stranger."""


class PairingOffer(Struct, frozen=True, kw_only=True):
    """What the core remembers while a code can be used; kept in a file that only its owner reads."""

    secret: str
    expires_s: int
    tries: int = TRIES

    def __repr__(self) -> str:
        return f"PairingOffer(expires_s={self.expires_s}, tries={self.tries})"


def offer(randomness: bytes, now_s: int) -> PairingOffer:
    """A new offer from SECRET_BYTES random bytes."""
    assert len(randomness) == SECRET_BYTES, len(randomness)
    return PairingOffer(secret=_signs(randomness, SECRET_SIGNS), expires_s=now_s + LIFE_S)


def code(authority_der: bytes, made: PairingOffer) -> str:
    """What the core's screen shows: four groups of four signs."""
    signs = authority_signs(authority_der) + made.secret
    return "-".join(signs[at : at + GROUP] for at in range(0, len(signs), GROUP))


def authority_signs(authority_der: bytes) -> str:
    """The part of a code that names the house."""
    return _signs(sha256(authority_der).digest(), AUTHORITY_SIGNS)


class Code(Struct, frozen=True):
    """A code as a person typed it, read."""

    authority: str
    secret: str

    def __repr__(self) -> str:
        return f"Code({self.authority!r})"


def read_code(text: str) -> Code:
    """Small letters, spaces, dashes, and O for 0 are forgiven. Raises PairingRefused."""
    signs = "".join(sign for sign in text.upper().translate(ALIKE) if not sign.isspace() and sign != "-")
    wanted = AUTHORITY_SIGNS + SECRET_SIGNS
    strangers = sorted(set(signs) - set(ALPHABET))
    if strangers or len(signs) != wanted:
        found = f"{strangers[0]!r}" if strangers else f"{len(signs)}"
        raise PairingRefused(
            f"code: expected {wanted} letters and digits, found {found}; read it from the core's screen"
        )
    return Code(signs[:AUTHORITY_SIGNS], signs[AUTHORITY_SIGNS:])


def check_authority(typed: Code, authority_der: bytes) -> None:
    """For the terminal, before it proves anything. Raises PairingRefused when the code names another house."""
    if not hmac.compare_digest(typed.authority, authority_signs(authority_der)):
        raise PairingRefused(
            "the other side showed another certificate than the code names: the code is mistyped, the address is"
            " another core's, or somebody stands between; nothing was sent"
        )


def proof(secret: str, authority_der: bytes, request_der: bytes, device: str) -> str:
    """That its sender knows the code's secret, for this key, this name and this house alone."""
    key = sha256(b"hts pairing 1\0" + secret.encode() + sha256(authority_der).digest()).digest()
    return hmac.digest(key, request_der + b"\0" + device.encode(), "sha256").hex()


def judge(
    made: PairingOffer | None, authority_der: bytes, request_der: bytes, device: str, *, shown: str, now_s: int
) -> tuple[bool, PairingOffer | None]:
    """Whether to sign, and the offer that is left. Every refusal leaves one try less; a success or none ends it."""
    if made is None or now_s >= made.expires_s:
        return False, None
    is_good_name = 0 < len(device) <= DEVICE_MAX and device.isprintable()
    expected = proof(made.secret, authority_der, request_der, device)
    if hmac.compare_digest(expected.encode(), shown.encode("utf-8", "replace")) and is_good_name:
        return True, None
    left = made.tries - 1
    return False, PairingOffer(secret=made.secret, expires_s=made.expires_s, tries=left) if left else None


def _signs(data: bytes, count: int) -> str:
    """The first bits as signs of five bits each."""
    number = int.from_bytes(data, "big") >> (len(data) * 8 - count * SIGN_BITS)
    return "".join(ALPHABET[number >> (SIGN_BITS * at) & 31] for at in reversed(range(count)))
