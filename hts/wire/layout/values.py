"""What `explain` gives for each field, for people and for the order x-ray."""

from msgspec import Struct


class Field(Struct, frozen=True):
    """One field of a message: its place, its bytes, its value (a price scaled, as text) and what a code means."""

    name: str
    offset: int
    length: int
    raw: bytes
    value: int | str | bytes
    meaning: str = ""


def scaled(value: int, scale: int) -> str:
    """An integer with implied decimals as text: 123400 of scale 4 is "12.3400"."""
    if scale == 0:
        return str(value)
    digits = str(abs(value)).rjust(scale + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"
