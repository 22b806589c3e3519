"""The list of rules as a person reads it: what each is for, whom it is asked about, with which limit to begin with.

The checks themselves are code and stand in `hts.risk.checks`; this is their published description, and a test holds
both together.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.model.scopes import ScopeKind

_KINDS: Final = ("hard", "limit", "breaker")


class RuleEntry(Struct, frozen=True, kw_only=True):
    """One rule. `limits`: field of RiskLimits -> default by kind of scope."""

    rule_id: str
    kind: str
    unit: str
    acts: tuple[str, ...]
    why: str
    limits: Mapping[str, Mapping[ScopeKind, int]] = {}

    @property
    def text_key(self) -> str:
        """Where the text catalogue has its sentence; a breaker is told by what it did."""
        return "denial.halted" if self.kind == "breaker" else f"denial.{self.rule_id}"


class RuleBook(Struct, frozen=True, kw_only=True):
    """All rules, in the order in which they are asked."""

    rules: tuple[RuleEntry, ...]

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "RuleBook":
        """Read `resources/risk/rules.toml`. Raises ConfigError."""
        return cls(rules=tuple(_entry(entry) for entry in table.get("rule", ())))

    def default(self, name: str, kind: ScopeKind) -> int:
        """What a limit begins with in a scope of this kind; 0: off."""
        return next((entry.limits[name].get(kind, 0) for entry in self.rules if name in entry.limits), 0)


def _entry(entry: Mapping[str, Any]) -> RuleEntry:
    place = f"rules.toml: {entry.get('id', 'a rule without id')}"
    for name in ("id", "kind", "unit", "why"):
        if not isinstance(entry.get(name), str):
            raise ConfigError(f"{place}: {name}: expected a text, found {entry.get(name)!r}")
    if entry["kind"] not in _KINDS:
        raise ConfigError(f"{place}: kind: expected one of {', '.join(_KINDS)}, found {entry['kind']!r}")
    return RuleEntry(
        rule_id=entry["id"],
        kind=entry["kind"],
        unit=entry["unit"],
        acts=tuple(entry.get("acts", ())),
        why=entry["why"],
        limits={name: _by_scope(place, name, found) for name, found in entry.get("limits", {}).items()},
    )


def _by_scope(place: str, name: str, found: Mapping[str, int]) -> dict[ScopeKind, int]:
    known = {kind.value: kind for kind in ScopeKind}
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise ConfigError(f"{place}: {name}: expected scopes of {', '.join(known)}, found {unknown[0]!r}")
    return {known[kind]: int(value) for kind, value in found.items()}
