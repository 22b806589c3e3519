"""outage-2020: at the opening more orders come than the venue's line takes.

Scripts of many customers send 400 orders within a second of 09:00; the venue takes 50 a second of one member and
refuses the rest. Without guards three hundred and more come back refused, one by one, and have to be found and typed
again. With them the house knows the venue's rate: what is beyond it waits, in order, and all of it leaves; or is
refused at once, with a reason, where the house prefers that.
"""

from typing import Final

from msgspec.structs import replace

from hts.lab.drills_house import MS, SECOND, DrillSetting, House
from hts.lab.drills_result import BuildParts, DrillResult, Played
from hts.lab.drills_unguarded import without_guards
from hts.model.denials import Rule
from hts.model.enums import OrdStatus, Side
from hts.model.reasons import Reason
from hts.model.scopes import FIRM
from hts.risk.limits import OFF, RiskLimits, ScopeLimits

_PX: Final = 39_800
_BURST: Final = 400
_VENUE_RATE: Final = 50
_WAIT_S: Final = 15
_ACCOUNT: Final = RiskLimits(orders_per_second=0, working_orders_max=0, rejects_per_minute=0)


def outage_2020(build: BuildParts) -> DrillResult:
    """Play it three times: without guards, with a queue, and with refusals."""
    with without_guards():
        off, _, lost_off = _play(build, OFF, waiting_max=0)
    firm = ScopeLimits(scope=FIRM, limits=replace(OFF, orders_per_second=_VENUE_RATE))
    on, house, lost_on = _play(build, firm.limits, waiting_max=1_000)
    refusing, refused_house, lost_refusing = _play(build, firm.limits, waiting_max=0)
    all_told = len(house.outcomes) == len(refused_house.outcomes) == _BURST
    return DrillResult(
        name="outage-2020",
        passed=lost_off > 0
        and (on.orders, on.refused, lost_on) == (_BURST, 0, 0)
        and lost_refusing == 0
        and set(refused_house.denied) == {Rule.ORDER_RATE}
        and all_told,
        guards_off=off,
        guards_on=on,
        stopped_by="throttle of the firm: orders beyond the venue's rate wait",
        notes=(
            f"without guards the venue refused {lost_off} of {_BURST} orders",
            f"with the policy to refuse: {refusing.orders} sent, {refusing.refused} refused here, none lost",
        ),
    )


def _play(build: BuildParts, firm: RiskLimits, *, waiting_max: int) -> tuple[Played, House, int]:
    """The last figure: orders that the venue refused."""
    setting = DrillSetting(
        base_px=_PX,
        limits=_ACCOUNT,
        scopes=(ScopeLimits(scope=FIRM, limits=firm),),
        waiting_max=waiting_max,
    )
    house = House(build(setting), setting).start()
    house.run(SECOND)
    for number in range(_BURST):
        house.order(Side.BUY, 1 + number, _PX - 50 * (number % 20))
        house.run(2 * MS)
    house.run(_WAIT_S * SECOND)
    turned_down = [order for order in house.sent if order.ord_status is OrdStatus.REJECTED]
    assert all(order.reason_code == Reason.THROTTLED for order in turned_down), turned_down
    value = sum(order.px * order.order_qty for order in turned_down)
    what = "value of orders that came back refused"
    played = Played(orders=len(house.sent), refused=len(house.denied), shares=0, money_won=value, what=what)
    return played, house, len(turned_down)
