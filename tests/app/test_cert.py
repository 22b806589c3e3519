"""`hts cert check`, its passphrase from the secret store; and that no secret is left anywhere."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from hts.app import cli, secret_store
from hts.auth.secrets import Secret
from tests.support.auth import MemoryStore, make_cheap_vault, run_hts
from tests.support.authority import Authority

PASSPHRASE = "planted-p12-4b1d"
VAULT = "planted-vault-77aa"
ALWAYS = {"start": datetime(2001, 1, 1, tzinfo=UTC), "end": datetime(2099, 1, 1, tzinfo=UTC)}


@pytest.fixture
def files(tmp_path):
    """kim.p12 with its chain, root.pem, and current lists of both issuers."""
    root = Authority.root(**ALWAYS)
    middle = root.issue("Middle", is_authority=True, **ALWAYS)
    kim = middle.issue("Kim", **ALWAYS)
    gone = middle.issue("Gone", **ALWAYS)
    pem = serialization.Encoding.PEM
    (tmp_path / "root.pem").write_bytes(root.certificate.public_bytes(pem))
    for name, one in (("kim", kim), ("gone", gone)):
        protection = serialization.BestAvailableEncryption(PASSPHRASE.encode())
        data = pkcs12.serialize_key_and_certificates(b"x", one.key, one.certificate, [middle.certificate], protection)
        (tmp_path / f"{name}.p12").write_bytes(data)
    (tmp_path / "kim.pem").write_bytes(kim.certificate.public_bytes(pem) + middle.certificate.public_bytes(pem))
    (tmp_path / "root.crl").write_bytes(root.crl(**ALWAYS).public_bytes(pem))
    (tmp_path / "middle.crl").write_bytes(middle.crl(gone, **ALWAYS).public_bytes(pem))
    return tmp_path


def words(files, name):
    lists = ("--crl", str(files / "root.crl"), "--crl", str(files / "middle.crl"))
    return ("cert", "check", str(files / name), "--trust", str(files / "root.pem"), *lists)


def test_a_certificate_is_judged_with_the_passphrase_of_the_store(files, monkeypatch, capsys):
    store = MemoryStore()
    store.put("cert/kim", Secret(PASSPHRASE))
    monkeypatch.setattr(secret_store, "open_keychain", lambda: store)
    home = ("--home", str(files / "home"))
    assert cli.main([*words(files, "kim.p12"), "--secret", "cert/kim", *home]) == 0
    assert capsys.readouterr().out == (
        "CN=Kim, until 2099-01-01\n  CN=Middle, until 2099-01-01\n    CN=Root, until 2099-01-01\nusable\n"
    )
    assert cli.main([*words(files, "gone.p12"), "--secret", "cert/kim", "--json", *home]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["usable"] is False
    assert found["findings"] == [{"severity": "refuse", "subject": "CN=Gone", "text": "revoked on 2001-01-01 00:00"}]
    assert cli.main([*words(files, "kim.pem"), *home]) == 0
    assert cli.main(["cert", "check", str(files / "kim.pem"), *home]) == 1
    assert "no trusted issuer CN=Root" in capsys.readouterr().out
    assert cli.main([*words(files, "kim.p12"), "--secret", "cert/lee", *home]) == 2
    assert cli.main(["cert", "check", str(files / "none.p12"), *home]) == 2


def test_no_secret_is_left_in_a_file_or_said(files):
    home = files / "home"
    make_cheap_vault(home, VAULT)
    steps = [
        run_hts(home, "secret", "set", "cert/kim", passphrase=VAULT, value=PASSPHRASE),
        run_hts(home, *words(files, "kim.p12"), "--secret", "cert/kim", passphrase=VAULT),
        run_hts(home, "secret", "set", "cert/kim", passphrase=VAULT, value="planted-wrong"),
        run_hts(home, *words(files, "kim.p12"), "--secret", "cert/kim", passphrase=VAULT),
        run_hts(home, "secret", "set", "cert/kim", passphrase=VAULT, value="planted" * 1000),
        run_hts(home, "secret", "list", passphrase="planted-guess"),
    ]
    assert [step.returncode for step in steps] == [0, 0, 0, 2, 2, 2]
    assert "wrong or the file is damaged" in steps[3].stderr
    said = [text for step in steps for text in (step.stdout, step.stderr, *step.args) if "planted" in text]
    kept = [path.name for path in home.rglob("*") if path.is_file() and b"planted" in path.read_bytes()]
    assert (said, kept) == ([], [])
