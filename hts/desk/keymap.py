"""Keys as data: sequences of keys to names of actions, per mode.

Theory of operation: a keymap file has three tables, [always], [armed] and [disarmed], each from a key sequence
("F1", "Ctrl+K", "G B") to an action's name. Every table becomes a trie. A press walks the tries of the active
modes together; the answer is that nothing matches, that a sequence has begun, or the action. A sequence that is a
prefix of another one, and the same sequence twice within the modes that can be active together, are conflicts: they
are reported and the colliding keys do nothing, since a key that might mean two things must not send an order.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Self

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.desk.action_names import is_sending
from hts.desk.parsed import toml_of

MODIFIERS = ("Ctrl", "Shift", "Alt", "Meta")
MODES = ("always", "armed", "disarmed")


class Match(Enum):
    """What a press led to."""

    NONE = "none"
    PARTIAL = "partial"  # a sequence has begun
    EXACT = "exact"
    BLOCKED = "blocked"  # bound, but only in the other mode


class Press(Struct, frozen=True):
    """The answer to one key."""

    match: Match
    action: str = ""


class Conflict(Struct, frozen=True, order=True):
    """Two bindings that cannot both hold; neither fires."""

    keys: str
    actions: tuple[str, ...]


Trie = dict[str, "Trie | str"]


class Keymap:
    """All bindings of one keymap file. `bindings` is what it says, `conflicts` what of it was left out."""

    def __init__(self, bindings: Mapping[str, Mapping[str, str]]) -> None:
        """`bindings`: mode -> key sequence -> action."""
        self.conflicts: tuple[Conflict, ...] = ()
        self._begun: tuple[str, ...] = ()
        self._take(bindings)

    def _take(self, bindings: Mapping[str, Mapping[str, str]]) -> None:
        self.bindings = {
            mode: {normal(keys): action for keys, action in bindings.get(mode, {}).items()} for mode in MODES
        }
        self._bindings = {mode: dict(table) for mode, table in self.bindings.items()}
        self._drop_conflicts()
        self._tries = {mode: _trie(self._bindings[mode]) for mode in MODES}

    def become(self, bindings: Mapping[str, Mapping[str, str]]) -> None:
        """Take other bindings in place: whoever holds this keymap goes by them from the next key on."""
        self.forget()
        self._take(bindings)

    @classmethod
    def parse(cls, toml: str, name: str) -> Self:
        """Read a keymap file's content. Raises ConfigError naming the file and the fault."""
        try:
            table = toml_of(toml)
        except ValueError as fault:
            raise ConfigError(f"keymap {name}: expected TOML, found {fault}; correct it or remove it") from fault
        return cls.of(table, name)

    @classmethod
    def of(cls, table: Mapping[str, Any], name: str) -> Self:
        """Check a table. Raises ConfigError naming the file and the fault."""
        for mode, keys in table.items():
            if mode not in MODES or not isinstance(keys, Mapping):
                raise ConfigError(f"keymap {name}: expected tables {', '.join(MODES)}, found {mode!r}; correct it")
            for key, action in keys.items():
                if not isinstance(action, str) or not key.strip():
                    raise ConfigError(f"keymap {name}: expected a key with an action, found {key!r}; correct it")
                if mode != "armed" and is_sending(action):
                    raise ConfigError(
                        f"keymap {name}: expected {action!r} under [armed], found it under [{mode}]; move it"
                    )
        return cls(table)

    @property
    def actions(self) -> frozenset[str]:
        """All actions that have a key."""
        return frozenset(action for table in self._bindings.values() for action in table.values())

    def all_keys_of(self, action: str) -> tuple[str, ...]:
        """Every key sequence of the action as written, those in conflict too."""
        return tuple(dict.fromkeys(k for table in self.bindings.values() for k, a in table.items() if a == action))

    def keys_of(self, action: str, mode: str = "") -> str:
        """The action's first key sequence, of one mode or of any, for key caps; empty when it has none."""
        for table in [self._bindings[mode]] if mode else self._bindings.values():
            for keys, bound in table.items():
                if bound == action:
                    return keys
        return ""

    def press(self, key: str, *, armed: bool) -> Press:
        """Take one key. A key that continues nothing ends the sequence and counts as the first of a new one."""
        found = self._walk((*self._begun, key), armed=armed)
        if found.match is Match.NONE and self._begun:
            found = self._walk((key,), armed=armed)
            self._begun = ()
        self._begun = (*self._begun, key) if found.match is Match.PARTIAL else ()
        return found

    def forget(self) -> None:
        """Drop a sequence that has begun."""
        self._begun = ()

    @property
    def begun(self) -> str:
        """The keys of the sequence that has begun, as written; empty for none."""
        return " ".join(self._begun)

    def resume(self, begun: str) -> None:
        """Let a sequence stand begun again, so that its next last key needs no first ones."""
        self._begun = tuple(begun.split())

    def goes_on(self, key: str, *, armed: bool) -> bool:
        """Whether this key continues the sequence that has begun."""
        return bool(self._begun) and self._walk((*self._begun, key), armed=armed).match is not Match.NONE

    def following(self, *, armed: bool) -> tuple[tuple[str, str], ...]:
        """What may follow the sequence that has begun: the rest of the keys, and the action, as they are written."""
        begun = " ".join(self._begun) + " "
        tables = [self._bindings[mode] for mode in ("always", "armed" if armed else "disarmed")]
        pairs = [pair for table in tables for pair in table.items()] if self._begun else []
        return tuple((keys.removeprefix(begun), action) for keys, action in pairs if keys.startswith(begun))

    def _walk(self, keys: tuple[str, ...], *, armed: bool) -> Press:
        active, other = ("armed", "disarmed") if armed else ("disarmed", "armed")
        for mode in ("always", active):
            reached = _reach(self._tries[mode], keys)
            if isinstance(reached, str):
                return Press(Match.EXACT, reached)
            if reached:
                return Press(Match.PARTIAL)
        blocked = _reach(self._tries[other], keys)
        return Press(Match.BLOCKED, blocked) if isinstance(blocked, str) else Press(Match.NONE)

    def _drop_conflicts(self) -> None:
        conflicts = set()
        for other in ("armed", "disarmed"):
            pairs = [(keys, action) for mode in ("always", other) for keys, action in self._bindings[mode].items()]
            for i, (keys, action) in enumerate(pairs):
                for keys2, action2 in pairs[i + 1 :]:
                    if keys == keys2 or f"{keys2} ".startswith(f"{keys} ") or f"{keys} ".startswith(f"{keys2} "):
                        conflicts.add(Conflict(min(keys, keys2), (action, action2)))
                        conflicts.add(Conflict(max(keys, keys2), (action, action2)))
        dropped = {conflict.keys for conflict in conflicts}
        self._bindings = {
            mode: {keys: action for keys, action in table.items() if keys not in dropped}
            for mode, table in self._bindings.items()
        }
        self.conflicts = tuple(sorted(conflicts))


def normal(keys: str) -> str:
    """One spelling per sequence: modifiers in a fixed order, one space between keys."""
    return " ".join(_normal_key(key) for key in keys.split())


def _normal_key(key: str) -> str:
    *modifiers, last = key.split("+") if not key.endswith("+") else [*key[:-1].rstrip("+").split("+"), "+"]
    present = [part for part in MODIFIERS if part in modifiers]
    return "+".join([*present, last.upper() if len(last) == 1 else last])


def _trie(bindings: Mapping[str, str]) -> Trie:
    root: Trie = {}
    for keys, action in bindings.items():
        *path, last = keys.split(" ")
        node = root
        for key in path:
            child = node.setdefault(key, {})
            assert not isinstance(child, str), keys
            node = child
        node[last] = action
    return root


def _reach(node: "Trie | str", keys: tuple[str, ...]) -> "Trie | str":
    """The node or action at the end of `keys`; an empty trie when there is none."""
    for key in keys:
        if isinstance(node, str):
            return {}
        node = node.get(key, {})
    return node
