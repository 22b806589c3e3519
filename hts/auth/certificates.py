"""Certificates: what is in a PKCS#12 file, whether its chain holds now, and when it will no longer.

Theory of operation. WebPKI's rules (host names, EKU of browsers) do not fit personal certificates of financial
authorities, so the path is built and judged here after RFC 5280 section 6, as far as these certificates go: names
chain, signatures hold, every certificate is within its time, issuers are authorities with keyCertSign and within their
path length, no critical extension is unknown, and no serial number stands in a CRL of its issuer. What is not found is
a finding too: without a complete and current CRL, revocation is not known, and that is said.

Findings are values with a severity; dates come in as arguments. Nothing is fetched from the network.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs12
from msgspec import Struct

from hts.auth.errors import CertificateUnread
from hts.auth.secrets import Secret

DEPTH_MAX: Final = 8
WARN_DAYS: Final = 30
RSA_BITS_MIN: Final = 2048
SUPPORTED: Final = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)
WEAK_HASHES: Final = (hashes.MD5, hashes.SHA1)

# What reading a stranger's certificate raises, some of it only once a part of it is asked for.
UNREADABLE: Final = (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)

# Critical extensions whose meaning is looked at here, or that forbid nothing that we do with a certificate.
UNDERSTOOD: Final = frozenset(
    {
        x509.BasicConstraints.oid,
        x509.KeyUsage.oid,
        x509.ExtendedKeyUsage.oid,
        x509.SubjectAlternativeName.oid,
        x509.CertificatePolicies.oid,
    }
)


class Severity(Enum):
    """REFUSE: it must not be used. WARN: it may be, and a person should know. NOTE: not known."""

    REFUSE = "refuse"
    WARN = "warn"
    NOTE = "note"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing about one certificate."""

    severity: Severity
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.severity.value}: {self.subject}: {self.text}"


class Identity:
    """A certificate with its private key and the others of its file. The key is in no repr."""

    def __init__(
        self, certificate: x509.Certificate, key: PrivateKeyTypes | None, others: tuple[x509.Certificate, ...]
    ) -> None:
        self.certificate = certificate
        self.key = key
        self.others = others

    def __repr__(self) -> str:
        return f"Identity({name_of(self.certificate)!r}, {'with' if self.key is not None else 'without'} key)"


