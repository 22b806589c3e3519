"""Primary, backup and back over real sockets: one venue behind two hosts, plain and encrypted."""

import asyncio
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from hts.app.core_shell import VenueLine
from hts.app.gateway_use import tls_context
from hts.app.krx_gateway import GatewaySettings, Host
from hts.auth.secrets import Secret
from hts.base.errors import ConfigError
from hts.gateway.actions import Dial, Hangup
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.gateway.redial import RedialPlan
from hts.io import loop
from hts.io.tcp import TcpClient
from hts.model.reports import ExecutionReport, SessionDown, SessionUp
from hts.model.requests import StartSession
from tests.support.wire_ums import LAYOUT, MS, PASSWORD, TRADE_NS, a_venue, an_execution

HOST = "127.0.0.1"
NAME = "fep.example.kr"
PATIENCE_S = 10


class VenueHost:
    """One address of the venue; all hosts speak for the same session."""

    def __init__(self, session, tls=None):
        self.session = session
        self.tls = tls
        self.port = 0
        self.peers = 0
        self._server = None
        self._writers = []

    async def open(self):
        self._server = await asyncio.start_server(self._serve, HOST, self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self):
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader, writer):
        self.peers += 1
        self._writers.append(writer)
        self.session.connected(TRADE_NS, time.monotonic_ns())
        try:
            while data := await reader.read(65536):
                self.session.receive_data(data, TRADE_NS, time.monotonic_ns())
                writer.write(self.session.data_to_send())
        except ConnectionError:
            pass
        self.session.disconnected()

    def say(self, message):
        self.session.send(message, TRADE_NS, time.monotonic_ns())
        self._writers[-1].write(self.session.data_to_send())


class Member:
    """The gateway with its real line."""

    def __init__(self, hosts, tls=None, server_name=""):
        plan = RedialPlan(hosts=len(hosts), tries=2, delay_ns=20 * MS, slow_ns=100 * MS)
        self.gateway = KrxUmsGateway(LAYOUT, UmsConfig(comp_id="HTS01", password=PASSWORD, redial=plan))
        addresses = [(HOST, host.port) for host in hosts]
        self.line = TcpClient(VenueLine(self._changed), addresses, tls=tls, server_name=server_name)
        self.reports = []
        self.dialled = []
        self._timer = None
        self._news = asyncio.Event()

    def start(self):
        request = StartSession(epoch=3, next_in_seq=1, cancel_on_disconnect=False)
        self.gateway.send(request, TRADE_NS, time.monotonic_ns())
        self.settle()

    def stop(self):
        if self._timer is not None:
            self._timer.cancel()
        self.line.stop()

    async def sees(self, kind, count):
        async with asyncio.timeout(PATIENCE_S):
            while sum(isinstance(report, kind) for report in self.reports) < count:
                self._news.clear()
                await self._news.wait()

    def _changed(self, change):
        now = time.monotonic_ns()
        if change is None:
            self.gateway.connected(TRADE_NS, now)
        elif isinstance(change, str):
            self.gateway.disconnected(change, TRADE_NS, now)
        else:
            self.gateway.receive_data(change, TRADE_NS, now)
        self.settle()

    def settle(self):
        while (event := self.gateway.next_event()) is not None:
            if isinstance(event, Dial):
                self.dialled.append(event.host)
                self.line.dial(event.host)
            elif isinstance(event, Hangup):
                self.line.hangup(event.reason)
            else:
                self.reports.append(event)
                self._news.set()
        self.line.send(self.gateway.data_to_send())
        due = self.gateway.next_timer_ns()
        if self._timer is not None:
            self._timer.cancel()
        if due is not None:
            wait_s = max(0, due - time.monotonic_ns()) / 1e9
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._on_timer)

    def _on_timer(self):
        self.gateway.on_timer(TRADE_NS, time.monotonic_ns())
        self.settle()


async def a_game(tls_of_host=None, tls_of_member=None):
    venue = a_venue()
    primary, backup = VenueHost(venue, tls_of_host), VenueHost(venue, tls_of_host)
    await primary.open()
    await backup.open()
    member = Member([primary, backup], tls_of_member)
    member.start()
    await member.sees(SessionUp, 1)
    return primary, backup, member


def seqs(member):
    return [report.venue_seq for report in member.reports if isinstance(report, ExecutionReport)]


async def play_failover(primary, backup, member):
    """The primary dies, the backup carries on from the next number, and the primary again when the backup dies."""
    primary.say(an_execution(1))
    await member.sees(ExecutionReport, 1)
    await primary.close()
    primary.session.send(an_execution(2), TRADE_NS, time.monotonic_ns())  # said while nobody listens
    await member.sees(SessionUp, 2)
    await member.sees(ExecutionReport, 2)
    assert (member.dialled[-1], backup.peers) == (1, 1)
    await primary.open()
    await backup.close()
    await member.sees(SessionUp, 3)
    primary.say(an_execution(3))
    await member.sees(ExecutionReport, 3)
    assert (member.dialled[-1], primary.peers) == (0, 2)
    assert seqs(member) == [1, 2, 3]
    assert sum(isinstance(report, SessionDown) for report in member.reports) >= 2
    member.stop()
    await primary.close()


def test_from_the_primary_to_the_backup_and_back_without_a_gap():
    async def scenario():
        await play_failover(*await a_game())

    loop.run(scenario())


# -- encrypted, with a certificate of the member's


