"""Which of a feed's two lines speaks. One line alone carries the feed; a person should know that the other is gone."""


class FeedLines:
    """Told of every packet; says in one sentence when a line falls silent beside the other, and when it is back."""

    def __init__(self, silence_ns: int, names: tuple[str, ...] = ("A", "B")) -> None:
        self._silence_ns = silence_ns
        self._names = names
        self._heard_ns: dict[str, int] = {}
        self._silent: set[str] = set()

    def heard(self, line: str, mono_ns: int) -> str:
        """A packet came on this line. The sentence for a person; empty where nothing changed."""
        if not self._heard_ns:
            self._heard_ns = dict.fromkeys(self._names, mono_ns)  # each has its time from the first packet on
        self._heard_ns[line] = mono_ns
        if line in self._silent:
            self._silent.discard(line)
            return f"line {line} speaks again"
        for other, since_ns in self._heard_ns.items():
            if mono_ns - since_ns >= self._silence_ns and other not in self._silent:
                self._silent.add(other)
                return f"line {other} has been silent for {self._silence_ns // 1_000_000} ms; line {line} carries on"
        return ""

    def all_silent(self) -> None:
        """The feed is down: when it comes back, each line has its time again."""
        self._heard_ns = {}
        self._silent.clear()
