"""The gate word by word: who is let in, what a touch serves for, and that no refusal tells what was wrong."""

import json
import random
import time

import pytest
from msgspec import structs

from hts.auth.accounts import Account
from hts.auth.gate import NS, SESSION_NS_MAX
from hts.auth.otp import decode_seed, hotp, step_of
from hts.auth.outcomes import Admit, Dismiss, Note, Say, SetLock, Touched
from hts.auth.policy import Factors
from hts.auth.secrets import Secret
from hts.auth.tokens import TokenScope, issue, new_secret
from hts.model.roles import PERMISSIONS, Permission, Role
from hts.model.session import Means, session_of
from hts.wire.link import login as m
from tests.support.fuzz import fuzz_seconds
from tests.support.hall import WALL, Hall, answers, detail, refused
from tests.support.keys import AnyRelyingParty, assert_with, attest
from tests.support.soft_authenticator import SoftAuthenticator

SECONDS = fuzz_seconds(0.7)
SECRET = new_secret(bytes(32))


def test_a_key_lets_its_person_in_and_its_counter_is_kept_first():
    hall = Hall()
    outcomes = hall.log_in()
    assert outcomes == (
        Note(what="login", user="kim", detail="key blue"),
        Admit(session_of("kim", Role.TRADER, Means.KEY)),
        Say(
            m.LoggedIn(
                user="kim",
                role="trader",
                permissions=tuple(sorted(p.value for p in PERMISSIONS[Role.TRADER])),
                means="key",
            )
        ),
    )
    assert hall.keeper.kept["kim"].keys[0].counter == 2


def wrong_origin(hall):
    return hall.answer(origin="https://evil.example", collector=AnyRelyingParty)


def wrong_challenge(hall):
    other = assert_with(hall.key, hall.challenge(client=2).options)
    asked = hall.challenge()
    return hall.say(m.AnswerLogin(ticket=asked.ticket, assertion=other))


def replay(hall):
    asked = hall.challenge()
    request = m.AnswerLogin(ticket=asked.ticket, assertion=assert_with(hall.key, asked.options))
    assert answers(hall.say(request)) == [m.LoggedIn]
    return hall.say(request, client=2)


def ticket_of_another(hall):
    asked = hall.challenge(client=2)
    return hall.say(m.AnswerLogin(ticket=asked.ticket, assertion=assert_with(hall.key, asked.options)), client=1)


def unknown_credential(hall):
    stranger = Hall()
    return hall.answer(device=stranger.key)


def lower_counter(hall):
    hall.log_in()
    hall.key.counter = 0
    return hall.answer()


def no_verification(hall):
    hall.key.shows_uv = False
    return hall.answer()


def too_late(hall):
    asked = hall.challenge()
    hall.later(120)
    return hall.say(m.AnswerLogin(ticket=asked.ticket, assertion=assert_with(hall.key, asked.options)))


def touch_ticket_for_a_login(hall):
    hall.log_in()
    asked = hall.challenge(m.BeginTouch(act="x"))
    return hall.say(m.AnswerLogin(ticket=asked.ticket, assertion=assert_with(hall.key, asked.options)))


def login_ticket_for_a_touch(hall):
    hall.log_in()
    asked = hall.challenge()
    return hall.say(m.AnswerTouch(ticket=asked.ticket, assertion=assert_with(hall.key, asked.options)))


BAD = [
    wrong_origin, wrong_challenge, replay, ticket_of_another, unknown_credential, lower_counter, no_verification,
    too_late, touch_ticket_for_a_login, login_ticket_for_a_touch,
]  # fmt: skip


@pytest.mark.parametrize("attempt", BAD, ids=lambda one: one.__name__)
def test_a_bad_answer_is_refused_and_the_peer_hears_nothing_else(attempt):
    outcomes = attempt(Hall())
    assert refused(outcomes)
    assert outcomes[-1] == Say(m.LoginRefused())
    assert detail(outcomes)  # the audit trail knows why


