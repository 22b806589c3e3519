"""From Tokyo's events to the commands of a PTS: halts hold there too, and Tokyo's closes are the next base prices."""

from collections.abc import Iterable

from hts.model.enums import Phase
from hts.model.reasons import Reason
from hts.model.units import Px
from hts.sim.commands import VENUE, AnyCommand, Halt, ReferencePx
from hts.sim.events import PhaseChanged, SimEvent
from hts.sim.exchange import Exchange

CLOSE = "close"


class TokyoLink:
    """One PTS's day beside Tokyo's."""

    def __init__(self, tokyo: Exchange, pts: Exchange) -> None:
        self._tokyo = tokyo
        self._pts = pts
        self._halted: set[str] = set()
        self._closed: set[str] = set()

    def commands(self, events: Iterable[SimEvent]) -> list[AnyCommand]:
        """What the PTS is told of these events, in their order."""
        told: list[AnyCommand] = []
        for event in events:
            if isinstance(event, PhaseChanged):
                symbols = [event.symbol] if event.symbol else list(self._tokyo.issues)
                for symbol in symbols:
                    if symbol in self._pts.issues:
                        told += self._told_of(symbol)
        return told

    def _told_of(self, symbol: str) -> list[AnyCommand]:
        phase = self._tokyo.phase(symbol)
        if phase is Phase.HALTED and symbol not in self._halted:
            self._halted.add(symbol)
            return [Halt(session=VENUE, symbol=symbol, on=True, reason=Reason.HALTED)]
        if phase is not Phase.HALTED and symbol in self._halted:
            self._halted.discard(symbol)
            return [Halt(session=VENUE, symbol=symbol, on=False)]
        if phase is Phase.CLOSED and symbol not in self._closed and self._tokyo.issues[symbol].turns > 1:
            self._closed.add(symbol)
            return [ReferencePx(session=VENUE, symbol=symbol, kind=CLOSE, px=Px(self._tokyo.close_px(symbol)))]
        return []
