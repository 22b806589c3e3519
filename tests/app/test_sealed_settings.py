"""Settings that were sealed: what somebody changes by hand is seen, named, and counts once a person has accepted it."""

import json

import pytest
from msgspec.structs import replace

from hts.app import core_accounts, key_device
from hts.app.config import load_config, with_port_base
from hts.app.core_secrets import begin_with_secrets
from hts.app.key_accounts import ACCOUNTS_FILE
from hts.app.sealed_settings import checked_settings, differences, sealed_settings
from hts.app.secret_store import auth_directory
from hts.base.errors import ConfigError
from tests.app.test_authorise import LIVE, Office
from tests.support.soft_authenticator import SoftAuthenticator


@pytest.fixture
def office(tmp_path, monkeypatch, capsys):
    made = Office(tmp_path / "home", monkeypatch, capsys)
    made.add("ann", "administrator")
    made.add("bea", "administrator", "ann")
    return made


def write(office, text):
    (office.home / "config.toml").write_text(text, encoding="utf-8")


def core_begins(office, config=None):
    """What the start of a core says; empty where it goes on. `config`: what it had read before."""
    config = config or load_config(office.paths.config)
    try:
        begin_with_secrets(office.paths, config, None, None)
    except ConfigError as refused:
        return str(refused)
    return ""


def test_the_form_of_the_file_means_nothing_and_every_value_does(office):
    assert core_begins(office) == ""
    write(office, "# a comment\n[login]\n\nrequired   =  true\n")
    assert core_begins(office) == ""
    write(office, LIVE + "four_eyes = false\n[role.trader]\norder_qty_max = 5\n")
    said = core_begins(office)
    assert "login.four_eyes: sealed nothing, found false; role.trader.order_qty_max: sealed nothing, found 5." in said
    assert said.endswith("Put them back, or let an administrator accept them: hts settings accept")
    write(office, LIVE)
    assert core_begins(office) == ""


@pytest.mark.parametrize("other", [LIVE + "four_eyes = false\n", "", LIVE + "[core]\ncash = 5\n"])
def test_a_file_that_is_put_back_once_the_core_has_read_it_is_no_way_around(office, other):
    assert core_begins(office) == ""
    write(office, other)
    read = load_config(office.paths.config)
    write(office, LIVE)
    assert "the file was changed while the core was starting" in core_begins(office, read)


def test_what_the_command_line_changes_is_no_change_of_the_file(office):
    read = with_port_base(load_config(office.paths.config), 31_000)
    venue = replace(read.venue, venues=("KRX", "NXT"))
    assert core_begins(office, replace(read, venue=venue, core=replace(read.core, cash_usd_cents=7))) == ""


def test_a_change_of_the_exchange_s_file_is_seen(office):
    assert core_begins(office) == ""
    office.paths.krx_gateway.write_text("krx_gateway:\n  primary: {host: 192.0.2.1, port: 1}\n", encoding="utf-8")
    assert "krx_gateway.yaml.sha256: sealed nothing, found" in core_begins(office)


def test_turning_logins_off_frees_nobody(office):
    """To paper, a key of one's own as administrator, and back: neither step goes."""
    write(office, "")
    stranger = SoftAuthenticator()
    words = ("key", "add", "red", "--user", "eve", "--role", "administrator")
    for _ in range(2):
        status, said = office.hts(*words, by=(stranger,))
        assert (status, "login.required: sealed true, found nothing" in said) == (2, True)
        assert "login.required: sealed true" in core_begins(office)
        # Nor is it of use to remove what was sealed: the store remembers.
        office.paths.sealed_settings.unlink(missing_ok=True)
        said = office.hts(*words, by=(stranger,))[1]
        assert "what was sealed is not at hand" in said
        write(office, LIVE)
        assert "what was sealed is not at hand" in core_begins(office)
        office.hts("settings", "accept", by=("ann", "bea"))
        write(office, "")
    assert [one.user for one in office.book.all()] == ["ann", "bea"]


def test_accounts_that_are_gone_are_not_accounts_that_never_were(office):
    (auth_directory(office.paths) / ACCOUNTS_FILE).unlink()
    status, said = office.hts("key", "add", "red", "--user", "eve", by=(SoftAuthenticator(),))
    assert (status, "expected the accounts of this home, found none; restore the file" in said) == (2, True)


