"""Indices computed from the issues of the simulated market while it trades, and their special quotation.

An index reads last prices when it is asked, so it has no state of its own to lose. Values are whole hundredths of a
point. Capitalisation: base value times the members' worth over their worth at the base prices of the first simulated
day. Price: base value times the sum of prices over the sum of those base prices (what a divisor does).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.enums import Market
from hts.model.instruments import Instrument
from hts.rules.dates import NS
from hts.sim.commands import VENUE, IndexPrint
from hts.sim.figures import DayFigures

EVERY_NS = NS  # an index is told once a second, where it has moved
CAP, PRICE = "cap", "price"


class IndexRule(Struct, frozen=True, kw_only=True):
    """One row of resources/market/indices.toml."""

    name: str
    venue: str
    market: Market
    weighting: str
    base: int
    largest: int = 0
    sq: str = ""

    @classmethod
    def parse_all(cls, table: Mapping[str, Any]) -> "tuple[IndexRule, ...]":
        """The table's rows. Raises ConfigError."""
        try:
            rules = tuple(
                cls(
                    name=row["name"],
                    venue=row["venue"],
                    market=Market[row["market"]],
                    weighting=row["weighting"],
                    base=row["base"],
                    largest=row.get("largest", 0),
                    sq=row.get("sq", ""),
                )
                for row in table["index"]
            )
        except (KeyError, TypeError) as error:
            raise ConfigError(f"indices: complete rows expected, found {error!r}; restore the file") from error
        for rule in rules:
            if rule.weighting not in (CAP, PRICE) or rule.base <= 0:
                raise ConfigError(f"indices: {rule.name}: weighting cap or price and a base above 0 expected")
        return rules


class Prices(Protocol):
    """What an index reads from the exchange."""

    def day(self, symbol: str) -> DayFigures:
        """The day's figures so far."""
        ...


class LiveIndex:
    """One index on one day. `listed` are today's issues, `origin` those of the first simulated day."""

    def __init__(self, rule: IndexRule, listed: Iterable[Instrument], origin: Mapping[str, int]) -> None:
        self.rule = rule
        members = [i for i in listed if i.market is rule.market and not i.is_etf and i.symbol in origin]
        if rule.weighting == CAP:
            members = [i for i in members if i.listed_shares]
        members.sort(key=lambda i: (-origin[i.symbol] * (i.listed_shares or 1), i.symbol))
        self.members = tuple(members[: rule.largest or None])
        self._weights = {i.symbol: int(i.listed_shares) if rule.weighting == CAP else 1 for i in self.members}
        self._origin = sum(origin[symbol] * weight for symbol, weight in self._weights.items())
        self.base = self._value({i.symbol: int(i.base_px) for i in self.members})

    def value(self, prices: Prices) -> int:
        """Now: last prices, base prices before the first trade."""
        return self._value({i.symbol: prices.day(i.symbol).last_px or int(i.base_px) for i in self.members})

    def special_quotation(self, prices: Prices, *, is_close: bool = False) -> int:
        """From opening prices; 0 while a member has not opened, unless the day is over."""
        opens = {i.symbol: prices.day(i.symbol).open_px for i in self.members}
        if not is_close and not all(opens.values()):
            return 0
        return self._value({i.symbol: opens[i.symbol] or int(i.base_px) for i in self.members})

    def _value(self, px_of: Mapping[str, int]) -> int:
        if not self._origin:
            return 0
        now = sum(px_of[symbol] * weight for symbol, weight in self._weights.items())
        return (2 * self.rule.base * now + self._origin) // (2 * self._origin)


class IndexBoard:
    """All indices of a venue's day: what is to be told, and when."""

    def __init__(
        self, rules: Iterable[IndexRule], venue: str, listed: tuple[Instrument, ...], origin: Mapping[str, int]
    ) -> None:
        found = [LiveIndex(rule, listed, origin) for rule in rules if rule.venue == venue]
        self.indices = [index for index in found if index.members]
        self._told: dict[str, int] = {}

    def next_timer_ns(self, last_ns: int) -> int | None:
        """The next whole second after `last_ns`; None where there is no index."""
        return (last_ns // EVERY_NS + 1) * EVERY_NS if self.indices else None

    def prints(self, prices: Prices, *, is_close: bool = False) -> list[IndexPrint]:
        """What has moved since it was told last."""
        found: list[IndexPrint] = []
        for index in self.indices:
            self._tell(found, index.rule.name, index.value(prices), index.base)
            if index.rule.sq and index.rule.sq not in self._told:
                self._tell(found, index.rule.sq, index.special_quotation(prices, is_close=is_close), index.base)
        return found

    def learn(self, told: IndexPrint) -> None:
        """An index print out of the log."""
        self._told[told.name] = told.value

    def values(self) -> dict[str, int]:
        """What was told last, by name."""
        return dict(self._told)

    def _tell(self, found: list[IndexPrint], name: str, value: int, base: int) -> None:
        if value and self._told.get(name) != value:
            self._told[name] = value
            found.append(IndexPrint(session=VENUE, name=name, value=value, base=base))