def test_a_copied_key_is_shut_out_for_good():
    hall = Hall()
    lower_counter(hall)
    assert hall.keeper.kept["kim"].keys[0].is_cloned
    hall.key.counter = 99
    assert "shut out" in detail(hall.answer(client=2))


def test_the_fourth_failure_of_a_connection_waits_longer_and_longer_and_is_not_looked_at_meanwhile():
    hall = Hall()
    waits = []
    for _ in range(7):
        hall.later(waits[-1] if waits else 0)
        waits.append(wrong_origin(hall)[-1].answer.wait_s)
    assert waits == [0, 0, 1, 2, 4, 8, 16]
    looked = hall.keeper.writes
    assert refused(hall.answer())  # the right key, too soon
    assert hall.keeper.writes == looked


def test_adding_a_factor_asks_for_a_fresh_touch_each_time():
    hall = Hall()
    hall.log_in()
    assert [refused(hall.say(one)) for one in (m.BeginEnrol(), m.OfferOtp(), m.MakeRecovery())] == [True] * 3
    for act in (m.ADD_KEY, m.ADD_OTP, m.RECOVERY):
        assert answers(hall.touch(act)) == [m.TouchTaken]
    (said,) = hall.say(m.BeginEnrol())
    fresh = SoftAuthenticator()
    taken = m.AnswerEnrol(ticket=said.answer.ticket, attestation=attest(fresh, said.answer.options), name="blue")
    assert refused(hall.say(taken))  # a name that is in use
    (said,) = hall.say(m.OfferOtp())
    seed = said.answer.uri.partition("secret=")[2].partition("&")[0]
    assert "secret" not in repr(said.answer)
    assert refused(hall.say(m.ConfirmOtp(code="000000")))
    code = hotp(decode_seed(Secret(seed)), step_of(hall.at.wall_ns))
    assert answers(hall.say(m.ConfirmOtp(code=code))) == [m.Enrolled]
    assert (hall.keeper.seeds["kim"].reveal(), hall.keeper.kept["kim"].otp.last) == (seed, step_of(hall.at.wall_ns))
    *_, said = hall.say(m.MakeRecovery())
    assert (len(said.answer.codes), len(hall.keeper.kept["kim"].recovery)) == (10, 10)
    assert refused(hall.say(m.MakeRecovery()))


def test_a_touch_is_for_one_act_by_the_sessions_own_key():
    hall = Hall()
    hall.keeper.kept["lee"] = Account(user="lee", user_id=b"l" * 32, role=Role.TRADER)
    red = SoftAuthenticator()
    hall.give_key("lee", red)
    assert refused(hall.say(m.BeginTouch(act="first-order:1")))  # nobody is there yet
    hall.log_in()
    assert Touched("first-order:1") in hall.touch("first-order:1")
    asked = hall.challenge(m.BeginTouch(act="first-order:1"))
    bare = json.loads(asked.options)
    del bare["publicKey"]["allowCredentials"]  # a terminal that lets lee's key answer
    assertion = assert_with(red, json.dumps(bare))
    assert refused(hall.say(m.AnswerTouch(ticket=asked.ticket, assertion=assertion)))


def test_a_locked_session_opens_by_a_touch_and_takes_nothing_else():
    hall = Hall()
    hall.log_in()
    assert hall.say(m.Lock())[1:] == (SetLock(True), Say(m.Locked()))
    others = [m.BeginTouch(act="first-order:1"), m.BeginEnrol(), m.MakeRecovery(), m.Lock()]
    assert [refused(hall.say(one)) for one in others] == [True] * len(others)
    assert SetLock(False) in hall.touch(m.UNLOCK)
    assert Touched("first-order:1") in hall.touch("first-order:1")


