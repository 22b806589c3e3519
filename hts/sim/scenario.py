"""What is special about a simulated day: moves, bursts, thin books, single orders, halts, refusals, dead lines.

A scenario is a table (resources/scenarios/NAME.toml). Times are "HH:MM:SS" of the venue's local day; an empty list of
symbols means all issues. It changes what the background flow believes and how busy it is, adds orders and acts of the
venue at exact times, and silences lines of the feed; it never touches what the exchange does.

    [[drift]]   from, to, by       the efficient price moves by this log return, evenly over the time
    [[rate]]    from, to, factor   arrivals are so many times as many
    [[depth]]   from, to, factor   books are so many times as deep
    [[order]]   at, symbol, side, takes [, px]   one order over so many usual takes; px "limit_up", "limit_down" or a
                                   number of ticks from the base price
    [[halt]]    from, to, symbol   the issue is halted
    [[block]]   from, to           every new order of members is refused
    [[outage]]  from, to, lines    nothing is sent on these lines
    reaction                       ticks that the crowd's idea of worth moves where one side shows far more than usual
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.enums import Side
from hts.rules.dates import parse_time_s

LINES = frozenset("AB")
REACTION_MAX = 5.0
KNOWN = frozenset(
    {"title", "start", "summary", "reaction", "drift", "rate", "depth", "order", "halt", "block", "outage"}
)


class Window(Struct, frozen=True, kw_only=True):
    """Seconds of the local day, the last one excluded; `symbols` empty: all issues."""

    from_s: int
    to_s: int
    symbols: frozenset[str] = frozenset()

    def holds(self, second: float, symbol: str = "") -> bool:
        """Whether it is on for an issue now."""
        return self.from_s <= second < self.to_s and (not self.symbols or symbol in self.symbols)


class Drift(Window, frozen=True, kw_only=True):
    """`by`: log return of the efficient price over the window."""

    by: float


class Scaled(Window, frozen=True, kw_only=True):
    """`factor` of arrivals or of quantities."""

    factor: float


class SingleOrder(Struct, frozen=True, kw_only=True):
    """One order of the crowd. `takes`: quantity in the issue's usual takes. `px`: "" for what crosses everything."""

    at_s: int
    symbol: str
    side: Side
    takes: float
    px: str = ""


class Outage(Window, frozen=True, kw_only=True):
    """Lines of the feed that are dead."""

    lines: frozenset[str]


class Scenario(Struct, frozen=True, kw_only=True):
    """All that is special about a day. `start`: a good time to begin, "" for the usual one."""

    name: str
    title: str
    start: str = ""
    reaction: float = 0.0  # ticks, at most, towards the side that shows less (hts.sim.agents_flow)
    drifts: tuple[Drift, ...] = ()
    rates: tuple[Scaled, ...] = ()
    depths: tuple[Scaled, ...] = ()
    orders: tuple[SingleOrder, ...] = ()
    halts: tuple[Window, ...] = ()
    blocks: tuple[Window, ...] = ()
    outages: tuple[Outage, ...] = ()

    def drift(self, symbol: str, second: float) -> float:
        """Log return that has been added to the efficient price by now."""
        found = 0.0
        for drift in self.drifts:
            if not drift.symbols or symbol in drift.symbols:
                span = max(drift.to_s - drift.from_s, 1)
                found += drift.by * min(max((second - drift.from_s) / span, 0.0), 1.0)
        return found

    def rate(self, symbol: str, second: float) -> float:
        """Factor of arrivals now."""
        return _factor(self.rates, symbol, second)

    def depth(self, symbol: str, second: float) -> float:
        """Factor of quantities now."""
        return _factor(self.depths, symbol, second)

    def dead_lines(self, second: float) -> frozenset[str]:
        """Lines on which nothing is sent now."""
        return frozenset(line for outage in self.outages if outage.holds(second) for line in outage.lines)


USUAL = Scenario(name="usual", title="an ordinary day")


def parse_scenario(name: str, table: Mapping[str, Any]) -> Scenario:
    """A scenario's table. Raises ConfigError with the place and what was expected."""
    try:
        found = Scenario(
            name=name,
            title=str(table["title"]),
            start=str(table.get("start", "")),
            reaction=float(table.get("reaction", 0.0)),
            drifts=tuple(Drift(**_window(row), by=float(row["by"])) for row in table.get("drift", ())),
            rates=tuple(Scaled(**_window(row), factor=float(row["factor"])) for row in table.get("rate", ())),
            depths=tuple(Scaled(**_window(row), factor=float(row["factor"])) for row in table.get("depth", ())),
            orders=tuple(_order(row) for row in table.get("order", ())),
            halts=tuple(Window(**_window(row)) for row in table.get("halt", ())),
            blocks=tuple(Window(**_window(row)) for row in table.get("block", ())),
            outages=tuple(Outage(**_window(row), lines=frozenset(row["lines"])) for row in table.get("outage", ())),
        )
        _check(found, table)
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"scenario {name}: complete tables expected, found {error!r}") from error
    return found


def _factor(windows: tuple[Scaled, ...], symbol: str, second: float) -> float:
    found = 1.0
    for window in windows:
        if window.holds(second, symbol):
            found *= window.factor
    return found


def _window(row: Mapping[str, Any]) -> dict[str, Any]:
    symbols = row.get("symbols", [row["symbol"]] if "symbol" in row else [])
    return {
        "from_s": parse_time_s(row["from"]),
        "to_s": parse_time_s(row["to"]),
        "symbols": frozenset(str(symbol) for symbol in symbols),
    }


def _order(row: Mapping[str, Any]) -> SingleOrder:
    return SingleOrder(
        at_s=parse_time_s(row["at"]),
        symbol=str(row["symbol"]),
        side=Side[str(row["side"]).upper()],
        takes=float(row["takes"]),
        px=str(row.get("px", "")),
    )


def _check(scenario: Scenario, table: Mapping[str, Any]) -> None:
    if unknown := sorted(set(table) - KNOWN):
        raise ValueError(f"a known table expected, found {unknown[0]}")
    windows: list[Window] = [*scenario.drifts, *scenario.rates, *scenario.depths, *scenario.halts, *scenario.blocks]
    for window in (*windows, *scenario.outages):
        if window.from_s >= window.to_s:
            raise ValueError(f"a beginning before the end expected, found {window.from_s} s to {window.to_s} s")
    if not 0 <= scenario.reaction <= REACTION_MAX:
        raise ValueError(f"a reaction of 0 to {REACTION_MAX:g} ticks expected, found {scenario.reaction:g}")
    if any(scaled.factor < 0 for scaled in (*scenario.rates, *scenario.depths)):
        raise ValueError("a factor of 0 or more expected")
    if any(not outage.lines <= LINES for outage in scenario.outages):
        raise ValueError("lines A and B expected")
    if any(order.takes <= 0 for order in scenario.orders):
        raise ValueError("takes above 0 expected")
