"""Slow clients at the door beside a quick one: what is conflated for them, and whether the quick one notices."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kit import ROOT, finish, percentile, row
from websockets.asyncio.client import connect

from tests.support.market import Market

SECONDS = 40.0
SLEEP_S = 0.03  # of the slow ones, after each message that they read


async def read(url: str, token: str, pause_s: float) -> tuple[int, int, list[float]]:
    """(messages, books, ages in ms of the books that were read) within SECONDS."""
    count = books = 0
    ages: list[float] = []
    ends = time.monotonic() + SECONDS
    offset: float | None = None
    is_live = False
    headers = {"Authorization": f"Bearer {token}"}
    async with connect(url, additional_headers=headers, max_size=None) as peer:
        while time.monotonic() < ends:
            try:
                text = await asyncio.wait_for(peer.recv(), 1.0)
            except TimeoutError:
                continue
            message = json.loads(text)
            count += 1
            is_live = is_live or message["type"] == "snapshot_end"
            if message["type"] == "book" and is_live:  # books of the snapshot may be of any age
                books += 1
                behind = time.time() * 1e3 - message["trade_ns"] / 1e6
                offset = behind if offset is None else min(offset, behind)
                ages.append(behind - offset)
            if pause_s:
                await asyncio.sleep(pause_s)
    return count, books, ages


async def both(url: str, token: str) -> list[dict]:
    """A quick client alone, then with three slow ones beside it."""
    alone = await read(url, token, 0.0)
    found = await asyncio.gather(read(url, token, 0.0), *(read(url, token, SLEEP_S) for _ in range(3)))
    quick, slow = found[0], found[1]
    rate = quick[0] / SECONDS
    return [
        row("door.quick_alone.messages", alone[0] / SECONDS, "1/s"),
        row("door.quick_beside_slow.messages", rate, "1/s"),
        row("door.quick_beside_slow.book_age.p99", percentile(quick[2], 990), "ms"),
        row("door.slow.messages", slow[0] / SECONDS, "1/s"),
        row("door.slow.book_age.p50", percentile(slow[2], 500), "ms"),
        row("door.slow.book_age.max", max(slow[2], default=0.0), "ms"),
        row("door.slow.not_sent", 100 * (1 - slow[0] / max(quick[0], 1)), "%"),
    ]


def main() -> list[dict]:
    """On a paper market of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-door-") as folder:
        market = Market(Path(folder)).up()
        words = [sys.executable, "-m", "hts.app", "door", "--home", str(market.paths.home), "--port", "0", "--json"]
        door = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert door.stdout is not None
            url = json.loads(door.stdout.readline())["url"]
            made = market.hts("token", "--json", "add", "bench", "--scope", "read")
            token = json.loads(made.stdout.splitlines()[-1])["secret"]
            return finish(asyncio.run(both(url, token)))
        finally:
            door.terminate()
            door.wait(10)
            market.clean_up()


if __name__ == "__main__":
    main()
