"""Look at an algorithm's schedule, start it, give it more shares under way, and follow it until it is over.

hts token add worker --scope algo           # note the secret
hts door &
python examples/work_an_order.py --token hts_... --account 8801-2745-01 --symbol 005930 --qty 20 --seconds 20
"""

import argparse
import asyncio
import sys
from typing import Any

from hts.app.api_client import Api, ApiError

SECOND_NS = 1_000_000_000
OVER = {"done", "ended", "failed"}


async def book_of(api: Api, symbol: str) -> dict[str, Any]:
    """A book of continuous trading with both sides."""
    async for event in api.events():
        if event["type"] == "book" and event["symbol"] == symbol and event["phase"] == "continuous" and event["asks"]:
            return event
    raise ApiError({"reason": "the connection ended"})


async def shown(api: Api, work_id: int, states: set[str]) -> dict[str, Any]:
    """The work's progress, printed, until it is in one of these states."""
    async for event in api.events():
        if event["type"] == "work" and event["work_id"] == work_id:
            print(f"{event['state']}: filled {event['cum_qty']} of {event['qty']}, {event['working_qty']} at work")
            if event["state"] in states:
                return event
    raise ApiError({"reason": "the connection ended"})


async def work(options: argparse.Namespace) -> int:
    async with Api(options.url, token=options.token, account=options.account) as api:
        await api.ready.wait()
        await api.subscribe(options.symbol)
        book = await book_of(api, options.symbol)
        begin, ask_px = book["trade_ns"] + SECOND_NS, book["asks"][-1][0]  # as far as the book shows
        try:
            started = await api.start_algo(
                "twap", options.symbol, "1", options.qty, px=ask_px, start_ns=begin,
                end_ns=begin + options.seconds * SECOND_NS, interval_ns=SECOND_NS, deadline="take", is_held=True,
            )  # fmt: skip
            held = await shown(api, started["order_id"], {"paused"})
            for point in held["points"]:
                print(f"  +{(point['trade_ns'] - begin) / SECOND_NS:5.1f} s  {point['cum_qty']}")
            await api.control(held["work_id"], "resume")
            await api.amend_work(held["work_id"], qty=options.qty + options.more)
        except ApiError as error:
            print(f"refused: {error.answer}", file=sys.stderr)
            return 1
        return 0 if (await shown(api, held["work_id"], OVER))["state"] == "done" else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="ws://127.0.0.1:8791/")
    parser.add_argument("--token", required=True)
    parser.add_argument("--account", required=True)
    parser.add_argument("--symbol", default="005930")
    parser.add_argument("--qty", type=int, default=20)
    parser.add_argument("--more", type=int, default=10, help="shares that are added under way")
    parser.add_argument("--seconds", type=int, default=20)
    sys.exit(asyncio.run(work(parser.parse_args())))
