"""Numbers as people in the market write them.

Thousands separators, U+2212 for minus (as wide as plus), a sign on every change except zero, two decimals in a
percentage and no `%` in the cell (the head carries it). All arithmetic is on ints.
"""

from collections.abc import Mapping

from hts.model.instruments import CURRENCY_DECIMALS

MINUS = "−"


def px_text(px: int, px_decimals: int = 0) -> str:
    """A price in the instrument's scale: 191400 -> "191,400", 58533 with 2 decimals -> "585.33"."""
    if px_decimals == 0:
        return qty_text(px)
    whole, part = divmod(abs(px), 10**px_decimals)
    return f"{MINUS if px < 0 else ''}{whole:,}.{part:0{px_decimals}d}"


def qty_text(qty: int) -> str:
    """A count or an amount with thousands separators."""
    return f"{qty:,}" if qty >= 0 else f"{MINUS}{-qty:,}"


def signed_text(value: int, px_decimals: int = 0) -> str:
    """A change with its sign: "+2,700", "−540", and "0" without one."""
    return f"+{px_text(value, px_decimals)}" if value > 0 else px_text(value, px_decimals)


def money_text(amount: int, currency: str) -> str:
    """An amount in the currency's smallest unit: 1234 won as "1,234", 1234 cents as "12.34"."""
    return px_text(amount, CURRENCY_DECIMALS.get(currency, 0))


def signed_money(amount: int, currency: str) -> str:
    """The same with its sign."""
    return signed_text(amount, CURRENCY_DECIMALS.get(currency, 0))


def moneys_text(amounts: Mapping[str, int], home: str = "", *, signed: bool = False) -> str:
    """Amounts by currency: with their codes where more than one is not zero; zero of the `home` currency for none."""
    text = signed_money if signed else money_text
    told = {currency: amount for currency, amount in amounts.items() if amount}
    if len(told) <= 1:
        ((currency, amount),) = told.items() or ((home, 0),)
        return text(amount, currency) if currency == home or not home else f"{currency} {text(amount, currency)}"
    return " · ".join(f"{currency} {text(amount, currency)}" for currency, amount in sorted(told.items()))


def percent_text(part: int, whole: int) -> str:
    """`part` of `whole` in percent, two decimals, rounded half away from zero: "+1.43", "−0.62", "0.00"."""
    if whole == 0:
        return "0.00"
    hundredths = (abs(part) * 20_000 + abs(whole)) // (2 * abs(whole))
    if hundredths == 0:
        return "0.00"
    sign = "+" if (part < 0) == (whole < 0) else MINUS
    return f"{sign}{hundredths // 100:,}.{hundredths % 100:02d}"


def clock_text(trade_ns: int, *, with_ms: bool = False, utc_offset_s: int = 9 * 3600) -> str:
    """Time of day at the venue: "09:00:07" or "09:00:07.123"."""
    ms = (trade_ns // 1_000_000 + utc_offset_s * 1000) % 86_400_000
    text = f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}"
    return f"{text}.{ms % 1000:03d}" if with_ms else text


def countdown_text(left_ns: int) -> str:
    """Time left as "02:41:07"; never below zero."""
    left_s = max(left_ns, 0) // 1_000_000_000
    return f"{left_s // 3600:02d}:{left_s // 60 % 60:02d}:{left_s % 60:02d}"


def us_text(us: int) -> str:
    """Microseconds as milliseconds: 1340 -> "1.3"; from a hundred on without the decimal, 243_200 -> "243"."""
    tenths = (us + 50) // 100
    return f"{tenths // 10}.{tenths % 10}" if tenths < 1_000 else f"{(us + 500) // 1_000:,}"


def typed_figure(text: str, decimals: int) -> int:
    """Digits and one point as an int in the instrument's scale; 0 for anything else."""
    whole, _, part = text.replace(",", "").strip().partition(".")
    digits = whole + part[:decimals].ljust(decimals, "0")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


BIG = {
    "ko": ((10**12, "조"), (10**8, "억"), (10**4, "만")),
    "ja": ((10**12, "兆"), (10**8, "億"), (10**4, "万")),
    "en": ((10**12, "T"), (10**9, "B"), (10**6, "M")),
}


def big_text(amount: int, language: str) -> str:
    """A large sum in few characters, cut off and not rounded: `2.19조`, `986억`, `12.3B`; small ones whole."""
    for size, word in BIG[language]:
        if amount >= size:
            whole, hundredths = amount // size, amount % size * 100 // size
            if whole >= 100:
                return f"{whole:,}{word}"
            return f"{whole}.{hundredths:02d}{word}" if whole < 10 else f"{whole}.{hundredths // 10}{word}"
    return f"{amount:,}"