def read_pkcs12(data: bytes, passphrase: Secret | None) -> Identity:
    """The identity in a .p12 or .pfx file. Raises CertificateUnread; damage and a wrong passphrase look alike."""
    try:
        found = pkcs12.load_pkcs12(data, None if passphrase is None else passphrase.reveal().encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateUnread(
            f"PKCS#12: the passphrase is wrong or the file is damaged ({type(error).__name__})"
        ) from None
    if found.cert is None:
        raise CertificateUnread("PKCS#12: expected a certificate with its key, found none")
    others = tuple(one.certificate for one in found.additional_certs)
    return Identity(found.cert.certificate, found.key, others)


def read_certificates(data: bytes) -> tuple[x509.Certificate, ...]:
    """All certificates of a PEM file, or the one of a DER file. Raises CertificateUnread."""
    try:
        if b"-----BEGIN" in data:
            return tuple(x509.load_pem_x509_certificates(data))
        return (x509.load_der_x509_certificate(data),)
    except UNREADABLE:
        raise CertificateUnread(f"expected a certificate in PEM or DER, found {len(data)} bytes of others") from None


def read_crl(data: bytes) -> x509.CertificateRevocationList:
    """A revocation list in PEM or DER. Raises CertificateUnread."""
    try:
        return x509.load_pem_x509_crl(data) if b"-----BEGIN" in data else x509.load_der_x509_crl(data)
    except ValueError:
        raise CertificateUnread(f"expected a revocation list, found {len(data)} bytes of others") from None


def name_of(certificate: x509.Certificate) -> str:
    """The subject, for a person."""
    return certificate.subject.rfc4514_string() or f"serial {certificate.serial_number:x}"


def build_chain(
    leaf: x509.Certificate, pool: Iterable[x509.Certificate], trusted: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """From the leaf towards a trusted one, as far as it goes. A whole chain ends with a trusted one."""
    candidates = [*trusted, *pool]  # a trusted issuer is taken before any other of its name
    chain = [leaf]
    while chain[-1] not in trusted and len(chain) < DEPTH_MAX:
        issuer = next((one for one in candidates if one not in chain and is_issued_by(chain[-1], one)), None)
        if issuer is None:
            break
        chain.append(issuer)
    return tuple(chain)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the names chain and the signature holds."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def check_identity(
    identity: Identity,
    trusted: Sequence[x509.Certificate],
    crls: Sequence[x509.CertificateRevocationList],
    now: datetime,
) -> tuple[Finding, ...]:
    """All findings about an identity, its own first."""
    found = []
    if identity.key is None:
        found.append(_refuse(identity.certificate, "the file holds no private key"))
    elif not _fits(identity.key, identity.certificate):
        found.append(_refuse(identity.certificate, "the private key is another certificate's"))
    chain = build_chain(identity.certificate, identity.others, trusted)
    return (*found, *check_chain(chain, trusted, crls, now))


def check_chain(
    chain: Sequence[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    crls: Sequence[x509.CertificateRevocationList],
    now: datetime,
) -> tuple[Finding, ...]:
    """Findings about every certificate of a chain, from the leaf up."""
    found: list[Finding] = []
    for depth, certificate in enumerate(chain):
        found += _check_time(certificate, now)
        found += _check_strength(certificate)
        found += _check_extensions(certificate)
        if depth > 0:
            found += _check_authority(certificate, chain[1:depth])
        if certificate not in trusted and depth + 1 < len(chain):
            found += _check_revocation(certificate, chain[depth + 1], crls, now)
    if chain[-1] not in trusted:
        found.append(_refuse(chain[-1], f"no trusted issuer {chain[-1].issuer.rfc4514_string()}"))
    return tuple(found)


def is_usable(findings: Iterable[Finding]) -> bool:
    """Whether nothing forbids its use."""
    return all(finding.severity is not Severity.REFUSE for finding in findings)


def _refuse(certificate: x509.Certificate, text: str) -> Finding:
    return Finding(severity=Severity.REFUSE, subject=name_of(certificate), text=text)


def _warn(certificate: x509.Certificate, text: str) -> Finding:
    return Finding(severity=Severity.WARN, subject=name_of(certificate), text=text)


def _check_time(certificate: x509.Certificate, now: datetime) -> list[Finding]:
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < start:
        return [_refuse(certificate, f"not valid before {start:%Y-%m-%d %H:%M}")]
    if now > end:
        return [_refuse(certificate, f"expired on {end:%Y-%m-%d %H:%M}")]
    if end - now <= timedelta(days=WARN_DAYS):
        return [_warn(certificate, f"expires in {(end - now).days} days, on {end:%Y-%m-%d %H:%M}")]
    return []


def _check_strength(certificate: x509.Certificate) -> list[Finding]:
    found = []
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < RSA_BITS_MIN:
        found.append(_refuse(certificate, f"RSA key: expected {RSA_BITS_MIN} bits or more, found {key.key_size}"))
    elif not isinstance(
        key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
    ):
        found.append(_refuse(certificate, f"a kind of key that is not supported: {type(key).__name__}"))
    if isinstance(certificate.signature_hash_algorithm, WEAK_HASHES) and certificate.issuer != certificate.subject:
        found.append(_refuse(certificate, f"signed over {certificate.signature_hash_algorithm.name}, which is broken"))
    return found


def _check_extensions(certificate: x509.Certificate) -> list[Finding]:
    """RFC 5280 section 4.2: a critical extension that is not understood forbids the certificate."""
    try:
        extensions = list(certificate.extensions)
    except UNREADABLE as error:
        return [_refuse(certificate, f"extensions that cannot be read ({type(error).__name__})")]
    unknown = [one.oid.dotted_string for one in extensions if one.critical and one.oid not in UNDERSTOOD]
    return [_refuse(certificate, f"critical extension {oid} is not understood") for oid in unknown]


def _check_authority(certificate: x509.Certificate, below: Sequence[x509.Certificate]) -> list[Finding]:
    """RFC 5280 section 6.1.4 (k) to (n). `below` are the authorities between this one and the leaf."""
    found = []
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return [_refuse(certificate, "issued a certificate and is no authority")]
    if not constraints.ca:
        return [_refuse(certificate, "issued a certificate and is no authority")]
    intermediates = sum(one.subject != one.issuer for one in below)
    if constraints.path_length is not None and intermediates > constraints.path_length:
        found.append(
            _refuse(certificate, f"path length: at most {constraints.path_length} expected, found {intermediates}")
        )
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        if not usage.key_cert_sign:
            found.append(_refuse(certificate, "its key usage does not allow signing certificates"))
    except x509.ExtensionNotFound:
        pass
    return found


def _check_revocation(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    crls: Sequence[x509.CertificateRevocationList],
    now: datetime,
) -> list[Finding]:
    own = [crl for crl in crls if crl.issuer == issuer.subject and _is_signed(crl, issuer)]
    current = [crl for crl in own if _is_complete_now(crl, now)]
    # A serial that was revoked in an old list is still revoked.
    for crl in own:
        entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
        if entry is not None and entry.revocation_date_utc <= now:
            return [_refuse(certificate, f"revoked on {entry.revocation_date_utc:%Y-%m-%d %H:%M}")]
    if not current:
        why = "its revocation lists are out of date or partial" if own else "no revocation list of its issuer"
        return [Finding(severity=Severity.NOTE, subject=name_of(certificate), text=f"revocation is not known: {why}")]
    return []


def _is_signed(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """RFC 5280 section 6.3.3 (f): by a key that may sign lists."""
    key = issuer.public_key()
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
        if not usage.crl_sign:
            return False
    except x509.ExtensionNotFound:
        pass
    except UNREADABLE:
        return False
    try:
        return crl.is_signature_valid(key)  # type: ignore[arg-type]  # other kinds of keys raise TypeError
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _is_complete_now(crl: x509.CertificateRevocationList, now: datetime) -> bool:
    """Whether it is in force now and speaks of all certificates: a delta or partial list says so critically."""
    if any(extension.critical for extension in crl.extensions):
        return False
    return crl.last_update_utc <= now and (crl.next_update_utc is None or now <= crl.next_update_utc)


def _fits(key: PrivateKeyTypes, certificate: x509.Certificate) -> bool:
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes(*spki) == certificate.public_key().public_bytes(*spki)
