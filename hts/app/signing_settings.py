"""Orders that a venue wants signed, in HOME/config.toml, for venues that are reached over FIX:

[signing.KRX]
certificate = "kim.p12"       what the core signs with (PKCS#12); its passphrase: hts secret set signing.krx
holder = ""                   the paper venue: only this subject, as `hts cert check` prints it; empty: anybody's
authorities = "ca.pem"        over FIX the paper venue takes signed orders alone, of these authorities
revocation = ["ca.crl"]       and believes none whose revocation is not known from these lists

Files are named from HOME. The paper venue reads `authorities` and `revocation` once, at its start.
"""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.venues import VENUES


class SigningSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[signing.VENUE] of the settings."""

    certificate: str = ""
    holder: str = ""
    authorities: str = ""
    revocation: tuple[str, ...] = ()


def check_signing(source: Path, signing: Mapping[str, SigningSettings]) -> None:
    """Raises ConfigError."""
    for venue, settings in signing.items():
        if venue not in VENUES:
            raise ConfigError(f"{source}: signing.{venue}: expected one of {', '.join(VENUES)}")
        if (settings.revocation or settings.holder) and not settings.authorities:
            raise ConfigError(f"{source}: signing.{venue}: expected authorities beside holder and revocation")
