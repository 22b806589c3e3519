"""Allocation by participant, by time and by group, worked by hand."""

import random

from hts.sim.tse.allocation import Claim, Group, by_group, by_member, by_time
from tests.support.market_rules import recorded_facts

LOT = 100


def claims(*rows):
    return [Claim(member=member, qty=qty) for member, qty in rows]


def test_the_published_example_of_the_limit_allocation():
    example = recorded_facts("orders")["tse"]["stop_allocation"]["example"]
    found = by_member(claims(*example["participants"].items()), example["available"], example["lot"])
    assert dict(zip(example["participants"], found, strict=True)) == example["fills"]


def test_one_lot_each_in_turn_until_nothing_is_left():
    assert by_member(claims(("A", 300), ("B", 500), ("C", 100)), 600, LOT) == [200, 300, 100]


def test_equal_totals_keep_their_order():
    assert by_member(claims(("A", 300), ("B", 300)), 100, LOT) == [100, 0]


def test_enough_for_all():
    assert by_member(claims(("A", 300), ("B", 200)), 1_000, LOT) == [300, 200]


def test_a_participant_s_orders_count_together_and_market_orders_come_first():
    wishes = [
        Claim(member="A", qty=100),
        Claim(member="B", qty=300),
        Claim(member="A", qty=300, is_market=True),
        Claim(member="A", qty=100),
    ]
    # A wants 500, B 300: A, B, A, B, A -> 300 and 200; A's market order first.
    assert by_member(wishes, 500, LOT) == [0, 200, 300, 0]


def test_by_time():
    assert by_time(claims(("A", 300), ("B", 200), ("C", 100)), 400) == [300, 100, 0]


def test_three_groups_of_one_price():
    wishes = [
        Claim(member="A", qty=300, group=Group.CLOSING),
        Claim(member="B", qty=200, group=Group.CONTINUOUS),
        Claim(member="C", qty=200, group=Group.BEFORE_SESSION),
        Claim(member="D", qty=100, group=Group.CONTINUOUS),
        Claim(member="E", qty=100, group=Group.CLOSING),
        Claim(member="F", qty=200, group=Group.BEFORE_SESSION),
    ]
    assert by_group(wishes, 300, LOT) == [0, 0, 200, 0, 0, 100]
    assert by_group(wishes, 600, LOT) == [0, 200, 200, 0, 0, 200]
    assert by_group(wishes, 900, LOT) == [100, 200, 200, 100, 100, 200]


def test_nothing_is_lost_or_made():
    dice = random.Random(4)
    for _ in range(500):
        wishes = [
            Claim(member=dice.choice("ABC"), qty=LOT * dice.randrange(1, 6), is_market=dice.random() < 0.3,
                  group=dice.choice(list(Group)))
            for _ in range(dice.randrange(1, 8))
        ]  # fmt: skip
        available = LOT * dice.randrange(0, 20)
        wanted = sum(wish.qty for wish in wishes)
        for found in (by_member(wishes, available, LOT), by_group(wishes, available, LOT), by_time(wishes, available)):
            assert sum(found) == min(available, wanted)
            assert all(0 <= share <= wish.qty for share, wish in zip(found, wishes, strict=True))
