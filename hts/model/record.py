"""What all records of the journal have in common."""

from msgspec import Struct


class Record(Struct, frozen=True, kw_only=True):
    """A fact. It carries the two times at which it happened, so that replay never asks a clock."""

    trade_ns: int
    mono_ns: int
