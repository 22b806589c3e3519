"""`hts bust`: the paper venue takes a trade back, or with --px sets another price in its place.

What a real venue does after an erroneous trade. Both sides are told on every wire of the venue that can say it.
"""

import argparse

from hts.app.config import load_config
from hts.app.core_gateways import orders_by_fix
from hts.app.paths import home_directory, home_paths, read_token
from hts.app.supervisor import ask
from hts.model.venues import HOME_VENUE, TOLD_BY_MATCH, VENUES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts bust`."""
    parser.add_argument("fill", type=int, metavar="FILL", help="number of the fill, as `hts status` or a script has it")
    parser.add_argument("--venue", default=HOME_VENUE, choices=VENUES, help="where it was; default KRX")
    parser.add_argument("--px", metavar="PRICE", help="correct the price instead, as the issue's prices are written")
    parser.add_argument("--qty", type=int, metavar="N", help="correct the quantity to fewer shares")


def run(options: argparse.Namespace) -> int:
    """0 when it is done. Raises ConfigError when the venue refuses."""
    paths = home_paths(home_directory(options.home))
    settings = load_config(paths.config).venue
    by_match = options.venue in TOLD_BY_MATCH and not orders_by_fix(settings)
    answer = ask(
        paths.venue_socket,
        read_token(paths.token),
        "break_trade",
        of="venue",
        venue=options.venue,
        fill=options.fill,
        by_match=by_match,
        px=options.px,
        qty=options.qty,
    )
    print(answer["done"])
    return 0
