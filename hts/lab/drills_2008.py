"""koscom-2008: the feed stands still, the market moves on.

A chasing strategy buys one lot a second at the best ask that it knows. After three seconds the feed falls silent; a few
seconds later the sellers withdraw and the market falls by a twentieth, with few shares on offer on the way. The
strategy sees none of it and pays the old price.
"""

from typing import Final

from hts.lab.drills_house import SECOND, DrillSetting, House
from hts.lab.drills_result import BuildParts, DrillResult, Played
from hts.lab.drills_unguarded import without_guards
from hts.model.denials import Rule
from hts.model.enums import Side, TimeInForce

_OLD_PX: Final = 39_800
_NEW_PX: Final = 37_900  # less than what makes the venue interrupt trading by itself
_LOT: Final = 500
_BEFORE_S: Final = 3  # orders before the silence
_STILL_S: Final = 7  # silence before the market moves: longer than prices count as fresh
_AFTER_S: Final = 20


def koscom_2008(build: BuildParts) -> DrillResult:
    """Play it twice."""
    with without_guards():
        off, _ = _play(build)
    on, house = _play(build)
    first = house.first_denial()
    stopped = first is not None and first.denial is not None and first.denial.rule is Rule.STALE_DATA
    return DrillResult(
        name="koscom-2008",
        passed=off.money_won > 0 and on.money_won == 0 and stopped and set(house.denied) == {Rule.STALE_DATA},
        guards_off=off,
        guards_on=on,
        stopped_by=Rule.STALE_DATA.value,
        notes=(
            f"the data line was silent for {house.setting.limits.stale_data_ms} ms when the first order was refused",
        ),
    )


def _play(build: BuildParts) -> tuple[Played, House]:
    setting = DrillSetting(base_px=_OLD_PX)
    house = House(build(setting), setting).start()
    _offer(house, _OLD_PX)
    house.run(SECOND)
    for second in range(_BEFORE_S + _STILL_S + _AFTER_S):
        if second == _BEFORE_S:
            house.feed_is_on = False
        if second == _BEFORE_S + _STILL_S:
            house.withdraw_quotes()
            _fall(house)
        house.order(Side.BUY, _LOT, _OLD_PX, tif=TimeInForce.IOC)
        house.run(SECOND)
    late = [fill for fill in house.fills if fill.trade_ns >= _moved_ns(house)]
    lost = sum((fill.px - _NEW_PX) * fill.qty for fill in late)
    what = "paid above what the shares were worth by then"
    shares = sum(fill.qty for fill in house.fills)
    played = Played(orders=len(house.sent), refused=len(house.denied), shares=shares, money_won=lost, what=what)
    return played, house


def _moved_ns(house: House) -> int:
    """When the market moved, in venue time."""
    assert house.venue.venue is not None
    return house.venue.venue.trade_ns(house.venue.now()) - _AFTER_S * SECOND


def _offer(house: House, px: int) -> None:
    house.quote(Side.SELL, px, 1_000_000)
    house.quote(Side.BUY, px - 50, 1_000_000)


def _fall(house: House) -> None:
    """Few shares on offer near the new price, many only at the old one."""
    house.quote(Side.BUY, _NEW_PX, 1_000_000)
    for px in range(_NEW_PX + 50, _OLD_PX, 400):
        house.quote(Side.SELL, px, 100)
    house.quote(Side.SELL, _OLD_PX, 1_000_000)
