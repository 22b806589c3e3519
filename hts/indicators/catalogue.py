"""The indicators as data: name, parameters with their ranges, outputs with their looks, and the function.

`Bars` is what they are computed from. `reach` says how many bars before the last suffice to compute its value anew, so
that a trade costs the same on a chart of any length: exactly for windows, to the last digit or two for recursions.
"""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from msgspec import Struct

from hts.indicators import channels, moving, oscillators, trends, volumes
from hts.indicators.moving import Ints
from hts.indicators.recursion import Floats

LENGTH_MAX = 500
EMA_REACH, WILDER_REACH = 20, 40  # lengths after which nothing of the older bars is left: exp(-40)
WALK_REACH = 1500  # bars in which a walk has turned so often that its start is forgotten


class Bars(NamedTuple):
    """Columns of equal length. `session` numbers the period that session indicators begin anew with."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    qty: Floats
    value: Floats
    session: Ints

    @property
    def range(self) -> tuple[Floats, Floats, Floats]:
        """Highs, lows, closes."""
        return self.high, self.low, self.close


class Look(Enum):
    """How an output is drawn."""

    LINE = "line"
    DOTS = "dots"
    COLUMNS = "columns"


class Reach(Enum):
    """What the last value depends on."""

    BARS = "bars"  # a number of bars before it
    SESSION = "session"  # this session and the one before
    ALL = "all"  # a sum of all bars: the value before it, and this bar


class Parameter(Struct, frozen=True):
    """A number the trader chooses, `low` to `high`; `decimals` 0 for counts of bars."""

    name: str
    default: float
    low: float = 1
    high: float = LENGTH_MAX
    decimals: int = 0


class Output(Struct, frozen=True):
    """One line. `color` is a theme token; `shift` names the parameter that displaces it, "-" backwards.

    `until` names the output that closes a cloud with this one.
    """

    name: str
    color: str
    look: Look = Look.LINE
    shift: str = ""
    until: str = ""


class Indicator(Struct, frozen=True, kw_only=True):
    """`compute` takes Bars and the parameters in their order. `levels` are marked in the indicator's own pane."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[Output, ...]
    compute: Callable[..., tuple[Floats, ...]]
    is_overlay: bool = False
    levels: tuple[float, ...] = ()
    reach: Reach = Reach.BARS
    bars: Callable[..., float] = lambda *lengths: sum(lengths) + 2
    is_intraday: bool = False
    is_qty: bool = False  # figures are quantities, not prices or percent


def _lengths(factor: float) -> Callable[..., float]:
    return lambda *lengths: factor * sum(lengths) + 2


def _length(default: int, name: str = "length", low: int = 1) -> Parameter:
    return Parameter(name, default, low)


def _factor(default: float, high: float = 10.0) -> Parameter:
    return Parameter("factor", default, 0.1, high, 1)


def _average(name: str, default: int, color: str, of: Callable[[Floats, int], Floats], factor: float) -> Indicator:
    return Indicator(
        name=name,
        parameters=(_length(default),),
        outputs=(Output("line", color),),
        compute=lambda bars, length: (of(bars.close, length),),
        is_overlay=True,
        bars=_lengths(factor),
    )


def _channel(name: str, parameters: tuple[Parameter, ...], color: str, **more: object) -> Indicator:
    outputs = (Output("upper", color, until="lower"), Output("middle", "text3"), Output("lower", color))
    return Indicator(name=name, parameters=parameters, outputs=outputs, is_overlay=True, **more)  # type: ignore[arg-type]


_LINE = (Output("line", "ma5"),)
_PAIR = (Output("line", "ma5"), Output("signal", "attention"))

