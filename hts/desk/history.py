"""What was chosen in the command box, newest first; it lifts lines within their rank and is offered before typing."""

from typing import Any

KEPT_MAX = 30
NEVER = 10_000
KEY_MAX = 64  # characters of one key


class CommandHistory:
    """`keys` newest first, each once."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def add(self, key: str) -> None:
        """Note a choice."""
        self.keys = [key, *(other for other in self.keys if other != key)][:KEPT_MAX]

    def age(self, key: str) -> int:
        """0 for the newest choice, NEVER for what was not chosen."""
        return self.keys.index(key) if key in self.keys else NEVER

    def restore(self, stored: Any) -> None:
        """Take what was stored; anything else than short texts is dropped."""
        rows = stored if isinstance(stored, list) else []
        keys = [key for key in rows if isinstance(key, str) and 0 < len(key) <= KEY_MAX]
        self.keys = list(dict.fromkeys(keys))[:KEPT_MAX]
