"""`hts secret` and `hts audit` as a user meets them: no file and no output holds a secret."""

import re

import pytest

from hts.app import cli
from hts.app.paths import home_paths
from hts.auth.vault import Cost, decode_header
from tests.support.auth import make_cheap_vault, run_hts

PASSPHRASE = "passphrase-7f21-planted"
PLANTED = "value-90aa-planted"


@pytest.fixture
def hts(tmp_path):
    def call(*words, passphrase=PASSPHRASE, value=""):
        asks = words[1] not in ("show", "export")
        return run_hts(tmp_path / "home", *words, passphrase=passphrase if asks else None, value=value)

    return call


def test_a_machine_without_a_keychain_is_told_of_the_vault(hts):
    done = hts("secret", "set", "broker/key", value=PLANTED)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "hts: this system offers no keychain; start a Secret Service (gnome-keyring) in this session, "
        "or keep secrets in an encrypted file with `hts secret backend vault`\n"
    )
    assert hts("secret", "backend").returncode == 1


def test_secrets_live_in_the_vault_and_nowhere_else(hts, tmp_path):
    make_cheap_vault(tmp_path / "home", PASSPHRASE)
    name = home_paths(tmp_path / "home").name
    steps = [
        hts("secret", "backend"),
        hts("secret", "set", "broker/key", value=PLANTED + "\n"),
        hts("secret", "set", "broker/key", value=PLANTED + "-2\n"),
        hts("secret", "list"),
        hts("secret", "delete", "broker/key"),
        hts("secret", "delete", "broker/key"),
        hts("secret", "list", passphrase="another guess"),
        hts("secret", "set", f"audit.anchor.{name}", value=PLANTED),
        hts("audit", "verify"),
        hts("audit", "show"),
        hts("audit", "export", "--format", "csv"),
    ]
    assert [step.returncode for step in steps] == [0, 0, 0, 0, 0, 1, 2, 2, 0, 0, 0], [s.stderr for s in steps]
    assert steps[3].stdout == f"audit.anchor.{name}\naudit.signing-key\nbroker/key\n"
    assert [line.split()[3:] for line in steps[9].stdout.splitlines()] == [
        ["secret.set", "broker/key"],
        ["secret.set", "broker/key", "(replaced)"],
        ["secret.delete", "broker/key"],
    ]
    assert "3 entries" in steps[8].stdout and "sound" in steps[8].stdout
    said = "".join(step.stdout + step.stderr for step in steps)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"vault", "writer.lock", "vault.lock"} <= {path.name for path in files}
    plain = [path for path in files if re.search(rb"planted|another guess", path.read_bytes())]
    assert (plain, re.findall("planted|another guess", said)) == ([], [])
    home = tmp_path / "home"
    assert [path for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077] == []


def test_a_cut_or_changed_trail_is_not_sound(hts, tmp_path):
    make_cheap_vault(tmp_path / "home", PASSPHRASE)
    hts("secret", "set", "b", value=PLANTED)
    hts("secret", "set", "a", value=PLANTED)
    segment = next((tmp_path / "home" / "audit").glob("*.audit"))
    whole = segment.read_bytes()
    lines = whole.splitlines(keepends=True)
    segment.write_bytes(b"".join(lines[:-1]))
    cut = hts("audit", "verify")
    assert (cut.returncode, "ends before the last entry" in cut.stdout) == (1, True)
    segment.write_bytes(whole.replace(b'"secret.set"', b'"secret.see"'))
    changed = hts("audit", "verify")
    assert (changed.returncode, "not the one that was written" in changed.stdout) == (1, True)
    segment.write_bytes(whole)
    assert hts("audit", "sign").stdout == "signed\n"
    sound = hts("audit", "verify")
    assert (sound.returncode, "3 entries, the first 3 of them signed: sound" in sound.stdout) == (0, True)


def test_a_vault_is_made_once_and_then_used(hts, tmp_path):
    vault = tmp_path / "home" / "auth" / "vault"
    made = hts("secret", "backend", "vault")
    assert (made.returncode, decode_header(vault.read_bytes()).cost) == (0, Cost())
    again = hts("secret", "backend", "vault")
    assert (again.returncode, again.stderr) == (2, f"hts: {vault} is there already\n")
    assert "vault.create" in hts("audit", "show").stdout


def test_a_new_passphrase_shuts_out_the_old_one(tmp_path):
    home = tmp_path / "home"
    make_cheap_vault(home, PASSPHRASE)
    fresh = "fresh-3d11-planted"
    steps = [
        run_hts(home, "secret", "set", "a", passphrase=PASSPHRASE, value=PLANTED),
        run_hts(home, "secret", "passphrase", passphrase="wrong-guess-planted", new_passphrase=fresh),
        run_hts(home, "secret", "passphrase", passphrase=PASSPHRASE, new_passphrase="short"),
        run_hts(home, "secret", "passphrase", passphrase=PASSPHRASE, new_passphrase=fresh),
        run_hts(home, "secret", "list", passphrase=PASSPHRASE),
        run_hts(home, "secret", "list", passphrase=fresh),
    ]
    assert [step.returncode for step in steps] == [0, 2, 2, 0, 2, 0]
    assert steps[5].stdout == f"a\naudit.anchor.{home_paths(home).name}\naudit.signing-key\n"


def test_a_short_passphrase_makes_no_vault(hts, tmp_path):
    done = hts("secret", "backend", "vault", passphrase="too short")
    assert (done.returncode, done.stderr) == (2, "hts: passphrase: expected at least 12 characters\n")
    assert not (tmp_path / "home" / "auth" / "vault").exists()


@pytest.mark.parametrize(
    "name", ["audit.anchor.1", "audit.signing-key", "accounts.key", "accounts.begun.1", "settings.seal.1"]
)
def test_what_guards_the_trail_and_the_accounts_is_not_to_be_set_or_deleted(name, capsys):
    for words in (["secret", "set", name], ["secret", "delete", name]):
        assert cli.main(words) == 2
        assert capsys.readouterr().err.startswith(f"hts: {name} belongs to the program")


def test_a_value_cannot_be_given_as_a_word(capsys):
    with pytest.raises(SystemExit):
        cli.main(["secret", "set", "name", "value"])
    assert "unrecognized arguments" in capsys.readouterr().err
