"""The trader's own keymap: a preset that ships, and the actions whose keys were changed.

A change replaces all keys of one action; actions that were not changed follow the preset, also one of a later version.
The live Keymap is changed in place, so that the next key press goes by it. What must not be:

- an action that sends an order has keys in the armed table only, and none of them is a single letter or digit, Escape
  or Space: nobody shall trade by leaning on the keyboard;
- the ways out (ESSENTIAL) always have a key;
- keys that the window system or the order of focus needs are nobody's.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.desk.action_names import is_sending
from hts.desk.actions import Refusal
from hts.desk.keymap import MODES, Keymap, normal
from hts.desk.parsed import toml_of, toml_text

Bindings = Mapping[str, Mapping[str, str]]

DEFAULT = "default"
ESSENTIAL = frozenset({"cancel.all", "arm.toggle", "kill.on", "command.focus"})
RESERVED = frozenset({"Tab", "Shift+Tab", "Shift+Backtab", "Backtab", "Alt+F4", "Ctrl+Alt+Del", "Ctrl+Q"})
TOO_EASY = frozenset({"Esc", "Space", "Del", "Backspace"})
SPARES = (*"1234567890", *(f"Shift+{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
KEYS_MAX = 2  # of a sequence
PER_ACTION_MAX = 6


def over(default: Bindings, preset: Bindings) -> Bindings:
    """A preset on top of the default: actions that it names have its keys alone, all others keep the default's.

    A key of the default that the preset gives to something else is the preset's.
    """
    named = {action for table in preset.values() for action in table.values()}
    used = {normal(keys) for table in preset.values() for keys in table}
    made = {mode: {normal(keys): action for keys, action in preset.get(mode, {}).items()} for mode in MODES}
    for mode in MODES:
        for keys, action in default.get(mode, {}).items():
            sequence = normal(keys)
            clashes = any(f"{one} ".startswith(f"{sequence} ") or f"{sequence} ".startswith(f"{one} ") for one in used)
            if action not in named and not clashes:
                made[mode][sequence] = action
    return made


def no_presets() -> "KeymapBook":
    """A book of empty pages, for a window without a keymap."""
    return KeymapBook({DEFAULT: {}})


class Taken(Struct, frozen=True, kw_only=True):
    """A key sequence that cannot be had without taking it from another action."""

    keys: str
    action: str


class KeymapBook:
    """`keymap` is live. `changes`: action -> its keys instead of the preset's."""

    def __init__(self, presets: Mapping[str, Bindings], save: Callable[[str], object] = str) -> None:
        """`save` keeps the file's text; it is called after every change."""
        assert DEFAULT in presets, presets.keys()
        self._presets = presets
        self._save = save
        self.preset = DEFAULT
        self._panels: tuple[str, ...] = ()
        self.changes: dict[str, tuple[str, ...]] = {}
        self.keymap = Keymap(presets[DEFAULT])
        self.names: Callable[[], Iterable[str]] = lambda: sorted(self.keymap.actions)  # the window tells more
        self.revision = 0  # counts changes, so that a screen can tell

    @property
    def presets(self) -> tuple[str, ...]:
        """Names of what ships, the default first."""
        return (DEFAULT, *sorted(name for name in self._presets if name != DEFAULT))

    def fill(self, panels: Iterable[str]) -> None:
        """Give every action that opens a panel, and that no preset knows, a spare sequence that begins with G."""
        self._panels = tuple(panels)
        self._become(self.preset, self.changes, keeps=False)

    def is_changed(self, action: str) -> bool:
        """Whether the action's keys are the trader's own."""
        return action in self.changes

    def assign(self, action: str, keys: str, *, takes: bool = False) -> Refusal | None:
        """One more key sequence for an action. `takes` also takes it from another one; without, that is refused."""
        sequence = normal(keys)
        refusal = _unfit(action, sequence)
        if refusal is not None:
            return refusal
        own = self.keymap.all_keys_of(action)
        if sequence in own:
            return None
        if len(own) >= PER_ACTION_MAX:
            return Refusal(key="keymap.full", values={"limit": str(PER_ACTION_MAX)})
        taken = self.taken(action, sequence)
        if taken and not takes:
            return Refusal(key="keymap.taken", values={"keys": taken[0].keys, "action": taken[0].action})
        changes = dict(self.changes)
        for other in taken:
            left = tuple(k for k in changes.get(other.action, self.keymap.all_keys_of(other.action)) if k != other.keys)
            if not left and other.action in ESSENTIAL:
                return Refusal(key="keymap.essential")
            changes[other.action] = left
        changes[action] = (*own, sequence)
        self._become(self.preset, changes)
        return None

    def taken(self, action: str, keys: str) -> tuple[Taken, ...]:
        """Whose keys these are, or begin, or begin with; an action's own do not count."""
        sequence = normal(keys)
        found = [
            Taken(keys=other, action=bound)
            for table in self.keymap.bindings.values()
            for other, bound in table.items()
            if bound != action and (f"{other} ".startswith(f"{sequence} ") or f"{sequence} ".startswith(f"{other} "))
        ]
        return tuple(dict.fromkeys(found))

    def remove(self, action: str, keys: str) -> Refusal | None:
        """Take a key sequence from an action."""
        left = tuple(own for own in self.keymap.all_keys_of(action) if own != normal(keys))
        if not left and action in ESSENTIAL:
            return Refusal(key="keymap.essential")
        self._become(self.preset, {**self.changes, action: left})
        return None

    def reset(self, action: str = "") -> None:
        """The preset's keys again: of one action, or of all."""
        left = {name: keys for name, keys in self.changes.items() if action and name != action}
        self._become(self.preset, left)

    def choose(self, preset: str, *, keeps: bool = True) -> None:
        """Go by another preset; what the trader changed stays changed."""
        if preset in self._presets:
            self._become(preset, self.changes, keeps=keeps)

    def text(self) -> str:
        """The file: preset and changes."""
        rows = [
            f"{toml_text(action)} = [{', '.join(map(toml_text, keys))}]"
            for action, keys in sorted(self.changes.items())
        ]
        return "\n".join([f"preset = {toml_text(self.preset)}", "", "[keys]", *rows, ""])

    def take(self, toml: str, name: str, *, keeps: bool = True) -> None:
        """Go by a file's content. Raises ConfigError, with nothing changed, when it does not hold."""
        try:
            table = toml_of(toml)
        except ValueError as fault:
            raise ConfigError(f"keymap {name}: expected TOML, found {fault}; correct it or remove it") from fault
        if set(table) & set(MODES):
            preset, changes = DEFAULT, _of_tables(Keymap.parse(toml, name), self._presets[DEFAULT])
        else:
            preset, changes = self._of_changes(table, name)
        self._become(preset, changes, keeps=keeps)

    def _of_changes(self, table: Mapping[str, Any], name: str) -> tuple[str, dict[str, tuple[str, ...]]]:
        preset, keys = table.get("preset", DEFAULT), table.get("keys", {})
        if not isinstance(preset, str) or preset not in self._presets:
            known = ", ".join(self.presets)
            raise ConfigError(f"keymap {name}: expected preset to be one of {known}, found {preset!r}; correct it")
        unknown = set(table) - {"preset", "keys"}
        if unknown or not isinstance(keys, Mapping):
            found = sorted(unknown) or ["keys"]
            raise ConfigError(f"keymap {name}: expected preset and [keys], found {', '.join(found)}; correct it")
        changes: dict[str, tuple[str, ...]] = {}
        for action, sequences in keys.items():
            if not isinstance(sequences, list) or not all(isinstance(one, str) for one in sequences):
                raise ConfigError(f"keymap {name}: expected a list of keys for {action!r}, found {sequences!r}")
            for one in sequences:
                if _unfit(action, normal(one)) is not None:
                    raise ConfigError(f"keymap {name}: {action!r} cannot have the key {one!r}; choose another")
            if action in ESSENTIAL and not sequences:
                raise ConfigError(f"keymap {name}: expected a key for {action!r}, found none; give it one")
            changes[action] = tuple(normal(one) for one in sequences)
        return preset, changes

    def _become(self, preset: str, changes: Mapping[str, tuple[str, ...]], *, keeps: bool = True) -> None:
        base = self._presets[preset]
        bindings = {mode: {k: a for k, a in base.get(mode, {}).items() if a not in changes} for mode in MODES}
        for action, sequences in changes.items():
            for keys in sequences:
                bindings[_mode(action, keys, base)][keys] = action
        bindings["always"].update(_spare_keys(self._panels, bindings, changes))
        self.preset, self.changes = preset, dict(changes)
        self.keymap.become(bindings)
        self.revision += 1
        if keeps:
            self._save(self.text())