def test_a_core_that_runs_makes_no_empty_file_of_accounts_that_are_gone(office, monkeypatch):
    """A login of nobody costs the write of a known one's, and an empty file with our seal would free the next comer."""
    monkeypatch.setattr(core_accounts, "open_keychain", lambda: office.store)
    keeper = core_accounts.CoreAccounts(office.paths)
    (auth_directory(office.paths) / ACCOUNTS_FILE).unlink()
    assert keeper.change("zoe", lambda account: account) is None
    status, said = office.hts(
        "key", "add", "red", "--user", "eve", "--role", "administrator", by=(SoftAuthenticator(),)
    )
    assert (status, "expected the accounts of this home, found none; restore the file" in said) == (2, True)


def test_only_administrators_accept_and_two_where_it_was_sealed_so(office):
    office.add("kim", "trader", "ann", "bea")
    write(office, LIVE + "four_eyes = false\n")
    for by, said in ((("kim",), "who may not"), (("ann", "ann"), "a second person must approve"), ((), "no key")):
        status, words = office.hts("settings", "accept", by=by)
        assert status == 2, words
        assert said in words or said == "no key"
        assert "four_eyes: sealed nothing, found false" in core_begins(office)
    assert office.hts("settings", "show")[0] == 1
    assert office.hts("settings", "accept", by=("ann", "bea"))[0] == 0
    assert (office.hts("settings", "show"), core_begins(office)) == ((0, "as they were sealed\n"), "")
    lines = [
        json.loads(line) for path in (office.home / "audit").glob("*.audit") for line in path.read_text().splitlines()
    ]
    told = [one["new"] for one in lines if one["what"] == "settings.accept"]
    assert told == ["ann+bea: login.four_eyes: sealed nothing, found false"]
    assert {"settings.seal", "settings.refused", "settings.accept"} <= {one["what"] for one in lines}


def test_nothing_is_sealed_that_came_in_while_keys_were_touched(office, monkeypatch):
    """And what is accepted is shown before anybody touches."""
    assert core_begins(office) == ""
    write(office, LIVE + "lock_idle_s = 60\n")
    touched = key_device.devices

    def devices():
        write(office, LIVE + "lock_idle_s = 60\nfour_eyes = false\n")
        return touched()

    monkeypatch.setattr(key_device, "devices", devices)
    status, said = office.hts("settings", "accept", by=("ann", "bea"))
    assert said.index("login.lock_idle_s: sealed nothing, found 60") < said.index(": hts settings accept")
    assert (status, "changed while it was being accepted" in said) == (2, True)
    assert sealed_settings(office.paths, office.store) == {"login": {"required": True}}


def test_an_older_file_with_the_settings_of_then_is_no_better_than_none(office):
    assert core_begins(office) == ""
    old = office.paths.sealed_settings.read_bytes()
    write(office, LIVE + "lock_idle_s = 60\n")
    assert office.hts("settings", "accept", by=("ann", "bea"))[0] == 0
    office.paths.sealed_settings.write_bytes(old)
    write(office, LIVE)
    assert "what was sealed is not at hand" in core_begins(office)


def test_settings_that_cannot_be_read_are_not_sealed(office):
    assert core_begins(office) == ""
    write(office, "[login]\nrequired = 3\n")
    assert office.hts("settings", "accept", by=("ann", "bea"))[0] == 2
    assert sealed_settings(office.paths, office.store) == {"login": {"required": True}}


def test_a_paper_core_has_nothing_sealed_and_opens_no_store(tmp_path, monkeypatch, capsys):
    office = Office(tmp_path / "home", monkeypatch, capsys, settings="")
    office.store.get = None  # a look into it would be a fault
    assert core_begins(office) == ""
    assert office.hts("settings", "show") == (0, "not sealed: this core asks nobody who is there\n")


def test_a_password_s_value_is_told_to_nobody():
    before, now = {"venue": {"password": "planted-1"}}, {"venue": {"password": "planted-2"}}
    assert differences(before, now) == ["venue.password: sealed another value, found another value"]


def test_two_homes_of_one_keychain_do_not_meet(tmp_path, monkeypatch, capsys):
    one = Office(tmp_path / "one", monkeypatch, capsys)
    checked_settings(one.paths, one.store)
    two = Office(tmp_path / "two", monkeypatch, capsys, settings=LIVE + "four_eyes = false\n")
    two.store = one.store
    checked_settings(two.paths, two.store)
    for office in (one, two):
        checked_settings(office.paths, office.store)
        assert office.hts("audit", "verify")[0] == 0
