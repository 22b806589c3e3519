"""The indicators of one chart: what the trader chose, checked, and their lines over the chart's bars.

A study is a value: indicator, parameters, whether it is hidden. Its lines are computed over all bars when the bars are
others, and by their tails while trades come in (`Reach` says how many bars that takes).
"""

import re
from collections.abc import Callable, Sequence
from math import ceil

import numpy as np
from msgspec import Struct, structs

from hts.desk.chart import Series
from hts.desk.chart_frames import CLOSE, DAY_S, QTY, VALUE, Floats, periods
from hts.desk.figures import MINUS
from hts.indicators.catalogue import INDICATORS, Indicator, Output, Parameter, Reach

STUDIES_MAX = 16
LEVELS_MAX = 6
LEVEL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,4})?")
ROOM = 256  # bars that may follow before the lines need more room
SESSION_BARS = 2048  # are looked at first for where the session before began


class Study(Struct, frozen=True, kw_only=True):
    """`values` are the parameters in the indicator's order; `color` is a token of PALETTE, "" the indicator's own.

    `levels` are marked in the own pane; None: the indicator's.
    """

    name: str
    values: tuple[float, ...] = ()
    is_hidden: bool = False
    color: str = ""
    levels: tuple[float, ...] | None = None

    @property
    def has_levels(self) -> bool:
        """Whether levels can be marked: in a pane of its own, of values and not of quantities."""
        return not self.indicator.is_overlay and not self.indicator.is_qty

    @property
    def marked(self) -> tuple[float, ...]:
        """The levels that are drawn."""
        own = self.indicator.levels if self.levels is None else self.levels
        return own if not self.indicator.is_overlay else ()

    @property
    def indicator(self) -> Indicator:
        """What is computed."""
        return INDICATORS[self.name]

    @property
    def arguments(self) -> tuple[float, ...]:
        """The parameters as the function takes them: counts of bars as whole numbers."""
        pairs = zip(self.indicator.parameters, self.values, strict=True)
        return tuple(value if parameter.decimals else int(value) for parameter, value in pairs)

    def value(self, name: str) -> float:
        """One parameter by name."""
        return next(v for p, v in zip(self.indicator.parameters, self.values, strict=True) if p.name == name)

    def shift(self, output: Output) -> int:
        """By how many bars an output is displaced to the right."""
        if not output.shift:
            return 0
        return -int(self.value(output.shift[1:])) if output.shift[0] == "-" else int(self.value(output.shift))


class Fault(Struct, frozen=True, kw_only=True):
    """Why a study cannot be: a text's key with its places. `at` is the number of the parameter, -1 for none."""

    key: str
    values: dict[str, str] = {}
    at: int = -1


Quick = Callable[[Series, int, int], float | None]
AT_FIRST = (
    Study(name="sma", values=(5,)),
    Study(name="sma", values=(20,)),
    Study(name="sma", values=(60,)),
    Study(name="vwap", values=(0.0,)),
    Study(name="volume", values=(20,)),
)
PALETTE = ("ma5", "ma20", "ma60", "vwap", "attention", "group1", "group2", "text2")
SMA_COLORS = {5: "ma5", 20: "ma20", 60: "ma60"}


def study_of(name: str, among: Sequence[Study] = ()) -> Study:
    """The indicator as it comes; beside others of its name in a colour that none of them has."""
    made = Study(name=name, values=tuple(p.default for p in INDICATORS[name].parameters))
    taken = {main_color(study) for study in among if study.name == name}
    if main_color(made) not in taken:
        return made
    return structs.replace(made, color=next((color for color in PALETTE if color not in taken), ""))


def figure(parameter: Parameter, value: float) -> str:
    """A parameter as it is written and read back."""
    return f"{value:.{parameter.decimals}f}"


