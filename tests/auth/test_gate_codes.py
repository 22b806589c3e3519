"""Codes at the gate: alone, second, for a rescue, and never twice nor for a word too many."""

from msgspec import structs

from hts.auth.codes import BURST
from hts.auth.gate import HALF_NS_MAX, NS, Gate
from hts.auth.otp import Kind, decode_seed, hotp
from hts.auth.outcomes import Admit, Note, Say, Touched
from hts.auth.policy import Factors, LoginPolicy
from hts.auth.recovery import new_codes
from hts.model.roles import Permission
from hts.wire.link import login as m
from tests.support.auth import dice
from tests.support.hall import Hall, answers, detail, refused
from tests.support.keys import attest
from tests.support.soft_authenticator import SoftAuthenticator


def test_a_one_time_password_alone_where_the_settings_say_so_and_never_twice():
    hall = Hall(Factors.OTP)
    hall.give_seed()
    assert refused(hall.say(m.BeginLogin()))
    code = hall.code()
    assert answers(hall.say(m.CodeLogin(user="kim", code=code))) == [m.LoggedIn]
    assert refused(hall.say(m.CodeLogin(user="kim", code=code), client=2))
    assert refused(Hall().say(m.CodeLogin(user="kim", code=code)))  # a core that takes keys alone


def test_key_and_code_one_after_the_other():
    hall = Hall(Factors.BOTH)
    hall.give_seed()
    assert refused(hall.say(m.CodeLogin(user="kim", code=hall.code())))
    first = hall.answer()
    assert (answers(first), [one for one in first if isinstance(one, Admit)]) == ([m.MoreWanted], [])
    assert answers(hall.say(m.CodeLogin(user="anybody", code=hall.code()))) == [m.LoggedIn]
    late = Hall(Factors.BOTH)
    late.give_seed()
    late.answer()
    late.later(HALF_NS_MAX / NS)
    assert refused(late.say(m.CodeLogin(user="kim", code=late.code())))


def test_a_wrong_code_of_a_known_user_and_any_of_an_unknown_one_are_one_answer_for_one_price():
    hall = Hall(Factors.EITHER)
    hall.give_seed()
    told = []
    for client, user in enumerate(("kim", "nobody-here", "KIM\0", "")):
        before = hall.keeper.writes
        outcomes = hall.say(m.CodeLogin(user=user, code="000000"), client)
        told.append((outcomes[-1], hall.keeper.writes - before))
        outcomes = hall.say(m.CodeLogin(user=user, code="aaaa-bbbb-cccc-dddd", is_recovery=True), client)
        told.append((outcomes[-1], hall.keeper.writes - before))
    assert set(told) == {(Say(m.LoginRefused()), 1), (Say(m.LoginRefused()), 2)}


def test_failed_codes_are_kept_with_the_account_so_that_a_restart_forgives_nothing():
    hall = Hall(Factors.OTP)
    hall.give_seed()
    for client in range(4):
        hall.say(m.CodeLogin(user="kim", code="000000"), client)
    again = Hall(Factors.OTP)
    again.keeper = hall.keeper
    again.gate = Gate(again.party, hall.keeper, LoginPolicy(factors=Factors.OTP), list, dice(b"x"))
    outcomes = again.say(m.CodeLogin(user="kim", code=hall.code()))
    assert refused(outcomes)
    again.later(2)
    assert answers(again.say(m.CodeLogin(user="kim", code=again.code(), is_recovery=False), 2)) == [m.LoggedIn]


def test_codes_of_all_connections_together_are_looked_at_one_a_second():
    hall = Hall(Factors.OTP)
    hall.give_seed()
    for client in range(BURST + 5):
        hall.say(m.CodeLogin(user=f"u{client}", code="000000"), client)
    outcomes = hall.say(m.CodeLogin(user="kim", code=hall.code()), 99)
    assert (refused(outcomes), detail(outcomes)) == (True, "too many codes from everywhere")
    hall.later(1)
    assert answers(hall.say(m.CodeLogin(user="kim", code=hall.code()), 98)) == [m.LoggedIn]


def test_a_recovery_code_lets_its_person_stop_things_and_put_in_a_new_key():
    hall = Hall()
    codes, hashes = new_codes(dice(b"codes"))
    hall.keeper.change("kim", lambda one: structs.replace(one, keys=(), recovery=hashes))
    outcomes = hall.say(m.CodeLogin(user="kim", code=codes[3].reveal(), is_recovery=True))
    (session,) = [one.session for one in outcomes if isinstance(one, Admit)]
    assert session.permissions == {Permission.SEE, Permission.CANCEL, Permission.ENGAGE_KILL}
    assert refused(hall.say(m.CodeLogin(user="kim", code=codes[3].reveal(), is_recovery=True), client=2))
    (said,) = hall.say(m.BeginEnrol())
    fresh = SoftAuthenticator()
    request = m.AnswerEnrol(ticket=said.answer.ticket, attestation=attest(fresh, said.answer.options), name="new")
    assert answers(hall.say(request)) == [m.Enrolled]
    assert refused(hall.say(m.BeginEnrol()))  # one, not two
    assert answers(hall.answer(device=fresh, client=3)) == [m.LoggedIn]


def test_a_code_serves_as_a_touch_only_where_it_lets_in_alone():
    hall = Hall(Factors.EITHER)
    hall.give_seed()
    hall.log_in()
    assert Touched("first-order:1") in hall.say(m.TouchByCode(act="first-order:1", code=hall.code()))
    strict = Hall(Factors.BOTH)
    strict.give_seed()
    strict.answer()
    strict.say(m.CodeLogin(user="kim", code=strict.code()))
    strict.later(60)
    assert refused(strict.say(m.TouchByCode(act="first-order:1", code=strict.code())))


def test_a_button_that_counts_is_taken_too_with_some_presses_for_fun_and_never_back():
    hall = Hall(Factors.OTP)
    hall.give_seed(kind=Kind.HOTP)
    seed = decode_seed(hall.keeper.seeds["kim"])
    tries = [(hotp(seed, counter), client) for client, counter in enumerate((3, 3, 2, 4))]
    told = [answers(hall.say(m.CodeLogin(user="kim", code=code), client)) for code, client in tries]
    assert told == [[m.LoggedIn], [m.LoginRefused], [m.LoginRefused], [m.LoggedIn]]


def test_a_name_that_a_stranger_types_does_not_fill_the_trail():
    hall = Hall(Factors.OTP)
    outcomes = hall.say(m.CodeLogin(user="x" * 9_000, code="123456"))
    assert [one.user for one in outcomes if isinstance(one, Note)] == ["x" * 64]
