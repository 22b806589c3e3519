"""Which order may be sent to which venue in which phase: types, conditions and features, as data.

A venue that the table names allows only what its rows say. Where no table is given at all the generic rule holds:
call auctions take plain DAY orders, everything else takes everything.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.enums import OrdType, Phase, TimeInForce

_PLAIN = (OrdType.LIMIT, TimeInForce.DAY)
_MIDPOINT = (OrdType.MIDPOINT, TimeInForce.DAY)
_FEATURES = frozenset({"display_qty", "min_qty", "post_only", "short"})


class Row(Struct, frozen=True, kw_only=True):
    """What one venue takes in one phase."""

    pairs: frozenset[tuple[OrdType, TimeInForce]]
    features: frozenset[str]


class Eligibility(Struct, frozen=True, kw_only=True):
    """The whole table: (venue, phase) -> Row. `venues` are those that it names."""

    rows: Mapping[tuple[str, Phase], Row] = {}
    venues: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Eligibility":
        """Read `resources/risk/eligibility.toml`. Raises ConfigError."""
        found: dict[tuple[str, Phase], Row] = {}
        for number, entry in enumerate(table.get("allow", ()), 1):
            place = f"eligibility.toml: allow[{number}]"
            features = frozenset(entry.get("features", ()))
            if features - _FEATURES:
                raise ConfigError(f"{place}: features: expected some of {sorted(_FEATURES)}, found {sorted(features)}")
            types = [_member(OrdType, name, place) for name in entry["types"]]
            conditions = [_member(TimeInForce, name, place) for name in entry["conditions"]]
            pairs = frozenset((one, other) for one in types for other in conditions)
            for name in entry["phases"]:
                key = (entry["venue"], _member(Phase, name, place))
                before = found.get(key, Row(pairs=frozenset(), features=frozenset()))
                found[key] = Row(pairs=before.pairs | pairs, features=before.features | features)
        return cls(rows=found, venues=frozenset(venue for venue, _ in found))

    def row(self, venue: str, phase: Phase) -> Row | None:
        """The venue's row; None where it takes nothing in this phase."""
        return self.rows.get((venue, phase))

    def takes_limit(self, venue: str, phase: Phase) -> bool:
        """Whether a plain limit order may go there now; a venue that no table names takes what it gets."""
        row = self.rows.get((venue, phase))
        return venue not in self.venues or (row is not None and _PLAIN in row.pairs)

    def takes_midpoint(self, venue: str, phase: Phase) -> bool:
        """Whether the venue says that it offers the middle of the spread now."""
        row = self.rows.get((venue, phase))
        return row is not None and _MIDPOINT in row.pairs


def _member(kind: Any, name: str, place: str) -> Any:
    found = kind.__members__.get(name)
    if found is None:
        raise ConfigError(f"{place}: expected a {kind.__name__}, found {name!r}")
    return found


GENERIC = Eligibility()
