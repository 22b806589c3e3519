"""Certificate authorities that live as long as a test."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 3, 2, tzinfo=UTC)
YEAR = timedelta(days=365)


def a_name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def key_usage(*names):
    kinds = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{kind: kind in names for kind in kinds})


class Authority:
    """One certificate and its key; it issues others, be they authorities or not."""

    def __init__(self, certificate, key):
        self.certificate = certificate
        self.key = key

    @classmethod
    def root(cls, name="Root", **options):
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(_build(a_name(name), key, a_name(name), key, is_authority=True, **options), key)

    def issue(self, name, *, is_authority=False, key=None, **options):
        own = key or ec.generate_private_key(ec.SECP256R1())
        built = _build(a_name(name), own, self.certificate.subject, self.key, is_authority=is_authority, **options)
        return Authority(built, own)

    def crl(self, *revoked, start=NOW - timedelta(days=1), end=NOW + timedelta(days=7), extension=None):
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(start).next_update(end)
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(start).build())
        if extension is not None:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(self.key, hashes.SHA256())


def _build(
    subject, own, issuer, signer, *, is_authority, start=NOW - YEAR, end=NOW + YEAR, path_length=None, usage=(),
    extra=None, hash_=None,
):  # fmt: skip
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(own.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
    if is_authority:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    builder = builder.add_extension(
        key_usage(*(usage or (("key_cert_sign", "crl_sign") if is_authority else ("digital_signature",)))),
        critical=True,
    )
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    return builder.sign(signer, hash_ or hashes.SHA256())
