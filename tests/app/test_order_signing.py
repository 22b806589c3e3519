"""Signed orders as a user sets them up: a PKCS#12 file, its passphrase in the secret store, a venue that asks."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from hts.app.config import load_config
from hts.app.core_gateways import order_gateway
from hts.app.order_signing import order_judge, order_signer
from hts.app.paths import home_paths
from hts.auth.secrets import Secret
from hts.base.errors import ConfigError
from hts.model.enums import OrdStatus, Side
from tests.support.auth import MemoryStore
from tests.support.authority import Authority
from tests.support.live_market import LiveMarket

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
TIMES = {"start": NOW - 30 * DAY, "end": NOW + 90 * DAY}
WALL_NS = int(NOW.timestamp()) * 10**9
PASSPHRASE = "planted-signing-passphrase"
FIX = '[venue]\norder_protocol = "fix44"\nvenues = ["KRX"]\n'
SIGNING = '[signing.KRX]\ncertificate = "kim.p12"\nauthorities = "ca.pem"\nrevocation = ["ca.crl"]\nholder = "CN=Kim"\n'


def write_files(home, person_times=None, revokes=False):
    root = Authority.root(**TIMES)
    kim = root.issue("Kim", **(person_times or TIMES))
    protection = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    file = pkcs12.serialize_key_and_certificates(b"kim", kim.key, kim.certificate, None, protection)
    (home / "kim.p12").write_bytes(file)
    (home / "ca.pem").write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))
    crl = root.crl(*([kim] if revokes else []), start=NOW - DAY, end=NOW + 30 * DAY)
    (home / "ca.crl").write_bytes(crl.public_bytes(serialization.Encoding.PEM))


def settings(home, text=FIX + SIGNING):
    paths = home_paths(home)
    paths.config.write_text(text, encoding="utf-8")
    return paths, load_config(paths.config)


def a_store(passphrase=PASSPHRASE):
    store = MemoryStore()
    if passphrase:
        store.put("signing.krx", Secret(passphrase))
    return store


def test_what_the_core_signs_the_venue_of_the_same_settings_believes(tmp_path):
    write_files(tmp_path)
    paths, config = settings(tmp_path)
    sign = order_signer(paths, "KRX", config.signing["KRX"], a_store())
    judge = order_judge(paths, config.signing["KRX"])
    assert judge(b"text", sign(b"text"), WALL_NS) == ""
    assert "another text" in judge(b"other", sign(b"text"), WALL_NS)
    assert "expired" in judge(b"text", sign(b"text"), WALL_NS + 91 * 86_400 * 10**9)


@pytest.mark.parametrize(
    ("files", "store", "said"),
    [
        (
            {"person_times": {"start": NOW - 9 * DAY, "end": NOW - DAY}},
            a_store(),
            "cannot sign orders to KRX: CN=Kim: exp",
        ),
        ({"revokes": True}, a_store(), "cannot sign orders to KRX: CN=Kim: revoked"),
        ({}, a_store(""), "run hts secret set signing.krx"),
    ],
    ids=["expired", "revoked", "no passphrase"],
)
def test_a_core_that_could_not_sign_does_not_start(tmp_path, files, store, said):
    write_files(tmp_path, **files)
    paths, config = settings(tmp_path)
    with pytest.raises(ConfigError, match=said):
        order_signer(paths, "KRX", config.signing["KRX"], store)


def test_a_protocol_that_cannot_say_it_and_settings_that_mean_nothing_are_refused(tmp_path):
    _, config = settings(tmp_path, SIGNING)
    with pytest.raises(ConfigError, match=r"signing\.KRX: expected orders over FIX"):
        order_gateway("KRX", config.venue, "1", None, None, running="", book_ids=dict, sign=lambda text: text)
    for text, said in (
        ("[signing.XXX]\n", r"signing\.XXX: expected one of KRX"),
        ('[signing.KRX]\nholder = "CN=Kim"\n', "expected authorities beside holder"),
    ):
        with pytest.raises(ConfigError, match=said):
            settings(tmp_path, text)


class SigningMarket(LiveMarket):
    """A paper market that takes signed orders alone, and a core whose settings name a certificate."""

    def __init__(self, home):
        super().__init__(home, live=False)
        write_files(home)
        self.paths.config.write_text(FIX + SIGNING, encoding="utf-8")
        self.store.put("signing.krx", Secret(PASSPHRASE))


@pytest.mark.processes
def test_processes_trade_with_signed_orders(tmp_path):
    market = SigningMarket(tmp_path / "home")
    try:
        market.up()
        terminal = market.terminal()
        terminal.until_ready()
        book = terminal.until(lambda: terminal.books.get("005930"), "a book")
        order_id = terminal.outcome(terminal.order(Side.BUY, min(px for px in book.levels[1::4] if px))).order_id
        terminal.until(lambda: terminal.orders[order_id].ord_status is OrdStatus.NEW, "accepted by the venue")
        assert PASSPHRASE not in market.logs()
    finally:
        market.clean_up()
