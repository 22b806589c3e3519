"""What `hts doctor` finds, here and in damaged copies of what it looks at."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from hts.app import cli
from hts.app.audit_trail_notes import note
from hts.app.doctor import NEEDED, Check, check_fonts, check_home, check_tables, examine, looked
from hts.app.doctor_login import factor_checks
from hts.app.doctor_trust import trust_checks
from hts.app.paths import home_paths
from hts.app.sealed_settings import seal_settings, settings_now
from hts.app.tables import resources_directory
from hts.auth.accounts import Account, AccountBook, CodeHash, Key
from hts.auth.otp import Otp
from hts.io.blob import FileBlob
from hts.model.roles import Role
from tests.support.auth import MemoryStore
from tests.support.authority import Authority

NAMES = [
    "python", "qt", "display", "x11", "vnc", "fonts", "tables", "home", "ports", "clock", "loop", "priority",
    "keychain", "authenticator", "login", "persons", "one-time", "recovery", "code-clock", "screen-lock",
    "settings", "certificates", "audit",
]  # fmt: skip


@pytest.fixture
def resources(tmp_path):
    """A copy that a test may damage."""
    return Path(shutil.copytree(resources_directory(), tmp_path / "resources"))


def test_all_that_paper_trading_needs_is_well_here(tmp_path):
    checks = examine(tmp_path, resources_directory())
    assert [check.name for check in checks] == NAMES
    assert [check for check in checks if check.name in NEEDED and not check.ok] == []
    assert [check.name for check in checks if check.ok is bool(check.advice)] == []  # advice only where it is needed
    # None of them was stopped by something that it did not foresee.
    assert [check for check in checks if "report this line" in check.advice] == []


def test_json_is_one_line_of_checks_and_needs_neither_screen_nor_keychain(tmp_path):
    bare = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "hts.app", "doctor", "--json", "--home", str(tmp_path / "home")],
        cwd=Path(__file__).resolve().parents[2],
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    found = json.loads(done.stdout)
    assert list(found) == ["checks"]
    assert [list(check) for check in found["checks"]] == [["name", "ok", "found", "advice"]] * len(NAMES)
    assert [check["name"] for check in found["checks"]] == NAMES
    assert next(check["found"] for check in found["checks"] if check["name"] == "home") == str(tmp_path / "home")
    assert list(tmp_path.iterdir()) == []  # looking changes nothing


def test_for_a_person_each_check_is_a_line_with_its_advice_below(tmp_path, capsys):
    (tmp_path / "home").write_text("not a directory")
    assert cli.main(["doctor", "--home", str(tmp_path / "home")]) == 1
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("MISS home"))
    assert lines[at].split(maxsplit=2)[2].startswith(f"{tmp_path}/home: ")
    assert lines[at + 1].strip() == f"Make {tmp_path}/home a directory that you can write, or use --home."


def test_a_missing_font_is_named(resources):
    (resources / "fonts" / "PretendardJP-Medium.otf").unlink()
    directory = resources / "fonts"
    assert check_fonts(directory) == Check(
        name="fonts",
        ok=False,
        found="PretendardJP-Medium.otf",
        advice=f"Install again: the files belong into {directory}.",
    )


DAMAGE = [
    ("market/sessions.toml", lambda _: "[krx\n", "sessions.toml: expected TOML, found: "),
    ("protocols/krx_ums.toml", lambda text: text[: len(text) // 2], "krx_ums"),
    ("protocols/krx_mdcs.toml", lambda _: "", "krx_mdcs"),
    ("texts/ja.toml", lambda text: text.replace('"', "", 1), "ja.toml: expected TOML, found: "),
    ("keymaps/default.toml", lambda _: "=", "default.toml: expected TOML, found: "),
]


@pytest.mark.parametrize(("name", "damage", "says"), DAMAGE, ids=[name for name, _, _ in DAMAGE])
def test_a_damaged_table_is_named(resources, name, damage, says):
    file = resources / name
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")
    check = check_tables(resources)
    assert (check.name, check.ok, check.advice) == ("tables", False, "Install again: the resources are damaged.")
    assert says in check.found and "\n" not in check.found, check.found


def test_a_missing_table_is_named(resources):
    (resources / "protocols" / "krx_ums.toml").unlink()
    check = check_tables(resources)
    assert (check.ok, check.found) == (
        False,
        f"{resources}/protocols/krx_ums.toml: cannot read: No such file or directory",
    )


def test_a_home_that_can_be_made_is_well(tmp_path):
    home = tmp_path / "not" / "yet"
    assert check_home(home) == Check(name="home", ok=True, found=str(home))
    assert list(tmp_path.iterdir()) == []


def test_a_home_below_a_file_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"
    assert check_home(home) == Check(
        name="home",
        ok=False,
        found=f"{home}: Not a directory",
        advice=f"Make {tmp_path}/file a directory that you can write, or use --home.",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc, which nobody can write")
def test_a_home_that_cannot_be_written_is_no_home():
    check = check_home(Path("/proc/hts"))
    assert (check.ok, check.advice) == (False, "Make /proc a directory that you can write, or use --home.")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a directory away")
def test_a_home_of_another_user_is_not_ours(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 12_345, -1)
    assert check_home(home) == Check(
        name="home", ok=False, found=f"{home} belongs to user 12345", advice="Use --home for your own."
    )


def test_what_a_check_does_not_foresee_is_a_finding():
    def broken():
        raise KeyError("x")

    assert looked("qt", broken) == Check(
        name="qt",
        ok=False,
        found="KeyError: 'x'",
        advice="Install again; if that does not help, report this line.",
    )


def told(home, name):
    return factor_checks(home)[name]()


def write_accounts(home, *accounts):
    (home / "auth").mkdir(exist_ok=True)
    AccountBook(FileBlob(home / "auth" / "accounts.json"), b"k").put(accounts[0])
    for account in accounts[1:]:
        AccountBook(FileBlob(home / "auth" / "accounts.json"), b"k").put(account)


def an_account(user, role, **fields):
    key = Key(credential_id=user.encode(), data=b"", name="blue", counter=1, added_ns=0)
    return Account(user=user, user_id=b"u" * 32, role=role, **{"keys": (key,), **fields})


def test_each_factor_is_explained_from_nobody_to_a_house_with_everybody(tmp_path):
    assert told(tmp_path, "login").found == "paper: nobody is asked anything"
    assert told(tmp_path, "persons").advice == ""
    (tmp_path / "config.toml").write_text("[login]\nrequired = true\n", encoding="utf-8")
    assert "hts key add" in told(tmp_path, "login").advice
    write_accounts(tmp_path, an_account("kim", Role.TRADER))
    assert told(tmp_path, "login").found == "shared paper: key, four eyes; 1 users"
    assert "raise-limits" in told(tmp_path, "persons").found
    assert told(tmp_path, "recovery").found == "a lost key locks out: kim"
    codes = (CodeHash(salt=b"", digest=b""),) * 10
    everybody = [
        an_account(f"{role.value}-{number}", role, recovery=codes)
        for role in (Role.TRADER, Role.RISK_MANAGER, Role.ADMINISTRATOR)
        for number in range(2)
    ]
    write_accounts(tmp_path, an_account("kim", Role.TRADER, recovery=codes), *everybody)
    assert [told(tmp_path, name).advice for name in ("login", "persons", "recovery")] == ["", "", ""]
    cloned = Key(credential_id=b"c", data=b"", name="red", counter=1, added_ns=0, is_cloned=True)
    write_accounts(tmp_path, an_account("kim", Role.TRADER, keys=(cloned,)))
    assert told(tmp_path, "persons").found == "keys shut out as copied: kim/red"


def test_one_time_passwords_are_told_where_the_core_asks_for_them(tmp_path):
    assert told(tmp_path, "one-time").found == "not asked for; 0 users have them"
    (tmp_path / "config.toml").write_text('[login]\nrequired = true\nfactors = "key-and-otp"\n', encoding="utf-8")
    write_accounts(tmp_path, an_account("kim", Role.TRADER), an_account("lee", Role.TRADER, otp=Otp()))
    found = told(tmp_path, "one-time")
    assert (found.found, "hts otp add" in found.advice) == ("asked for, and without: kim", True)


def test_a_seal_that_is_broken_is_told(tmp_path):
    home = home_paths(tmp_path)
    look = trust_checks(tmp_path)["settings"]
    assert look().found == "not sealed: paper"
    home.config.write_text("[login]\nrequired = true\n", encoding="utf-8")
    assert look().found == "sealed at the core's first start"
    seal_settings(home, MemoryStore(), settings_now(home))
    assert look().found == "as they were sealed"
    home.config.write_text("[login]\nrequired = true\nfour_eyes = false\n", encoding="utf-8")
    assert look().found == "changed: login.four_eyes: sealed nothing, found false"
    assert "hts settings accept" in look().advice


def test_certificates_that_end_are_told_by_name(tmp_path):
    look = trust_checks(tmp_path)["certificates"]
    assert look().found == "none"
    now = datetime.now(UTC)
    root = Authority.root(start=now - timedelta(days=9), end=now + timedelta(days=90))
    for name, days in (("core", 90), ("soon", 5), ("over", -1)):
        (tmp_path / "pki").mkdir(exist_ok=True)
        one = root.issue(name, start=now - timedelta(days=9), end=now + timedelta(days=days, hours=1))
        (tmp_path / "pki" / f"{name}.pem").write_bytes(one.certificate.public_bytes(Encoding.PEM))
        if name == "core":
            assert look().found == "1 valid"
    assert look().found == "over.pem: CN=over is not valid now; soon.pem: CN=soon ends in 5 days"
    (tmp_path / "pki" / "core.pem").write_bytes(b"nothing")
    assert "core.pem cannot be read" in look().found


def test_a_trail_that_is_not_whole_is_told_and_how_long_it_is_kept(tmp_path):
    look = trust_checks(tmp_path)["audit"]
    assert look().found == "no entries yet; kept for 10 years"
    paths = home_paths(tmp_path)
    for what in ("a", "b", "c"):
        note(paths, MemoryStore(), what)
    assert look().found == "3 entries, a sound chain; kept for 10 years"
    (file,) = (tmp_path / "audit").glob("*.audit")
    file.write_bytes(file.read_bytes().replace(b'"what":"b"', b'"what":"x"'))
    assert "entry 2" in look().found
    (tmp_path / "config.toml").write_text("[core]\nlive = true\n[audit]\nkeep_years = 3\n", encoding="utf-8")
    assert "expected at least 10 (KR" in look().found
