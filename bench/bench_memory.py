"""What the terminal holds after minutes of a busy market: 20 issues, 50 trades a second each, the window as it ships.

The market is played frame by frame, a tenth of a second of it at a time, as fast as the terminal can show it: the same
bytes go through the same link as from a core. The heap is what counts after the first minute, when everything that is
kept has been seen once; what still grows then grows with the day.
"""

import sys
import tempfile
from pathlib import Path

from kit import finish, row

MINUTES = 5
FRAME_S = 0.1
FRAMES_PER_MINUTE = round(60 / FRAME_S)


class OwnCore:
    """The link's server in this process, at the other end of what the terminal takes for a socket."""

    def __init__(self, source) -> None:
        self._source = source
        self._waiting = b""
        self._elapsed_s = 0.0
        source.link.connected(1)

    def play(self) -> None:
        """One frame of the market."""
        self._elapsed_s += FRAME_S
        self._source.publish(self._elapsed_s)
        self._waiting += self._source.link.data_to_send(1)

    def send(self, data: bytes) -> int:
        for wish in self._source.link.receive_data(1, data):
            self._source.on_wish(1, wish, 0)
        self._waiting += self._source.link.data_to_send(1, market=False)
        return len(data)

    def recv(self, size: int) -> bytes:
        if not self._waiting:
            raise BlockingIOError
        data, self._waiting = self._waiting[:size], self._waiting[size:]
        return data

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        """Nothing to close."""


def resident_mib() -> float:
    """Memory of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def measure(home: Path, minutes: int) -> list[dict]:
    from bench_terminal_load import Direct, Source

    from hts.app.paths import home_paths
    from hts.app.terminal import Terminal, TerminalOptions, application
    from hts.app.terminal_link import open_link
    from hts.app.tune import tune_gc

    app = application()
    source = Source(home)
    source.shell = Direct()
    own = resident_mib()  # the source's tables and the server's code are not the terminal's
    link, core = open_link(home_paths(home)), OwnCore(source)
    link._connected = lambda: core  # noqa: SLF001
    terminal = Terminal(home, "8801-2745-01", link, TerminalOptions(language="ko"))
    clock, now = terminal.frame_clock, [terminal.mono_ns()]
    terminal.session._mono_ns = clock._mono_ns = lambda: now[0]  # noqa: SLF001
    terminal.window.resize(1920, 1080)
    terminal.show()
    clock.stop()

    def play(frames: int) -> float:
        for _ in range(frames):
            now[0] += round(FRAME_S * 1e9)
            core.play()
            clock.tick()
            app.processEvents()
        return resident_mib()

    play(10)
    terminal.window.make_later_panels()
    play(10)
    tune_gc()
    first = play(FRAMES_PER_MINUTE)
    last = play(FRAMES_PER_MINUTE * (minutes - 1))
    terminal.window.close()
    print(f"own code and tables before the terminal: {own:.1f} MiB of {last:.1f}")
    return [
        row("memory.after_minutes", last, "MiB", "<= 200", minutes=minutes),
        row("memory.growth", (last - first) / (minutes - 1), "MiB/min", "<= 2"),
    ]


def main(minutes: int = MINUTES) -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="hts-bench-") as directory:
        return finish(measure(Path(directory), minutes))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else MINUTES)
