"""The loop that runs the shells."""

import asyncio
import os
import signal
import sys

import pytest

from hts.io import loop


@pytest.mark.skipif(sys.platform == "win32", reason="winloop there")
def test_the_fast_loop_runs_and_returns_the_result():
    async def scenario():
        return type(asyncio.get_running_loop()).__module__

    assert loop.run(scenario()) == "uvloop"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent the POSIX way")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_reaches_the_loop(number):
    async def scenario():
        stop = asyncio.Event()
        loop.on_stop_signal(stop.set)
        os.kill(os.getpid(), number)
        async with asyncio.timeout(20):
            await stop.wait()

    loop.run(scenario())
