"""Signatures beside a text: CMS SignedData (RFC 5652, PKCS#7), detached, by one signer, with signed attributes.

Making one is the library's; it has no function that judges one, so that is here, strictly and for this one form only:

    ContentInfo { signedData, SignedData { v1, digests, { data, nothing }, certificates, one SignerInfo } }
    SignerInfo  { v1, issuer and serial, digest, [0] attributes, signature algorithm, signature }

Theory of operation. The signature is over the attributes as a SET (RFC 5652 section 5.4), and one of them is the digest
of the text; so both are looked at, and the attributes must say that the text is plain data. The signer's certificate is
the one in the message that the SignerInfo names; whether it may be believed now is judged as for any other
(hts.auth.certificates). Whose it is, the caller decides. SHA-256 and its longer sisters, RSA (PKCS#1 v1.5) and ECDSA.

Every refusal says in words what was wrong: the peer is a member that wants to mend it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import ExtendedKeyUsageOID
from msgspec import Struct

from hts.auth.certificates import UNREADABLE, Identity, Severity, build_chain, check_chain, name_of
from hts.auth.der import INTEGER, OCTET_STRING, SEQUENCE, SET, Element, elements, oid, only
from hts.auth.errors import CertificateUnread, SignatureRefused

SIGNATURE_BYTES_MAX: Final = 16 << 10
CERTIFICATES_MAX: Final = 8
_DATA: Final = "1.2.840.113549.1.7.1"
_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
# What a signature algorithm says of its digest; None: what the SignerInfo says (RFC 3370 section 3.2).
_RSA: Final = {
    "1.2.840.113549.1.1.1": None,
    "1.2.840.113549.1.1.11": "sha256",
    "1.2.840.113549.1.1.12": "sha384",
    "1.2.840.113549.1.1.13": "sha512",
}
_ECDSA: Final = {
    "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384",
    "1.2.840.10045.4.3.4": "sha512",
}
# What a certificate may be for that signs orders: documents and mail, or to show who somebody is.
_DOCUMENTS: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_PURPOSES: Final = frozenset(
    {
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        _DOCUMENTS,
    }
)
_ZERO: Final = 0xA0  # [0], constructed
_ONE: Final = 0xA1
_VERSION_1: Final = b"\x01"
_NULL: Final = b"\x05\x00"


class Trust(Struct, frozen=True, kw_only=True):
    """Whose signatures are believed. With revocation lists, one whose revocation is not known is refused.

    `holder` is the subject that the signer must have, as `hts cert check` prints it; empty: anybody
    of these authorities.
    """

    authorities: tuple[x509.Certificate, ...]
    crls: tuple[x509.CertificateRevocationList, ...] = ()
    holder: str = ""


class _Signer(Struct, frozen=True, kw_only=True):
    """The one SignerInfo."""

    issuer_and_serial: bytes
    digest: hashes.HashAlgorithm
    attributes: bytes  # as they were signed: a SET
    content_type: str
    message_digest: bytes
    algorithm: str
    signature: bytes


class Signature(Struct, frozen=True, kw_only=True):
    """A signature that was read; nothing of it is proved yet."""

    certificates: tuple[x509.Certificate, ...]
    signer: _Signer


def checked_signer(identity: Identity) -> Identity:
    """The identity itself. Raises CertificateUnread for one that makes no such signatures."""
    if not isinstance(identity.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        kind = "none" if identity.key is None else type(identity.key).__name__
        raise CertificateUnread(
            f"{name_of(identity.certificate)}: expected an RSA or EC key to sign with, found {kind}"
        )
    return identity


def sign(identity: Identity, text: bytes) -> bytes:
    """The signature over `text`, with the signer's certificate and those between it and its authority."""
    key = checked_signer(identity).key
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey), key
    builder = PKCS7SignatureBuilder().set_data(text).add_signer(identity.certificate, key, hashes.SHA256())
    for certificate in identity.others:
        if certificate.issuer != certificate.subject:
            builder = builder.add_certificate(certificate)
    options = [PKCS7Options.DetachedSignature, PKCS7Options.Binary, PKCS7Options.NoCapabilities]
    return builder.sign(Encoding.DER, options)


