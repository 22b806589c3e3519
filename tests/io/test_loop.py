"""The loop that runs the shells."""

import asyncio
import sys

import pytest

from hts.io import loop


@pytest.mark.skipif(sys.platform == "win32", reason="winloop there")
def test_the_fast_loop_runs_and_returns_the_result():
    async def scenario():
        return type(asyncio.get_running_loop()).__module__

    assert loop.run(scenario()) == "uvloop"
