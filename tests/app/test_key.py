"""`hts key` and `hts otp` with a software key plugged in: what a user does from the first key to the last code."""

import re

import pytest

from hts.app import cli, key, key_device, secret_store
from hts.app.audit_trail_notes import audit_directory
from hts.app.paths import home_paths
from hts.auth.audit import read_lines
from hts.auth.otp import hotp, seed_name
from hts.io.files import FileStorage
from tests.support.auth import MemoryStore
from tests.support.soft_authenticator import SoftAuthenticator

PIN = "482913"


class Machine:
    """A home, a keychain, and what is plugged in. `type` is what the person types next."""

    def __init__(self, home, monkeypatch, capsys):
        self.home = home
        self.store = MemoryStore()
        self.device = SoftAuthenticator(PIN)
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.setattr(secret_store, "open_keychain", lambda: self.store)
        for module in (key, key_device):
            monkeypatch.setattr(module, "devices", lambda: iter([self.device] if self.device else []))
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    def hts(self, *words, typed=PIN):
        self._monkeypatch.setattr("getpass.getpass", lambda prompt: typed)
        status = cli.main([*words, "--home", str(self.home)])
        captured = self._capsys.readouterr()
        return status, captured.out, captured.err

    def trail(self):
        lines = read_lines(FileStorage(audit_directory(home_paths(self.home))))
        return [(line.entry.what, line.entry.old, line.entry.new) for line in lines]


@pytest.fixture
def machine(tmp_path, monkeypatch, capsys):
    return Machine(tmp_path / "home", monkeypatch, capsys)


def test_a_key_is_added_tried_listed_and_removed(machine):
    kim = ("--user", "kim")
    assert machine.hts("key", "add", "blue", *kim)[:2] == (0, "blue is a key of kim (trader)\n")
    assert machine.hts("key", "test")[:2] == (0, "this is kim, with key blue\n")
    assert machine.hts("key", "test", *kim)[:2] == (0, "this is kim, with key blue\n")
    listed = machine.hts("key", "list")[1].splitlines()
    assert listed[0] == "kim trader, 1 keys, 0 recovery codes"
    assert re.fullmatch(r"  blue +added \d{4}-\d\d-\d\d, used 3 times", listed[1])
    assert machine.hts("key", "add", "blue", *kim)[0] == 2
    assert machine.hts("key", "add", "red", *kim, "--role", "viewer")[0] == 2
    assert machine.hts("key", "remove", "red", *kim)[0] == 1
    assert machine.hts("key", "remove", "blue", *kim)[1] == "blue is no key of kim any more; none is left\n"
    assert machine.hts("key", "test")[:2] == (1, "the login was refused\n")
    assert machine.trail() == [
        ("key.add", "", "kim/blue"),
        ("login.test", "", "kim/blue"),
        ("login.test", "", "kim/blue"),
        ("key.remove", "kim/blue", ""),
        ("login.refused", "", "nobody: Unknown credential ID."),
    ]


def test_a_copied_key_is_shut_out_and_shown_so(machine):
    machine.hts("key", "add", "blue", "--user", "kim")
    thief = machine.device.copied()
    machine.hts("key", "test")
    machine.device = thief
    assert machine.hts("key", "test")[:2] == (1, "the login was refused\n")
    assert "SHUT OUT" in machine.hts("key", "list")[1]


def test_no_key_or_no_pin_is_one_line(machine):
    assert machine.hts("key", "add", "blue", typed="")[2] == "hts: the security key did not answer: bad request\n"
    assert machine.hts("key", "devices")[:2][0] == 0
    machine.device = None
    assert machine.hts("key", "add", "blue")[::2] == (2, f"hts: {key.NO_DEVICE}\n")
    assert machine.hts("key", "devices")[:2] == (1, f"{key.NO_DEVICE}\n")


def test_recovery_codes_are_shown_once_and_used_once(machine):
    machine.hts("key", "add", "blue", "--user", "kim")
    codes = machine.hts("key", "recovery", "--user", "kim")[1].splitlines()
    assert len(codes) == 10
    assert machine.hts("key", "redeem", "--user", "kim", typed=codes[4])[:2] == (0, "right; 9 codes are left\n")
    assert machine.hts("key", "redeem", "--user", "kim", typed=codes[4])[0] == 1
    kept = b"".join(path.read_bytes() for path in machine.home.rglob("*") if path.is_file())
    assert [code for code in codes if code.encode() in kept or code.replace("-", "").encode() in kept] == []


def test_a_one_time_password_is_made_and_a_code_counts_once(machine):
    machine.hts("key", "add", "blue", "--user", "kim")
    status, out, _ = machine.hts("otp", "add", "--user", "kim", "--kind", "hotp")
    uri = out.splitlines()[-1]
    assert (status, uri.startswith("otpauth://hotp/HTS:kim?secret="), out.count("█") > 100) == (0, True, True)
    seed = re.search("secret=([A-Z2-7]+)", uri).group(1)
    assert machine.store.get(seed_name("kim")).reveal() == seed
    code = hotp(otp_key(seed), 0)
    assert machine.hts("otp", "check", "--user", "kim", typed=code)[:2] == (0, "right\n")
    assert machine.hts("otp", "check", "--user", "kim", typed=code)[:2] == (1, "refused; wait 0 s\n")
    assert machine.hts("otp", "remove", "--user", "kim")[0] == 0
    assert machine.store.get(seed_name("kim")) is None
    assert machine.hts("otp", "check", "--user", "kim", typed=code)[0] == 2
    kept = b"".join(path.read_bytes() for path in machine.home.rglob("*") if path.is_file())
    assert [text for text in (seed, PIN) if text.encode() in kept] == []


def test_roles_are_told_as_a_table(machine):
    lines = machine.hts("key", "roles")[1].splitlines()
    assert lines[0].split() == ["viewer", "trader", "risk-manager", "administrator"]
    assert [line.split() for line in lines if line.startswith("release-kill")] == [
        ["release-kill", "-", "-", "yes", "-", "two", "persons"]
    ]


def otp_key(seed):
    from base64 import b32decode

    return b32decode(seed)
