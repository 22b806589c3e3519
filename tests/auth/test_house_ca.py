"""Certificates of the house, judged by OpenSSL in a real handshake."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from hts.auth.certificates import check_chain, is_usable
from hts.auth.errors import CertificateUnread
from hts.auth.house_ca import HouseAuthority, Use, key_pem, new_key, read_key, read_request, request
from hts.auth.secrets import Secret

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def house():
    return HouseAuthority.create("HTS of the test", serial=1, now=NOW)


def issue(house, use, *, serial, now=NOW, hosts=()):
    key = new_key()
    return key, house.issue(key.public_key(), f"{use.value} {serial}", use, serial=serial, now=now, hosts=hosts)


def context(house, side, own, folder, *, crl=b""):
    """TLS 1.3 with one's own certificate, trusting this house alone and asking the other side for one."""
    made = ssl.SSLContext(side)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    key, certificate = own
    path = folder / f"{certificate.serial_number}.pem"
    path.write_bytes(key_pem(key).reveal().encode() + certificate.public_bytes(Encoding.PEM))
    made.load_cert_chain(path)
    trusted = folder / "house.pem"
    trusted.write_bytes(house.certificate_pem + crl)  # OpenSSL takes revocation lists from files alone
    made.load_verify_locations(cafile=trusted)
    made.verify_mode = ssl.CERT_REQUIRED
    if crl:
        made.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return made


def handshake(server, client, name="core.example"):
    """Both sides in memory. Returns whom the server saw; raises what OpenSSL raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = server.wrap_bio(to_server, to_client, server_side=True)
    here = client.wrap_bio(to_client, to_server, server_hostname=name)
    done = set()
    for _ in range(10):
        for side in (here, there):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
        if len(done) == 2:
            return dict(pair for part in there.getpeercert()["subject"] for pair in part)["commonName"]
    raise AssertionError("no end")


def test_core_and_terminal_know_each_other(house, tmp_path):
    core = issue(house, Use.SERVER, serial=2, hosts=("core.example", "127.0.0.1"))
    terminal = issue(house, Use.CLIENT, serial=3)
    crl = house.revocation_list([77], number=1, now=NOW)
    server = context(house, ssl.PROTOCOL_TLS_SERVER, core, tmp_path, crl=crl)
    client = context(house, ssl.PROTOCOL_TLS_CLIENT, terminal, tmp_path)
    assert handshake(server, client) == "client 3"
    assert handshake(server, client, "127.0.0.1") == "client 3"
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(server, client, "other.example")


def test_a_terminal_of_another_house_is_refused(house, tmp_path):
    other = HouseAuthority.create("HTS of the test", serial=1, now=NOW)
    core = issue(house, Use.SERVER, serial=2, hosts=("core.example",))
    stranger = issue(other, Use.CLIENT, serial=3)
    server = context(house, ssl.PROTOCOL_TLS_SERVER, core, tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, context(house, ssl.PROTOCOL_TLS_CLIENT, stranger, tmp_path))
    with pytest.raises(ssl.SSLCertVerificationError):  # and the terminal refuses a core of another house
        handshake(server, context(other, ssl.PROTOCOL_TLS_CLIENT, stranger, tmp_path))


def test_a_revoked_terminal_is_refused(house, tmp_path):
    core = issue(house, Use.SERVER, serial=2, hosts=("core.example",))
    terminal = issue(house, Use.CLIENT, serial=3)
    crl = house.revocation_list([3], number=2, now=NOW)
    server = context(house, ssl.PROTOCOL_TLS_SERVER, core, tmp_path, crl=crl)
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(server, context(house, ssl.PROTOCOL_TLS_CLIENT, terminal, tmp_path))


def test_a_core_is_no_terminal_and_a_terminal_no_core(house, tmp_path):
    core = issue(house, Use.SERVER, serial=2, hosts=("core.example",))
    terminal = issue(house, Use.CLIENT, serial=3, hosts=("core.example",))
    with pytest.raises(ssl.SSLCertVerificationError, match="unsuitable certificate purpose"):
        handshake(
            context(house, ssl.PROTOCOL_TLS_SERVER, core, tmp_path),
            context(house, ssl.PROTOCOL_TLS_CLIENT, core, tmp_path),
        )
    with pytest.raises(ssl.SSLCertVerificationError, match="unsuitable certificate purpose"):
        handshake(
            context(house, ssl.PROTOCOL_TLS_SERVER, terminal, tmp_path),
            context(house, ssl.PROTOCOL_TLS_CLIENT, core, tmp_path),
        )


def test_a_certificate_ends(house):
    _, certificate = issue(house, Use.CLIENT, serial=9)
    chain = (certificate, house.certificate)
    assert is_usable(check_chain(chain, [house.certificate], [], NOW + timedelta(days=396)))
    assert not is_usable(check_chain(chain, [house.certificate], [], NOW + timedelta(days=398)))


def test_the_authority_comes_back_from_certificate_and_key(house):
    again = HouseAuthority.load(house.certificate_pem, house.key)
    assert again.certificate == house.certificate
    other = HouseAuthority.create("x", serial=2, now=NOW)
    with pytest.raises(CertificateUnread, match="not the one of its certificate"):
        HouseAuthority.load(house.certificate_pem, other.key)
    with pytest.raises(CertificateUnread, match="expected PEM"):
        HouseAuthority.load(b"junk", house.key)
    assert "PRIVATE" not in repr(house) + repr(house.key)


def test_a_request_proves_possession():
    key = new_key()
    der = request(key, "desk")
    assert read_request(der) == key.public_key()
    forged = der[:-1] + bytes([der[-1] ^ 1])
    of_no_version = der.replace(b"\x02\x01\x00", b"\x02\x01\x07", 1)
    for bad in (
        b"",
        b"junk",
        forged,
        of_no_version,
        _request(rsa.generate_private_key(65537, 2048)),
        _request(ec.generate_private_key(ec.SECP384R1())),
    ):
        with pytest.raises(CertificateUnread, match="signing request"):
            read_request(bad)


def test_a_key_that_is_none_is_not_quoted():
    with pytest.raises(CertificateUnread) as fault:
        read_key(Secret("planted-private-key"))
    assert "planted" not in str(fault.value)


def _request(key):
    from cryptography.hazmat.primitives import hashes

    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([]))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
