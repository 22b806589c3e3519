"""What a drill tells."""

from collections.abc import Callable

from msgspec import Struct

from hts.lab.drills_house import DrillSetting
from hts.lab.ports import Parts

BuildParts = Callable[[DrillSetting], Parts]


class Played(Struct, frozen=True, kw_only=True):
    """One of the two runs. `money_won`: what it cost, or would have been at stake where `what` says so."""

    orders: int  # that left the house
    refused: int  # that did not
    shares: int  # that traded
    money_won: int
    what: str


class DrillResult(Struct, frozen=True, kw_only=True):
    """`stopped_by`: the guard that stopped it first. `notes`: what else was seen, and the further guards behind it."""

    name: str
    passed: bool
    guards_off: Played
    guards_on: Played
    stopped_by: str
    notes: tuple[str, ...] = ()
