"""Costs of large orders need more than 64 bits: they go through journal, snapshot, state hash and link all the same."""

from hashlib import blake2b

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, msgpack
from msgspec.structs import replace

from hts.base.errors import CorruptRecord, RemoteProtocolError
from hts.journal.framing import NO_CHAIN, decode_frame, decode_record, encode_frame
from hts.journal.image import decode_into, encode
from hts.model.enums import Side
from hts.model.records import RouteDecided
from hts.model.routing import Remainder, RoutePlan, RouteRecord, RouteRequest, VenueDepth
from hts.model.units import ClOrdID
from hts.model.wide import Wide, decode_wide, encode_wide
from hts.model.work import PlanView, RouteView
from hts.oms.ids import ClOrdIDs
from hts.router.best_execution import saving_nano
from hts.router.plan import decide, explain
from hts.wire.link.messages import decode_view, encode_body

KRX = VenueDepth(venue="KRX", bids=((1_000_000, 30_000),), asks=((1_001_000, 30_000),))
NXT = VenueDepth(venue="NXT", bids=((999_000, 30_000),), asks=((1_002_000, 30_000),))
SALE = RouteRequest(side=Side.SELL, qty=50_000, remainder=Remainder.CANCEL)
PROCEEDS = 30_000 * 1_000_000 + 20_000 * 999_000


def a_record(request):
    plan = decide(request, (KRX, NXT))
    return RouteRecord(
        order_id=ClOrdID(7),
        account="A",
        symbol="000660",
        trade_ns=5,
        request=request,
        seen=(KRX, NXT),
        plan=explain(request, (KRX, NXT), plan),
    )


@pytest.mark.parametrize("side", Side)
def test_a_large_order_s_decision_survives_the_journal_and_the_snapshot(side):
    record = RouteDecided(trade_ns=5, mono_ns=6, decision=a_record(replace(SALE, side=side)))
    assert abs(record.decision.plan.cost_nano) >= 1 << 64
    frame, _ = encode_frame(record, NO_CHAIN)
    found = decode_frame(frame, 0)
    assert found is not None
    assert decode_record(found.body) == record
    kept, state = ClOrdIDs(4), ClOrdIDs(4)
    kept.decisions, state.decisions = [record.decision], []
    decode_into(state, encode(kept))
    assert state.decisions == [record.decision]
    assert len(blake2b(msgpack.encode(record, enc_hook=encode_wide)).hexdigest()) == 128


def test_its_cost_is_exact():
    assert a_record(SALE).plan.cost_nano == -PROCEEDS * 10**9
    assert a_record(SALE).plan.simple.cost_nano == -30_000 * 1_000_000 * 10**9


def test_a_terminal_is_told_it():
    decision = a_record(SALE)
    saved = Wide(saving_nano(decision, decision.plan.simple))
    assert saved == 0  # the shares that are not found there count at the dearest slice's price
    for view in (
        RouteView(work_id=ClOrdID(7), decisions=(decision,), savings=((Wide(-(1 << 70)), saved),)),
        PlanView(symbol="000660", request=SALE, plan=decision.plan),
    ):
        assert decode_view(encode_body(view)) == view


class _Of(Struct):
    cost: Wide


class _OfPlain(Struct):
    cost: int


@given(st.one_of(st.integers(), st.integers(-(1 << 65), 1 << 65)))
def test_any_integer_comes_back_and_small_ones_travel_as_they_always_did(value):
    data = msgpack.encode(_Of(cost=Wide(value)), enc_hook=encode_wide)
    assert msgpack.decode(data, type=_Of, dec_hook=decode_wide) == _Of(cost=Wide(value))
    if -1 << 63 <= value < 1 << 64:
        assert data == msgpack.encode(_OfPlain(cost=value))


@pytest.mark.parametrize("cost", [True, 1.5, None, "x", b"1"])
def test_what_is_no_integer_is_refused(cost):
    plain = RoutePlan(cost_nano=Wide(1))
    fields = {**msgspec.to_builtins(plain, enc_hook=encode_wide), "cost_nano": cost}
    request = msgspec.to_builtins(SALE)
    body = msgpack.encode({"type": "plan", "symbol": "A", "request": request, "plan": fields})
    with pytest.raises(RemoteProtocolError):
        decode_view(body)
    decided = {"type": "route_decided", "trade_ns": 1, "mono_ns": 1, "decision": {"plan": fields}}
    with pytest.raises(CorruptRecord):
        decode_record(msgpack.encode(decided))


def test_another_type_is_still_a_mistake():
    with pytest.raises(NotImplementedError, match="found object"):
        msgpack.encode([object()], enc_hook=encode_wide)
