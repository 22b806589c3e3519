"""knight-2012: a flag is used again, and code of years before wakes up on one of the machines.

The old code was a test of other systems: it buys at the ask and sells at the bid, and goes on until something tells it
that its parent order is filled. That something had been moved elsewhere. Three guards stand in its way: the registry of
flags refuses a retired id before the core starts; machines of different builds do not trade together; and if it runs
all the same, its strategy's own breaker stops it.
"""

from typing import Final

from hts.base.errors import ConfigError
from hts.lab.drills_house import MS, DrillSetting, House
from hts.lab.drills_result import BuildParts, DrillResult, Played
from hts.lab.drills_unguarded import without_guards
from hts.model.denials import Rule
from hts.model.enums import Side
from hts.model.scopes import HaltCause, Scope, ScopeKind
from hts.risk.flags import FlagRegistry, RetiredFlag
from hts.risk.limits import DEFAULTS, OFF, RiskLimits, ScopeLimits

_PX: Final = 39_800
_TICK: Final = 50
_LOT: Final = 1_000
_ROUNDS: Final = 600
_PAUSE_NS: Final = 100 * MS
_STRATEGY: Final = "power-peg"
_SCOPE: Final = Scope(kind=ScopeKind.STRATEGY, name=_STRATEGY)


def knight_2012(build: BuildParts) -> DrillResult:
    """Play it twice: what the old code does in two minutes, and what stops it."""
    with without_guards():
        off, _ = _play(build, OFF)
    on, house = _play(build, DEFAULTS[ScopeKind.STRATEGY])
    engine = house.core.engine
    assert engine is not None
    guard = engine.core.state.guards.of(_SCOPE)
    stopped = guard.is_halted and guard.cause is HaltCause.LOSS_RATE
    most = guard.limits.loss_per_minute_max
    return DrillResult(
        name="knight-2012",
        passed=_flag_is_refused()
        and off.money_won > 5 * on.money_won
        and stopped
        and on.money_won < 2 * most
        and Rule.HALTED in house.denied,
        guards_off=off,
        guards_on=on,
        stopped_by=f"breaker {guard.cause.value}",
        notes=(
            f"{guard.scope}: {guard.detail}; latched until a person releases it by two acts",
            "before that: a retired flag is refused when the core starts",
            "and a terminal and a core of different builds do not trade with each other",
        ),
    )


def _flag_is_refused() -> bool:
    """The registry does not let the old id be switched, whatever it is meant for now."""
    old = RetiredFlag(flag_id=_STRATEGY, meaning="Buys at the ask, sells at the bid; a test of 2003.", retired=20050101)
    try:
        FlagRegistry(flags={}, retired={_STRATEGY: old}).enabled({_STRATEGY: True}, 20120801)
    except ConfigError:
        return True
    return False


def _play(build: BuildParts, limits: RiskLimits) -> tuple[Played, House]:
    setting = DrillSetting(base_px=_PX, scopes=(ScopeLimits(scope=_SCOPE, limits=limits),))
    house = House(build(setting), setting).start()
    house.quote(Side.SELL, _PX + _TICK, 10_000_000)
    house.quote(Side.BUY, _PX, 10_000_000)
    house.run(1_000 * MS)
    for _ in range(_ROUNDS):
        house.order(Side.BUY, _LOT, _PX + _TICK, strategy=_STRATEGY)
        house.run(_PAUSE_NS)
        house.order(Side.SELL, _LOT, _PX, strategy=_STRATEGY)
        house.run(_PAUSE_NS)
    flow = sum(-fill.side.sign * fill.px * fill.qty - fill.fee - fill.tax for fill in house.fills)
    held = sum(fill.side.sign * fill.qty for fill in house.fills)
    lost = -(flow + held * _PX)
    shares = sum(fill.qty for fill in house.fills)
    what = "lost in two minutes; in 2012 it ran for 45"
    played = Played(orders=len(house.sent), refused=len(house.denied), shares=shares, money_won=lost, what=what)
    return played, house
