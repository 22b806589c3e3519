"""What a venue does by itself because its scenario says so: halts, and refusals of members."""

from collections.abc import Iterable

from hts.rules.dates import NS, krx_local_ns
from hts.sim.commands import VENUE, AnyCommand, BlockMember, Halt
from hts.sim.scenario import Scenario

TimedAct = tuple[int, AnyCommand]


def acts_of(scenario: Scenario, trading_date: int, symbols: Iterable[str], members: Iterable[str]) -> list[TimedAct]:
    """Commands of the venue and their venue times, in order."""
    midnight_ns = krx_local_ns(trading_date, 0)
    listed, found = tuple(symbols), list[TimedAct]()
    for halt in scenario.halts:
        for symbol in listed:
            if not halt.symbols or symbol in halt.symbols:
                found.append((midnight_ns + halt.from_s * NS, Halt(session=VENUE, symbol=symbol, on=True)))
                found.append((midnight_ns + halt.to_s * NS, Halt(session=VENUE, symbol=symbol, on=False)))
    for block in scenario.blocks:
        for member in members:
            found.append((midnight_ns + block.from_s * NS, BlockMember(session=VENUE, member=member, on=True)))
            found.append((midnight_ns + block.to_s * NS, BlockMember(session=VENUE, member=member, on=False)))
    return sorted(found, key=lambda timed: timed[0])