def verify(signature: bytes, text: bytes, trust: Trust, now: datetime) -> x509.Certificate:
    """Who signed the text. Raises SignatureRefused."""
    try:
        read = read_signature(signature)
        certificate = _signer_of(read)
        _check_text(read.signer, text)
        _check_key(read.signer, certificate)
        _check_person(certificate, read.certificates, trust, now)
    except CertificateUnread as error:
        raise SignatureRefused(f"no CMS signature that can be read: {error}") from None
    except (*UNREADABLE, UnsupportedAlgorithm) as error:  # names, keys and times are read when they are asked for
        raise SignatureRefused(f"a certificate that cannot be read ({type(error).__name__})") from None
    return certificate


def read_signature(data: bytes) -> Signature:
    """The parts of a signature. Raises CertificateUnread for every other form."""
    if not 0 < len(data) <= SIGNATURE_BYTES_MAX:
        raise CertificateUnread(f"CMS: 1 to {SIGNATURE_BYTES_MAX} bytes expected, found {len(data)}")
    kind, explicit = _parts(only(data, SEQUENCE), 2, "ContentInfo")
    if oid(kind) != _SIGNED_DATA or explicit.tag != _ZERO:
        raise CertificateUnread("CMS: SignedData expected, found another content")
    signed = list(elements(only(explicit.content, SEQUENCE).content))
    if [one.tag for one in signed] != [INTEGER, SET, SEQUENCE, _ZERO, SET] or signed[0].content != _VERSION_1:
        raise CertificateUnread("SignedData: version 1 with certificates and without revocation lists expected")
    signer = _signer_info(only(signed[4].content, SEQUENCE))
    # What is not signed itself must not say anything else than what is.
    if [_DIGESTS.get(_algorithm(one)) for one in elements(signed[1].content)] != [signer.digest]:
        raise CertificateUnread("SignedData: the signer's digest expected, found others")
    content = list(elements(signed[2].content))
    if len(content) != 1 or oid(content[0]) != _DATA:
        raise CertificateUnread("SignedData: a signature beside plain data expected, found content within")
    found = list(elements(signed[3].content))
    if not 1 <= len(found) <= CERTIFICATES_MAX:
        raise CertificateUnread(f"SignedData: 1 to {CERTIFICATES_MAX} certificates expected, found {len(found)}")
    return Signature(
        certificates=tuple(_certificate(one) for one in found),
        signer=signer,
    )


def _parts(element: Element, count: int, what: str) -> list[Element]:
    found = list(elements(element.content))
    if len(found) != count:
        raise CertificateUnread(f"{what}: {count} parts expected, found {len(found)}")
    return found


def _certificate(element: Element) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(element.whole)
    except UNREADABLE:
        raise CertificateUnread("SignedData: a certificate expected, found something else") from None


def _signer_info(element: Element) -> _Signer:
    found = list(elements(element.content))
    if [one.tag for one in found] != [INTEGER, SEQUENCE, SEQUENCE, _ZERO, SEQUENCE, OCTET_STRING]:
        raise CertificateUnread("SignerInfo: one signer, by issuer and serial, with signed attributes expected")
    version, issuer_and_serial, digest, attributes, algorithm, signature = found
    if version.content != _VERSION_1:
        raise CertificateUnread("SignerInfo: version 1 expected")
    hashed = _DIGESTS.get(_algorithm(digest))
    if hashed is None:
        raise CertificateUnread(f"SignerInfo: SHA-256, 384 or 512 expected, found {_algorithm(digest)}")
    told = _attributes(attributes.content)
    return _Signer(
        issuer_and_serial=issuer_and_serial.content,
        digest=hashed,
        # RFC 5652 section 5.4: signed as a SET OF, sent under the tag [0].
        attributes=bytes([SET]) + attributes.whole[1:],
        content_type=oid(_value(told, _CONTENT_TYPE)),
        message_digest=_octets(_value(told, _MESSAGE_DIGEST)),
        algorithm=_algorithm(algorithm),
        signature=signature.content,
    )


