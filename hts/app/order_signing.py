"""The signer of the core's orders and the paper venue's judge of them, out of hts.app.signing_settings."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from hts.app.own_certificate import demand_usable
from hts.app.paths import HomePaths
from hts.app.signing_settings import SigningSettings
from hts.auth.certificates import read_certificates, read_crl, read_pkcs12
from hts.auth.cms import Trust, checked_signer, sign, verify
from hts.auth.errors import SignatureRefused
from hts.auth.secrets import SecretStore
from hts.base.errors import ConfigError
from hts.wire.fix.signing import Judge, Sign

NS_PER_S = 1_000_000_000


def passphrase_name(venue: str) -> str:
    """Under which name the passphrase of the venue's certificate is kept."""
    return f"signing.{venue.lower()}"


def order_signer(paths: HomePaths, venue: str, settings: SigningSettings, store: SecretStore) -> Sign:
    """What signs the core's orders to this venue. Raises ConfigError, CertificateUnread."""
    name, path = passphrase_name(venue), paths.home / settings.certificate
    passphrase = store.get(name)
    if passphrase is None:
        raise ConfigError(f"{path}: expected its passphrase in the keychain; run hts secret set {name}")
    identity = checked_signer(read_pkcs12(_read(path), passphrase))
    trusted = _certificates(paths, settings) if settings.authorities else ()
    demand_usable(path, identity, f"sign orders to {venue}", trusted, _lists(paths, settings))
    return lambda text: sign(identity, text)


def order_judge(paths: HomePaths, settings: SigningSettings) -> Judge:
    """What the paper venue does with a signature. Raises ConfigError, CertificateUnread."""
    trust = Trust(
        authorities=_certificates(paths, settings),
        crls=_lists(paths, settings),
        holder=settings.holder,
    )

    def judge(text: bytes, signature: bytes, wall_ns: int) -> str:
        try:
            verify(signature, text, trust, datetime.fromtimestamp(wall_ns // NS_PER_S, UTC))
        except SignatureRefused as error:
            return str(error)
        return ""

    return judge


def _certificates(paths: HomePaths, settings: SigningSettings) -> tuple[x509.Certificate, ...]:
    return read_certificates(_read(paths.home / settings.authorities))


def _lists(paths: HomePaths, settings: SigningSettings) -> tuple[x509.CertificateRevocationList, ...]:
    return tuple(read_crl(_read(paths.home / name)) for name in settings.revocation)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
