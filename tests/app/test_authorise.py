"""The law of the command line: in a home whose core asks for logins, people prove to be there first."""

import json

import pytest

from hts.app import authorise, cli, key, key_device, secret_store
from hts.app.audit_trail_notes import audit_directory
from hts.app.key_accounts import account_book, mac_key
from hts.app.paths import home_paths
from hts.auth.audit import read_lines
from hts.auth.otp import decode_seed, hotp, seed_name, step_of
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from tests.support.auth import MemoryStore
from tests.support.keys import PIN
from tests.support.soft_authenticator import SoftAuthenticator

LIVE = "[login]\nrequired = true\n"


class Office:
    """A home and the people in front of it: each command is given the keys that are touched for it, in order."""

    def __init__(self, home, monkeypatch, capsys, settings=LIVE):
        self.home = home
        home.mkdir()
        (home / "config.toml").write_text(settings, encoding="utf-8")
        self.paths = home_paths(home)
        self.store = MemoryStore()
        self.keys = {}
        self._touching = []
        self._capsys = capsys
        monkeypatch.setattr(secret_store, "open_keychain", lambda: self.store)
        for module in (key, key_device):
            monkeypatch.setattr(module, "devices", self._devices)
        monkeypatch.setattr("getpass.getpass", lambda prompt: PIN)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    def _devices(self):
        return iter([self._touching.pop(0)] if self._touching else [])

    def hts(self, *words, by=()):
        """The exit status, and what was said."""
        self._touching = [self.keys[user] if isinstance(user, str) else user for user in by]
        status = cli.main([*words, "--home", str(self.home)])
        said = self._capsys.readouterr()
        return status, said.out + said.err

    def change_settings(self, settings, *by):
        """By hand; nothing goes on before somebody accepts it."""
        (self.home / "config.toml").write_text(settings, encoding="utf-8")
        status, said = self.hts("secret", "set", "x", by=by)
        assert (status, "hts settings accept" in said) == (2, True)
        done = self.hts("settings", "accept", by=by)
        assert done[0] == 0, done

    def add(self, user, role, *by):
        self.keys[user] = SoftAuthenticator(PIN)
        done = self.hts("key", "add", "blue", "--user", user, "--role", role, by=(*by, self.keys[user]))
        assert done[0] == 0, done
        return self

    @property
    def book(self):
        return account_book(self.paths, mac_key(self.store))

    def trail(self):
        return [line.entry.what for line in read_lines(FileStorage(audit_directory(self.paths)))]


@pytest.fixture
def office(tmp_path, monkeypatch, capsys):
    return Office(tmp_path / "home", monkeypatch, capsys)


def test_the_first_person_is_free_and_from_the_second_administrator_on_two_name_users(office):
    office.add("ann", "administrator")
    office.add("bea", "administrator", "ann")
    status, said = office.hts("key", "add", "blue", "--user", "kim", by=("ann", "ann"))
    assert (status, "a second person must approve" in said) == (2, True)
    office.add("kim", "trader", "ann", "bea")
    assert [what for what in office.trail() if what.startswith("act.")] == ["act.alone", "act.refused"]
    status, said = office.hts("key", "remove", "blue", "--user", "ann", by=("kim",))
    assert (status, "who may not manage-users" in said) == (2, True)
    office.change_settings(LIVE + "four_eyes = false\n", "ann", "bea")
    office.add("lee", "trader", "bea")


def test_a_person_adds_to_his_own_account_with_a_key_he_has(office):
    office.add("kim", "trader")
    red = SoftAuthenticator(PIN)
    assert office.hts("key", "add", "red", "--user", "kim", by=(red,))[0] == 2  # a key that is not his yet
    assert office.hts("key", "add", "red", "--user", "kim", by=("kim", red))[0] == 0
    assert office.hts("key", "recovery", "--user", "kim", by=())[0] == 2  # nobody there
    assert office.hts("key", "recovery", "--user", "kim", by=("kim",))[0] == 0
    assert (len(office.book.find("kim").keys), len(office.book.find("kim").recovery)) == (2, 10)


@pytest.mark.parametrize(
    ("scope", "role", "status"), [("trade", "viewer", 2), ("read", "viewer", 0), ("algo", "trader", 0)]
)
def test_a_token_is_made_by_somebody_who_may_do_that_himself_and_answers_for_it(office, scope, role, status):
    office.add("kim", role)
    assert office.hts("token", "add", "bot", "--scope", scope, by=())[0] == 2
    done, _ = office.hts("token", "add", "bot", "--scope", scope, by=("kim",))
    assert done == status
    tokens = json.loads((office.home / "api_tokens.json").read_text()) if status == 0 else []
    assert [one["user"] for one in tokens] == ["kim"][: len(tokens)]


def test_secrets_and_books_are_not_changed_by_whoever_sits_there(office):
    office.add("kim", "trader")
    for words in (("secret", "set", "broker"), ("account", "unpaid", "8801-2745-01", "on")):
        assert office.hts(*words, by=())[0] == 2
        status, said = office.hts(*words, by=("kim",))
        assert (status, "who may not" in said) == (2, True)
    assert office.store.get("broker") is None


def test_a_copied_key_is_shut_out_here_too(office):
    office.add("kim", "trader")
    office.keys["kim"].counter = 0
    assert office.hts("key", "recovery", "--user", "kim", by=("kim",))[0] == 2
    assert office.book.find("kim").keys[0].is_cloned


def test_a_code_serves_where_the_settings_take_codes_alone(office, monkeypatch):
    office.add("kim", "trader")
    assert office.hts("otp", "add", "--user", "kim", by=("kim",))[0] == 0
    office.change_settings(LIVE + 'factors = "otp"\n', "kim")
    seed = decode_seed(office.store.get(seed_name("kim")))
    code = hotp(seed, step_of(SystemClock().wall_ns()))
    monkeypatch.setattr("builtins.input", lambda prompt="": "kim")
    monkeypatch.setattr("getpass.getpass", lambda prompt: code)
    assert office.hts("key", "recovery", "--user", "kim")[0] == 0
    assert office.hts("key", "recovery", "--user", "kim")[0] == 2  # no code counts twice
    monkeypatch.setattr("builtins.input", lambda prompt="": "nobody-here")
    assert authorise.REFUSED in office.hts("key", "recovery", "--user", "kim")[1]


def test_both_factors_are_asked_for_where_the_settings_want_both(office, monkeypatch):
    office.add("kim", "trader")
    assert office.hts("otp", "add", "--user", "kim", by=("kim",))[0] == 0
    office.change_settings(LIVE + 'factors = "key-and-otp"\n', "kim")
    code = hotp(decode_seed(office.store.get(seed_name("kim"))), step_of(SystemClock().wall_ns()))
    typed = iter([PIN, "000000", PIN, code])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert office.hts("key", "recovery", "--user", "kim", by=("kim",))[0] == 2
    assert office.hts("key", "recovery", "--user", "kim", by=("kim",))[0] == 0


def test_a_paper_home_asks_for_nothing(tmp_path, monkeypatch, capsys):
    office = Office(tmp_path / "home", monkeypatch, capsys, settings="")
    office.add("kim", "trader")
    office.add("lee", "administrator")
    assert office.hts("token", "add", "bot", "--scope", "trade")[0] == 0
