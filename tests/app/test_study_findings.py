"""The sentences of a study follow from its intervals alone."""

import pytest
from msgspec.structs import replace

from hts.app.study_findings import findings
from hts.lab.study import USUAL
from hts.lab.study_cases import EQUAL_RISK, PEG_PIECES, SHOWN, SLICES
from hts.lab.study_figures import CaseFigures, Interval, StudyFile

LEVEL = Interval(value=5.0, low=4.0, high=6.0)


def a_case(name, *, tracking=LEVEL, **against):
    """`against`: intervals as (value, low, high)."""
    return CaseFigures(
        case=name, seeds=9, shortfall_bps=LEVEL, risk_bps=LEVEL, cost_bps=LEVEL, tracking_mean_bps=LEVEL,
        tracking_bps=tracking, curve_error=LEVEL, left_pct=0.0, participation_pct=1.0, orders=1.0,
        against={base: Interval(value=a, low=b, high=c) for base, (a, b, c) in against.items()},
    )  # fmt: skip


def said(*cases):
    plan = replace(USUAL, cases=tuple(case.case for case in cases))
    return findings([StudyFile(terms=plan, seeds=(1, 9), figures=cases, values={})])


@pytest.mark.parametrize(("high", "word"), [(3.9, "clearly less"), (4.0, "not clearly less")])
def test_a_tracking_error_is_less_only_where_the_intervals_do_not_meet(high, word):
    vwap = a_case("vwap", tracking=Interval(value=3.0, low=2.0, high=high), naive_slices=(0.0, -1.0, 1.0))
    assert said(a_case(SLICES), vwap) == [
        f"Usual: VWAP's tracking error is 3.0 [2.0, {high:.1f}], {word} than equal slicing's 5.0 [4.0, 6.0].",
        "Usual: VWAP costs as much, as far as can be told, as equal market orders.",
    ]


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        ((-2.0, -3.0, -1.0), "2.0 [1.0, 3.0] less than"),
        ((2.0, 1.0, 3.0), "2.0 [1.0, 3.0] more than"),
        ((-1.0, -2.0, 0.1), "as much, within -1.0 [-2.0, 0.1], as"),
    ],
)
def test_a_difference_is_one_only_where_the_whole_interval_says_so(gap, words):
    found = said(a_case("is", twap_equal_risk=gap), a_case(EQUAL_RISK))
    risk = "at a risk of 5.0 [4.0, 6.0] and 5.0 [4.0, 6.0]"
    assert found == [f"Usual: IS costs {words} TWAP of the same risk, {risk}."]
    hidden = said(a_case(SHOWN), a_case("iceberg", shown=gap), a_case("peg"), a_case(PEG_PIECES, peg=gap))
    assert hidden == [
        f"Usual: an iceberg at the first own price costs {words} all of it shown there.",
        f"Usual: a peg that shows a fiftieth costs {words} one that shows all.",
    ]


def test_the_cases_are_sorted_by_what_can_be_told_of_them():
    cases = [a_case(SLICES)]
    for name, low, high in (("twap", -2.0, -1.0), ("pov", -1.0, 1.0), ("is", 1.0, 2.0), ("peg", -2.0, -0.1)):
        cases.append(a_case(name, naive_slices=((low + high) / 2, low, high)))
    assert said(*cases) == [
        (
            "Usual: TWAP, peg cost less than equal market orders; IS costs more than equal market orders; "
            "POV costs as much, as far as can be told, as equal market orders."
        )
    ]
