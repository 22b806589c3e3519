"""What a chart does by an action's name: from the command box, by a key of the keymap, wherever the keyboard is.

The acts know the panel by what it can do, so that a window that opens does not load charts for them.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from hts.desk.actions import Refusal

if TYPE_CHECKING:
    from widgets.chart import ChartPanel
    from widgets.main_window import MainWindow

# Names of actions and the switch of the chart's settings that each turns.
TURNED = {
    "past_fills": "shows_past",
    "hide_drawings": "hides_drawings",
    "lock_drawings": "locks_drawings",
    "keep_tool": "keeps_tool",
}
TOOLS = ("trend", "ray", "horizontal", "vertical", "channel", "fibonacci", "rectangle", "text", "measure")


def chart_acts() -> dict[str, Callable[["MainWindow"], Refusal | None]]:
    """By their names in the keymap."""
    acts: dict[str, Callable[[ChartPanel], object]] = {
        "studies": lambda chart: chart.edit_studies(),
        "sets": partial(_open_menu, "sets"),
        "compare": partial(_open_menu, "compare"),
        "style": lambda chart: chart.adjust(style=_next(chart.settings.style)),
        "scale": lambda chart: chart.adjust(scale=_next(chart.settings.scale)),
        "shorter": partial(_step_frame, -1),
        "longer": partial(_step_frame, 1),
        "newest": lambda chart: chart.canvas.show_newest() if chart.canvas is not None else None,
        "fit": lambda chart: chart.canvas.hand.fit() if chart.canvas is not None else None,
        "regular": lambda chart: chart.toggle_regular(),
        "replay": lambda chart: chart.toggle_replay(),
        "duplicate": _duplicate,
        "go": partial(_open_menu, "go"),
        "alert": partial(_put_out, "alert_at_cross"),
        **{name: partial(_put_out, name) for name in ("copy_picture", "ask_picture", "ask_bars")},
        **{name: partial(_turn, switch) for name, switch in TURNED.items()},
        **{f"draw_{tool}": partial(_take_tool, tool) for tool in TOOLS},
    }
    return {f"chart.{name}": partial(_at_chart, act=act) for name, act in acts.items()}


def _at_chart(window: "MainWindow", act: Callable[["ChartPanel"], object]) -> Refusal | None:
    """On the chart with the keyboard, else on one that is seen, of the group that keys act on before others."""
    seen = [panel for panel in window.workspace.panels if panel.objectName() == "chart" and panel.isVisible()]
    seen.sort(key=lambda panel: (panel is not window.focused, panel.group != window.group))
    if not seen:
        return Refusal(key="refusal.no_chart")
    chart: Any = seen[0]
    act(chart)
    return None


def _open_menu(name: str, chart: "ChartPanel") -> None:
    chart.open_menu(name, chart.mapToGlobal(chart.bar.geometry().bottomLeft()))


def _take_tool(tool: str, chart: "ChartPanel") -> None:
    from hts.desk.drawings import Kind  # noqa: PLC0415  with numpy: not before the first paint

    chart.take_tool(Kind(tool))


def _turn(switch: str, chart: "ChartPanel") -> None:
    chart.adjust(**{switch: not getattr(chart.settings, switch)})


def _duplicate(chart: "ChartPanel") -> None:
    if chart.canvas is not None:
        from widgets.chart_menu import duplicate  # noqa: PLC0415  the chart's modules come after the first paint

        chart.canvas.change_board(partial(duplicate, chart.canvas))


def _put_out(name: str, chart: "ChartPanel") -> None:
    from widgets import chart_output  # noqa: PLC0415  the chart's modules come after the first paint

    getattr(chart_output, name)(chart)


def _step_frame(by: int, chart: "ChartPanel") -> None:
    """The next shorter or longer time frame; at the end it stays."""
    from hts.desk.chart_frames import TIMEFRAMES_S  # noqa: PLC0415  with numpy: not before the first paint

    longer = sorted(TIMEFRAMES_S, key=lambda frame_s: (frame_s > 0, abs(frame_s)))
    at = min(max(longer.index(chart.settings.timeframe_s) + by, 0), len(longer) - 1)
    if longer[at] != chart.settings.timeframe_s:
        chart.set_timeframe(longer[at])


def _next(one: Any) -> Any:
    """The next member of its enumeration, around the end."""
    members: list[Any] = list(one.__class__)
    return members[(members.index(one) + 1) % len(members)]