def read_study(name: str, texts: Sequence[str], *, is_hidden: bool = False, color: str = "") -> Study | Fault:
    """A study from what the trader typed."""
    one = INDICATORS.get(name)
    if one is None:
        return Fault(key="chart.fault.indicator", values={"found": name[:40]})
    if len(texts) != len(one.parameters):
        return Fault(key="chart.fault.count", values={"expected": str(len(one.parameters)), "found": str(len(texts))})
    values = []
    for at, (parameter, text) in enumerate(zip(one.parameters, texts, strict=True)):
        value = _number(text.strip(), parameter)
        if value is None:
            low, high = figure(parameter, parameter.low), figure(parameter, parameter.high)
            found = text.strip()[:20] or "–"
            return Fault(key="chart.fault.range", values={"low": low, "high": high, "found": found}, at=at)
        values.append(value)
    names = [p.name for p in one.parameters]
    if "fast" in names and values[names.index("fast")] >= values[names.index("slow")]:
        return Fault(key="chart.fault.order", at=names.index("fast"))
    return Study(name=name, values=tuple(values), is_hidden=is_hidden, color=color if color in PALETTE else "")


def read_levels(text: str) -> tuple[float, ...] | Fault:
    """Levels from what the trader typed, "30, 70"; nothing typed is no level."""
    words = text.replace(MINUS, "-").replace(",", " ").split()
    found = set()
    for word in words:
        if not LEVEL.fullmatch(word):
            return Fault(key="chart.fault.levels", values={"found": word[:20]})
        found.add(float(word) + 0.0)  # and no minus zero
    if len(found) > LEVELS_MAX:
        return Fault(key="chart.fault.many_levels", values={"count": str(LEVELS_MAX)})
    return tuple(sorted(found))


def levels_text(levels: Sequence[float]) -> str:
    """Levels as they are typed."""
    return ", ".join(f"{level:.4f}".rstrip("0").rstrip(".").replace("-", MINUS) for level in levels)


def _number(text: str, parameter: Parameter) -> float | None:
    whole, _, part = text.partition(".")
    digits = whole + part
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9 or len(part) > parameter.decimals:
        return None
    value = float(text)
    return value if parameter.low <= value <= parameter.high else None


