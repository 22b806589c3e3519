"""What a study says, in sentences that follow from its figures: one is better only where the whole interval says so."""

from collections.abc import Iterator, Sequence

from hts.lab.study_cases import EQUAL_RISK, MARKET, PEG_PIECES, SHOWN, SLICES
from hts.lab.study_figures import CaseFigures, Interval, StudyFile

NAMES = {
    MARKET: "one market order",
    SLICES: "equal market orders",
    EQUAL_RISK: "TWAP of IS's risk",
    SHOWN: "shown whole",
    PEG_PIECES: "peg in pieces",
    "is": "IS",
    "twap": "TWAP",
    "vwap": "VWAP",
    "pov": "POV",
}


def name_of(case: str) -> str:
    """A case as people call it."""
    return NAMES.get(case, case)


def findings(files: Sequence[StudyFile]) -> list[str]:
    """All that can be said of these plans."""
    said: list[str] = []
    for file in files:
        cases = {one.case: one for one in file.figures}
        said += [f"{file.terms.name.capitalize()}: {sentence}" for sentence in _of_plan(cases)]
    return said


def _of_plan(cases: dict[str, CaseFigures]) -> Iterator[str]:
    if {"vwap", SLICES} <= cases.keys():
        yield _tracking(cases["vwap"].tracking_bps, cases[SLICES].tracking_bps)
    if {"is", EQUAL_RISK} <= cases.keys():
        risk = f"at a risk of {cases['is'].risk_bps} and {cases[EQUAL_RISK].risk_bps}"
        yield f"IS costs {_against(cases['is'], EQUAL_RISK)} TWAP of the same risk, {risk}."
    if SLICES in cases:
        yield _all_against(cases, SLICES)
    if {SHOWN, "iceberg"} <= cases.keys():
        yield f"an iceberg at the first own price costs {_against(cases['iceberg'], SHOWN)} all of it shown there."
    if {"peg", PEG_PIECES} <= cases.keys():
        yield f"a peg that shows a fiftieth costs {_against(cases[PEG_PIECES], 'peg')} one that shows all."


def _tracking(vwap: Interval, slices: Interval) -> str:
    word = "clearly less than" if vwap.high < slices.low else "not clearly less than"
    return f"VWAP's tracking error is {vwap}, {word} equal slicing's {slices}."


def _against(one: CaseFigures, base: str) -> str:
    gap = one.against[base]
    if gap.is_below_zero:
        return f"{Interval(value=-gap.value, low=-gap.high, high=-gap.low)} less than"
    return f"{gap} more than" if gap.low > 0 else f"as much, within {gap}, as"


def _all_against(cases: dict[str, CaseFigures], base: str) -> str:
    """Which cost less than the base, which more, and which cannot be told apart from it."""
    gaps = {case: one.against[base] for case, one in cases.items() if base in one.against}
    less = [name_of(case) for case, gap in gaps.items() if gap.is_below_zero]
    more = [name_of(case) for case, gap in gaps.items() if gap.low > 0]
    same = [name_of(case) for case in gaps if name_of(case) not in (*less, *more)]
    parts = [
        f"{', '.join(names)} {'costs' if len(names) == 1 else 'cost'} {word} {name_of(base)}"
        for names, word in ((less, "less than"), (more, "more than"), (same, "as much, as far as can be told, as"))
        if names
    ]
    return "; ".join(parts) + "."
