import pytest

from hts.engine.core_state import CoreState
from hts.engine.state_hash import state_hash
from hts.model.enums import DisconnectPolicy, Side
from hts.model.intents import SetDisconnectPolicy, SetKillSwitch
from hts.model.records import IntentDone, VenueSeqSeen
from hts.risk.guards import HouseLimits
from hts.risk.limits import RiskLimits
from tests.engine.kit import Desk, a_ready_desk
from tests.support.builders import ACCOUNT, AT, VENUE, a_fill, a_report, an_intent


def test_recovered_core_has_the_hash_of_the_one_that_died():
    desk = a_ready_desk()
    desk.intent(an_intent())
    desk.report(a_report(venue_seq=desk.next_seq))
    desk.report(a_fill(4, 4, desk.next_seq))
    assert Desk(desk.journal).engine.state_hash == desk.engine.state_hash


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: desk.intent(an_intent()),
        lambda desk: desk.intent(an_intent(qty=0)),
        lambda desk: desk.intent(SetKillSwitch(request_id="k", account=ACCOUNT, on=True)),
        lambda desk: desk.intent(SetDisconnectPolicy(request_id="p", account=ACCOUNT, policy=DisconnectPolicy.CANCEL)),
        lambda desk: desk.report(a_report(venue_seq=desk.next_seq, cl_ord_id=5, side=Side.SELL)),
        lambda desk: desk.engine.core.state.apply(VenueSeqSeen(venue=VENUE, venue_seq=50, **AT)),
        lambda desk: desk.engine.core.state.apply(IntentDone(request_id="x", account=ACCOUNT, count=0, **AT)),
    ],
)
def test_every_fact_changes_the_hash(change):
    desk = a_ready_desk()
    before = desk.engine.state_hash
    change(desk)
    assert desk.engine.state_hash != before


def test_empty_states_agree():
    limits = RiskLimits()
    assert state_hash(CoreState((VENUE,), HouseLimits(accounts=limits))) == state_hash(
        CoreState((VENUE,), HouseLimits(accounts=limits))
    )
    assert len(state_hash(CoreState((VENUE,), HouseLimits(accounts=limits)))) == 32
