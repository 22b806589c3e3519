"""Integer ratios: rounded quotients, and changes counted in hundredths of a percent ("bp")."""

from hts.desk.figures import percent_text


def divide(value: int, by: int) -> int:
    """Quotient rounded half away from zero; `by` is positive."""
    half = (2 * abs(value) + by) // (2 * by)
    return half if value >= 0 else -half


def change_bp(px: int, base: int) -> int:
    """Change against `base` in hundredths of a percent; 0 when either is unknown."""
    return divide((px - base) * 10_000, base) if base > 0 and px > 0 else 0


def bp_text(bp: int) -> str:
    """`+1.43`, `−0.62`, `0.00`; the percent sign stands in the column head."""
    return percent_text(bp, 10_000)


def share_text(bp: int) -> str:
    """A share of a whole with one decimal: 1,912 bp is `19.1`."""
    tenths = divide(bp, 10)
    return f"{tenths // 10}.{tenths % 10}"


def sign(value: int) -> int:
    """-1, 0 or 1."""
    return (value > 0) - (value < 0)
