"""`hts account fees`: which fee set an account has from a trading day on.

A set holds from the next day on that the venues have not begun, so that no fill which is booked changes what it costs.
What was traded before these books began, and counts for a tier, is told with `--traded`.
"""

import argparse
from collections.abc import Callable

from hts.account.fee_plan import CURRENCY_OF
from hts.app.batch_documents import today_of
from hts.app.offline_core import OfflineCore
from hts.base.errors import ConfigError
from hts.model.records_account import FeeSetChosen
from hts.model.units import Notional
from hts.rules.dates import add_days
from hts.rules.fee_sets import UNITS, names

PLAIN = "plain"


def add_arguments(action: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """The action's options."""
    fees = action("fees", "which fee set it has from a trading day on")
    fees.add_argument("account")
    fees.add_argument("fee_set", metavar="SET", help=f"{PLAIN}, or a set of resources/market/fees.toml")
    fees.add_argument("--from", dest="from_day", default="", metavar="DAY", help="default: the next day that begins")
    fees.add_argument(
        "--traded", default="", metavar="MONTH=AMOUNT",
        help="what was traded elsewhere in a month, like 2026-10=1200000000, in the own unit of the market's currency",
    )  # fmt: skip
    fees.add_argument("--market", choices=tuple(CURRENCY_OF), default="KR", help="of --traded")


def choose(core: OfflineCore, account: str, options: argparse.Namespace) -> str:
    """Write it down. Raises ConfigError."""
    known = (PLAIN, *names(core.rules.fees))
    if options.fee_set not in known:
        raise ConfigError(f"fee set: expected one of {', '.join(known)}, found {options.fee_set!r}")
    today = core.state.today
    first = add_days(today, 1) if today else 0
    from_date = _day(options.from_day) if options.from_day else first
    if from_date < first:
        raise ConfigError(f"--from: expected a day after {today}, which has begun, found {from_date}")
    month, traded = _traded(options.traded, options.market)
    core.append(
        FeeSetChosen(
            account=account,
            from_date=from_date,
            fee_set="" if options.fee_set == PLAIN else options.fee_set,
            month=month,
            traded=Notional(traded),
            user=options.user,
            **core.at,
        )
    )
    return f"{account}: {options.fee_set} fees from {from_date or 'the first day'} on"


def _day(text: str) -> int:
    try:
        return today_of(text)
    except ValueError as error:
        raise ConfigError(f"--from: expected a day like 2026-12-29, found {text!r}") from error


def _traded(text: str, market: str) -> tuple[int, int]:
    """Month and amount in the smallest unit."""
    if not text:
        return 0, 0
    month, equals, amount = text.partition("=")
    try:
        year, number = (int(part) for part in month.split("-"))
        found = int(amount)
    except ValueError:
        year = number = found = -1
    if not equals or year < 1 or not 1 <= number <= 12 or found < 0:
        raise ConfigError(f"--traded: expected something like 2026-10=1200000000, found {text!r}")
    return year * 100 + number, found * UNITS[market]
