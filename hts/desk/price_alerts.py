"""Alerts that the trader sets: a price, a change, a volume, an indicator, or any condition of one issue.

They live in the terminal and end with it: nothing watches while it is closed, and the list says so. A rule fires when
its condition becomes true; a rule for once is then done, one that repeats fires again after the condition was false.
A snoozed rule is looked at and keeps quiet. Newcomers to a screen that tells of them are fired the same way.
"""

import json
from collections import deque
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from hts.base.arrays import np
from hts.desk.parsed import json_of
from hts.desk.screener import ScreenRun
from hts.desk.screener_eval import Columns, bounds
from hts.desk.screener_expr import ConditionError, Node, calls, parse
from hts.desk.screener_minutes import needs_of
from hts.desk.screener_universe import Universe

FILE = "price_alerts.json"
VERSION = 1
RULES_MAX = 200
FIRED_MAX = 300
REPEAT_NS = 10_000_000_000  # least venue time between two firings of a rule that flaps
SNOOZE_NS = 600_000_000_000

# Kind -> condition; the value is what the trader typed.
KINDS = {
    "price_above": "price >= {value}",
    "price_below": "price > 0 and price <= {value}",
    "change_above": "change >= {value}",
    "change_below": "change <= {value}",
    "volume_above": "volume >= {value}",
    "strength_above": "strength >= {value}",
    "rsi_above": "rsi(14) >= {value}",
    "rsi_below": "rsi(14) <= {value}",
    "ma_above": "price >= ma({value})",
    "ma_below": "price < ma({value})",
    "condition": "{value}",
}


class AlertRule(Struct, frozen=True, kw_only=True):
    """One rule. `is_done`: it fired and does not repeat. `snoozed_ns`: quiet until then, venue time."""

    rule_id: int
    symbol: str
    kind: str
    value: str
    repeats: bool = False
    sounds: bool = True
    is_done: bool = False
    snoozed_ns: int = 0

    @property
    def condition(self) -> str:
        """What is watched, in the language of conditions."""
        value = self.value if self.kind == "condition" else self.value.lstrip("+")
        return KINDS[self.kind].format(value=value)


class Fired(Struct, frozen=True, kw_only=True):
    """A rule or a screen that fired. `screen` is empty for a rule's."""

    number: int
    trade_ns: int
    symbol: str
    px: int
    kind: str = ""
    value: str = ""
    screen: str = ""
    sounds: bool = False


