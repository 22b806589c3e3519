"""The field's accidents as drills: each played twice, without guards and with them.

Without: what happened, in orders and money. With: what stops it, where, after how many orders and how much money. A
drill passes when the accident happens without guards and the guards that are meant for it stop it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from hts.lab.drills_2008 import koscom_2008
from hts.lab.drills_2010 import flash_crash_2010
from hts.lab.drills_2012 import knight_2012
from hts.lab.drills_2018 import samsung_2018
from hts.lab.drills_2020 import outage_2020
from hts.lab.drills_result import BuildParts, DrillResult


class Drill(Struct, frozen=True, kw_only=True):
    """`story`: what happened then, in a sentence."""

    name: str
    story: str
    play: Callable[[BuildParts], DrillResult]


DRILLS: Final[Mapping[str, Drill]] = {
    drill.name: drill
    for drill in (
        Drill(
            name="samsung-2018",
            story="A dividend of 1,000 won a share was booked as 1,000 shares a share, and some of them were sold.",
            play=samsung_2018,
        ),
        Drill(
            name="knight-2012",
            story="A re-used flag woke code of years before: it sent orders for ever, buying high and selling low.",
            play=knight_2012,
        ),
        Drill(
            name="koscom-2008",
            story="The feed stood still while the market moved, and orders went on at prices that no longer were.",
            play=koscom_2008,
        ),
        Drill(
            name="flash-crash-2010",
            story="A large sale without a price limit went on selling into a book that was thinning out.",
            play=flash_crash_2010,
        ),
        Drill(
            name="outage-2020",
            story="At the opening more orders came than the venue's line takes, and nobody knew what became of them.",
            play=outage_2020,
        ),
    )
}