class StudyLines:
    """One study over a series. `shifts` and `colors` are those of its outputs."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.shifts = tuple(study.shift(output) for output in study.indicator.outputs)
        self.colors = tuple(color_of(study, output) for output in study.indicator.outputs)
        self._kept: list[Floats] = []
        self._count = 0
        self._begin = 0  # where the tail began at the last new bar

    @property
    def lines(self) -> tuple[Floats, ...]:
        """One array per output, as long as the series; NaN where there is no value."""
        return tuple(line[: self._count] for line in self._kept)

    def compute(self, series: Series) -> None:
        """All bars anew."""
        lines = self.study.indicator.compute(series.bars(), *self.study.arguments)
        self._count = len(series)
        self._begin = self._tail_begin(series, max(self._count - 1, 0))
        self._kept = [np.concatenate([line, np.full(ROOM, np.nan)]) for line in lines]

    def follow(self, series: Series) -> None:
        """The last bar changed, or some were added."""
        count, first = len(series), max(self._count - 1, 0)
        if not self._kept:
            return
        if first == 0 or count < self._count or count > len(self._kept[0]):
            self.compute(series)
            return
        quick = QUICK.get(self.study.name)
        if quick is not None and count == self._count:
            last = quick(series, self._begin, ceil(self.study.values[0]))
            if last is not None:
                self._kept[0 if len(self._kept) == 1 else 1][count - 1] = last
                return
        self._begin = begin = self._tail_begin(series, first)
        tail = self.study.indicator.compute(series.bars(begin), *self.study.arguments)
        for kept, line in zip(self._kept, tail, strict=True):
            offset = 0.0
            if self.study.indicator.reach is Reach.ALL and begin:
                # The sums before are in the line already.
                offset = float(kept[first - 1] - line[first - 1 - begin])
            kept[first:count] = line[first - begin :] + offset
        self._count = count

    def _tail_begin(self, series: Series, first: int) -> int:
        one = self.study.indicator
        if one.reach is Reach.SESSION:
            return session_before(series, first)
        return max(first - int(one.bars(*self.study.arguments)), 0)


def _mean(row: int) -> Quick:
    def last(series: Series, _begin: int, length: int) -> float | None:
        tail = series.columns[row, -length:]
        return float(np.add.reduce(tail)) / length if len(tail) == length else None

    return last


def _vwap(series: Series, begin: int, bands: int) -> float | None:
    """The session's value over its quantity; its first bar is found among the tail's."""
    if bands:
        return None
    starts = periods(series.start_ns[begin:], series.timeframe_s, series.begin_s)
    tail = series.columns[:, begin + int(np.searchsorted(starts, starts[-1])) :]
    qty = float(np.add.reduce(tail[QTY]))
    return float(np.add.reduce(tail[VALUE])) / qty if qty else None


# The last value while the last bar is made, for the indicators of every chart: one sum instead of a tail. The line is
# the only one, or the middle of three.
QUICK: dict[str, Quick] = {"sma": _mean(CLOSE), "volume": _mean(QTY), "vwap": _vwap}


def session_before(series: Series, index: int) -> int:
    """Number of the first bar of the session before the one that a bar belongs to."""
    look = SESSION_BARS
    while True:
        begin = max(index - look, 0)
        tail = periods(series.start_ns[begin : index + 1], series.timeframe_s, series.begin_s)
        changes = np.flatnonzero(tail[1:] != tail[:-1]) + 1
        if len(changes) >= 2:
            return begin + int(changes[-2])
        if not begin:
            return 0
        look *= 4


class StudySet:
    """All studies of a chart over one series; hidden ones and those without sense here are not computed."""

    def __init__(self, studies: Sequence[Study]) -> None:
        self.studies = tuple(studies)
        self._lines: list[StudyLines] = []
        self._seen: tuple[object, ...] = ()

    @property
    def shown(self) -> list[StudyLines]:
        """Those that have lines, in the trader's order."""
        return self._lines

    def follow(self, series: Series) -> None:
        """Bring all lines up to date; nothing to do while the series has not changed."""
        seen = (series, series.generation, series.version)
        if seen == self._seen:
            return
        if seen[:2] == self._seen[:2]:
            for one in self._lines:
                one.follow(series)
        else:
            self._lines = [StudyLines(study) for study in self.studies if self._is_shown(study, series)]
            for one in self._lines:
                one.compute(series)
        self._seen = seen

    def follow_tails(self, series: Series) -> None:
        """The same between frames, for a picture: never other lines than those that are shown."""
        if self._seen[:2] == (series, series.generation):
            self.follow(series)

    def replace(self, studies: Sequence[Study]) -> None:
        """Other studies: all lines are computed anew at the next `follow`."""
        self.studies = tuple(studies)
        self._seen = ()

    @staticmethod
    def _is_shown(study: Study, series: Series) -> bool:
        return not study.is_hidden and not (study.indicator.is_intraday and series.timeframe_s >= DAY_S)


def main_color(study: Study) -> str:
    """The theme token of a study's lines; averages of the usual lengths have their own."""
    if study.color:
        return study.color
    own = _own_color(study)
    return SMA_COLORS.get(int(study.values[0]), own) if study.name == "sma" else own


def _own_color(study: Study) -> str:
    colors = [output.color for output in study.indicator.outputs]
    return next((color for color in colors if color != "text3"), colors[0])


def color_of(study: Study, output: Output) -> str:
    """The theme token of one line: those in the indicator's main colour take the study's."""
    return main_color(study) if output.color == _own_color(study) else output.color


def panes_of(lines: Sequence[StudyLines]) -> list[tuple[str, list[StudyLines]]]:
    """The own panes from top to bottom: their key and what they show. Two of one indicator have a pane each."""
    seen: dict[str, int] = {}
    found = []
    for one in sorted(lines, key=lambda line: line.study.name != "volume"):
        if not one.study.indicator.is_overlay:
            number = seen[one.study.name] = seen.get(one.study.name, 0) + 1
            found.append((one.study.name if number == 1 else f"{one.study.name}.{number}", [one]))
    return found
