"""Buy at the market and print the order's states until it is over.

hts token add buyer --scope trade           # note the secret
hts door &
python examples/buy_and_watch.py --token hts_... --account 8801-2745-01 --symbol 005930 --qty 1
"""

import argparse
import asyncio
import sys

from hts.app.api_client import Api, ApiError

OVER = {"2": "filled", "4": "cancelled", "8": "rejected", "C": "expired"}  # OrdStatus(39)


async def buy(url: str, token: str, account: str, symbol: str, qty: int) -> int:
    async with Api(url, token=token, account=account) as api:
        await api.ready.wait()
        try:
            order_id = (await api.buy(symbol, qty))["order_id"]
        except ApiError as error:
            print(f"refused: {error.answer}", file=sys.stderr)
            return 1
        async for event in api.events():
            if event["type"] == "order" and event["order_id"] == order_id:
                filled = f"filled {event['cum_qty']} of {event['order_qty']}"
                print(f"order {order_id}: status {event['ord_status']}, {filled}")
                if event["ord_status"] in OVER:
                    print(OVER[event["ord_status"]])
                    return 0
    return 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="ws://127.0.0.1:8791/")
    parser.add_argument("--token", required=True)
    parser.add_argument("--account", required=True)
    parser.add_argument("--symbol", default="005930")
    parser.add_argument("--qty", type=int, default=1)
    options = parser.parse_args()
    sys.exit(asyncio.run(buy(options.url, options.token, options.account, options.symbol, options.qty)))
