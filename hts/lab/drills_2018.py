"""samsung-2018: a dividend of 1,000 won a share is booked as 1,000 shares a share.

The employees' plan held 2,812,956 shares; 2.8 billion appeared, thirty times all that exist, and within half an hour
5.01 million of them were sold. Two guards: the event itself is held against what exists and what is usual before
anybody may confirm it, and confirmed by two people; and if the shares are booked all the same, none is sold before a
person has looked, since the house holds more of the issue than there is.
"""

from typing import Final

from hts.account.adjust import receive
from hts.account.corporate_checks import IssueFacts, check_event
from hts.account.position import Lot, Position
from hts.lab.drills_house import SECOND, DrillSetting, House
from hts.lab.drills_result import BuildParts, DrillResult, Played
from hts.lab.drills_unguarded import without_guards
from hts.lab.setting import ACCOUNT
from hts.model.corporate import CorporateEvent, EventKind
from hts.model.denials import Rule
from hts.model.enums import Side
from hts.model.units import Notional, Px, Qty
from hts.risk.limits import OFF

_PX: Final = 39_800
_LISTED: Final = 89_300_000
_HELD: Final = 2_812_956
_PER_SHARE: Final = 1_000  # won meant, shares booked
_SELLERS: Final = 16
_SOLD: Final = 5_012_000
_EVENT: Final = CorporateEvent(
    event_id="dividend",
    kind=EventKind.STOCK_DIVIDEND,
    symbol="016360",
    market="KR",
    currency="KRW",
    ex_date=20261120,
    record_date=20261120,
    pay_date=20261123,
    new=_PER_SHARE,
)


def samsung_2018(build: BuildParts) -> DrillResult:
    """Play it without guards, with the first of them, and with the first one taken away."""
    with without_guards():
        off, _ = _play(build)
    behind, house = _play(build)
    assert house.core.engine is not None
    rules_of_accounts = house.core.engine.core.rules
    assert rules_of_accounts is not None
    limits = rules_of_accounts.corporate.limits(_EVENT.pay_date)
    facts = IssueFacts(listed_shares=Qty(_LISTED), last_px=Px(_PX), held_qty=Qty(_HELD))
    findings = check_event(_EVENT, facts, limits)
    rules = [finding.rule for finding in findings]
    origin = house.denied == [Rule.POSITION_ORIGIN] * _SELLERS
    entered = Played(orders=0, refused=1, shares=0, money_won=0, what="the event was refused when it was entered")
    return DrillResult(
        name="samsung-2018",
        passed=off.shares == _SOLD and "new_shares_over_listed" in rules and origin and behind.orders == 0,
        guards_off=off,
        guards_on=entered,
        stopped_by="corporate action check: " + ", ".join(rules),
        notes=(
            f"behind it, with every limit off: {_told(house)}; {behind.orders} orders left",
            f"{_HELD * _PER_SHARE:,} shares appeared where {_LISTED:,} exist",
        ),
    )


def _told(house: House) -> str:
    rules = sorted({rule.value for rule in house.denied})
    return f"{len(house.denied)} sales of {_SOLD:,} shares refused by {', '.join(rules)}"


def _play(build: BuildParts) -> tuple[Played, House]:
    setting = DrillSetting(base_px=_PX, shares=_LISTED, limits=OFF)  # a house that set no limit at all
    house = House(build(setting), setting).start()
    for level in range(12):
        house.quote(Side.BUY, _PX - 50 * level, _SOLD // 10)
    house.run(SECOND)
    _book(house)
    for seller in range(_SELLERS):
        part = _SOLD // _SELLERS
        house.order(Side.SELL, part, _PX - 50 * (12 + seller % 3))
        house.run(SECOND)
    shares = sum(fill.qty for fill in house.fills)
    value = sum(fill.px * fill.qty for fill in house.fills)
    what = "value of shares sold that did not exist"
    return Played(orders=len(house.sent), refused=len(house.denied), shares=shares, money_won=value, what=what), house


def _book(house: House) -> None:
    """The plan's holding, and what the wrong entry makes of it."""
    engine = house.core.engine
    assert engine is not None
    held = Lot(open_date=_EVENT.ex_date, qty=Qty(_HELD), cost=Notional(0))
    row = Position(
        account=ACCOUNT,
        symbol=house.symbol,
        currency="KRW",
        qty=held.qty,
        adjusted_qty=held.qty,
        lots=(held,),
    )
    engine.core.state.ledger.put_row(receive(row, _HELD * _PER_SHARE, _EVENT.pay_date))
