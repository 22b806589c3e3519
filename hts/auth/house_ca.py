"""The house's own certificate authority: who it says a core or a terminal is, between machines of one owner.

One self-signed P-256 certificate, made once and pinned by every paired machine, signs one certificate for the core and
one for each terminal. It signs nothing else: path length 0, and every certificate is either for servers or for clients.
The authority's key stays in the secret store. Dates and serial numbers come in as arguments.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hts.auth.certificates import UNREADABLE
from hts.auth.errors import CertificateUnread
from hts.auth.secrets import Secret

AUTHORITY_DAYS: Final = 3650
CERTIFICATE_DAYS: Final = 397
CRL_DAYS: Final = 30
SKEW: Final = timedelta(minutes=5)  # a machine whose clock is a little behind must not find it not yet valid
NAME_MAX: Final = 64  # X.520's bound of a common name


class Use(Enum):
    """What a certificate of the house is for."""

    SERVER = "server"
    CLIENT = "client"


_EXTENDED: Final = {Use.SERVER: ExtendedKeyUsageOID.SERVER_AUTH, Use.CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH}


def new_key() -> ec.EllipticCurvePrivateKey:
    """A P-256 key from the system's randomness."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> Secret:
    """For the secret store, which encrypts."""
    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def read_key(pem: Secret) -> ec.EllipticCurvePrivateKey:
    """Raises CertificateUnread without quoting what was read."""
    try:
        key = load_pem_private_key(pem.reveal().encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise CertificateUnread("the authority's key: expected a P-256 key in PEM, found something else")
    return key


def request(key: ec.EllipticCurvePrivateKey, name: str) -> bytes:
    """A signing request (PKCS#10, DER) that proves possession of the key."""
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_name(name))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def read_request(der: bytes) -> ec.EllipticCurvePublicKey:
    """The key that a request asks a certificate for. Raises CertificateUnread but for a P-256 key that signed it."""
    try:
        found = x509.load_der_x509_csr(der)
        key, is_signed = found.public_key(), found.is_signature_valid
    except (*UNREADABLE, UnsupportedAlgorithm) as fault:
        raise CertificateUnread(f"signing request: expected PKCS#10 in DER: {fault}") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1) or not is_signed:
        raise CertificateUnread("signing request: expected a P-256 key that signed the request itself")
    return key


class HouseAuthority:
    """Issues and revokes. The key is in no repr."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate = certificate
        self._key = key

    @classmethod
    def create(cls, name: str, *, serial: int, now: datetime) -> "HouseAuthority":
        """A new authority with a new key."""
        key = new_key()
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        certificate = (
            _builder(_name(name), _name(name), key.public_key(), serial=serial, now=now, days=AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def load(cls, pem: bytes, key: Secret) -> "HouseAuthority":
        """What `certificate_pem` and `key` gave. Raises CertificateUnread, also when the two do not belong together."""
        try:
            certificate = x509.load_pem_x509_certificate(pem)
        except ValueError as fault:
            raise CertificateUnread(f"the authority's certificate: expected PEM: {fault}") from None
        private = read_key(key)
        if private.public_key() != certificate.public_key():
            raise CertificateUnread(
                "the authority's key is not the one of its certificate; restore both from one backup"
            )
        return cls(certificate, private)

    @property
    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key(self) -> Secret:
        """For the secret store."""
        return key_pem(self._key)

    def issue(
        self,
        public_key: ec.EllipticCurvePublicKey,
        name: str,
        use: Use,
        *,
        serial: int,
        now: datetime,
        hosts: Sequence[str] = (),
    ) -> x509.Certificate:
        """A certificate of CERTIFICATE_DAYS. `hosts` are the names and addresses that a server is reached by."""
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = (
            _builder(_name(name), self.certificate.subject, public_key, serial=serial, now=now, days=CERTIFICATE_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([_EXTENDED[use]]), critical=False)
        )
        if hosts:
            names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def revocation_list(self, serials: Iterable[int], *, number: int, now: datetime) -> bytes:
        """The certificates that count no more, in PEM; to be made anew within CRL_DAYS."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - SKEW)
            .next_update(now + timedelta(days=CRL_DAYS))
            .add_extension(x509.CRLNumber(number), critical=False)
        )
        for serial in serials:
            one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
            builder = builder.add_revoked_certificate(one)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def __repr__(self) -> str:
        return f"HouseAuthority({self.certificate.subject.rfc4514_string()!r})"


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:NAME_MAX] or "hts")])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, serial: int, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(now - SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