def certified(name, issuer=None, *, is_authority=False, days=(-1, 1)):
    """(key, certificate)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer_key, issuer_name = (issuer[0], issuer[1].subject) if issuer else (key, subject)
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST)), x509.DNSName(NAME)]), critical=False
        )
    )
    return key, builder.sign(issuer_key, hashes.SHA256())


class Keychain:
    """The passphrase's place."""

    label = "test"

    def __init__(self, **secrets):
        self._secrets = {f"krx_gateway.{name}": Secret(text) for name, text in secrets.items()}

    def get(self, name):
        return self._secrets.get(name)


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """An authority, a venue's host with its certificate, and a member's PKCS#12 file."""
    home = tmp_path_factory.mktemp("papers")
    authority = certified("authority", is_authority=True)
    (home / "ca.pem").write_bytes(authority[1].public_bytes(Encoding.PEM))
    (home / "ca.key").write_bytes(authority[0].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key, certificate = certified("venue", authority)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    (home / "venue.pem").write_bytes(pem)
    key, certificate = certified("member", authority)
    data = pkcs12.serialize_key_and_certificates(
        b"m", key, certificate, None, BestAvailableEncryption(b"in the keychain")
    )
    (home / "member.p12").write_bytes(data)
    return home


def settings(**fields):
    values = {"hosts": (Host(host=HOST, port=1),), "uses_tls": True, "certificate": "member.p12", "ca_file": "ca.pem"}
    return GatewaySettings(**{**values, **fields})


def venue_tls(papers):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=papers / "ca.pem")
    context.load_cert_chain(papers / "venue.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def test_the_same_with_tls_and_the_members_certificate(papers):
    member_tls = tls_context(settings(), Keychain(pkcs12="in the keychain"), papers)

    async def scenario():
        await play_failover(*await a_game(venue_tls(papers), member_tls))

    loop.run(scenario())


def test_a_member_without_a_certificate_is_not_let_in(papers):
    bare = tls_context(settings(certificate=""), None, papers)

    async def scenario():
        venue = a_venue()
        host = VenueHost(venue, venue_tls(papers))
        await host.open()
        member = Member([host], bare)
        member.start()
        await member.sees(SessionDown, 1)
        assert not any(isinstance(report, SessionUp) for report in member.reports)
        member.stop()
        await host.close()

    loop.run(scenario())


async def first_heard(context, papers, server_name=""):
    """The kind of the first report that a member with this context has of a venue's host."""
    host = VenueHost(a_venue(), venue_tls(papers))
    await host.open()
    member = Member([host], context, server_name)
    member.start()
    try:
        await member.sees((SessionUp, SessionDown), 1)
    finally:
        member.stop()
        await host.close()
    return next(type(one) for one in member.reports if isinstance(one, SessionUp | SessionDown))


@pytest.mark.parametrize(("revokes", "heard"), [(False, SessionUp), (True, SessionDown)])
def test_a_venue_whose_certificate_was_revoked_is_not_spoken_with(papers, revokes, heard):
    _, _, certificate = (papers / "venue.pem").read_bytes().partition(b"-----END PRIVATE KEY-----\n")
    venue = x509.load_pem_x509_certificate(certificate)
    now = datetime.now(UTC)
    builder = x509.CertificateRevocationListBuilder().issuer_name(venue.issuer)
    builder = builder.last_update(now - timedelta(hours=1)).next_update(now + timedelta(hours=1))
    if revokes:
        entry = x509.RevokedCertificateBuilder().serial_number(venue.serial_number).revocation_date(now)
        builder = builder.add_revoked_certificate(entry.build())
    crl = builder.sign(load_pem_private_key((papers / "ca.key").read_bytes(), None), hashes.SHA256())
    both = (papers / "ca.pem").read_bytes() + crl.public_bytes(Encoding.PEM)
    (papers / f"both-{revokes}.pem").write_bytes(both)
    context = tls_context(settings(ca_file=f"both-{revokes}.pem"), Keychain(pkcs12="in the keychain"), papers)
    assert loop.run(first_heard(context, papers)) is heard


@pytest.mark.parametrize(("name", "heard"), [("", SessionUp), (NAME, SessionUp), ("other.example.kr", SessionDown)])
def test_the_venues_certificate_is_for_the_name_that_the_file_gives(papers, name, heard):
    context = tls_context(settings(server_name=name), Keychain(pkcs12="in the keychain"), papers)
    assert loop.run(first_heard(context, papers, name)) is heard


def test_a_certificate_of_ours_that_has_ended_is_not_shown(papers):
    key, certificate = certified("late", days=(-9, -1))
    data = pkcs12.serialize_key_and_certificates(b"m", key, certificate, None, BestAvailableEncryption(b"p"))
    (papers / "late.p12").write_bytes(data)
    with pytest.raises(ConfigError, match="cannot be shown to the exchange: CN=late: expired"):
        tls_context(settings(certificate="late.p12"), Keychain(pkcs12="p"), papers)


def test_no_tls_is_no_context(papers):
    assert tls_context(settings(uses_tls=False), None, papers) is None


@pytest.mark.parametrize(
    ("fields", "store", "sentence"),
    [
        ({}, None, "expected its passphrase in the keychain; run hts secret set krx_gateway.pkcs12"),
        ({}, Keychain(), "expected its passphrase in the keychain"),
        ({"certificate": "gone.p12"}, Keychain(pkcs12="x"), "gone.p12: No such file or directory"),
    ],
)
def test_what_is_missing_is_said(fields, store, sentence, papers):
    with pytest.raises(ConfigError) as error:
        tls_context(settings(**fields), store, papers)
    assert sentence in str(error.value)
