"""Refusals as sentences: the rule, the figure, the limit, and what to do."""

from hts.desk.actions import Refusal
from hts.desk.figures import px_text, qty_text
from hts.desk.texts import Texts
from hts.model.denials import Denial, Unit
from hts.model.reasons import LocalCause, Reason
from hts.model.views import NoticeView, OrderView

DETAIL_SECTIONS = ("phase", "ord_type", "tif", "status", "down")
REFUSED_BY_VENUE = ("notice.cancel_refused", "notice.replace_refused")  # detail: the issue and a reason code
NO_DETAIL = " ()"  # what is left of a sentence's brackets when there is no detail


def denial_text(denial: Denial, texts: Texts, px_decimals: int = 0) -> str:
    """Our risk's refusal."""
    as_text = (lambda value: px_text(value, px_decimals)) if denial.unit is Unit.PX else qty_text
    detail = detail_text(denial.detail, texts)
    sentence = texts(
        f"denial.{denial.rule.value}", figure=as_text(denial.figure), limit=as_text(denial.limit), detail=detail
    )
    return sentence.replace(NO_DETAIL, "")


def detail_text(detail: str, texts: Texts) -> str:
    """A word of ours (a phase, an order type, why a line is down) in the reader's language; else as it is."""
    for section in DETAIL_SECTIONS:
        key = f"{section}.{detail.lower()}"
        if detail and texts.has(key):
            return texts(key)
    return detail


def refusal_text(refusal: Refusal, texts: Texts) -> str:
    """The terminal's own reason for not sending."""
    return texts(refusal.key, **refusal.values)


def notice_text(notice: NoticeView, texts: Texts) -> str:
    """Something the core wants read; an unknown key shows as itself with its detail."""
    if texts.has(notice.key):
        detail = notice.detail
        if notice.key in REFUSED_BY_VENUE:
            subject, _, code = detail.rpartition(" ")
            detail = f"{subject} ({reason_text(int(code), texts)})" if code.isdigit() else detail
        return texts(notice.key, detail=detail_text(detail, texts)).replace(NO_DETAIL, "")
    return f"{notice.key} {notice.detail}".strip()


def end_text(order: OrderView, texts: Texts, px_decimals: int = 0) -> str:
    """Why an order ended or was refused; empty while it works or when it simply filled."""
    if order.denial is not None:
        return denial_text(order.denial, texts, px_decimals)
    if order.local_cause:
        return texts(f"cause.{LocalCause(order.local_cause).name}")
    return reason_text(order.reason_code, texts)


def reason_text(code: int, texts: Texts) -> str:
    """The venue's reason; empty for none, the bare number for one that we do not know."""
    if not code:
        return ""
    return texts(f"reason.{Reason(code).name}") if code in Reason.__members__.values() else str(code)
