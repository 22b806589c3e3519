"""KRX on a day of one's own choice: designations, capped issues, short words for long courses."""

import copy

from hts.rules.dates import krx_local_ns
from hts.rules.market_rules import MarketRules
from hts.sim.commands import IndexPrint
from hts.sim.exchange import Exchange
from hts.sim.korea.krx_profile import krx_profile
from tests.support import plain_venue
from tests.support.market_rules import market_tables
from tests.support.venue import SEED

NEW, OLD = 20261123, 20260911  # a day of either regime
SAMSUNG, KODEX, ALTEOGEN = "005930", "069500", "196170"
NS = 1_000_000_000


def at(text: str, day: int = NEW) -> int:
    """Venue time of "HH:MM:SS" on a day."""
    hours, minutes, seconds = map(int, text.split(":"))
    return krx_local_ns(day, hours * 3600 + minutes * 60 + seconds)


def rules_with(*designations: tuple[str, str]) -> MarketRules:
    """The market's rules with designations (code, kind) for every day."""
    tables = copy.deepcopy(market_tables())
    tables["kr_rules"]["designation"] = [
        {"code": code, "kind": kind, "from": "2020-01-01", "to": "2030-01-01"} for code, kind in designations
    ]
    return MarketRules.parse(tables)


def a_krx(time: str = "09:01:00", *, day: int = NEW, designated: tuple[tuple[str, str], ...] = ()) -> Exchange:
    """KRX at a time of a day; its events so far are thrown away."""
    rules = rules_with(*designated)
    exchange = Exchange(krx_profile(rules, day), rules.instruments(day), day, SEED)
    exchange.advance(at(time, day))
    return exchange


def until(exchange: Exchange, time: str) -> list[tuple]:
    """Let the day run; its events in words, book changes left out."""
    return plain_venue.words(exchange.advance(at(time, exchange.trading_date)))


def index(name: str, percent: float, base: int = 300_000) -> IndexPrint:
    """An index so far from its base."""
    return IndexPrint(session="VENUE", name=name, value=base + round(base * percent / 100), base=base)
