"""Operations per second of the simulator's order book; prints one JSON row per figure."""

import json
import random
from time import perf_counter

from hts.model.enums import TimeInForce
from hts.sim.matching import PriceTimeBook

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


def main() -> list[dict]:
    rows = [
        {
            "name": "matching.enter_and_cancel",
            "value": round(max(enter_and_cancel() for _ in range(3))),
            "unit": "op/s",
            "aim": ">= 700000",
        },
        {"name": "matching.mixed", "value": round(max(mixed() for _ in range(3))), "unit": "op/s", "aim": ">= 700000"},
    ]
    print(json.dumps(rows))
    return rows


if __name__ == "__main__":
    main()