class PriceAlerts:
    """rules: by id. fired: newest last. version: changes with every change of either. names: words for conditions."""

    def __init__(self) -> None:
        self.rules: dict[int, AlertRule] = {}
        self.fired: deque[Fired] = deque(maxlen=FIRED_MAX)
        self.seen = 0  # number up to which the trader has seen what fired
        self.version = 0
        self.names: Mapping[str, str] = {}
        self._count = 0
        self._next_id = 1
        self._nodes: dict[int, Node] = {}
        self._was: dict[int, bool] = {}
        self._fired_ns: dict[int, int] = {}
        self._screens: dict[str, ScreenRun] = {}

    @property
    def unseen(self) -> int:
        """How many fired since the trader looked."""
        return sum(one.number > self.seen for one in self.fired)

    @property
    def needs_days(self) -> bool:
        """Whether anything that is watched asks for past days."""
        rules = any(
            not call.minutes
            for rule_id, node in self._nodes.items()
            if not self.rules[rule_id].is_done
            for call in calls(node)
        )
        return rules or any(run.needs_days for run in self._screens.values())

    def fired_ns(self, rule_id: int) -> int:
        """When a rule fired last in this run; 0 for never."""
        return self._fired_ns.get(rule_id, 0)

    def mark_seen(self) -> None:
        """The trader has seen all that fired."""
        if self.fired and self.seen != self.fired[-1].number:
            self.seen = self.fired[-1].number
            self.version += 1

    # What is watched

    def add(self, symbol: str, kind: str, value: str, *, repeats: bool, sounds: bool) -> AlertRule:
        """A new rule. Raises ConditionError for a value that cannot be used."""
        if len(self.rules) >= RULES_MAX:
            raise ConditionError("screener.fault.many", limit=RULES_MAX)
        rule = AlertRule(
            rule_id=self._next_id, symbol=symbol, kind=kind, value=value.strip(), repeats=repeats, sounds=sounds
        )
        self._put(rule)
        self._was[rule.rule_id] = False  # one that is met already fires at once: the trader sees that it works
        return rule

    def _put(self, rule: AlertRule) -> None:
        if rule.kind != "condition" and not is_figure(rule.value):
            raise ConditionError("alerts.fault.figure", found=rule.value[:20] or "…")
        self._nodes[rule.rule_id] = parse(rule.condition, self.names)
        self.rules[rule.rule_id] = rule
        self._next_id = max(self._next_id, rule.rule_id + 1)
        self.version += 1

    def remove(self, rule_id: int) -> None:
        """Forget a rule."""
        if self.rules.pop(rule_id, None) is not None:
            for kept in (self._nodes, self._was, self._fired_ns):
                kept.pop(rule_id, None)
            self.version += 1

    def change(self, rule_id: int, **changes: Any) -> None:
        """Change a rule's flags; one that is armed again may fire again."""
        rule = self.rules.get(rule_id)
        if rule is None:
            return
        self.rules[rule_id] = replace(rule, **changes)
        if rule.is_done and not self.rules[rule_id].is_done:
            self._was[rule_id] = True  # not before its condition was false once
            self._fired_ns.pop(rule_id, None)
        self.version += 1

    def snooze(self, rule_id: int, trade_ns: int) -> None:
        """Keep a rule quiet for a while, or wake it."""
        rule = self.rules.get(rule_id)
        if rule is not None:
            self.change(rule_id, snoozed_ns=0 if rule.snoozed_ns > trade_ns else trade_ns + SNOOZE_NS)

    def watch_screens(self, screens: Mapping[str, Node]) -> None:
        """The screens whose newcomers are told, by name; those that were watched before go on."""
        kept = self._screens
        self._screens = {
            name: kept[name] if name in kept and kept[name].node == node else ScreenRun(node)
            for name, node in screens.items()
        }

    # Looking

    def look(self, universe: Universe, held: frozenset[str], trade_ns: int) -> list[Fired]:
        """Compare everything with the market now; what fired. Call a few times per second."""
        if not len(universe) or not (self.rules or self._screens):
            return []
        columns = Columns(universe, held)
        fired = [
            one
            for rule in list(self.rules.values())
            if (one := self._look_at(rule, universe, columns, trade_ns)) is not None
        ]
        for name, run in self._screens.items():
            came, _ = run.update(universe, columns, trade_ns)
            fired += [self._note(universe, trade_ns, symbol=symbol, screen=name) for symbol in came]
        return fired

    def _look_at(self, rule: AlertRule, universe: Universe, columns: Columns, trade_ns: int) -> Fired | None:
        row = universe.row_of(rule.symbol)
        if rule.is_done or row < 0:
            return None
        is_met = self._is_met(rule, universe, columns, row)
        if is_met is None:
            return None
        was = self._was.get(rule.rule_id)
        self._was[rule.rule_id] = is_met
        # A rule of an earlier run that repeats begins with what it finds.
        if not is_met or was or (was is None and rule.repeats) or trade_ns < rule.snoozed_ns:
            return None
        if trade_ns - self._fired_ns.get(rule.rule_id, -REPEAT_NS) < REPEAT_NS:
            return None
        self._fired_ns[rule.rule_id] = trade_ns
        if not rule.repeats:
            self.rules[rule.rule_id] = replace(rule, is_done=True)
        return self._note(universe, trade_ns, symbol=rule.symbol, kind=rule.kind, value=rule.value, sounds=rule.sounds)

    def _is_met(self, rule: AlertRule, universe: Universe, columns: Columns, row: int) -> bool | None:
        """Whether its issue meets a rule's condition; None while that is for its history to tell, which is to come."""
        node, owner = self._nodes[rule.rule_id], ("alert", rule.rule_id)
        needs = needs_of(node)
        if needs:
            universe.minutes.want(owner, needs, (rule.symbol,))
        lacks_minutes = bool(needs and universe.minutes.lacking(owner))
        lacks_days = not universe.has_days(rule.symbol)
        with np.errstate(all="ignore"):
            least, most = bounds(node, columns, lambda call: lacks_minutes if call.minutes else lacks_days)
        return bool(least[row]) if least[row] == most[row] else None

    def _note(self, universe: Universe, trade_ns: int, *, symbol: str, **fields: Any) -> Fired:
        self._count += 1
        px = int(universe.figure("px")[universe.row_of(symbol)])
        one = Fired(number=self._count, trade_ns=trade_ns, symbol=symbol, px=px, **fields)
        self.fired.append(one)
        self.version += 1
        return one

    # The disk

    def dump(self) -> str:
        """For the disk."""
        rules = [msgspec.to_builtins(rule) for rule in self.rules.values()]
        return json.dumps({"version": VERSION, "rules": rules}, ensure_ascii=False, indent=1)

    def load(self, text: str) -> int:
        """Take rules of an earlier run; how many could not be used. Raises ValueError for no list of rules."""
        table = json_of(text)
        rows = table.get("rules") if isinstance(table, dict) else None
        if not isinstance(rows, list):
            raise ValueError("no list of rules")  # noqa: TRY004  damaged content, whatever its type
        return sum(not self._take(row) for row in rows[:RULES_MAX]) + max(len(rows) - RULES_MAX, 0)

    def _take(self, row: Any) -> bool:
        try:
            rule = msgspec.convert(row, AlertRule)
            if rule.kind not in KINDS or rule.rule_id in self.rules or rule.rule_id < 1:
                return False
            self._put(rule)
        except (msgspec.ValidationError, ConditionError):
            return False
        return True


def is_figure(text: str) -> bool:
    """Whether a text is a number, perhaps signed and with separators."""
    bare = text.replace(",", "").lstrip("+-−")
    return bare.isascii() and bare.replace(".", "", 1).isdigit() and len(bare) <= 18
