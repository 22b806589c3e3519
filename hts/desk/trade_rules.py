"""The trader's own rules for clicks and exits, kept among the settings.

They are switches of one person at one screen. What is asked about before an order leaves is hts.desk.cautions; the
core's limits hold besides both and cannot be switched off here.
"""

from enum import Enum

from msgspec import Struct

from hts.desk.settings import BY_NAME, Settings, Value


class ClickMode(Enum):
    """What a click in a side's column does; the value is the key of the text catalogue ("ladder.click.single")."""

    ONE = "single"  # sends
    DOUBLE = "double"  # the second click of two sends
    PRICE = "price"  # only takes the price into the form


class TradeRules(Struct, frozen=True, kw_only=True):
    """Bracket offsets count ticks from the entry's price. `refuses`: what looks like an error is not asked about."""

    click: ClickMode = ClickMode.ONE
    confirms: bool = False
    refuses: bool = False
    bracket: bool = False
    take_ticks: int = 20
    stop_ticks: int = 10

    @classmethod
    def of(cls, settings: Settings) -> "TradeRules":
        """As the settings say."""
        return cls(
            click=ClickMode(settings.word("entry.click")),
            confirms=settings.flag("entry.confirm"),
            refuses=settings.word("entry.guard") == "refuse",
            bracket=settings.flag("entry.bracket"),
            take_ticks=settings.number("entry.take_ticks"),
            stop_ticks=settings.number("entry.stop_ticks"),
        )


# Action -> the option that it changes, and by how much where it is a number.
SWITCHES = {
    "bracket.toggle": ("entry.bracket", 0),
    "bracket.take_up": ("entry.take_ticks", 1),
    "bracket.take_down": ("entry.take_ticks", -1),
    "bracket.stop_up": ("entry.stop_ticks", 1),
    "bracket.stop_down": ("entry.stop_ticks", -1),
    "guard.next": ("entry.guard", 0),
    "ladder.click": ("entry.click", 0),
    "ladder.confirm": ("entry.confirm", 0),
}


def switch(settings: Settings, action: str) -> None:
    """Do what an action of SWITCHES says: the other way of a switch, the next choice, a step within the range."""
    name, by = SWITCHES[action]
    option, now = BY_NAME[name], settings.value(name)
    if by:
        moved: Value = min(max(settings.number(name) + by, option.low), option.high)
    elif option.choices:
        moved = option.choices[(option.choices.index(str(now)) + 1) % len(option.choices)]
    else:
        moved = not now
    settings.set(name, moved)
