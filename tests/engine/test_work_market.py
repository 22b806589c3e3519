"""The levels that router and algorithms see of a published book."""

import random

from hts.engine.work_market import levels
from hts.model.enums import Side
from tests.engine.floor import book


def plainly(venue, update, side, own):
    """Level by level, as one would say it."""
    found = []
    for at in range(1 if side is Side.BUY else 0, 40, 4):
        px, qty = update.levels[at], update.levels[at + 2]
        if not px:
            break
        if qty - own.get((venue, side, px), 0) > 0:
            found.append((px, qty - own.get((venue, side, px), 0)))
    return tuple(found)


def test_full_and_ragged_books_with_and_without_our_own_orders():
    full = 0
    for seed in range(400):
        dice = random.Random(seed)
        hole = dice.choice((0, 0, 1))

        def side_of(start, step, dice=dice, hole=hole):
            count = dice.choice((0, 3, 10, 10))
            return [
                (0 if hole and dice.random() < 0.1 else start + step * at, dice.choice((5, 7, 9 * (1 - hole), 30)))
                for at in range(count)
            ]

        update = book("KRX", side_of(1_000, 1), side_of(999, -1))
        own = {
            (dice.choice(("KRX", "NXT")), dice.choice(tuple(Side)), 1_000 + dice.randint(-3, 3)): dice.randint(1, 9)
            for _ in range(dice.choice((0, 0, 4)))
        }
        for side in Side:
            found = levels("KRX", update, side, own)
            assert found == plainly("KRX", update, side, own), seed
            full += len(found) == 10 and not own
    assert full > 50
    assert levels("KRX", None, Side.BUY, {}) == ()
