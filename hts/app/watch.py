"""`hts watch`: watch orders (자동감시) on all holdings of an account in one act."""

import argparse
from decimal import Decimal, InvalidOperation

from hts.app.core_asked import RUNS_IN_CORE, add_account, new_request_id, outcome_of
from hts.model.conditional import WatchTerms
from hts.model.intents import WatchHoldings

PPM_PER_PCT = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts watch`."""
    add_account(parser)
    for name, text in (
        ("--profit", "sell a holding that has gained so much (per cent)"),
        ("--loss", "sell one that has lost so much"),
        ("--trail", "sell one that has come back so much from its best price since now"),
        ("--break-out", "buy more of one that has gained so much"),
    ):
        parser.add_argument(name, type=_ppm, default=0, metavar="PCT", help=text)
    parser.add_argument("--add", type=int, default=100, metavar="PCT", help="of the holding, at a break-out (100)")
    parser.add_argument("--from-last", action="store_true", help="count from the last price, not from the cost")
    parser.add_argument("--daily", action="store_true", help="arm them anew each day until they are cancelled")
    parser.add_argument("--most", type=int, default=100, metavar="N", help="refuse more orders than that (100)")
    parser.add_argument("--symbols", nargs="*", default=(), metavar="CODE", help="only these holdings")


def run(options: argparse.Namespace) -> int:
    """0 when the core has taken them. Raises ConfigError."""
    terms = WatchTerms(
        profit_ppm=options.profit, loss_ppm=options.loss, trail_ppm=options.trail, break_out_ppm=options.break_out,
        add_pct=options.add, from_last=options.from_last, daily=options.daily, orders_max=options.most,
    )  # fmt: skip
    intent = WatchHoldings(
        request_id=new_request_id(), account=options.account, terms=terms, symbols=tuple(options.symbols)
    )
    outcome_of(options, intent)
    print(f"The holdings are watched. {RUNS_IN_CORE}")
    return 0


def _ppm(text: str) -> int:
    """Per cent with up to four decimals, as millionths."""
    try:
        found = Decimal(text) * PPM_PER_PCT
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(f"expected per cent, found {text!r}") from error
    if found != int(found) or found <= 0:
        raise argparse.ArgumentTypeError(f"expected per cent above 0 with up to four decimals, found {text!r}")
    return int(found)
