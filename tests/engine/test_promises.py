"""A stop is answered when it is on disk, and not before: what was answered survives a power cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hts.model.denials import Denial, Rule
from hts.model.effects import Reply
from hts.model.intents import SetKillSwitch, SetTradingState
from hts.model.records import KillSwitchSet
from hts.model.requests import OrderCancelRequest
from hts.model.scopes import TradingState
from hts.model.views import OutcomeView
from tests.engine.kit import Desk, a_ready_desk, records, replies, requests, tokens
from tests.support.builders import ACCOUNT, an_intent

KILL = SetKillSwitch(request_id="k", account=ACCOUNT, on=True)
HALT = SetTradingState(request_id="k", account=ACCOUNT, state=TradingState.HALTED)
REDUCE = SetTradingState(request_id="k", account=ACCOUNT, state=TradingState.REDUCING)


def wish(desk, intent, client=1):
    """Before the disk has said anything."""
    return desk.take(desk.engine.on_intent(client, intent, *desk.at()))


@pytest.mark.parametrize("stop", [KILL, HALT])
def test_cancels_leave_first_and_the_answer_waits_for_the_disk(stop):
    desk = a_ready_desk()
    desk.intent(an_intent("o1"))
    effects = wish(desk, stop)
    kinds = [type(effect).__name__ for effect in effects]
    assert [type(one) for one in requests(effects)] == [OrderCancelRequest]
    assert kinds.index("Send") < kinds.index("SyncThen")
    assert replies(effects) == []
    (token,) = tokens(effects)
    assert replies(desk.engine.on_synced(token, *desk.at())) == [OutcomeView(request_id="k", accepted=True)]
    assert desk.engine.on_synced(token, *desk.at()) == ()


def test_what_stops_nothing_is_answered_at_once():
    desk = a_ready_desk()
    for intent in (REDUCE, SetKillSwitch(request_id="r", account=ACCOUNT, on=False)):
        assert len(replies(wish(desk, intent))) == 1
    (answer,) = replies(wish(desk, SetKillSwitch(request_id="u", account="nobody", on=True)))
    assert answer.denial.rule is Rule.UNKNOWN_ACCOUNT


def test_a_repeat_is_not_answered_sooner_and_each_asker_is():
    desk = a_ready_desk()
    (first,) = tokens(wish(desk, KILL))
    again = wish(desk, KILL, client=2)
    assert (records(again), requests(again), replies(again)) == ([], [], [])
    (second,) = tokens(again)
    told = (*desk.engine.on_synced(first, *desk.at()), *desk.engine.on_synced(second, *desk.at()))
    assert told == tuple(Reply(client, OutcomeView(request_id="k", accepted=True)) for client in (1, 2))
    assert [type(effect) for effect in wish(desk, KILL, client=3)] == [Reply]


def test_a_disk_that_refuses_the_sync_is_told_instead():
    desk = a_ready_desk()
    (token,) = tokens(wish(desk, KILL))
    refused = OutcomeView(request_id="k", accepted=False, denial=Denial(rule=Rule.JOURNAL_HALTED), count=0)
    assert replies(desk.engine.on_journal_failed("I/O error", *desk.at())) == [refused]
    assert desk.engine.on_synced(token, *desk.at()) == ()


@settings(max_examples=40, deadline=None)
@given(acts=st.lists(st.sampled_from(["kill", "order", "sync"]), max_size=8))
def test_what_was_answered_survives_a_power_cut(acts):
    desk = a_ready_desk()
    on_disk, asked, answered = len(desk.journal), [], set()
    for number, act in enumerate(acts):
        if act == "kill":
            asked += tokens(wish(desk, SetKillSwitch(request_id=f"k{number}", account=ACCOUNT, on=True)))
        elif act == "order":
            wish(desk, an_intent(f"o{number}"))
        else:
            on_disk = len(desk.journal)
            for token in asked:
                answered |= {one.request_id for one in replies(desk.engine.on_synced(token, *desk.at()))}
            asked.clear()
    left = desk.journal[:on_disk]
    assert answered <= {one.request_id for one in left if isinstance(one, KillSwitchSet)}
    assert Desk(left).engine.core.state.guards.account(ACCOUNT).is_killed == bool(answered)
