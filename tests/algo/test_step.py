"""What each algorithm does next, case by case, and what all of them keep to on a thousand misbehaving markets."""

import pytest

from hts.algo.participation import PPM, WINDOW_NS
from hts.algo.step import next_actions
from hts.model.algo import (
    AlgoKind,
    AlgoState,
    AmendChild,
    Deadline,
    Finish,
    Impact,
    OwnFill,
    PlaceChild,
    VolumeCurve,
    WakeAt,
)
from hts.model.enums import OrdType, Phase, Side, TimeInForce
from hts.model.routing import CancelChild
from tests.algo.market import T0, Day, S, child, market, params, running

IOC = TimeInForce.IOC


def wake(at_s):
    return WakeAt(trade_ns=T0 + at_s * S)


def late(number):
    return CancelChild(cl_ord_id=number, cause="algo.cancel.late")


TIMED = {
    "waits for its time": (params(), running(), market(-5), (wake(0),)),
    "joins the own best": (params(), running(), market(0), (PlaceChild(qty=100, px=9_980), wake(36))),
    "follows the own best": (
        params(), running(child(px=9_970)), market(10), (AmendChild(cl_ord_id=11, px=9_980), wake(36)),
    ),
    "waits for a pending child": (params(), running(child(is_pending=True, px=9_970)), market(10), (wake(36),)),
    "adds what became due": (
        params(), running(child()), market(60), (PlaceChild(qty=100, px=9_980), wake(96)),
    ),
    "takes back what is late": (params(), running(child()), market(36), (late(11), wake(60))),
    "takes what is late": (
        params(), running(child(leaves_qty=0, cum_qty=30)), market(40),
        (PlaceChild(qty=70, px=9_990, time_in_force=IOC), wake(60)),
    ),
    "rests at the limit when the other side is beyond it": (
        params(px=9_970), running(), market(40), (PlaceChild(qty=100, px=9_970), wake(60)),
    ),
    "a sell mirrors": (
        params(side=Side.SELL, px=9_980), running(), market(40),
        (PlaceChild(qty=100, px=9_980, time_in_force=IOC), wake(60)),
    ),
    "stays out of calls": (params(), running(), market(5, phase=Phase.VI_CALL), ()),
    "takes part in calls when told": (
        params(in_auctions=True), running(), market(5, phase=Phase.OPEN_CALL), (PlaceChild(qty=100, px=10_000),),
    ),
    "does nothing in a halt": (params(), running(), market(5, phase=Phase.HALTED), ()),
    "no book, no limit: nothing to go by": (
        params(px=0), running(), market(5, bid_px=0, ask_px=0, last_px=0), (wake(36),),
    ),
}  # fmt: skip

ENDS = {
    "filled": (
        params(qty=100), running(child(leaves_qty=0, cum_qty=100)), market(5),
        (Finish(state=AlgoState.DONE, cause="algo.end.filled"),),
    ),
    "pause takes children back": (
        params(), running(child(), state=AlgoState.PAUSED), market(5),
        (CancelChild(cl_ord_id=11, cause="algo.cancel.paused"),),
    ),
    "pause with nothing at work": (params(), running(state=AlgoState.PAUSED), market(5), ()),
    "time is over, child works": (
        params(), running(child()), market(600), (CancelChild(cl_ord_id=11, cause="algo.cancel.ending"),),
    ),
    "time is over, cancel on its way": (params(), running(child(is_pending=True)), market(600), ()),
    "time is over": (params(), running(), market(600), (Finish(state=AlgoState.ENDED, cause="algo.end.time"),)),
    "deadline takes, first the child back": (
        params(deadline=Deadline.TAKE), running(child()), market(600), (late(11),),
    ),
    "deadline takes up to the limit": (
        params(deadline=Deadline.TAKE), running(), market(600),
        (PlaceChild(qty=1_000, px=10_000, time_in_force=IOC),),
    ),
    "deadline takes nothing beyond the limit": (
        params(deadline=Deadline.TAKE, px=9_980), running(), market(600),
        (Finish(state=AlgoState.ENDED, cause="algo.end.time"),),
    ),
    "deadline waits for the closing call": (
        params(deadline=Deadline.CLOSE_CALL), running(child()), market(600), (late(11),),
    ),
    "deadline stands in the closing call": (
        params(deadline=Deadline.CLOSE_CALL), running(child(leaves_qty=0, cum_qty=400)),
        market(700, phase=Phase.CLOSE_CALL), (PlaceChild(qty=600, px=10_000),),
    ),
    "after the closing call it is over": (
        params(deadline=Deadline.CLOSE_CALL), running(), market(900, phase=Phase.POST_CLOSE_PRICE),
        (Finish(state=AlgoState.ENDED, cause="algo.end.time"),),
    ),
    "refused too often": (
        params(), running(refusals=5), market(5), (Finish(state=AlgoState.FAILED, cause="algo.end.refused"),),
    ),
}  # fmt: skip