def a_token(**fields):
    values = {"name": "bot", "scope": TokenScope.TRADE, "now_s": WALL // NS, "days": 1, "user": "kim"}
    return issue(SECRET, **{**values, **fields})


def test_a_token_is_its_scope_and_no_more_than_its_person():
    hall = Hall(tokens=[a_token(account="A")])
    (session,) = [one.session for one in hall.say(m.ShowToken(secret=SECRET)) if isinstance(one, Admit)]
    assert (session.name, session.user, session.account) == ("api:bot", "kim", "A")
    assert session.permissions == {Permission.SEE, Permission.CANCEL, Permission.ENGAGE_KILL, Permission.TRADE}
    assert refused(hall.say(m.BeginTouch(act="first-order:1")))  # a script has no finger
    hall.keeper.kept["kim"] = structs.replace(hall.keeper.kept["kim"], role=Role.VIEWER)
    hall.tokens.append(a_token(name="other"))
    (session,) = [one.session for one in hall.say(m.ShowToken(secret=SECRET), 2) if isinstance(one, Admit)]
    assert session.permissions == {Permission.SEE}


@pytest.mark.parametrize("fields", [{"user": ""}, {"user": "gone"}, {"address": "192.0.2.1"}, {"now_s": 0}])
def test_a_token_that_nobody_answers_for_or_that_is_not_here_or_now_is_refused(fields):
    assert refused(Hall(tokens=[a_token(**fields)]).say(m.ShowToken(secret=SECRET, address="127.0.0.1")))


@pytest.mark.parametrize("cause", ["age", "account", "role", "token"])
def test_a_session_ends_with_what_it_rests_on(cause):
    hall = Hall(tokens=[a_token()])
    hall.say(m.ShowToken(secret=SECRET)) if cause == "token" else hall.log_in()
    assert hall.gate.look(hall.at) == []
    if cause == "age":
        hall.later(SESSION_NS_MAX / NS)
    elif cause == "account":
        del hall.keeper.kept["kim"]
    elif cause == "role":
        hall.keeper.kept["kim"] = structs.replace(hall.keeper.kept["kim"], role=Role.VIEWER)
    else:
        hall.tokens.clear()
    ((client, outcomes),) = hall.gate.look(hall.at)
    assert (client, outcomes[1:]) == (1, (Dismiss(), Say(m.LoggedOut(reason="login.ended"))))
    assert hall.gate.look(hall.at) == []


def test_logging_out_ends_it_and_a_closed_connection_too():
    hall = Hall()
    hall.log_in()
    assert Dismiss() in hall.say(m.Logout())
    assert refused(hall.say(m.BeginTouch(act="x")))
    hall.log_in()
    assert hall.gate.gone(1) == (Note(what="logout", user="kim"),)
    assert hall.gate.gone(1) == ()


def test_strangers_who_say_anything_get_a_refusal_and_fill_nothing():
    """Every kind of word with every kind of nonsense, from many connections, for a while."""
    hall, luck = Hall(Factors.EITHER), random.Random(11)
    hall.give_seed()
    kinds = list(m.LoginRequest.__args__)
    until, rounds = time.monotonic() + SECONDS, 0
    texts = ["", "kim", "\0", "{}", "[" * 500, '{"id":1}', "first-order:1", m.UNLOCK, "9" * 200, "ü" * 50]
    asked = hall.challenge().options
    texts += [assert_with(hall.key, asked), hall.gate._guests[1].ticket]
    while time.monotonic() < until:
        client = 2 + luck.randrange(8)
        kind = luck.choice(kinds)
        fields = {
            name: luck.random() < 0.5 if name == "is_recovery" else luck.choice(texts)
            for name in kind.__struct_fields__
        }
        outcomes = hall.say(kind(**fields), client)
        assert not any(isinstance(one, Admit | Touched | SetLock) for one in outcomes), (kind, fields)
        assert set(answers(outcomes)) <= {m.LoginRefused, m.Challenge}
        hall.later(0.3)
        rounds += 1
        if luck.random() < 0.05:
            hall.gate.gone(client)
    assert rounds > 100
    assert (len(hall.gate._guests) <= 9, len(hall.party._open) <= 9) == (True, True)
