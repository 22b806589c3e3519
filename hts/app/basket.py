"""`hts basket FILE.csv`: a list of orders, or of parts of an amount of money, as one piece of work in the core."""

import argparse
from pathlib import Path

from hts.app.core_asked import RUNS_IN_CORE, add_account, new_request_id, outcome_of
from hts.base.errors import ConfigError
from hts.model.basket_file import read_basket
from hts.model.intents import StartBasket


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts basket`."""
    parser.add_argument("file", type=Path, help="columns symbol, side, and qty or ratio (per cent); px if wanted")
    add_account(parser)
    parser.add_argument("--budget", type=int, default=0, help="the money that ratios are of, smallest unit")
    parser.add_argument("--minutes", type=int, default=0, help="split each line over so many minutes (0: at once)")
    parser.add_argument("--part", action="store_true", help="leave out lines that cannot be placed (else all or none)")
    parser.add_argument("--decimals", type=int, default=0, help="of the prices in the file (default: 0)")
    parser.add_argument("--check", action="store_true", help="read the file, place nothing")


def run(options: argparse.Namespace) -> int:
    """0 when the core has taken it. Raises ConfigError, BasketError."""
    try:
        text = options.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{options.file}: expected a csv file in UTF-8: {error}") from error
    lines = read_basket(text, px_decimals=options.decimals)
    if options.check:
        print(f"{len(lines)} lines, all in order")
        return 0
    if any(line.ratio_ppm for line in lines) and options.budget <= 0:
        raise ConfigError("--budget: expected an amount of money, as the file gives ratios")
    intent = StartBasket(
        request_id=new_request_id(), account=options.account, lines=lines, budget=options.budget,
        minutes=options.minutes, is_whole=not options.part,
    )  # fmt: skip
    outcome = outcome_of(options, intent)
    print(f"basket {outcome.order_id}: {len(lines)} lines. {RUNS_IN_CORE}")
    return 0
