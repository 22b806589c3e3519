"""Why an order was refused, in rows: the rule or the venue's reason, figure, limit, how far off, and what to do."""

import re
from collections.abc import Iterable

from msgspec import Struct

from hts.desk.figures import px_text, qty_text, signed_text
from hts.desk.order_xray import Way, took_text
from hts.desk.order_xray_checks import RELATIONS, UNITS, WITHIN, CheckRow
from hts.desk.ratios import divide
from hts.desk.sentences import denial_text, figure_text, reason_text, scope_text
from hts.desk.texts import Texts
from hts.model.denials import Denial, Unit
from hts.model.enums import OrdStatus
from hts.model.trace import Hop
from hts.model.views import OrderView

SENTENCE_END = re.compile(r"[.。] ?(?=\D)")
COUNTED = frozenset({WITHIN, "≥"})  # relations in which the distance to the limit means something


class WhyRow(Struct, frozen=True, kw_only=True):
    """One row. `is_main`: the figures that one looks for first."""

    label: str
    value: str
    is_main: bool = False


def why_rows(
    view: OrderView,
    way: Way,
    checks: tuple[CheckRow, ...],
    texts: Texts,
    px_decimals: int,
    *,
    others: Iterable[OrderView] = (),
) -> tuple[WhyRow, ...]:
    """Of an order that our risk or its venue refused; nothing of any other. `others` are all orders of the day."""
    if view.denial is not None:
        return (*_denied(view.denial, way, checks, texts, px_decimals), *_again(view, others, texts))
    if view.ord_status is OrdStatus.REJECTED:
        return (*_rejected(view, way, checks, texts), *_again(view, others, texts))
    return ()


def _row(key: str, value: str, texts: Texts, *, is_main: bool = False) -> WhyRow:
    return WhyRow(label=texts(f"order_xray.why.{key}"), value=value, is_main=is_main)


def _denied(
    denial: Denial, way: Way, checks: tuple[CheckRow, ...], texts: Texts, px_decimals: int
) -> tuple[WhyRow, ...]:
    rule, unit = denial.rule.value, denial.unit
    key = f"check.{rule}"
    named = f"{texts(key)} · {rule.upper()}" if texts.has(key) else rule.upper()
    rows = [_row("rule", named, texts)]
    if unit is not Unit.NONE:
        figure, limit = (
            figure_text(value, unit, px_decimals) + UNITS.get(unit, "") for value in (denial.figure, denial.limit)
        )
        rows += [_row("figure", figure, texts, is_main=True), _row("limit", limit, texts, is_main=True)]
        rows += _gap(denial, texts, px_decimals)
    if denial.scope:
        rows.append(_row("scope", scope_text(denial.scope, texts), texts))
    _, *advice = SENTENCE_END.split(denial_text(denial, texts, px_decimals), maxsplit=1)
    if advice:
        rows.append(_row("todo", advice[0], texts))
    passed = sum(row.is_passed for row in checks)
    if checks:
        rows.append(_row("order", texts("order_xray.why.after", count=passed, number=str(passed + 1)), texts))
    took = next((hop for hop in way.hops if hop.hop is Hop.CHECK and hop.is_known), None)
    if took is not None:
        rows.append(_row("took", took_text(took.begin_ns + took.took_ns), texts))
    return tuple(rows)


def _gap(denial: Denial, texts: Texts, px_decimals: int) -> tuple[WhyRow, ...]:
    """How far beyond the limit, where that is a distance."""
    relation = RELATIONS.get(denial.rule.value, WITHIN)
    gap = denial.figure - denial.limit
    if relation not in COUNTED or not gap:
        return ()
    decimals = {Unit.BP: 2, Unit.PX: px_decimals}.get(denial.unit, 0)
    text = signed_text(gap, decimals) + UNITS.get(denial.unit, "")
    if denial.limit > 0 and denial.unit is not Unit.BP:
        share = divide(abs(gap) * 10_000, denial.limit)
        text = f"{text}  ({px_text(share, 2)} %)"
    return (_row("gap", text, texts),)


def _rejected(view: OrderView, way: Way, checks: tuple[CheckRow, ...], texts: Texts) -> tuple[WhyRow, ...]:
    reason = reason_text(view.reason_code, texts) or texts("order_xray.no_reason")
    code = f" · {view.reason_code}" if view.reason_code else ""
    rows = [_row("venue", view.venue, texts), _row("reason", f"{reason}{code}", texts, is_main=True)]
    if way.answer_ns > 0:
        rows.append(_row("answer", took_text(way.answer_ns), texts))
    if checks:
        passed = sum(row.is_passed for row in checks)
        rows.append(_row("checks", texts("order_xray.checks_passed", count=passed), texts))
    return tuple(rows)


def _again(view: OrderView, others: Iterable[OrderView], texts: Texts) -> tuple[WhyRow, ...]:
    """How often the same has happened today; nothing for the first time."""
    count = sum(_cause(one) == _cause(view) for one in others)
    return (_row("again", texts("order_xray.why.times", count=qty_text(count)), texts),) if count > 1 else ()


def _cause(view: OrderView) -> tuple[str, int, str]:
    """What two refusals have in common."""
    if view.denial is not None:
        return view.denial.rule.value, 0, ""
    return ("", view.reason_code, view.venue) if view.ord_status is OrdStatus.REJECTED else ("", -1, "")