SINGLE = {
    "iceberg shows a piece": (
        params(AlgoKind.ICEBERG, display_qty=120), running(), market(5), (PlaceChild(qty=120, px=10_000),),
    ),
    "iceberg waits for it": (
        params(AlgoKind.ICEBERG, display_qty=120), running(child(px=10_000)), market(5), (),
    ),
    "iceberg goes where its limit has gone": (
        params(AlgoKind.ICEBERG, display_qty=120), running(child(px=9_990)), market(5),
        (CancelChild(cl_ord_id=11, cause="algo.cancel.limit"),),
    ),
    "a peg beyond its new limit is taken back": (
        params(AlgoKind.PEG, px=9_960, interval_ns=60 * S), running(child(px=9_970), acted_ns=T0), market(5),
        (CancelChild(cl_ord_id=11, cause="algo.cancel.limit"),),
    ),
    "and waited for": (
        params(AlgoKind.PEG, px=9_960), running(child(px=9_970, is_pending=True)), market(5), (),
    ),
    "iceberg's last piece is what is left": (
        params(AlgoKind.ICEBERG, display_qty=120), running(child(leaves_qty=0, cum_qty=940)), market(5),
        (PlaceChild(qty=60, px=10_000),),
    ),
    "sniper takes a big enough offer": (
        params(AlgoKind.SNIPER, min_qty=400), running(), market(5),
        (PlaceChild(qty=500, px=9_990, time_in_force=IOC),),
    ),
    "sniper lets a small one be": (params(AlgoKind.SNIPER, min_qty=600), running(), market(5), ()),
    "sniper lets a dear one be": (params(AlgoKind.SNIPER, px=9_980), running(), market(5), ()),
    "peg stands a tick behind": (
        params(AlgoKind.PEG, offset_ticks=1), running(), market(5), (PlaceChild(qty=1_000, px=9_970),),
    ),
    "peg follows": (
        params(AlgoKind.PEG, interval_ns=S), running(child(px=9_970), acted_ns=T0), market(5),
        (AmendChild(cl_ord_id=11, px=9_980),),
    ),
    "peg keeps its distance in time": (
        params(AlgoKind.PEG, interval_ns=60 * S), running(child(px=9_970), acted_ns=T0), market(5), (wake(60),),
    ),
    "peg stops at the limit": (
        params(AlgoKind.PEG, px=9_900), running(), market(5), (PlaceChild(qty=1_000, px=9_900),),
    ),
    "peg shows a piece": (
        params(AlgoKind.PEG, display_qty=120), running(), market(5), (PlaceChild(qty=120, px=9_980),),
    ),
    "peg's next piece stands where the best is now": (
        params(AlgoKind.PEG, display_qty=120), running(child(leaves_qty=0, cum_qty=940, px=9_970)), market(5),
        (PlaceChild(qty=60, px=9_980),),
    ),
    "a scheduled order goes once": (
        params(AlgoKind.SCHEDULED, end_ns=0, px=0), running(), market(0, phase=Phase.OPEN_CALL),
        (PlaceChild(qty=1_000, px=0, ord_type=OrdType.MARKET),),
    ),
    "a scheduled order that works does not go again": (
        params(AlgoKind.SCHEDULED, end_ns=0), running(child(), since_resume=1), market(5), (),
    ),
    "a scheduled order that somebody took back is over": (
        params(AlgoKind.SCHEDULED, end_ns=0), running(child(leaves_qty=0), since_resume=1), market(5),
        (Finish(state=AlgoState.ENDED, cause="algo.end.taken_back"),),
    ),
    "a scheduled order that was refused has failed": (
        params(AlgoKind.SCHEDULED, end_ns=0),
        running(child(leaves_qty=0, was_rejected=True), since_resume=1), market(5),
        (Finish(state=AlgoState.FAILED, cause="algo.end.refused"),),
    ),
    "a scheduled order that a pause took back goes again for the rest": (
        params(AlgoKind.SCHEDULED, end_ns=0), running(child(leaves_qty=0, cum_qty=300)), market(5),
        (PlaceChild(qty=700, px=10_000),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", {**TIMED, **ENDS, **SINGLE}.items(), ids=lambda case: case[0])
def test_next_actions(case):
    asked, view, seen, wanted = case[1]
    assert next_actions(asked, view, seen) == wanted


POV = params(AlgoKind.POV, participation_ppm=200_000)
TRADED = ((T0 - 70 * S, 100), (T0 - 59 * S, 400), (T0 - 50 * S, 1_000), (T0 + 5 * S, 1_500))


def test_participation_takes_a_quarter_of_the_others_for_a_fifth_of_all():
    # 58 s back from 5 s: since -53 s 1,100 shares; q <= 0.2 (1,100 + q) gives 275
    found = next_actions(POV, running(), market(5, traded=TRADED))
    assert found[0] == PlaceChild(qty=275, px=9_990, time_in_force=IOC)


def test_participation_counts_own_fills_and_waits_for_its_child():
    own = running(child(leaves_qty=0, cum_qty=200), fills=(OwnFill(T0 - 54 * S, 200),))
    assert next_actions(POV, own, market(5, traded=TRADED))[0] == PlaceChild(qty=25, px=9_990, time_in_force=IOC)
    assert len(next_actions(POV, running(child()), market(5, traded=TRADED))) == 1


def test_the_cap_holds_in_the_minute_that_ends_with_any_own_fill():
    shares = 0
    for seed in range(60):
        cap = (50_000, 200_000, 500_000)[seed % 3]
        day = Day(seed, params(AlgoKind.POV, qty=50_000, participation_ppm=cap, px=10_000), rate=100).play()
        own = [(fill.trade_ns, fill.qty) for fill in day.view.fills]
        for at_ns, _ in own:
            mine = sum(qty for when, qty in own if at_ns - WINDOW_NS < when <= at_ns)
            cums = [cum for when, cum in day.trades if when <= at_ns - WINDOW_NS]
            everybody = max(cum for when, cum in day.trades if when <= at_ns) - (cums[-1] if cums else 0)
            assert mine * PPM <= cap * everybody, (seed, at_ns, mine, everybody)
        shares += day.filled
    assert shares > 100_000


KINDS = {
    AlgoKind.TWAP: {},
    AlgoKind.VWAP: {"curve": VolumeCurve(start_ns=T0, bin_ns=100 * S, volumes=(5, 1, 1, 1, 2, 6))},
    AlgoKind.IS: {"impact": Impact(sigma_micro=2_000_000, eta_micro=500_000), "urgency_pico": 50_000_000},
    AlgoKind.ICEBERG: {"display_qty": 90},
    AlgoKind.SNIPER: {},
    AlgoKind.PEG: {"interval_ns": S},
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.value)
def test_never_more_than_asked_and_always_an_end(kind):
    ends = []
    for seed in range(40):
        deadline = Deadline.TAKE if seed % 2 else Deadline.CANCEL
        asked = params(kind, qty=2_000, randomise_pct=seed % 51, seed=seed, deadline=deadline, **KINDS[kind])
        day = Day(seed, asked).play()
        assert day.filled <= asked.qty, seed
        assert day.filled == sum(one.cum_qty for one in day.view.children), seed
        assert day.finish is not None, (kind, seed)
        assert not [one for one in day.view.children if not one.is_done], seed
        ends.append(day.finish.state)
    assert ends.count(AlgoState.DONE) >= 15, ends