_OVERLAYS = (
    _average("sma", 20, "ma20", moving.simple, 1),
    _average("ema", 20, "vwap", moving.exponential, EMA_REACH),
    _average("wma", 20, "ma60", moving.weighted, 1),
    _average("dema", 20, "group2", moving.double_exponential, 2 * EMA_REACH),
    _average("tema", 20, "attention", moving.triple_exponential, 3 * EMA_REACH),
    _average("hma", 20, "group1", moving.hull, 3),
    Indicator(
        name="vwap",
        parameters=(Parameter("factor", 0.0, 0.0, 5.0, 1),),
        outputs=(Output("upper", "text3"), Output("middle", "vwap"), Output("lower", "text3")),
        compute=lambda b, factor: channels.vwap_bands(b.value, b.qty, b.session, factor),
        is_overlay=True,
        reach=Reach.SESSION,
        is_intraday=True,
    ),
    _channel(
        "bollinger",
        (_length(20, low=2), _factor(2.0)),
        "group1",
        compute=lambda b, n, k: channels.bollinger(b.close, n, k),
    ),
    _channel(
        "keltner",
        (_length(20), _length(10, "span"), _factor(2.0)),
        "group2",
        compute=lambda b, n, span, k: channels.keltner(b.range, n, span, k),
        bars=_lengths(WILDER_REACH),
    ),
    _channel("donchian", (_length(20),), "ma60", compute=lambda b, n: channels.donchian(b.high, b.low, n)),
    _channel(
        "envelope",
        (_length(20), Parameter("percent", 5.0, 0.1, 50.0, 1)),
        "ma20",
        compute=lambda b, n, percent: channels.envelope(b.close, n, percent),
    ),
    Indicator(
        name="ichimoku",
        parameters=(_length(9, "turn"), _length(26, "base"), _length(52, "span")),
        outputs=(
            Output("turning", "ma5"),
            Output("baseline", "attention"),
            Output("lead_a", "ma60", Look.LINE, "base", "lead_b"),
            Output("lead_b", "group2", Look.LINE, "base"),
            Output("lagging", "text3", Look.LINE, "-base"),
        ),
        compute=lambda b, turn, base, span: trends.ichimoku(b.range, turn, base, span),
        is_overlay=True,
    ),
    Indicator(
        name="parabolic",
        parameters=(Parameter("step", 0.02, 0.001, 0.5, 3), Parameter("most", 0.2, 0.01, 1.0, 2)),
        outputs=(Output("line", "ma5", Look.DOTS),),
        compute=lambda b, step, most: (trends.parabolic(b.high, b.low, step, most),),
        is_overlay=True,
        bars=lambda *_: WALK_REACH,
    ),
    Indicator(
        name="supertrend",
        parameters=(_length(10), _factor(3.0)),
        outputs=(Output("below", "up"), Output("above", "down")),
        compute=lambda b, n, k: trends.supertrend(b.range, n, k),
        is_overlay=True,
        bars=lambda n, _: WALK_REACH + WILDER_REACH * n,
    ),
    Indicator(
        name="pivot",
        outputs=(
            Output("r2", "up"),
            Output("r1", "up"),
            Output("pivot", "text2"),
            Output("s1", "down"),
            Output("s2", "down"),
        ),
        compute=lambda b: channels.pivots(b.range, b.session),
        is_overlay=True,
        reach=Reach.SESSION,
    ),
)

