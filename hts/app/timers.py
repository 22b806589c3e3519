"""Named timers: what is due when. The shell asks for the next time; nothing here waits."""


class Timers:
    """One time per name; setting a name again moves it."""

    def __init__(self) -> None:
        self._due_ns: dict[str, int] = {}

    def set(self, name: str, mono_ns: int) -> None:
        self._due_ns[name] = mono_ns

    def cancel(self, name: str) -> None:
        self._due_ns.pop(name, None)

    def next_ns(self) -> int | None:
        """Monotonic time of the earliest timer."""
        return min(self._due_ns.values(), default=None)

    def take_due(self, mono_ns: int) -> list[str]:
        """Names that are due, earliest first; they are forgotten."""
        due = sorted((at, name) for name, at in self._due_ns.items() if at <= mono_ns)
        for _, name in due:
            del self._due_ns[name]
        return [name for _, name in due]
