"""The algorithm study as a page for people: what was asked, what was found, with its uncertainty."""

from collections.abc import Sequence

from hts.app.study_findings import findings, name_of
from hts.lab.study_cases import bases_of
from hts.lab.study_figures import CaseFigures, Interval, StudyFile


def page(files: Sequence[StudyFile]) -> str:
    """The whole page."""
    said = "\n".join(f"- {sentence}" for sentence in findings(files))
    return f"{_HEAD}## What it says\n\n{said}\n\n" + "\n".join(_plan(file) for file in files)


_HEAD = """# Algorithm study

Made by `hts study` in the simulated market. Each seed is a day of its own; odd seeds buy, even ones sell, all cases of
a seed get the same order. In basis points of the first middle price; less is better; with 95 % intervals (bootstrap,
fixed dice). *Shortfall* is the average price against that first price, *risk* its standard deviation, *cost* the
shortfall without the part that the day made by itself (`hts/lab/study.py`). Fees and taxes are left out. What is left
at the end of the window is taken at the market and counted. The crowd does not look at what orders show, but for the
plan *reacting*: there its idea of worth moves by up to half a tick away from an order that shows four times a level's
usual quantity (`reaction` in `hts/sim/scenario.py`). That size is an assumption; *blind* is the same without it.

"""


def _plan(file: StudyFile) -> str:
    plan = file.terms
    window = f"{_clock(plan.start_s)} to {_clock(plan.end_s)}, slices of {plan.interval_s} s"
    seeds = f"seeds {file.seeds[0]} to {file.seeds[1]}"
    lines = [f"## {plan.name.capitalize()}: {plan.qty:,} shares, {window}, {seeds}", ""]
    others = bases_of(plan.cases)
    heads = ["case", "shortfall", "risk", "cost", *(f"cost against {name_of(name)}" for name in others)]
    lines += _rows([*heads, "left %", "of volume %", "orders"], [_row(one, others) for one in file.figures])
    lines += ["", "Against the market's average price of the window:", ""]
    lines += _rows(
        ["case", "mean", "tracking error (standard deviation)", "distance from the volume curve, % of the order"],
        [
            [name_of(one.case), str(one.tracking_mean_bps), str(one.tracking_bps), str(one.curve_error)]
            for one in file.figures
        ],
    )
    return "\n".join(lines) + "\n"


def _row(one: CaseFigures, others: Sequence[str]) -> list[str]:
    gaps = [_gap(one.against.get(name)) for name in others]
    figures = [str(one.shortfall_bps), str(one.risk_bps), str(one.cost_bps), *gaps]
    return [name_of(one.case), *figures, f"{one.left_pct:.1f}", f"{one.participation_pct:.1f}", f"{one.orders:.0f}"]


def _gap(found: Interval | None) -> str:
    return str(found) if found is not None else ""


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows)]


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}"
