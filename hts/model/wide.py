"""Integers that may need more than 64 bits, which is all that MessagePack has for one.

A cost in nano (hts.model.routing) of ten thousand million won does. Such a number travels as its digits, any other as
it always did. Whoever encodes or decodes values that may hold a `Wide` gives these two hooks to msgspec.
"""


class Wide(int):
    """An integer of any size."""


def encode_wide(value: object) -> object:
    """A `Wide` as msgspec can write it. Raises NotImplementedError for any other type that it does not know."""
    if not isinstance(value, Wide):
        raise NotImplementedError(f"a type that can be written expected, found {type(value).__name__}")
    return int(value) if -1 << 63 <= value < 1 << 64 else str(int(value))


def decode_wide(cls: type, found: object) -> object:
    """The `Wide` that was written. Raises ValueError for what is none."""
    if cls is not Wide or isinstance(found, bool) or not isinstance(found, int | str):
        raise ValueError(f"an integer or its digits expected for {cls.__name__}, found {type(found).__name__}")
    return Wide(found)
