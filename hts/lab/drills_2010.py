"""flash-crash-2010: a large sale without a price limit, into a book that is thinning out.

A program sells 20,000 shares in market orders of 500, one a second, whatever the price. Buyers near the market are used
up and do not come back; far below a few bids were left standing. The venue's own interruption ends the fall at 8%; in
2010 there was none.
"""

from typing import Final

from hts.lab.drills_house import SECOND, DrillSetting, House
from hts.lab.drills_result import BuildParts, DrillResult, Played
from hts.lab.drills_unguarded import without_guards
from hts.model.denials import Rule
from hts.model.enums import Side
from hts.model.scopes import Scope, ScopeKind
from hts.risk.limits import OFF, RiskLimits, ScopeLimits

_PX: Final = 39_800
_PARENT: Final = 20_000
_CHILD: Final = 500
_STRATEGY: Final = "sell-program"
_NEAR: Final = 8  # levels near the market
_NEAR_QTY: Final = 400
_FAR_STEP: Final = 800  # then one bid every 2%
_FAR_QTY: Final = 1_500
_CRASH: Final = 6  # percent; below that the venue interrupts trading by itself


def flash_crash_2010(build: BuildParts) -> DrillResult:
    """Play it twice."""
    with without_guards():
        off, low_off, _ = _play(build, guarded=False)
    on, low_on, denied = _play(build, guarded=True)
    fell_off, fell_on = (100 * (_PX - low) // _PX for low in (low_off, low_on))
    return DrillResult(
        name="flash-crash-2010",
        passed=off.money_won > 5 * on.money_won and fell_off >= _CRASH > fell_on and denied == {Rule.MARKET_WALK},
        guards_off=off,
        guards_on=on,
        stopped_by=Rule.MARKET_WALK.value,
        notes=(f"lowest price: {low_off:,} (-{fell_off}%) without guards, {low_on:,} (-{fell_on}%) with them",),
    )


def _play(build: BuildParts, *, guarded: bool) -> tuple[Played, int, set[Rule]]:
    scope = ScopeLimits(scope=Scope(kind=ScopeKind.STRATEGY, name=_STRATEGY), limits=OFF)
    limits = RiskLimits(order_qty_max=_PARENT, order_value_max=_PARENT * _PX)  # the owner may hold and sell it all
    setting = DrillSetting(base_px=_PX, limits=limits, scopes=() if guarded else (scope,))
    house = House(build(setting), setting).start()
    house.quote(Side.SELL, _PX, 1_000_000)
    house.run(SECOND)
    house.order(Side.BUY, _PARENT, _PX)  # what is to be sold
    house.run(SECOND)
    bought = len(house.sent)
    for level in range(_NEAR):
        house.quote(Side.BUY, _PX - 50 * (level + 1), _NEAR_QTY)
    for step in range(1, 14):
        house.quote(Side.BUY, _PX - _FAR_STEP * step, _FAR_QTY)
    house.run(SECOND)
    for _ in range(_PARENT // _CHILD):
        house.order(Side.SELL, _CHILD, strategy=_STRATEGY)
        house.run(SECOND)
    sold = [fill for fill in house.fills if fill.side is Side.SELL]
    lost = sum((_PX - fill.px) * fill.qty for fill in sold)
    what = "received less than the price at which the sale began"
    shares = sum(fill.qty for fill in sold)
    played = Played(
        orders=len(house.sent) - bought, refused=len(house.denied), shares=shares, money_won=lost, what=what
    )
    return played, min((fill.px for fill in sold), default=_PX), set(house.denied)
