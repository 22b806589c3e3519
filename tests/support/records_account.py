"""One record of each kind that the books take, filled by the types of its fields."""

from typing import Any, get_args

import msgspec

from hts.model.corporate import CorporateEvent, Entitlement, EventKind
from hts.model.records_account import AccountRecord

TIMES = {"trade_ns": 1_795_392_000_000_000_000, "mono_ns": 77}
EVENT = CorporateEvent(
    event_id="E1",
    kind=EventKind.CASH_DIVIDEND,
    symbol="005930",
    market="KR",
    currency="KRW",
    ex_date=20261229,
    record_date=20261230,
    pay_date=20270416,
    cash_milli=361_000,
)
CLAIM = Entitlement(
    event_id="E1",
    account="a",
    symbol="005930",
    credit="",
    loan_date=0,
    held_qty=10,
    cash=3_610,
    tax=555,
    pay_date=20270416,
)


def _value(name: str, kind: Any) -> Any:
    if kind is CorporateEvent:
        return EVENT
    if kind is Entitlement:
        return CLAIM
    if kind is bool:
        return True
    if name == "closes":
        return (("005930", 71_000),)
    if name in TIMES:
        return TIMES[name]
    return name[:8] if kind is str else len(name)


def account_records() -> list[AccountRecord]:
    return [
        cls(**{field.name: _value(field.name, field.type) for field in msgspec.structs.fields(cls)})
        for cls in get_args(AccountRecord)
    ]
