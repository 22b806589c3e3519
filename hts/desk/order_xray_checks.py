"""The rules that risk asked of an order, as they are listed: figure against limit, and which one refused."""

from collections.abc import Iterable

from msgspec import Struct

from hts.desk.sentences import figure_text, scope_text
from hts.desk.texts import Texts
from hts.model.denials import Unit
from hts.model.trace import CheckTold

# Figures that are no maximum: what has to be divisible, what has to be at least, which side of a bound is allowed.
RELATIONS = {
    "bad_tick": "÷",
    "bad_lot": "÷",
    "bad_qty": "≥",
    "price_below_limit": "≥",
    "short_price": "≥",
    "self_trade": "",
    "price_band": "",
    "collar": "",
}
WITHIN = "≤"
UNITS = {Unit.MS: " ms", Unit.BP: " %", Unit.PER_SECOND: "/s"}


class CheckRow(Struct, frozen=True, kw_only=True):
    """One rule. `figure` is `10 ≤ 20,000`, "" where there is only yes or no; `share` of the limit in thousandths."""

    name: str
    figure: str
    is_passed: bool
    share: int = 0


def check_rows(checks: Iterable[CheckTold], texts: Texts, px_decimals: int) -> tuple[CheckRow, ...]:
    """Rows in the order in which the rules were asked."""
    return tuple(_row(one, texts, px_decimals) for one in checks)


def _row(one: CheckTold, texts: Texts, px_decimals: int) -> CheckRow:
    key = f"check.{one.rule.value}"
    name = texts(key) if texts.has(key) else one.rule.value
    scope = scope_text(one.scope, texts)
    relation = RELATIONS.get(one.rule.value, WITHIN)
    share = one.figure * 1_000 // one.limit if relation == WITHIN and one.limit > 0 and one.unit is not Unit.PX else 0
    return CheckRow(
        name=f"{name} · {scope}" if scope else name,
        figure=_figure(one, relation, px_decimals),
        is_passed=one.is_passed,
        share=max(min(share, 1_000), 0),
    )


def _figure(one: CheckTold, relation: str, px_decimals: int) -> str:
    if one.unit is Unit.NONE:
        return ""
    figure, limit = (figure_text(value, one.unit, px_decimals) for value in (one.figure, one.limit))
    if not relation:  # a bound on one side: the order's own side says which
        relation = "↔"
    elif relation == WITHIN and not one.is_passed:
        relation = ">"
    elif relation == "≥" and not one.is_passed:
        relation = "<"
    if one.unit is Unit.PER_SECOND and not one.figure:
        return f"{WITHIN} {limit}{UNITS[one.unit]}"  # a wide window is not counted
    return f"{figure} {relation} {limit}{UNITS.get(one.unit, '')}"
