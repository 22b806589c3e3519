"""Print the best prices of one issue as they change.

hts token add watcher --scope read          # note the secret
hts door &
python examples/follow_a_book.py --token hts_... --symbol 005930
"""

import argparse
import asyncio

from hts.app.api_client import Api


async def follow(url: str, token: str, symbol: str, updates: int) -> None:
    async with Api(url, token=token, account="") as api:
        await api.subscribe(symbol)
        async for event in api.events():
            if event["type"] == "book" and event["symbol"] == symbol and event["asks"] and event["bids"]:
                (ask_px, ask_qty), (bid_px, bid_qty) = event["asks"][0], event["bids"][0]
                print(f"{event['venue']}  {bid_qty:>8,} x {bid_px:,}   {ask_px:,} x {ask_qty:<8,}")
                updates -= 1
                if updates == 0:
                    return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="ws://127.0.0.1:8791/")
    parser.add_argument("--token", required=True)
    parser.add_argument("--symbol", default="005930")
    parser.add_argument("--updates", type=int, default=0, help="stop after so many (default: never)")
    options = parser.parse_args()
    asyncio.run(follow(options.url, options.token, options.symbol, options.updates))
