"""The lowest price at which a short sale may be entered now, by the venue's rule.

uptick                 not below the last price; at the last price only when it came from below; before any two
                       different prices have traded, above the last (Korea)
uptick_after_drop      the same, once the issue has fallen by so much from its base price; small orders are free (Japan)
above_bid_after_drop   above the best bid of all venues, once it has fallen by so much (US)
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.enums import SecurityType
from hts.model.instruments import Instrument

_KINDS: Final = ("uptick", "uptick_after_drop", "above_bid_after_drop")
_BP: Final = 10_000


class ShortRule(Struct, frozen=True, kw_only=True):
    """One venue's. `drop_bp`: the fall from the base price that puts it in force; 0: always. `free_lots`: orders up to
    so many lots are not bound.
    """

    kind: str
    drop_bp: int = 0
    free_lots: int = 0
    exempt: frozenset[SecurityType] = frozenset()


class Trading(Struct, frozen=True, kw_only=True):
    """What has traded today. `different_px`: the last price that was not the last one; 0 where there was none."""

    last_px: int = 0
    different_px: int = 0
    low_px: int = 0
    best_bid_px: int = 0


class ShortRules(Struct, frozen=True, kw_only=True):
    """By venue."""

    by_venue: Mapping[str, ShortRule] = {}

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "ShortRules":
        """Read `resources/risk/short_sale.toml`. Raises ConfigError."""
        found: dict[str, ShortRule] = {}
        for entry in table.get("rule", ()):
            if entry.get("kind") not in _KINDS:
                raise ConfigError(
                    f"short_sale.toml: kind: expected one of {', '.join(_KINDS)}, found {entry.get('kind')!r}"
                )
            rule = ShortRule(
                kind=entry["kind"],
                drop_bp=int(entry.get("drop_bp", 0)),
                free_lots=int(entry.get("free_lots", 0)),
                exempt=frozenset(SecurityType[name] for name in entry.get("exempt", ())),
            )
            found.update(dict.fromkeys(entry["venues"], rule))
        return cls(by_venue=found)

    def floor_px(self, venue: str, issue: Instrument, trading: Trading, qty: int) -> int:
        """The lowest price of a short sale now; 0 where no rule is in force."""
        rule = self.by_venue.get(venue)
        if rule is None or issue.security_type in rule.exempt or qty <= rule.free_lots * issue.lot:
            return 0
        if rule.drop_bp and not _has_fallen(issue, trading, rule.drop_bp):
            return 0
        if rule.kind == "above_bid_after_drop":
            return issue.ticks.up(trading.best_bid_px) if trading.best_bid_px else 0
        last_px = trading.last_px or issue.base_px
        is_uptick = trading.last_px > trading.different_px > 0
        return last_px if is_uptick else issue.ticks.up(issue.ticks.floor(last_px))


def _has_fallen(issue: Instrument, trading: Trading, drop_bp: int) -> bool:
    low_px = trading.low_px or trading.last_px
    return low_px > 0 and (issue.base_px - low_px) * _BP >= issue.base_px * drop_bp