def _spare_keys(panels: Iterable[str], bindings: Bindings, changes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    bound = {action for table in bindings.values() for action in table.values()} | set(changes)
    used = {normal(keys) for table in bindings.values() for keys in table}
    free = (f"G {last}" for last in SPARES if f"G {last}" not in used)
    return dict(zip(free, (panel for panel in panels if panel not in bound), strict=False)) if "G" not in used else {}


def _mode(action: str, keys: str, base: Bindings) -> str:
    """The table of a key: the preset's where it has this very key, armed for what sends, else always."""
    for mode in MODES:
        if any(normal(k) == keys and a == action for k, a in base.get(mode, {}).items()):
            return mode
    return "armed" if is_sending(action) else "always"


def _unfit(action: str, sequence: str) -> Refusal | None:
    """Why an action cannot have these keys at all."""
    keys = sequence.split(" ")
    if not sequence or len(keys) > KEYS_MAX:
        return Refusal(key="keymap.length", values={"limit": str(KEYS_MAX)})
    if any(key in RESERVED or key.startswith("Meta+") for key in keys):
        return Refusal(key="keymap.reserved", values={"keys": sequence})
    if is_sending(action) and len(keys) == 1 and (len(sequence) == 1 or sequence in TOO_EASY):
        return Refusal(key="keymap.too_easy", values={"keys": sequence})
    return None


def _of_tables(keymap: Keymap, base: Bindings) -> dict[str, tuple[str, ...]]:
    """A whole key table as changes of the default; what it does not name has no key, but for the ways out."""
    named = {action for table in base.values() for action in table.values()} | keymap.actions
    return {action: keys for action in named if (keys := keymap.all_keys_of(action)) or action not in ESSENTIAL}
