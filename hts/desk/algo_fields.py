"""The fields of the form for algorithms: which kind has which, how each is typed, and what is wrong with it.

Only what is no figure, or none that the field can hold, is judged here. What is wrong with the figures together the
core says, by the same code that refuses a start; `FIELD_OF` tells at which field that stands.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from hts.desk.figures import px_text, qty_text
from hts.desk.order_terms import DAY_NS, MINUTE_NS, SECOND_NS, SEOUL_NS
from hts.model.algo import AlgoKind, AlgoParams
from hts.model.units import QTY_MAX

TEXT_MAX: Final = 24  # characters of a field
PPM_DECIMALS: Final = 4  # of a percentage
TICKS_MAX: Final = 1_000
SEED_MAX: Final = 999_999
VARIATION_MAX: Final = 50  # per cent
PPM: Final = 1_000_000
FIGURE_MAX: Final = 10**15


class AlgoField(Enum):
    """The value is the field of AlgoParams, and of the text keys ("algo_form.field.qty")."""

    QTY = "qty"
    PX = "px"
    START = "start_ns"
    END = "end_ns"
    INTERVAL = "interval_ns"
    PARTICIPATION = "participation_ppm"
    URGENCY = "urgency_pico"
    DISPLAY = "display_qty"
    OFFSET = "offset_ticks"
    MIN_QTY = "min_qty"
    RANDOMISE = "randomise_pct"
    SEED = "seed"


F = AlgoField
_TIMED = (F.QTY, F.PX, F.START, F.END, F.INTERVAL)
_DICE = (F.RANDOMISE, F.SEED)
_SHARES = (F.QTY, F.DISPLAY, F.MIN_QTY)

FIELDS: Final[Mapping[AlgoKind, tuple[AlgoField, ...]]] = MappingProxyType(
    {
        AlgoKind.TWAP: (*_TIMED, *_DICE),
        AlgoKind.VWAP: (*_TIMED, *_DICE),
        AlgoKind.IS: (*_TIMED, F.URGENCY, *_DICE),
        AlgoKind.POV: (F.QTY, F.PX, F.START, F.END, F.PARTICIPATION),
        AlgoKind.ICEBERG: (F.QTY, F.PX, F.DISPLAY, F.START, F.END, *_DICE),
        AlgoKind.SNIPER: (F.QTY, F.PX, F.MIN_QTY, F.START, F.END),
        AlgoKind.PEG: (F.QTY, F.PX, F.OFFSET, F.DISPLAY, F.INTERVAL, F.START, F.END, *_DICE),
        AlgoKind.SCHEDULED: (F.QTY, F.PX, F.START, F.END),
    }
)
AMENDED: Final = (F.QTY, F.PX, F.END, F.PARTICIPATION, F.URGENCY)
"""What the core changes of an algorithm under way."""

AUCTIONED: Final = frozenset(FIELDS) - {AlgoKind.SCHEDULED}  # a scheduled order goes into any phase

FIELD_OF: Final[Mapping[str, AlgoField]] = MappingProxyType(
    {
        "algo.refusal.bad_qty": F.QTY,
        "algo.refusal.bad_lot": F.QTY,
        "algo.refusal.bad_tick": F.PX,
        "algo.refusal.needs_price": F.PX,
        "algo.refusal.bad_window": F.END,
        "algo.refusal.window_past": F.END,
        "algo.refusal.bad_interval": F.INTERVAL,
        "algo.refusal.bad_participation": F.PARTICIPATION,
        "algo.refusal.bad_randomise": F.RANDOMISE,
        "algo.refusal.bad_display": F.DISPLAY,
    }
)

UNLEARNT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "algo.refusal.needs_curve": "algo_form.wrong.no_curve",
        "algo.refusal.needs_impact": "algo_form.wrong.no_model",
    }
)
"""What the form says where history does not tell enough."""


class Problem(Struct, frozen=True, kw_only=True):
    """What is wrong with a field: a text key, and what stands in its places."""

    key: str
    values: dict[str, str] = {}


def defaults_of(kind: AlgoKind) -> dict[AlgoField, str]:
    """What a field holds before somebody types in it."""
    peg = kind is AlgoKind.PEG
    return {
        F.START: "",
        F.END: "+30" if kind in (AlgoKind.TWAP, AlgoKind.VWAP, AlgoKind.IS, AlgoKind.POV) else "",
        F.INTERVAL: "5" if peg else "60",
        F.PARTICIPATION: "10",
        F.URGENCY: "0",
        F.DISPLAY: "0" if peg else "10",
        F.OFFSET: "0",
        F.MIN_QTY: "0",
        F.RANDOMISE: "0",
    }


def number_of(text: str, decimals: int = 0, most: int = FIGURE_MAX) -> int | Problem:
    """A figure of zero or more with so many decimals, as an int of its last one; commas and blanks do not count."""
    bare = text.strip().replace(",", "").replace(" ", "").replace("\u00a0", "")
    if not bare:
        return Problem(key="algo_form.wrong.empty")
    if not bare.isascii() or len(bare) > TEXT_MAX or set(bare) - set("0123456789."):
        return Problem(key="algo_form.wrong.figure")
    try:
        value = Decimal(bare).scaleb(decimals)
    except InvalidOperation:
        return Problem(key="algo_form.wrong.figure")
    if value != int(value):
        whole = Problem(key="algo_form.wrong.whole")
        return Problem(key="algo_form.wrong.decimals", values={"decimals": str(decimals)}) if decimals else whole
    if value > most:
        return Problem(key="algo_form.wrong.most", values={"most": px_text(most, decimals)})
    return int(value)


def time_of(text: str, from_ns: int, trade_ns: int) -> int | Problem:
    """A time of the day in Seoul and Tokyo ("9:30", "0930", "09:30:15"), or minutes from `from_ns` ("+30").

    Nothing is 0: now, or without an end.
    """
    bare = text.strip()
    if not bare:
        return 0
    if bare.startswith("+"):
        minutes = number_of(bare[1:], most=24 * 60)
        return minutes if isinstance(minutes, Problem) else from_ns + minutes * MINUTE_NS
    parts = _clock_of(bare)
    if parts is None:
        return Problem(key="algo_form.wrong.time")
    hour, minute, second = parts
    midnight = (trade_ns + SEOUL_NS) // DAY_NS * DAY_NS - SEOUL_NS
    return midnight + hour * 60 * MINUTE_NS + minute * MINUTE_NS + second * SECOND_NS


def _clock_of(text: str) -> tuple[int, int, int] | None:
    if not text.isascii() or len(text) > len("00:00:00"):
        return None
    digits = text.replace(":", "")
    if ":" not in text:
        text = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2)) if len(digits) in (4, 6) else ""
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(part.isdigit() and len(part) <= 2 for part in parts):
        return None
    hour, minute, second = (int(part) for part in (*parts, "0")[:3])
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def value_of(field: AlgoField, text: str, px_decimals: int) -> int | Problem:
    """A field that is no time, in the unit of AlgoParams."""
    if field is F.PX:
        px = number_of(text, px_decimals) if text.strip() else 0
        return Problem(key="algo_form.wrong.zero_px") if px == 0 and text.strip() else px  # no silent "no limit"
    if field is F.PARTICIPATION:
        return number_of(text, PPM_DECIMALS, PPM)
    if field is F.INTERVAL:
        seconds = number_of(text, most=24 * 3_600)
        return seconds if isinstance(seconds, Problem) else seconds * SECOND_NS
    most = {F.OFFSET: TICKS_MAX, F.RANDOMISE: VARIATION_MAX, F.SEED: SEED_MAX} | dict.fromkeys(_SHARES, QTY_MAX)
    return number_of(text, most=most.get(field, FIGURE_MAX))


def text_of(field: AlgoField, params: AlgoParams, px_decimals: int) -> str:
    """A field as it stands before it is changed: the other way round."""
    value = int(getattr(params, field.value))
    if field in (F.START, F.END):
        return clock_field(value) if value else ""
    if field is F.PX:
        return px_text(value, px_decimals) if value else ""
    if field is F.PARTICIPATION:
        return px_text(value, PPM_DECIMALS).rstrip("0").rstrip(".")
    if field is F.INTERVAL:
        return str(value // SECOND_NS)
    return qty_text(value) if field in _SHARES else str(value)


def clock_field(trade_ns: int) -> str:
    """A time as it is typed, without the seconds where there are none."""
    second = (trade_ns + SEOUL_NS) // SECOND_NS % (24 * 3_600)
    text = f"{second // 3_600:02d}:{second // 60 % 60:02d}"
    return f"{text}:{second % 60:02d}" if second % 60 else text
