"""Operations per second of the simulator's order books and of the whole venue; prints one JSON row per figure.

The book rows are matching alone; the venue row is every check, rule, event and figure of KRX around it.
"""

import json
import random
import tomllib
from decimal import Decimal
from pathlib import Path
from time import perf_counter

from hts.model.enums import Side, TimeInForce
from hts.rules.dates import krx_local_ns
from hts.rules.market_rules import TABLES, MarketRules
from hts.sim.commands import AGENTS, Cancel, Enter
from hts.sim.exchange import Exchange
from hts.sim.korea import krx_profile
from hts.sim.matching import PriceTimeBook

ROOT = Path(__file__).resolve().parents[1]
DAY = 20261123
VENUE_OPS = 20_000

LEVELS = 327
MIDDLE = LEVELS // 2
OPS = 300_000


def enter_and_cancel() -> float:
    """Entries a few levels off the touch, each cancelled 500 operations later: the bulk of a real day."""
    dice = random.Random(1)
    entries = [(side := dice.randrange(2), MIDDLE + (1 + dice.randrange(12)) * (1 if side else -1)) for _ in range(OPS)]
    book = PriceTimeBook(LEVELS)
    add, remove = book.add, book.remove
    handles = [0] * OPS
    begin = perf_counter()
    for i, (side, level) in enumerate(entries):
        handles[i] = add(side, level, 10)
        if i >= 500:
            remove(handles[i - 500])
    return (2 * OPS - 500) / (perf_counter() - begin)


def mixed() -> float:
    """Seven entries, two crossing orders and a few cancels in ten."""
    dice = random.Random(2)
    book = PriceTimeBook(LEVELS)
    ops = []
    for _ in range(OPS):
        side = dice.randrange(2)
        away = dice.randrange(10) if dice.random() < 0.8 else -dice.randrange(3)
        ops.append((side, MIDDLE + away * (1 if side else -1), dice.randrange(1, 100)))
    fills: list[tuple[int, int, int]] = []
    done = 0
    begin = perf_counter()
    for side, level, qty in ops:
        fills.clear()
        handle, _ = book.enter(side, level, qty, TimeInForce.DAY, fills)
        done += 1
        if handle and handle % 3 == 0:
            book.remove(handle)
            done += 1
    return done / (perf_counter() - begin)


def venue() -> float:
    """A KRX day's commands at one issue: two limit orders near the touch, then a cancel of what still works."""
    folder = ROOT / "resources" / "market"
    tables = {
        name: tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)
        for name in TABLES
    }
    rules = MarketRules.parse(tables)
    exchange = Exchange(krx_profile(rules, DAY), rules.instruments(DAY)[:1], DAY, 1)
    now = krx_local_ns(DAY, 9 * 3600 + 60)
    exchange.advance(now)
    dice = random.Random(3)
    commands = [
        Enter(
            session=AGENTS,
            cl_ord_id=number,
            symbol="005930",
            side=(side := dice.choice((Side.BUY, Side.SELL))),
            px=272_000 - side.sign * 500 * dice.randrange(-1, 6),
            qty=dice.randrange(1, 100),
        )
        for number in range(1, VENUE_OPS + 1)
    ]
    begin = perf_counter()
    done = 0
    for command in commands:
        exchange.apply(command, now)
        done += 1
        if command.cl_ord_id % 2 == 0 and command.cl_ord_id - 40 in exchange.members[AGENTS].working:
            exchange.apply(Cancel(session=AGENTS, cl_ord_id=0, orig_cl_ord_id=command.cl_ord_id - 40), now)
            done += 1
    return done / (perf_counter() - begin)


def main() -> list[dict]:
    rows = [
        {
            "name": "matching.enter_and_cancel",
            "value": round(max(enter_and_cancel() for _ in range(3))),
            "unit": "op/s",
            "aim": ">= 700000",
        },
        {"name": "matching.venue", "value": round(max(venue() for _ in range(3))), "unit": "op/s"},
        {"name": "matching.mixed", "value": round(max(mixed() for _ in range(3))), "unit": "op/s", "aim": ">= 700000"},
    ]
    print(json.dumps(rows))
    return rows


if __name__ == "__main__":
    main()
