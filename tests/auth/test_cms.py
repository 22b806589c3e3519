"""Signatures beside a text: made here and judged by OpenSSL, made by OpenSSL and judged here; and what is refused."""

import subprocess
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.auth.certificates import Identity, read_certificates
from hts.auth.cms import SIGNATURE_BYTES_MAX, Trust, checked_signer, read_signature, sign, verify
from hts.auth.errors import CertificateUnread, SignatureRefused
from tests.support.authority import NOW, Authority

TEXT = b"8=FIX.4.4\x0135=D\x0134=7\x0149=HTS01-OE44\x0155=005930\x01"
ROOT = Authority.root()
MIDDLE = ROOT.issue("Middle", is_authority=True)
KIM = MIDDLE.issue("Kim")
CRLS = (ROOT.crl(), MIDDLE.crl())
TRUST = Trust(authorities=(ROOT.certificate,), crls=CRLS, holder="CN=Kim")


def of(person, *others):
    return Identity(person.certificate, person.key, tuple(one.certificate for one in (others or (MIDDLE,))))


SIGNATURE = sign(of(KIM), TEXT)


def why(signature=SIGNATURE, text=TEXT, trust=TRUST, now=NOW):
    """The refusal's words; empty where the signature is believed."""
    try:
        verify(signature, text, trust, now)
    except SignatureRefused as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("key", [None, rsa.generate_private_key(65537, 2048)], ids=["EC", "RSA"])
def test_a_signature_is_believed_for_its_text_alone(key):
    person = MIDDLE.issue("Kim", key=key)
    signature = sign(of(person), TEXT)
    assert verify(signature, TEXT, TRUST, NOW) == person.certificate
    for text in (TEXT + b" ", TEXT.replace(b"34=7", b"34=8"), b""):
        assert why(signature, text) == "the signature is over another text than the message's"


def test_whose_certificate_it_is_and_whether_it_holds_now_are_looked_at():
    late = NOW + timedelta(days=366)
    revoked = (ROOT.crl(), MIDDLE.crl(KIM))
    lee = sign(of(MIDDLE.issue("Lee")), TEXT)
    stranger_root = Authority.root("Middle")
    stranger = sign(of(stranger_root.issue("Kim"), stranger_root), TEXT)
    encipherer = sign(of(MIDDLE.issue("Kim", usage=("key_encipherment",))), TEXT)
    alone = sign(Identity(KIM.certificate, KIM.key, ()), TEXT)
    assert why(lee) == "signed by CN=Lee; expected CN=Kim"
    assert why(stranger) == "CN=Kim: no trusted issuer CN=Middle"
    assert why(now=late).startswith("CN=Kim: expired on 2027-03-02")
    assert why(now=NOW - timedelta(days=400)).startswith("CN=Kim: not valid before")
    assert why(trust=Trust(authorities=TRUST.authorities, crls=revoked)).startswith("CN=Kim: revoked on 2026-03-01")
    assert "revocation is not known" in why(now=NOW + timedelta(days=8))  # the lists are out of date
    assert why(encipherer) == "CN=Kim: its key usage does not allow signatures"
    assert why(alone) == "CN=Kim: no trusted issuer CN=Middle"
    # Anybody of the authority, and no lists: revocation is not asked for.
    assert why(lee, trust=Trust(authorities=TRUST.authorities)) == ""


def test_a_key_that_is_not_the_certificate_s_is_found_out():
    forged = sign(Identity(KIM.certificate, MIDDLE.issue("Kim").key, (MIDDLE.certificate,)), TEXT)
    assert why(forged) == "the signature was not made with the certificate's key"


def test_a_key_that_makes_no_such_signatures_is_refused_before_any_order():
    for key in (None, ed25519.Ed25519PrivateKey.generate()):
        with pytest.raises(CertificateUnread, match="expected an RSA or EC key to sign with"):
            checked_signer(Identity(KIM.certificate, key, ()))


def test_every_cut_and_every_changed_byte_is_refused():
    for size in range(0, len(SIGNATURE), 7):
        assert why(SIGNATURE[:size])
    for at in range(0, len(SIGNATURE), 5):
        changed = bytearray(SIGNATURE)
        changed[at] ^= 0x41
        # The chain's other certificate may be broken and found among the trusted ones; nothing else may.
        assert why(bytes(changed)), at


def strange(*extensions, serial=None):
    """A signature with a certificate that somebody has made himself."""
    key, builder = KIM.key, x509.CertificateBuilder(extensions=list(extensions))
    builder = builder.subject_name(KIM.certificate.subject).issuer_name(MIDDLE.certificate.subject)
    builder = builder.public_key(key.public_key()).serial_number(serial or 5)
    builder = builder.not_valid_before(NOW - timedelta(1)).not_valid_after(NOW + timedelta(1))
    return sign(Identity(builder.sign(key, SHA256()), key, ()), TEXT)


