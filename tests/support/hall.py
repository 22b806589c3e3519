"""A gate with its accounts, its people's keys and the time."""

import json

from msgspec import structs

from hts.auth.accounts import Account
from hts.auth.fido import RelyingParty
from hts.auth.gate import NS, Gate
from hts.auth.otp import Kind, Otp, decode_seed, hotp, new_seed, step_of
from hts.auth.outcomes import Admit, Moment, Note, Say, SetLock, Touched
from hts.auth.policy import Factors, LoginPolicy
from hts.model.roles import Role
from hts.wire.link import login as m
from tests.support.auth import MemoryKeeper, dice
from tests.support.keys import ORIGIN, assert_with, attest
from tests.support.soft_authenticator import SoftAuthenticator

WALL = 1_800_000_000 * NS


class Hall:
    """A gate with its accounts, kim's key and the time."""

    def __init__(self, factors=Factors.KEY, tokens=(), origin=ORIGIN, *, key=True):
        self.keeper = MemoryKeeper(Account(user="kim", user_id=b"k" * 32, role=Role.TRADER))
        self.tokens = list(tokens)
        self.party = RelyingParty("localhost", [origin], dice())
        self.gate = Gate(
            self.party, self.keeper, LoginPolicy(factors=factors), lambda: list(self.tokens), dice(b"gate")
        )
        self.at = Moment(mono_ns=0, wall_ns=WALL)
        self.key = SoftAuthenticator()
        if key:
            self.give_key("kim", self.key)

    def give_key(self, user, device, name="blue"):
        ticket, options = self.party.begin_registration(self.keeper.kept[user], 0)
        answer = json.loads(attest(device, json.dumps(dict(options))))
        done = self.party.complete_registration(
            ticket, answer, self.keeper.accounts(), name=name, wall_ns=0, mono_ns=0
        )  # fmt: skip
        self.keeper.change(user, lambda one: structs.replace(one, keys=(*one.keys, done.key)))

    def give_seed(self, user="kim", kind=Kind.TOTP):
        self.keeper.seeds[user] = new_seed(dice(user.encode())(20))
        self.keeper.change(user, lambda one: structs.replace(one, otp=Otp(kind=kind)))

    def code(self, user="kim", step=0):
        return hotp(decode_seed(self.keeper.seeds[user]), step_of(self.at.wall_ns) + step)

    def later(self, seconds):
        ns = round(seconds * NS)
        self.at = Moment(mono_ns=self.at.mono_ns + ns, wall_ns=self.at.wall_ns + ns)

    def say(self, request, client=1):
        return self.gate.receive(client, request, self.at)

    def challenge(self, request=None, client=1):
        (said,) = self.say(request or m.BeginLogin(), client)
        assert isinstance(said.answer, m.Challenge), said
        return said.answer

    def answer(self, device=None, client=1, **options):
        asked = self.challenge(client=client)
        return self.say(
            m.AnswerLogin(ticket=asked.ticket, assertion=assert_with(device or self.key, asked.options, **options)),
            client,
        )

    def log_in(self, client=1):
        outcomes = self.answer(client=client)
        assert answers(outcomes)[0] is m.LoggedIn, outcomes
        return outcomes

    def touch(self, act, device=None, client=1):
        asked = self.challenge(m.BeginTouch(act=act), client)
        assertion = assert_with(device or self.key, asked.options)
        return self.say(m.AnswerTouch(ticket=asked.ticket, assertion=assertion), client)


def answers(outcomes):
    return [type(one.answer) for one in outcomes if isinstance(one, Say)]


def refused(outcomes):
    """Nothing but a refusal: no session, no touch, no lock opened."""
    acts = [one for one in outcomes if isinstance(one, Admit | Touched | SetLock)]
    return answers(outcomes) == [m.LoginRefused] and acts == []


def detail(outcomes):
    return next((one.detail for one in outcomes if isinstance(one, Note)), "")
