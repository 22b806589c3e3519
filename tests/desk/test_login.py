"""The login screen's state: what covers the window when, and what is forgotten with whom."""

import pytest

from hts.desk.login import NS, IdleLock, KeyWork, LoginState, Stage
from hts.model.session import ProposalView, TouchView

TOUCH = TouchView(request_id="r", act="raise-limits:1", what="act.raise-limits", content="{}", within_ns=60 * NS)


def a_proposal(number=1, user="lee", **fields):
    values = {"what": "act.raise-limits", "content": "{}", "within_ns": NS, **fields}
    return ProposalView(proposal_id=number, user=user, **values)


def logged_in(permissions=("see", "raise-limits")):
    state = LoginState()
    state.ask(("key",))
    state.let_in("kim", "risk-manager", permissions)
    return state


def test_a_paper_core_covers_nothing_and_a_lock_of_it_is_lifted():
    state = LoginState()
    assert (state.stage, state.is_covered, state.is_veiled) == (Stage.FREE, False, False)
    state.lock(is_paper=True)
    assert state.is_covered
    state.unlock()
    assert (state.stage, state.is_covered) == (Stage.FREE, False)


@pytest.mark.parametrize(
    ("act", "covered"),
    [
        (lambda s: s.ask(("key",)), True),
        (lambda s: s.want_code(), True),
        (lambda s: s.lock(), True),
        (lambda s: s.end("login.ended"), True),
        (lambda s: s.leave(), True),
        (lambda s: s.want_touch(TOUCH, 0), False),
        (lambda s: s.show_codes(("a",)), False),
    ],
    ids=["asked", "more", "locked", "ended", "core away", "touch", "codes"],
)
def test_what_covers_the_window_and_what_only_veils_it(act, covered):
    state = logged_in()
    assert not state.is_veiled
    act(state)
    assert (state.is_covered, state.is_veiled) == (covered, True)


def test_a_paper_lock_stays_while_the_core_restarts():
    state = LoginState()
    state.lock(is_paper=True)
    state.leave()
    assert (state.stage, state.is_paper_lock) == (Stage.LOCKED, True)


def test_who_leaves_takes_everything_along():
    state = logged_in()
    state.show_seed(((True,),), "SEED")
    state.show_codes(("code",))
    state.on_proposal(a_proposal())
    state.end("login.out")
    kept = (state.user, state.role, state.qr, state.seed_text, state.codes, state.proposals, state.asked)
    assert kept == ("", "", (), "", (), {}, None)


def test_a_lock_hides_what_was_shown_once():
    state = logged_in()
    state.show_seed(((True,),), "SEED")
    state.show_codes(("code",))
    state.lock()
    assert (state.qr, state.seed_text, state.codes) == ((), "", ())


def test_a_touch_is_asked_for_only_of_somebody_who_is_in_and_not_for_ever():
    state = LoginState()
    state.want_touch(TOUCH, 0)
    assert state.asked is None
    state = logged_in()
    state.want_touch(TOUCH, 5)
    state.tick(5 + TOUCH.within_ns - 1)
    assert state.asked.act == TOUCH.act
    state.tick(5 + TOUCH.within_ns)
    assert state.asked is None


@pytest.mark.parametrize(
    ("view", "permissions", "is_asked"),
    [
        (a_proposal(), ("raise-limits",), True),
        (a_proposal(user="kim"), ("raise-limits",), False),
        (a_proposal(), ("trade",), False),
    ],
    ids=["another's", "my own", "not mine to approve"],
)
def test_whose_proposals_are_put_to_whom(view, permissions, is_asked):
    state = logged_in(permissions)
    state.on_proposal(view)
    assert (state.question == view) == is_asked
    state.put_off(view.proposal_id)
    assert state.question is None


def test_a_decided_proposal_goes_and_the_next_comes():
    state = logged_in()
    state.on_proposal(a_proposal(1))
    state.on_proposal(a_proposal(2))
    state.on_proposal(a_proposal(1, is_open=False))
    assert state.question == a_proposal(2)


def test_every_change_is_seen():
    state = logged_in()
    seen = [state.version]
    for act in (
        lambda: state.key_wants(KeyWork.TOUCH),
        lambda: state.refuse(2, 0),
        state.lock,
        state.unlock,
        state.put_away,
        state.touched,
    ):
        act()
        seen.append(state.version)
    assert seen == sorted(set(seen))


def test_idle_hands_lock_after_the_time_and_never_where_it_is_zero():
    lock = IdleLock(10, 0)
    assert (lock.is_due(9), lock.is_due(10)) == (False, True)
    lock.moved(5)
    assert (lock.is_due(14), lock.is_due(15)) == (False, True)
    assert not IdleLock(0, 0).is_due(10**18)