def raw(kind, value):
    return x509.Extension(kind.oid, False, x509.UnrecognizedExtension(kind.oid, bytes.fromhex(value)))


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_a_certificate_that_nobody_can_read_is_refused_in_words():
    der = KIM.certificate.public_bytes(Encoding.DER)
    at = der.index(bytes.fromhex("a003020102")) + 4
    of_no_version = der[:at] + b"\x07" + der[at + 1 :]
    below_zero = strange(serial=0x7F11).replace(b"\x02\x02\x7f\x11", b"\x02\x02\x8f\x11")
    twice = [x509.Extension(x509.BasicConstraints.oid, False, x509.BasicConstraints(False, None))] * 2
    assert why(SIGNATURE.replace(der, of_no_version)) == (
        "no CMS signature that can be read: SignedData: a certificate expected, found something else"
    )
    assert why(below_zero) == "CN=Kim: no trusted issuer CN=Middle"
    assert why(strange(*twice)) == "CN=Kim: extensions that cannot be read"
    assert why(strange(raw(x509.SubjectAlternativeName, "3004a3023000"))) == "CN=Kim: extensions that cannot be read"
    assert why(strange(raw(x509.KeyUsage, "0500"))) == "CN=Kim: extensions that cannot be read"
    with pytest.raises(CertificateUnread, match="expected a certificate in PEM or DER"):
        read_certificates(of_no_version)


@pytest.mark.parametrize(
    ("purposes", "is_believed"),
    [
        ((ExtendedKeyUsageOID.SERVER_AUTH,), False),
        ((ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING), False),
        ((ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH), True),
        ((ExtendedKeyUsageOID.EMAIL_PROTECTION,), True),
        ((ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,), True),
    ],
)
def test_a_certificate_for_something_else_signs_no_orders(purposes, is_believed):
    person = MIDDLE.issue("Kim", extra=x509.ExtendedKeyUsage(purposes))
    words = "" if is_believed else "CN=Kim: its key usage does not allow signatures"
    assert why(sign(of(person), TEXT)) == words


def test_a_digest_of_another_kind_is_no_digest():
    person = MIDDLE.issue("Kim", key=rsa.generate_private_key(65537, 2048))
    good = sign(of(person), TEXT)
    signer = read_signature(good).signer
    attributes = signer.attributes.replace(b"\x04\x20" + signer.message_digest, b"\x0c\x20" + signer.message_digest)
    made = person.key.sign(attributes, PKCS1v15(), SHA256())
    forged = good.replace(signer.attributes[1:], attributes[1:]).replace(signer.signature, made)
    assert forged != good and "an OCTET STRING expected, found tag 0xc" in why(forged)


@given(st.binary(max_size=200), st.integers(0, len(SIGNATURE)))
@settings(max_examples=60, deadline=None)
def test_nonsense_is_a_refusal_and_nothing_else(noise, at):
    assert why(SIGNATURE[:at] + noise + SIGNATURE[at + len(noise) :]) or noise in SIGNATURE
    assert why(noise)


def test_what_is_too_long_is_not_looked_at():
    with pytest.raises(CertificateUnread, match=f"1 to {SIGNATURE_BYTES_MAX} bytes expected"):
        read_signature(b"0" * (SIGNATURE_BYTES_MAX + 1))


# -- OpenSSL as the other side


def pem(*parts):
    return b"".join(one.public_bytes(Encoding.PEM) for one in parts)


def openssl(folder, *words):
    return subprocess.run(["openssl", "cms", *words], cwd=folder, capture_output=True, check=False)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "text").write_bytes(TEXT)
    (tmp_path / "root.pem").write_bytes(pem(ROOT.certificate))
    (tmp_path / "middle.pem").write_bytes(pem(MIDDLE.certificate))
    (tmp_path / "kim.pem").write_bytes(pem(KIM.certificate))
    key = KIM.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "kim.key").write_bytes(key)
    return tmp_path


VERIFY = ("-verify", "-binary", "-inform", "DER", "-in", "sig", "-CAfile", "root.pem", "-purpose", "any")
AT = ("-attime", str(int(NOW.timestamp())))


def test_openssl_believes_what_is_signed_here_and_refuses_it_for_another_text(folder):
    (folder / "sig").write_bytes(SIGNATURE)
    assert openssl(folder, *VERIFY, *AT, "-content", "text", "-out", "out").returncode == 0
    assert (folder / "out").read_bytes() == TEXT
    (folder / "text").write_bytes(TEXT + b"more")
    assert openssl(folder, *VERIFY, *AT, "-content", "text", "-out", "out").returncode != 0


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_what_openssl_signs_is_believed_here(folder, digest):
    words = ("-sign", "-binary", "-outform", "DER", "-in", "text", "-signer", "kim.pem", "-inkey", "kim.key")
    done = openssl(folder, *words, "-certfile", "middle.pem", "-md", digest, "-out", "sig")
    assert done.returncode == 0, done.stderr
    signature = (folder / "sig").read_bytes()
    assert why(signature) == ""
    assert why(signature, TEXT[:-1]) == "the signature is over another text than the message's"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-nodetach",), "a signature beside plain data expected, found content within"),
        (("-nocerts",), "the signer's certificate expected with the signature"),
        (("-noattr",), "with signed attributes expected"),
        (("-md", "sha1"), "SHA-256, 384 or 512 expected"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_other_forms_of_cms_are_refused_by_name(folder, words, said):
    base = ("-sign", "-binary", "-outform", "DER", "-in", "text", "-signer", "kim.pem", "-inkey", "kim.key")
    done = openssl(folder, *base, "-certfile", "middle.pem", *words, "-out", "sig")
    assert done.returncode == 0, done.stderr
    assert said in why((folder / "sig").read_bytes())
