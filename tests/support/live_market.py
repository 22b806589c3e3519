"""A core that trades live on the simulator, with accounts, a vault and software keys: real processes, real link."""

import json
import os
import subprocess
import sys

from msgspec import structs

from hts.app.key_accounts import account_book, mac_key
from hts.app.secret_store import auth_directory, vault_path
from hts.auth.accounts import Account
from hts.auth.fido import RelyingParty
from hts.auth.otp import Otp, new_seed, seed_name
from hts.auth.secrets import Secret
from hts.auth.vault import VaultStore
from hts.io.blob import FileBlob
from hts.model.roles import Role
from hts.model.session import TouchView
from hts.model.views import NoticeView
from hts.wire.link import login as m
from tests.support.auth import ROOT, dice, make_cheap_vault
from tests.support.keys import ORIGIN, assert_with, attest
from tests.support.market import PATIENCE_S, Market, Terminal
from tests.support.soft_authenticator import SoftAuthenticator

PASSPHRASE = "four words nobody guesses"
CLOCK = "--clock=2026-11-23 09:00:30"
ANSWERS = m.LoginAnswer.__args__


class LiveMarket(Market):
    """`hts sim` and a live `hts core` in one home; users and their keys are made before the core starts."""

    def __init__(self, home, live=True, settings=""):
        super().__init__(home)
        self.keys = {}
        self.seeds = {}
        self.children = []
        home.mkdir(exist_ok=True)
        core = "[core]\nlive = true\n" if live else "[login]\nrequired = true\n"
        self.paths.config.write_text(core + settings, encoding="utf-8")
        host = f"{{host: 127.0.0.1, port: {self.port_base}}}"
        session = "{sender_comp_id: HTS01, heartbeat_interval: 1, logon_timeout: 10}"
        self.paths.krx_gateway.write_text(
            f"krx_gateway:\n  primary: {host}\n  session: {session}\n", encoding="utf-8"
        )  # fmt: skip
        self.paths.krx_gateway.chmod(0o600)
        auth_directory(self.paths).mkdir(mode=0o700)
        make_cheap_vault(self.paths.home, PASSPHRASE)

    @property
    def store(self):
        return VaultStore(FileBlob(vault_path(self.paths)), Secret(PASSPHRASE), os.urandom)

    @property
    def book(self):
        return account_book(self.paths, mac_key(self.store))

    def add_user(self, user, role=Role.TRADER, otp=False):
        """An account with a fresh key, as `hts key add` makes it."""
        party, device = RelyingParty("localhost", [ORIGIN], os.urandom), SoftAuthenticator()
        account = Account(user=user, user_id=os.urandom(32), role=role)
        ticket, options = party.begin_registration(account, 0)
        answer = json.loads(attest(device, json.dumps(dict(options))))
        done = party.complete_registration(ticket, answer, self.book.all(), name="blue", wall_ns=1, mono_ns=0)
        account = structs.replace(account, keys=(done.key,))
        if otp:
            self.seeds[user] = new_seed(dice(user.encode())(20))
            self.store.put(seed_name(user), self.seeds[user])
            account = structs.replace(account, otp=Otp())
        self.book.put(account)
        self.keys[user] = device
        return device

    def up(self, *words):
        self._child("simulator", "sim", "--port-base", str(self.port_base), CLOCK, *words)
        self.start_core()
        return self

    def start_core(self):
        reader, writer = os.pipe()
        os.write(writer, f"{PASSPHRASE}\n".encode())
        os.close(writer)
        self._child("core", "core", "--port-base", str(self.port_base), "--passphrase-fd", str(reader), fds=(reader,))
        os.close(reader)

    def _child(self, name, *words, fds=()):
        self.paths.log.mkdir(exist_ok=True)
        with (self.paths.log / f"{name}.log").open("a") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "hts.app", *words, "--home", str(self.paths.home), "--json"],
                cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, pass_fds=fds,
                env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
            )  # fmt: skip
        self.children.append(child)
        assert child.stdout.readline().startswith("{"), self.logs()
        return child

    @property
    def core(self):
        return self.children[-1]

    def stop_core(self, *, kill=False):
        child = self.children.pop()
        child.kill() if kill else child.terminate()
        child.wait(PATIENCE_S)
        child.stdout.close()

    def terminal(self):
        self.terminals.append(LiveTerminal(self))
        return self.terminals[-1]

    def clean_up(self):
        for terminal in self.terminals:
            terminal.close()
        while self.children:
            self.stop_core()


class LiveTerminal(Terminal):
    """A terminal that can say who is there; `answers` are the gate's words, oldest first."""

    def __init__(self, market):
        super().__init__(market)
        self.answers = []
        self.touches = []
        self.notices = []
        self.others = []

    def _take(self, message):
        if isinstance(message, ANSWERS):
            self.answers.append(message)
        elif isinstance(message, TouchView):
            self.touches.append(message)
        else:
            if isinstance(message, NoticeView):
                self.notices.append(message)
            self.others.append(message)
            super()._take(message)

    def next_answer(self):
        return self.until(lambda: self.answers and self.answers.pop(0), "a word of the gate")

    def greeted(self):
        asked = self.next_answer()
        assert isinstance(asked, m.LoginAsked), asked
        return asked

    def say(self, request):
        assert self.link.send_login(request)
        return self.next_answer()

    def answer_with(self, device, challenge, **options):
        kind = m.AnswerTouch if challenge.act else m.AnswerLogin
        return self.say(kind(ticket=challenge.ticket, assertion=assert_with(device, challenge.options, **options)))

    def log_in(self, user="kim"):
        answer = self.answer_with(self._market.keys[user], self.say(m.BeginLogin()))
        assert isinstance(answer, m.LoggedIn), answer
        return answer

    def touch(self, act, user="kim"):
        answer = self.answer_with(self._market.keys[user], self.say(m.BeginTouch(act=act)))
        assert isinstance(answer, m.TouchTaken), answer

    def send(self, intent):
        """The outcome of an intent, which may go out before anybody has logged in."""
        self.outcomes.pop(intent.request_id, None)
        self.link._write(self.link._client.intent(intent))
        return self.outcome(intent.request_id)
