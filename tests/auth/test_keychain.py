"""The keychain: against the real Secret Service, and against backends that must not get a secret."""

import re
import sys

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend

from hts.app.paths import home_paths
from hts.auth.errors import NoKeychain
from hts.auth.keychain import KeychainStore, name_of_backend

KEEP = """
import json, keyring
from hts.auth.keychain import KeychainStore
from hts.auth.secrets import Secret
store = KeychainStore(keyring.get_keyring(), "hts-test")
store.put("broker/key", Secret("planted-81c2"))
store.put("otp/kim", Secret("열쇠"))
store.put("otp/kim", Secret("열쇠 둘"))
names = store.names()
again = KeychainStore(keyring.get_keyring(), "hts-test")
print(json.dumps([
    store.label, names, again.get("broker/key").reveal(), again.get("otp/kim").reveal(),
    again.get("none"), again.remove("none"), again.remove("broker/key"), again.get("broker/key"), again.names(),
    KeychainStore(keyring.get_keyring(), "another").names(),
]))
"""

LOCK = """
import json, keyring, secretstorage
from hts.auth.errors import KeychainRefused
from hts.auth.keychain import KeychainStore
from hts.auth.secrets import Secret
store = KeychainStore(keyring.get_keyring(), "hts-test")
store.put("name", Secret("planted-81c2"))
secretstorage.get_default_collection(secretstorage.dbus_init()).lock()
try:
    found = store.get("name")
except KeychainRefused as error:
    found = str(error)
print(json.dumps(found))
"""


class PlainText(KeyringBackend):
    """A backend of some other package."""

    priority = 9

    def get_password(self, service, username):
        raise AssertionError("was asked for a secret")

    set_password = delete_password = get_password


def test_the_real_secret_service_keeps_replaces_lists_and_forgets(python_in_secret_service):
    assert python_in_secret_service(KEEP) == [
        "keychain (Secret Service)",
        ["broker/key", "otp/kim"],
        "planted-81c2",
        "열쇠 둘",
        None,
        False,
        True,
        None,
        ["otp/kim"],
        [],
    ]


def test_a_locked_keychain_is_told_of_in_one_line(python_in_secret_service):
    # Nobody is there to answer the prompt for the keychain's password.
    found = python_in_secret_service(LOCK)
    assert found == "keychain (Secret Service) is locked; unlock it and try again"


@pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring(), PlainText()], ids=["fail", "null", "plain"])
def test_a_backend_that_keeps_nothing_or_does_not_encrypt_is_no_keychain(backend):
    with pytest.raises(NoKeychain, match="hts secret backend vault"):
        KeychainStore(backend)


def test_one_such_backend_spoils_a_chain(monkeypatch):
    monkeypatch.setattr(ChainerBackend, "backends", [PlainText()])
    with pytest.raises(NoKeychain, match="not known to encrypt"):
        name_of_backend(ChainerBackend())


THROUGH_THE_COMMAND = """
set -e
hts() { "$PYTHON" -m hts.app "$@" --home "$HTS_TEST_HOME"; }
hts secret backend
printf 'planted-3c9e' | hts secret set broker/key
hts secret list
hts audit verify
hts secret delete broker/key
hts secret list
"""


def test_the_command_keeps_a_secret_in_the_real_secret_service(in_secret_service, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHON", sys.executable)
    monkeypatch.setenv("HTS_TEST_HOME", str(tmp_path / "home"))
    done = in_secret_service("sh", "-c", THROUGH_THE_COMMAND)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    name = home_paths(tmp_path / "home").name
    assert re.fullmatch("public key [0-9a-f]{64}", lines.pop(6))
    assert lines == [
        "keychain (Secret Service)",
        "broker/key is in the keychain (Secret Service)",
        f"audit.anchor.{name}",
        "audit.signing-key",
        "broker/key",
        "1 entries, the first 0 of them signed: sound",
        "broker/key is gone from the keychain (Secret Service)",
        f"audit.anchor.{name}",
        "audit.signing-key",
    ]
    # Our own files hold nothing; the daemon's file is encrypted.
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and b"planted" in path.read_bytes()]
    assert (kept, "planted" in done.stdout + done.stderr) == ([], False)
