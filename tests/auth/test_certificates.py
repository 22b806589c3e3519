"""Certificates of an authority made for the test: whole chains pass, everything else is named."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from hts.auth.certificates import (
    WARN_DAYS,
    Identity,
    Severity,
    build_chain,
    check_chain,
    check_identity,
    is_usable,
    read_certificates,
    read_crl,
    read_pkcs12,
)
from hts.auth.errors import CertificateUnread
from hts.auth.secrets import Secret
from tests.support.authority import NOW, YEAR, Authority

PASSPHRASE = Secret("planted-p12-passphrase")
PEM = serialization.Encoding.PEM


class Tree:
    """A root, an authority under it, a person under that, and current lists of both."""

    def __init__(self, **person):
        self.root = Authority.root()
        self.middle = self.root.issue("Middle", is_authority=True)
        self.kim = self.middle.issue("Kim", **person)
        self.crls = [self.root.crl(), self.middle.crl()]

    def findings(self, now=NOW, crls=None, pool=None, trusted=None):
        trusted = [self.root.certificate] if trusted is None else trusted
        chain = build_chain(self.kim.certificate, [self.middle.certificate] if pool is None else pool, trusted)
        found = check_chain(chain, trusted, self.crls if crls is None else crls, now)
        return [(one.severity, one.subject, one.text) for one in found]


def a_pkcs12(tree, key=None, passphrase=PASSPHRASE):
    protection = serialization.BestAvailableEncryption(passphrase.reveal().encode())
    others = [tree.middle.certificate]
    return pkcs12.serialize_key_and_certificates(b"kim", key or tree.kim.key, tree.kim.certificate, others, protection)


def test_a_whole_chain_in_its_time_and_not_revoked_has_no_findings():
    assert Tree().findings() == []


def test_a_pkcs12_file_is_read_with_its_chain_and_its_key_is_not_shown():
    tree = Tree()
    identity = read_pkcs12(a_pkcs12(tree), PASSPHRASE)
    assert (identity.certificate, identity.others) == (tree.kim.certificate, (tree.middle.certificate,))
    assert repr(identity) == "Identity('CN=Kim', with key)"
    assert check_identity(identity, [tree.root.certificate], tree.crls, NOW) == ()


def test_a_wrong_passphrase_and_every_cut_of_the_file_are_refused_without_the_passphrase():
    data = a_pkcs12(Tree())
    wrong = Secret("planted-another")
    cases = [(data, wrong), (data, None), (b"", PASSPHRASE), *((data[:size], PASSPHRASE) for size in range(1, 900, 90))]
    for bad, passphrase in cases:
        with pytest.raises(CertificateUnread) as caught:
            read_pkcs12(bad, passphrase)
        assert "planted" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_a_key_of_another_certificate_and_no_key_at_all_are_refused():
    tree = Tree()
    stranger = ec.generate_private_key(ec.SECP256R1())
    for key, text in ((stranger, "the private key is another certificate's"), (None, "the file holds no private key")):
        identity = Identity(tree.kim.certificate, key, (tree.middle.certificate,))
        found = check_identity(identity, [tree.root.certificate], tree.crls, NOW)
        assert [str(one) for one in found] == [f"refuse: CN=Kim: {text}"]


def test_time_is_judged_at_both_ends_and_an_end_that_is_near_is_a_warning():
    start, end = NOW, NOW + timedelta(days=100)
    tree = Tree(start=start, end=end)
    judged = {
        now: tree.findings(now, crls=[tree.root.crl(end=NOW + YEAR), tree.middle.crl(end=NOW + YEAR)])
        for now in (
            start - timedelta(seconds=1),
            start,
            end - timedelta(days=WARN_DAYS, seconds=1),
            end - timedelta(days=WARN_DAYS),
            end,
            end + timedelta(seconds=1),
        )
    }
    assert [[(severity, text.split(",")[0]) for severity, _, text in found] for found in judged.values()] == [
        [(Severity.REFUSE, "not valid before 2026-03-02 00:00")],
        [],
        [],
        [(Severity.WARN, "expires in 30 days")],
        [(Severity.WARN, "expires in 0 days")],
        [(Severity.REFUSE, "expired on 2026-06-10 00:00")],
    ]


def test_revoked_certificates_are_refused_at_every_depth():
    tree = Tree()
    revoked = [(Severity.REFUSE, "CN=Kim", "revoked on 2026-03-01 00:00")]
    assert tree.findings(crls=[tree.root.crl(), tree.middle.crl(tree.kim)]) == revoked
    above = [(Severity.REFUSE, "CN=Middle", "revoked on 2026-03-01 00:00")]
    assert tree.findings(crls=[tree.root.crl(tree.middle), tree.middle.crl()]) == above
    # Out of date, the list still knows what was revoked.
    late = NOW + timedelta(days=30)
    assert tree.findings(late, crls=[tree.middle.crl(tree.kim)])[0][2] == "revoked on 2026-03-01 00:00"


def test_without_a_good_list_revocation_is_not_known_and_that_is_said():
    tree = Tree()
    forger = Authority(tree.middle.certificate, ec.generate_private_key(ec.SECP256R1()))
    partial = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
    for lists, why in (
        ([], "no revocation list of its issuer"),
        ([forger.crl(tree.kim)], "no revocation list of its issuer"),
        ([Authority.root("Middle").crl(tree.kim)], "no revocation list of its issuer"),
        ([tree.middle.crl(end=NOW - timedelta(hours=1))], "its revocation lists are out of date or partial"),
        ([tree.middle.crl(extension=partial)], "its revocation lists are out of date or partial"),
    ):
        found = tree.findings(crls=[tree.root.crl(), *lists])
        assert found == [(Severity.NOTE, "CN=Kim", f"revocation is not known: {why}")]


def test_a_list_of_an_authority_that_may_not_sign_lists_does_not_count():
    tree = Tree()
    tree.middle = tree.root.issue("Middle", is_authority=True, usage=("key_cert_sign",))
    tree.kim = tree.middle.issue("Kim")
    assert tree.findings(crls=[tree.root.crl(), tree.middle.crl(tree.kim)]) == [
        (Severity.NOTE, "CN=Kim", "revocation is not known: no revocation list of its issuer")
    ]


def test_an_unknown_issuer_or_a_false_one_of_the_same_name_is_refused():
    tree = Tree()
    stop = [(Severity.REFUSE, "CN=Kim", "no trusted issuer CN=Middle")]
    assert tree.findings(pool=[]) == stop
    false_root = Authority.root()
    assert tree.findings(trusted=[false_root.certificate])[-1] == (
        Severity.REFUSE,
        "CN=Middle",
        "no trusted issuer CN=Root",
    )
    assert tree.findings(pool=[Authority.root("Middle").certificate]) == stop
    assert tree.findings(trusted=[])[-1][0] is Severity.REFUSE


def test_who_is_no_authority_cannot_issue():
    root = Authority.root()
    for options, text in (
        ({"is_authority": False}, "issued a certificate and is no authority"),
        (
            {"extra": x509.BasicConstraints(ca=False, path_length=None), "usage": ("key_cert_sign", "crl_sign")},
            "issued a certificate and is no authority",
        ),
        (
            {"is_authority": True, "usage": ("digital_signature", "crl_sign")},
            "its key usage does not allow signing certificates",
        ),
    ):
        middle = root.issue("Middle", **options)
        kim = middle.issue("Kim")
        trusted = [root.certificate]
        chain = build_chain(kim.certificate, [middle.certificate], trusted)
        found = check_chain(chain, trusted, [root.crl(), middle.crl()], NOW)
        assert (Severity.REFUSE, "CN=Middle", text) in [(one.severity, one.subject, one.text) for one in found]
        assert not is_usable(found)


def test_a_path_longer_than_allowed_is_refused():
    root = Authority.root(path_length=0)
    middle = root.issue("Middle", is_authority=True)
    kim = middle.issue("Kim")
    chain = build_chain(kim.certificate, [middle.certificate], [root.certificate])
    found = check_chain(chain, [root.certificate], [root.crl(), middle.crl()], NOW)
    assert [str(one) for one in found] == ["refuse: CN=Root: path length: at most 0 expected, found 1"]


def test_an_unknown_critical_extension_is_refused():
    extra = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.410.200004.7"), b"\x05\x00")
    assert Tree(extra=extra).findings() == [
        (Severity.REFUSE, "CN=Kim", "critical extension 1.2.410.200004.7 is not understood")
    ]


def test_a_short_key_is_refused():
    assert Tree(key=rsa.generate_private_key(65537, 1024)).findings() == [
        (Severity.REFUSE, "CN=Kim", "RSA key: expected 2048 bits or more, found 1024")
    ]


def test_a_signature_over_a_broken_digest_is_named():
    root = Authority.root()
    middle = root.issue("Middle", is_authority=True, key=rsa.generate_private_key(65537, 2048))
    der = middle.issue("Kim").certificate.public_bytes(serialization.Encoding.DER)
    with_sha256, with_sha1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    assert der.count(with_sha256) == 2
    (kim,) = read_certificates(der.replace(with_sha256, with_sha1))
    chain = build_chain(kim, [middle.certificate], [root.certificate])
    assert [str(one) for one in check_chain(chain, [root.certificate], [], NOW)] == [
        "refuse: CN=Kim: signed over sha1, which is broken",
        "refuse: CN=Kim: no trusted issuer CN=Middle",
    ]


def test_a_circle_of_issuers_ends():
    one = Authority.root("One")
    two = one.issue("Two", is_authority=True)
    crossed = two.issue("One", is_authority=True, key=one.key)
    kim = two.issue("Kim")
    chain = build_chain(kim.certificate, [two.certificate, crossed.certificate], [])
    assert [certificate.subject.rfc4514_string() for certificate in chain] == ["CN=Kim", "CN=Two", "CN=One"]


def test_pem_and_der_are_read_and_others_refused():
    tree = Tree()
    both = tree.kim.certificate.public_bytes(PEM) + tree.middle.certificate.public_bytes(PEM)
    assert read_certificates(both) == (tree.kim.certificate, tree.middle.certificate)
    der = serialization.Encoding.DER
    assert read_certificates(tree.kim.certificate.public_bytes(der)) == (tree.kim.certificate,)
    assert [read_crl(tree.crls[0].public_bytes(one)) for one in (PEM, der)] == [tree.crls[0]] * 2
    for read in (read_certificates, read_crl):
        for data in (b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nxx", both[:200]):
            with pytest.raises(CertificateUnread):
                read(data)