_PANES = (
    Indicator(
        name="macd",
        parameters=(_length(12, "fast"), _length(26, "slow"), _length(9, "signal")),
        outputs=(*_PAIR, Output("difference", "profile", Look.COLUMNS)),
        compute=lambda b, fast, slow, signal: oscillators.macd(b.close, fast, slow, signal),
        levels=(0,),
        bars=_lengths(EMA_REACH),
    ),
    Indicator(
        name="rsi",
        parameters=(_length(14), _length(9, "signal")),
        outputs=_PAIR,
        compute=lambda b, n, signal: ((line := oscillators.rsi(b.close, n)), moving.simple(line, signal)),
        levels=(30, 70),
        bars=_lengths(WILDER_REACH),
    ),
    Indicator(
        name="stochastic_slow",
        parameters=(_length(14), _length(3, "slowing"), _length(3, "signal")),
        outputs=_PAIR,
        compute=lambda b, n, slowing, signal: oscillators.stochastic_slow(b.range, n, slowing, signal),
        levels=(20, 80),
    ),
    Indicator(
        name="stochastic_fast",
        parameters=(_length(14), _length(3, "signal")),
        outputs=_PAIR,
        compute=lambda b, n, signal: oscillators.stochastic_fast(b.range, n, signal),
        levels=(20, 80),
    ),
    Indicator(
        name="stochastic_rsi",
        parameters=(_length(14), _length(14, "stochastic"), _length(3, "signal")),
        outputs=_PAIR,
        compute=lambda b, n, stochastic, signal: oscillators.stochastic_rsi(b.close, n, stochastic, signal),
        levels=(20, 80),
        bars=_lengths(WILDER_REACH),
    ),
    Indicator(
        name="atr",
        parameters=(_length(14),),
        outputs=_LINE,
        compute=lambda b, n: (trends.atr(b.range, n),),
        bars=_lengths(WILDER_REACH),
    ),
    Indicator(
        name="dmi",
        parameters=(_length(14),),
        outputs=(Output("plus", "up"), Output("minus", "down"), Output("adx", "attention")),
        compute=lambda b, n: trends.directional(b.range, n),
        levels=(20,),
        bars=_lengths(2 * WILDER_REACH),
    ),
    Indicator(
        name="cci",
        parameters=(_length(20),),
        outputs=_LINE,
        compute=lambda b, n: (oscillators.cci(b.range, n),),
        levels=(-100, 0, 100),
    ),
    Indicator(
        name="williams",
        parameters=(_length(14),),
        outputs=_LINE,
        compute=lambda b, n: (oscillators.williams(b.range, n),),
        levels=(-80, -20),
    ),
    Indicator(
        name="roc",
        parameters=(_length(12),),
        outputs=_LINE,
        compute=lambda b, n: (oscillators.rate_of_change(b.close, n),),
        levels=(0,),
    ),
    Indicator(
        name="momentum",
        parameters=(_length(10),),
        outputs=_LINE,
        compute=lambda b, n: (oscillators.changes(b.close, n),),
        levels=(0,),
    ),
    Indicator(
        name="trix",
        parameters=(_length(12), _length(9, "signal")),
        outputs=_PAIR,
        compute=lambda b, n, signal: oscillators.trix(b.close, n, signal),
        levels=(0,),
        bars=_lengths(3 * EMA_REACH),
    ),
    Indicator(
        name="aroon",
        parameters=(_length(25),),
        outputs=(Output("up", "up"), Output("down", "down")),
        compute=lambda b, n: trends.aroon(b.high, b.low, n),
        levels=(50,),
    ),
    Indicator(
        name="ultimate",
        parameters=(_length(7, "fast"), _length(14, "slow"), _length(28, "span")),
        outputs=_LINE,
        compute=lambda b, *lengths: (oscillators.ultimate(b.range, lengths),),
        levels=(30, 70),
    ),
    Indicator(
        name="ppo",
        parameters=(_length(12, "fast"), _length(26, "slow")),
        outputs=_LINE,
        compute=lambda b, fast, slow: (oscillators.price_oscillator(b.close, fast, slow),),
        levels=(0,),
        bars=_lengths(EMA_REACH),
    ),
    Indicator(
        name="disparity",
        parameters=(_length(20),),
        outputs=_LINE,
        compute=lambda b, n: (oscillators.disparity(b.close, n),),
        levels=(100,),
    ),
    Indicator(
        name="psychological",
        parameters=(_length(10),),
        outputs=_LINE,
        compute=lambda b, n: (oscillators.psychological(b.close, n),),
        levels=(25, 75),
    ),
    Indicator(
        name="obv",
        parameters=(_length(9, "signal"),),
        outputs=_PAIR,
        compute=lambda b, signal: ((line := volumes.on_balance(b.close, b.qty)), moving.simple(line, signal)),
        reach=Reach.ALL,
        is_qty=True,
    ),
    Indicator(
        name="accumulation",
        outputs=_LINE,
        compute=lambda b: (volumes.accumulation(b.range, b.qty),),
        reach=Reach.ALL,
        is_qty=True,
    ),
    Indicator(
        name="chaikin",
        parameters=(_length(3, "fast"), _length(10, "slow")),
        outputs=_LINE,
        compute=lambda b, fast, slow: (volumes.chaikin_oscillator(b.range, b.qty, fast, slow),),
        levels=(0,),
        bars=_lengths(2 * EMA_REACH),
        is_qty=True,
    ),
    Indicator(
        name="cmf",
        parameters=(_length(20),),
        outputs=_LINE,
        compute=lambda b, n: (volumes.chaikin_money_flow(b.range, b.qty, n),),
        levels=(0,),
    ),
    Indicator(
        name="mfi",
        parameters=(_length(14),),
        outputs=_LINE,
        compute=lambda b, n: (volumes.money_flow_index(b.range, b.qty, n),),
        levels=(20, 80),
    ),
    Indicator(
        name="volume_ratio",
        parameters=(_length(20),),
        outputs=_LINE,
        compute=lambda b, n: (volumes.volume_ratio(b.close, b.qty, n),),
        levels=(100,),
    ),
)

# Drawn beside the prices from the bars in view; there is no value per bar.
PROFILE = Indicator(
    name="profile",
    parameters=(Parameter("rows", 48, 8, 200),),
    outputs=(Output("rows", "profile"),),
    compute=lambda _bars, _rows: (),
    is_overlay=True,
)

# Volume with its average belongs to every chart; its pane can be hidden like any other.
VOLUME = Indicator(
    name="volume",
    parameters=(_length(20),),
    outputs=(Output("average", "ma20"),),
    compute=lambda b, n: (moving.simple(b.qty, n),),
    is_qty=True,
)

INDICATORS = {one.name: one for one in (*_OVERLAYS, PROFILE, VOLUME, *_PANES)}
