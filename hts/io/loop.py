"""Runs a coroutine on the fastest loop that this platform has."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Like asyncio.run, on uvloop (Linux, macOS) or winloop (Windows) when it is installed."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def on_stop_signal(act: Callable[[], None]) -> None:
    """Call `act` in the running loop when this process is asked to end: SIGTERM, SIGINT, on Windows SIGBREAK."""
    running = asyncio.get_running_loop()
    numbers = [signal.SIGTERM, signal.SIGINT]
    if sys.platform == "win32":
        numbers.append(signal.SIGBREAK)
    for number in numbers:
        try:
            running.add_signal_handler(number, act)
        except NotImplementedError:  # the loops of Windows
            signal.signal(number, lambda *_: running.call_soon_threadsafe(act))


def _loop_factory() -> Any:
    try:
        if sys.platform == "win32":
            import winloop as fast  # noqa: PLC0415  only one of the two is installed
        else:
            import uvloop as fast  # noqa: PLC0415
    except ImportError:
        return None
    return fast.new_event_loop
