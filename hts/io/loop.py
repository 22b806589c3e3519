"""Runs a coroutine on the fastest loop that this platform has."""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Like asyncio.run, on uvloop (Linux, macOS) or winloop (Windows) when it is installed."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def _loop_factory() -> Any:
    try:
        if sys.platform == "win32":
            import winloop as fast  # noqa: PLC0415  only one of the two is installed
        else:
            import uvloop as fast  # noqa: PLC0415
    except ImportError:
        return None
    return fast.new_event_loop
