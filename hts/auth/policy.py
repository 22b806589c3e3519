"""Which factors a core asks for."""

from enum import Enum

from msgspec import Struct


class Factors(Enum):
    """What a login takes."""

    KEY = "key"  # a security key that verifies its user: two factors in one
    OTP = "otp"  # a one-time password alone
    EITHER = "key-or-otp"
    BOTH = "key-and-otp"


class LoginPolicy(Struct, frozen=True, kw_only=True):
    """As the settings say."""

    factors: Factors = Factors.KEY

    @property
    def takes_keys(self) -> bool:
        """A login may begin with a key."""
        return self.factors is not Factors.OTP

    @property
    def takes_codes(self) -> bool:
        """A login may begin with a code."""
        return self.factors in (Factors.OTP, Factors.EITHER)

    @property
    def needs_both(self) -> bool:
        """A login takes the one and then the other."""
        return self.factors is Factors.BOTH

    @property
    def touches_by_code(self) -> bool:
        """A fresh code may stand for a touch: only where a code alone lets in."""
        return self.takes_codes

    @property
    def means(self) -> tuple[str, ...]:
        """For the terminal: what to offer."""
        return (("key",) if self.takes_keys else ()) + (("otp",) if self.takes_codes or self.needs_both else ())
