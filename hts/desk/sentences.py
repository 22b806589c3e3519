"""Refusals as sentences: the rule, the figure, the limit, and what to do."""

from hts.desk.actions import Refusal
from hts.desk.figures import px_text, qty_text
from hts.desk.texts import Texts
from hts.model.denials import Denial, Unit
from hts.model.reasons import LocalCause, Reason
from hts.model.views import NoticeView, OrderView


def denial_text(denial: Denial, texts: Texts, px_decimals: int = 0) -> str:
    """Our risk's refusal."""
    as_text = (lambda value: px_text(value, px_decimals)) if denial.unit is Unit.PX else qty_text
    detail_key = f"phase.{denial.detail}"
    detail = texts(detail_key) if texts.has(detail_key) else denial.detail
    return texts(
        f"denial.{denial.rule.value}", figure=as_text(denial.figure), limit=as_text(denial.limit), detail=detail
    )


def refusal_text(refusal: Refusal, texts: Texts) -> str:
    """The terminal's own reason for not sending."""
    return texts(refusal.key, **refusal.values)


def notice_text(notice: NoticeView, texts: Texts) -> str:
    """Something the core wants read; an unknown key shows as itself with its detail."""
    if texts.has(notice.key):
        return texts(notice.key, detail=notice.detail)
    return f"{notice.key} {notice.detail}".strip()


def end_text(order: OrderView, texts: Texts, px_decimals: int = 0) -> str:
    """Why an order ended or was refused; empty while it works or when it simply filled."""
    if order.denial is not None:
        return denial_text(order.denial, texts, px_decimals)
    if order.local_cause:
        return texts(f"cause.{LocalCause(order.local_cause).name}")
    known = order.reason_code in Reason.__members__.values()
    return texts(f"reason.{Reason(order.reason_code).name}") if order.reason_code and known else ""
