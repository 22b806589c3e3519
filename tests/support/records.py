"""Journal records to test with: one of each kind, and a hypothesis strategy over all of them."""

import msgspec
from hypothesis import strategies as st

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import (
    CxlRejResponseTo,
    DisconnectPolicy,
    ExecType,
    Market,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from hts.model.instruments import Instrument, TickTable
from hts.model.records import (
    AccountOpened,
    AnyRecord,
    CancelEntered,
    CancelForgotten,
    CopySessionStarted,
    CoreStarted,
    DisconnectPolicySet,
    FlattenEntered,
    IdBlockReserved,
    InstrumentListed,
    IntentDenied,
    IntentDone,
    KillSwitchSet,
    OrderClosed,
    OrderEntered,
    ReplaceEntered,
    ReportReceived,
    VenueSeqSeen,
    VenueSessionStarted,
)
from hts.model.records_risk import LimitsSet, ReleaseRequested, TradingStateSet
from hts.model.reports import ExecutionReport, OrderCancelReject
from hts.model.scopes import FIRM, HaltCause, Scope, ScopeKind, TradingState
from tests.support.records_account import account_records
from tests.support.records_work import work_records

AT = {"trade_ns": 1_795_392_000_000_000_000, "mono_ns": 77}
ACCOUNT = "8801-2745-01"


def a_report() -> ExecutionReport:
    return ExecutionReport(
        venue="KRX",
        venue_seq=9,
        cl_ord_id=11,
        venue_order_id=5,
        exec_id=3,
        exec_type=ExecType.TRADE,
        ord_status=OrdStatus.PARTIALLY_FILLED,
        account=ACCOUNT,
        symbol="005930",
        side=Side.BUY,
        ord_type=OrdType.LIMIT,
        time_in_force=TimeInForce.DAY,
        px=71_200,
        order_qty=10,
        last_px=71_100,
        last_qty=4,
        leaves_qty=6,
        cum_qty=4,
        transact_ns=AT["trade_ns"],
    )


def an_instrument() -> Instrument:
    return Instrument(
        symbol="005930",
        isin="KR7005930003",
        market=Market.KOSPI,
        name_ko="삼성전자",
        name_en="Samsung Electronics",
        ticks=TickTable(starts=(0, 2_000), steps=(1, 5)),
        base_px=71_000,
        upper_px=92_300,
        lower_px=49_700,
    )


def one_of_each() -> list[AnyRecord]:
    reject = OrderCancelReject(
        venue="KRX",
        venue_seq=10,
        cl_ord_id=12,
        orig_cl_ord_id=11,
        response_to=CxlRejResponseTo.CANCEL,
        ord_status=OrdStatus.FILLED,
        reason_code=10,
        transact_ns=AT["trade_ns"],
    )
    order = {"side": Side.BUY, "ord_type": OrdType.LIMIT, "time_in_force": TimeInForce.DAY, "px": 71_200, "qty": 10}
    denial = Denial(rule=Rule.CASH, figure=712_000, limit=5, unit=Unit.NOTIONAL)
    of = {"account": ACCOUNT, "request_id": "r-1"}
    return [
        CoreStarted(**AT, wall_ns=1, build="0.1.0", config_hash="ab"),
        AccountOpened(**AT, account=ACCOUNT, currency="KRW", cash=100_000_000, disconnect_policy=DisconnectPolicy.KEEP),
        IdBlockReserved(**AT, first=1, last=1000),
        OrderEntered(**AT, **of, venue="KRX", cl_ord_id=11, symbol="005930", reserved=712_100, **order),
        CancelEntered(**AT, cl_ord_id=12, orig_cl_ord_id=11, request_id="r-2"),
        ReplaceEntered(**AT, cl_ord_id=13, orig_cl_ord_id=11, request_id="r-3", px=71_300, qty=9, reserved=1),
        InstrumentListed(**AT, instrument=an_instrument()),
        FlattenEntered(**AT, **of, symbol="005930", order_ids=(11, 13)),
        IntentDone(**AT, **of, count=3),
        IntentDenied(**AT, **of, cl_ord_id=14, symbol="005930", denial=denial, **order),
        ReportReceived(**AT, report=a_report()),
        ReportReceived(**AT, report=reject),
        VenueSeqSeen(**AT, venue="KRX", venue_seq=11),
        VenueSessionStarted(**AT, venue="KRX", epoch=1, trading_date=20_261_123),
        CopySessionStarted(**AT, venue="KRX", epoch=2_026_112_300, trading_date=20_261_123),
        OrderClosed(**AT, cl_ord_id=11, cause=2),
        CancelForgotten(**AT, cl_ord_id=12),
        KillSwitchSet(**AT, **of, on=True, reason="사람"),
        KillSwitchSet(**AT, **of, on=False, reason="", user="kim", scope=FIRM),
        TradingStateSet(
            **AT,
            **of,
            scope=Scope(kind=ScopeKind.STRATEGY, name="twap"),
            state=TradingState.REDUCING,
            cause=HaltCause.PERSON,
            detail="점심",
        ),
        ReleaseRequested(**AT, **of, scope=FIRM, code="0417", from_ns=1, until_ns=2),
        LimitsSet(**AT, **of, scope=FIRM, limits={"order_qty_max": 7}, is_queued=True),
        DisconnectPolicySet(**AT, **of, policy=DisconnectPolicy.CANCEL),
        *account_records(),
        *work_records(),
    ]


def some_records(count: int) -> list[AnyRecord]:
    return [VenueSeqSeen(**AT, venue="KRX", venue_seq=number) for number in range(1, count + 1)]


def any_record() -> st.SearchStrategy[AnyRecord]:
    """Every record kind with its ints and texts drawn."""
    ints = st.integers(min_value=-(2**63), max_value=2**63 - 1)
    texts = st.text(max_size=24)

    def vary(record: AnyRecord) -> st.SearchStrategy[AnyRecord]:
        drawn = {}
        for field in msgspec.structs.fields(record):
            if field.type is str:
                drawn[field.name] = texts
            elif type(getattr(record, field.name)) is int:
                drawn[field.name] = ints
        return st.fixed_dictionaries(drawn).map(lambda values: msgspec.structs.replace(record, **values))

    return st.sampled_from(one_of_each()).flatmap(vary)
