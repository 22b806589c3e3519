"""Who gets the shares when there are too few at one price in Tokyo.

By trading participant: the totals of each participant's orders, the biggest first, one lot each in turn. That is the
rule for the close of an issue pinned at its daily limit, and here also for orders that count as simultaneous. Within a
participant market orders come before limit orders, earlier ones before later ones.

At the closing auction orders of one price rank in three groups: those from before the afternoon opening (simultaneous),
those of the afternoon's continuous trading by time, and on-close orders with what came during the closing call
(simultaneous again).
"""

from collections.abc import Sequence
from enum import IntEnum
from itertools import groupby

from msgspec import Struct


class Group(IntEnum):
    """Rank of an order among those of the same price at the closing auction."""

    BEFORE_SESSION = 1
    CONTINUOUS = 2
    CLOSING = 3


class Claim(Struct, frozen=True, kw_only=True):
    """One order's wish for shares; claims come in the order of time."""

    member: str
    qty: int
    is_market: bool = False
    group: Group = Group.CONTINUOUS


def by_member(claims: Sequence[Claim], available: int, lot: int) -> list[int]:
    """Shares of each claim, in the order given. What is less than a lot goes with its participant's last turn."""
    places: dict[str, list[int]] = {}
    for place, claim in enumerate(claims):
        places.setdefault(claim.member, []).append(place)
    left = {member: sum(claims[place].qty for place in own) for member, own in places.items()}
    turn = sorted(places, key=lambda member: -left[member])  # stable: the earlier one of equal totals
    given = dict.fromkeys(places, 0)
    while available > 0 and any(left.values()):
        for member in turn:
            share = min(lot, left[member], available)
            given[member] += share
            left[member] -= share
            available -= share
    shares = [0] * len(claims)
    for member, own in places.items():
        _within_member(claims, own, given[member], shares)
    return shares


def by_time(claims: Sequence[Claim], available: int) -> list[int]:
    """Shares of each claim, the earliest first."""
    shares = []
    for claim in claims:
        share = min(claim.qty, available)
        shares.append(share)
        available -= share
    return shares


def by_group(claims: Sequence[Claim], available: int, lot: int) -> list[int]:
    """Shares of claims at one price of the closing auction."""
    shares = [0] * len(claims)
    order = sorted(range(len(claims)), key=lambda place: claims[place].group)
    for group, found in groupby(order, key=lambda place: claims[place].group):
        own = list(found)
        wanted = [claims[place] for place in own]
        given = by_time(wanted, available) if group is Group.CONTINUOUS else by_member(wanted, available, lot)
        for place, share in zip(own, given, strict=True):
            shares[place] = share
            available -= share
    return shares


def _within_member(claims: Sequence[Claim], own: list[int], available: int, shares: list[int]) -> None:
    for place in sorted(own, key=lambda at: not claims[at].is_market):
        shares[place] = min(claims[place].qty, available)
        available -= shares[place]
