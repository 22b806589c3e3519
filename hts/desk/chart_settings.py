"""What a chart remembers: time frame, style, scale, studies, panes. Kept with the window's layout.

A stored table is untrusted: what does not hold falls back to how a chart comes, one entry at a time.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any

from msgspec import Struct, structs

from hts.desk.chart_compare import COMPARE_MAX, Comparison, comparisons_of, with_symbol
from hts.desk.chart_frames import TIMEFRAMES_S
from hts.desk.chart_studies import AT_FIRST, STUDIES_MAX, Fault, Study, figure, read_levels, read_study
from hts.desk.chart_styles import Style
from hts.indicators.catalogue import INDICATORS

TIMEFRAME_AT_FIRST_S = 180
SWITCHES = ("shows_past", "hides_drawings", "locks_drawings", "keeps_tool")  # off at first
PANE_SHARE_MIN, PANE_SHARE_MAX = 0.06, 0.7


class Scale(Enum):
    """How prices stand on their axis."""

    LINEAR = "linear"
    LOG = "log"
    PERCENT = "percent"


class ChartSettings(Struct, frozen=True, kw_only=True):
    """`compare`: the other issues. `heights` is each own pane's share of the height, by name.

    `is_regular`: bars of the regular session alone. `shows_past`: own fills of days before are marked.
    `locks_drawings`: nothing moves or deletes them. `keeps_tool`: a tool stays in the hand for the next drawing.
    """

    timeframe_s: int = TIMEFRAME_AT_FIRST_S
    style: Style = Style.CANDLES
    scale: Scale = Scale.LINEAR
    studies: tuple[Study, ...] = AT_FIRST
    compare: tuple[Comparison, ...] = ()
    heights: dict[str, float] = {}
    snaps: bool = True
    is_regular: bool = False
    shows_past: bool = False
    hides_drawings: bool = False
    locks_drawings: bool = False
    keeps_tool: bool = False

    def with_height(self, pane: str, share: float) -> "ChartSettings":
        """The same with a pane of another height."""
        share = min(max(share, PANE_SHARE_MIN), PANE_SHARE_MAX)
        return structs.replace(self, heights={**self.heights, pane: round(share, 4)})

    def compared_with(self, symbol: str) -> "ChartSettings":
        """The same with one more issue. The first one turns prices into percentages, which is what can be compared."""
        compare = with_symbol(self.compare, symbol)
        is_first = compare and not self.compare and self.scale is Scale.LINEAR
        return structs.replace(self, compare=compare, scale=Scale.PERCENT if is_first else self.scale)

    def compared_without(self, symbol: str) -> "ChartSettings":
        """The same without an issue, of all of them with an empty symbol; the last one takes the percentages along."""
        compare = tuple(one for one in self.compare if symbol and one.symbol != symbol)
        is_last = self.compare and not compare and self.scale is Scale.PERCENT
        return structs.replace(self, compare=compare, scale=Scale.LINEAR if is_last else self.scale)

    @property
    def can_compare_more(self) -> bool:
        """Whether another issue can be compared."""
        return len(self.compare) < COMPARE_MAX

    def table(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "timeframe_s": self.timeframe_s,
            "style": self.style.value,
            "scale": self.scale.value,
            "studies": studies_table(self.studies),
            "compare": [{"symbol": one.symbol, "color": one.color} for one in self.compare],
            "heights": dict(self.heights),
            "snaps": self.snaps,
            "is_regular": self.is_regular,
            **{switch: getattr(self, switch) for switch in SWITCHES},
        }


def studies_table(studies: Sequence[Study]) -> list[dict[str, Any]]:
    """Indicators as JSON takes them."""
    return [
        {
            "name": s.name,
            "values": [figure(*pair) for pair in _pairs(s)],
            "is_hidden": s.is_hidden,
            "color": s.color,
            **({"levels": list(s.levels)} if s.levels is not None else {}),
        }
        for s in studies
    ]


def _pairs(study: Study) -> Sequence[tuple[Any, float]]:
    return tuple(zip(study.indicator.parameters, study.values, strict=True))


def settings_of(table: object) -> ChartSettings:
    """Settings from a stored table, with the defaults for everything that does not hold."""
    found = ChartSettings()
    if not isinstance(table, dict):
        return found
    timeframe_s = table.get("timeframe_s")
    heights, stored = table.get("heights"), table.get("studies")
    return ChartSettings(
        timeframe_s=timeframe_s if timeframe_s in TIMEFRAMES_S else found.timeframe_s,
        style=_member(Style, table.get("style"), found.style),
        scale=_member(Scale, table.get("scale"), found.scale),
        studies=studies_of(stored) if isinstance(stored, list) else found.studies,
        compare=comparisons_of(table.get("compare")),
        heights=_heights(heights) if isinstance(heights, dict) else {},
        snaps=bool(table.get("snaps", True)),
        is_regular=table.get("is_regular") is True,
        **{switch: table.get(switch) is True for switch in SWITCHES},
    )


def _member(kind: Any, value: object, otherwise: Any) -> Any:
    return next((one for one in kind if one.value == value), otherwise)


def studies_of(stored: list[Any]) -> tuple[Study, ...]:
    """Indicators of a stored list; what does not hold is left out."""
    found = []
    for entry in stored[:STUDIES_MAX]:
        if not isinstance(entry, dict):
            continue
        name, values = entry.get("name"), entry.get("values")
        if not isinstance(values, list) or not isinstance(name, str) or name not in INDICATORS:
            continue
        typed, is_hidden = [str(value) for value in values], bool(entry.get("is_hidden"))
        study = read_study(name, typed, is_hidden=is_hidden, color=str(entry.get("color", "")))
        if isinstance(study, Study):
            found.append(structs.replace(study, levels=_levels(entry.get("levels"))))
    return tuple(found)


def _levels(stored: object) -> tuple[float, ...] | None:
    """The trader's levels; None, the indicator's own, where they do not hold."""
    if not isinstance(stored, list) or any(isinstance(one, bool) or not isinstance(one, int | float) for one in stored):
        return None
    found = read_levels(" ".join(f"{one:.4f}" for one in stored))
    return None if isinstance(found, Fault) else found


def _heights(stored: dict[Any, Any]) -> dict[str, float]:
    return {
        str(name): float(share)
        for name, share in stored.items()
        if isinstance(share, int | float) and PANE_SHARE_MIN <= share <= PANE_SHARE_MAX
    }
