"""The algorithm study as a page for people: what was asked, what was found, with its uncertainty."""

from collections.abc import Sequence

from hts.lab.study_cases import EQUAL_RISK, MARKET, SLICES
from hts.lab.study_figures import CaseFigures, Interval, StudyFile

NAMES = {
    MARKET: "one market order",
    SLICES: "equal market orders",
    EQUAL_RISK: "TWAP of IS's risk",
    "is": "IS",
    "twap": "TWAP",
    "vwap": "VWAP",
    "pov": "POV",
}


def page(files: Sequence[StudyFile]) -> str:
    """The whole page."""
    return _HEAD + "\n".join(_plan(file) for file in files)


_HEAD = """# Algorithm study

Made by `hts study` in the simulated market. Each seed is a day of its own; odd seeds buy, even ones sell, all cases of
a seed get the same order. In basis points of the first middle price; less is better; with 95 % intervals (bootstrap,
fixed dice). *Shortfall* is the average price against that first price, *risk* its standard deviation, *cost* the
shortfall without the part that the day made by itself (`hts/lab/study.py`). Fees and taxes are left out. What is left
at the end of the window is taken at the market and counted. The simulator's crowd does not learn from shown orders.

"""


def _plan(file: StudyFile) -> str:
    plan = file.terms
    window = f"{_clock(plan.start_s)} to {_clock(plan.end_s)}, slices of {plan.interval_s} s"
    seeds = f"seeds {file.seeds[0]} to {file.seeds[1]}"
    lines = [f"## {plan.name.capitalize()}: {plan.qty:,} shares, {window}, {seeds}", ""]
    others = [name for name in (MARKET, SLICES, "twap", EQUAL_RISK) if name in plan.cases]
    heads = ["case", "shortfall", "risk", "cost", *(f"cost against {_name(name)}" for name in others)]
    lines += _rows([*heads, "left %", "of volume %", "orders"], [_row(one, others) for one in file.figures])
    lines += ["", "Against the market's average price of the window:", ""]
    lines += _rows(
        ["case", "mean", "tracking error (standard deviation)", "distance from the volume curve, % of the order"],
        [
            [_name(one.case), str(one.tracking_mean_bps), str(one.tracking_bps), str(one.curve_error)]
            for one in file.figures
        ],
    )
    return "\n".join(lines) + "\n"


def _row(one: CaseFigures, others: Sequence[str]) -> list[str]:
    gaps = [_gap(one.against.get(name)) for name in others]
    figures = [str(one.shortfall_bps), str(one.risk_bps), str(one.cost_bps), *gaps]
    return [_name(one.case), *figures, f"{one.left_pct:.1f}", f"{one.participation_pct:.1f}", f"{one.orders:.0f}"]


def _gap(found: Interval | None) -> str:
    return str(found) if found is not None else ""


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows)]


def _name(case: str) -> str:
    return NAMES.get(case, case)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}"
