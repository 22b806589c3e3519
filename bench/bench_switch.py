"""From the wish for another workspace to its picture: the first time, when its panels are made, and later.

The window begins as it ships and has rested since, so that everything is loaded that is loaded in quiet moments; others
are opened one after another, the first time and again. Market data arrives between the switches, through the link's
own bytes.
"""

import statistics
import tempfile
import time
from pathlib import Path

from bench_memory import OwnCore
from kit import finish, row, until

ROUNDS = 3


def measure(home: Path) -> list[dict]:
    from bench_terminal_load import Direct, Source
    from PySide6.QtCore import QEvent

    from hts.app.paths import home_paths
    from hts.app.terminal import Terminal, TerminalOptions, application
    from hts.app.terminal_link import open_link
    from widgets.main_window import MainWindow
    from widgets.workspaces import WORKSPACES

    app, source = application(), Source(home)
    source.shell = Direct()
    link, core = open_link(home_paths(home)), OwnCore(source)
    link._connected = lambda: core  # noqa: SLF001
    painted: list[int] = []
    event = MainWindow.event

    def noted(self, happened: QEvent) -> bool:
        done = event(self, happened)
        if happened.type() is QEvent.Type.UpdateRequest:
            painted.append(time.perf_counter_ns())
        return done

    MainWindow.event = noted
    terminal = Terminal(home, "8801-2745-01", link, TerminalOptions(language="ko"))
    window = terminal.window
    window.resize(1920, 1080)
    terminal.show()
    until(lambda: [core.play(), app.processEvents(), window.workspaces.preload.is_done][-1], "a window that has rested")

    used: dict[str, float] = {}

    def switch(name: str) -> float:
        """Milliseconds until the new workspace has been painted; what this process used of them is kept in `used`."""
        painted.clear()
        began, cpu = time.perf_counter_ns(), time.process_time()
        window.open_workspace(name)
        until(lambda: app.processEvents() or painted, f"a picture of {name}", pause_s=0)
        spent, used[name] = (painted[-1] - began) / 1e6, (time.process_time() - cpu) * 1e3
        for _ in range(3):
            core.play()
            terminal.frame_clock.tick()
            app.processEvents()
        return spent

    first = {name: switch(name) for name in WORKSPACES if name != window.workspace.name}
    first_used = dict(used)
    rounds = [{name: switch(name) for name in WORKSPACES} for _ in range(ROUNDS)]
    later = {name: statistics.median(found[name] for found in rounds) for name in WORKSPACES}
    window.close()
    for name, spent in first.items():
        print(f"{name:10} first {spent:6.0f} ms, {first_used[name]:6.0f} of them our own; later {later[name]:6.0f} ms")
    return [
        row("switch.first", max(first.values()), "ms", "<= 200", workspace=max(first, key=first.__getitem__)),
        row("switch.first.cpu", max(first_used.values()), "ms"),
        row("switch.first.median", statistics.median(first.values()), "ms"),
        row("switch.later.cpu", max(used.values()), "ms"),
        row("switch.later", max(later.values()), "ms", "<= 200", workspace=max(later, key=later.__getitem__)),
    ]


def main() -> list[dict]:
    with tempfile.TemporaryDirectory(prefix="hts-bench-") as directory:
        return finish(measure(Path(directory)))


if __name__ == "__main__":
    main()