def _algorithm(element: Element) -> str:
    """An algorithm that takes no parameters: none stand there, or NULL."""
    found = list(elements(element.content))
    if element.tag != SEQUENCE or [one.whole for one in found[1:]] not in ([], [_NULL]):
        raise CertificateUnread("SignerInfo: an algorithm without parameters expected, found others")
    return oid(found[0]) if found else ""


def _attributes(content: bytes) -> dict[str, list[Element]]:
    """Values by type; a type that stands twice is none of ours to choose from."""
    found: dict[str, list[Element]] = {}
    for one in elements(content):
        kind, values = _parts(one, 2, "attribute")
        name = oid(kind)
        if one.tag != SEQUENCE or values.tag != SET or name in found:
            raise CertificateUnread(f"attribute {name}: one SET of values expected")
        found[name] = list(elements(values.content))
    return found


def _value(told: dict[str, list[Element]], name: str) -> Element:
    values = told.get(name, [])
    if len(values) != 1:
        raise CertificateUnread(f"attribute {name}: one value expected, found {len(values)}")
    return values[0]


def _octets(element: Element) -> bytes:
    if element.tag != OCTET_STRING:
        raise CertificateUnread(f"messageDigest: an OCTET STRING expected, found tag {element.tag:#x}")
    return element.content


def _signer_of(read: Signature) -> x509.Certificate:
    for certificate in read.certificates:
        serial = certificate.serial_number
        number = serial.to_bytes(serial.bit_length() // 8 + 1, "big", signed=True)
        named = certificate.issuer.public_bytes() + bytes([INTEGER, len(number)]) + number
        if named == read.signer.issuer_and_serial:
            return certificate
    raise SignatureRefused("the signer's certificate expected with the signature, found others")


def _check_text(signer: _Signer, text: bytes) -> None:
    digest = hashes.Hash(signer.digest)
    digest.update(text)
    if signer.content_type != _DATA or digest.finalize() != signer.message_digest:
        raise SignatureRefused("the signature is over another text than the message's")


def _check_key(signer: _Signer, certificate: x509.Certificate) -> None:
    key, digest = certificate.public_key(), signer.digest
    try:
        if isinstance(key, rsa.RSAPublicKey) and _RSA.get(signer.algorithm, "") in (None, digest.name):
            key.verify(signer.signature, signer.attributes, PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and _ECDSA.get(signer.algorithm) == digest.name:
            key.verify(signer.signature, signer.attributes, ec.ECDSA(digest))
        else:
            raise SignatureRefused(f"signature algorithm {signer.algorithm} does not fit the certificate's key")
    except InvalidSignature:
        raise SignatureRefused("the signature was not made with the certificate's key") from None


def _check_person(
    certificate: x509.Certificate, others: Sequence[x509.Certificate], trust: Trust, now: datetime
) -> None:
    if trust.holder and name_of(certificate) != trust.holder:
        raise SignatureRefused(f"signed by {name_of(certificate)}; expected {trust.holder}")
    try:
        _check_usage(certificate)
    except UNREADABLE:
        raise SignatureRefused(f"{name_of(certificate)}: extensions that cannot be read") from None
    chain = build_chain(certificate, others, trust.authorities)
    worst = {Severity.REFUSE, Severity.NOTE} if trust.crls else {Severity.REFUSE}
    for finding in check_chain(chain, trust.authorities, trust.crls, now):
        if finding.severity in worst:
            raise SignatureRefused(f"{finding.subject}: {finding.text}")


def _check_usage(certificate: x509.Certificate) -> None:
    """RFC 5280 sections 4.2.1.3 and 4.2.1.12: where a certificate says what it is for, it is for nothing else."""
    for extension in certificate.extensions:
        match extension.value:
            case x509.KeyUsage() as usage:
                is_for = usage.digital_signature or usage.content_commitment
            case x509.ExtendedKeyUsage() as purposes:
                is_for = not _PURPOSES.isdisjoint(purposes)
            case _:
                continue
        if not is_for:
            raise SignatureRefused(f"{name_of(certificate)}: its key usage does not allow signatures")
