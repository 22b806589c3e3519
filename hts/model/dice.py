"""Draws that are a pure function of a seed: the same plan live, in a replay and in the simulation."""

_MASK = (1 << 64) - 1


def word(seed: int, number: int) -> int:
    """The `number`-th draw of a seed: 64 bits (the finaliser of splitmix64)."""
    z = (seed + (number + 1) * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


def drawn(seed: int, number: int, most: int) -> int:
    """The same in [0, most]."""
    return word(seed, number) % (most + 1) if most > 0 else 0
