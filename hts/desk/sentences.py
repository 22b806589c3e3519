"""Refusals as sentences: the rule, the figure, the limit, and what to do."""

import re

from hts.desk.actions import Refusal
from hts.desk.figures import px_text, qty_text
from hts.desk.texts import Texts
from hts.model.alerts import AlertKind, AlertView
from hts.model.denials import Denial, Unit
from hts.model.reasons import LocalCause, Reason
from hts.model.views import NoticeView, OrderView

DETAIL_SECTIONS = ("phase", "ord_type", "tif", "status", "down")
REFUSED_BY_VENUE = ("notice.cancel_refused", "notice.replace_refused")  # detail: the issue and a reason code
LIMIT_KEYS = ("check.{}", "limit.{}_max")  # a rule, else a limit that no rule of an order is about
RELEASE_ASKED = "notice.kill_release"  # detail: the scope and the code
COPIES_DOWN = "notice.copies_down"  # detail: the venue and why, at times in the words of our sockets
SAID_BY_LINES = {
    "closed by the peer": "down.tcp_lost",
    "an answer to TestRequest(1) expected, found silence": "down.no_answer",
}
UNANSWERED = re.compile(r"expected an answer within \d+ ms, found none")  # a feed's recovery, in its own words
NO_DETAIL = " ()"  # what is left of a sentence's brackets when there is no detail


def denial_text(denial: Denial, texts: Texts, px_decimals: int = 0) -> str:
    """Our risk's refusal."""
    scope = scope_text(denial.scope, texts)
    sentence = texts(
        f"denial.{denial.rule.value}",
        figure=figure_text(denial.figure, denial.unit, px_decimals),
        limit=figure_text(denial.limit, denial.unit, px_decimals),
        detail=detail_text(denial.detail, texts) or scope,
    ).replace(NO_DETAIL, "")
    return f"{sentence} [{scope}]" if scope and scope not in sentence else sentence


def figure_text(value: int, unit: Unit, px_decimals: int) -> str:
    """A figure of a rule without its unit."""
    if unit is Unit.BP:
        return px_text(value, 2)  # hundredths of a percent: 105 is 1.05
    return px_text(value, px_decimals) if unit is Unit.PX else qty_text(value)


def scope_text(scope: str, texts: Texts) -> str:
    """Whose limit or state it was ("strategy:twap-1"), in the reader's language."""
    kind, _, name = scope.partition(":")
    return f"{texts(f'scope.{kind}')} {name}".strip() if kind else ""


def alert_text(alert: AlertView, texts: Texts) -> str:
    """One alert as a sentence; how often it happened stands behind it."""
    subject = _subject_text(alert.subject, texts)
    is_reject = alert.kind is AlertKind.REJECTED  # its figure is the venue's reason
    sentence = texts(
        f"alert.{alert.kind.value}",
        subject=subject,
        figure=reason_text(alert.figure, texts) if is_reject else figure_text(alert.figure, alert.unit, 0),
        limit=figure_text(alert.limit, alert.unit, 0),
    )
    return f"{sentence} ({alert.count}x)" if alert.count > 1 else sentence


def _subject_text(subject: str, texts: Texts) -> str:
    """What an alert is about: a scope or a venue, and the limit of it by name ("account:A1 value_limit")."""
    of, _, limit = subject.rpartition(" ")
    named = next((key for each in LIMIT_KEYS if texts.has(key := each.format(limit))), "")
    whole = of if of and named else subject
    said = scope_text(whole, texts) if texts.has(f"scope.{whole.partition(':')[0]}") else whole
    return f"{said}, {texts(named)}" if of and named else said


def detail_text(detail: str, texts: Texts) -> str:
    """A word of ours (a phase, an order type, why a line is down) in the reader's language; else as it is."""
    if detail and "." in detail and texts.has(detail):
        return texts(detail)
    for section in DETAIL_SECTIONS:
        key = f"{section}.{detail.lower()}"
        if detail and texts.has(key):
            return texts(key)
    return detail


def refusal_text(refusal: Refusal, texts: Texts) -> str:
    """The terminal's own reason for not sending."""
    also = f" ({', '.join(refusal_text(one, texts) for one in refusal.also)})" if refusal.also else ""
    sentence = texts(refusal.key, **{name: text + also * (name == "px") for name, text in refusal.values.items()})
    return sentence if also in sentence else sentence + also


def notice_text(notice: NoticeView, texts: Texts) -> str:
    """Something the core wants read; an unknown key shows as itself with its detail."""
    if texts.has(notice.key):
        detail = notice.detail
        subject, _, code = detail.rpartition(" ")
        if notice.key in REFUSED_BY_VENUE:
            detail = f"{subject} ({reason_text(int(code), texts)})" if code.isdigit() else detail
        elif notice.key == RELEASE_ASKED:
            return texts(notice.key, detail=scope_text(subject, texts), code=code)
        elif notice.key == COPIES_DOWN:
            for said, word in SAID_BY_LINES.items():
                detail = detail.replace(said, texts(word))
        detail = UNANSWERED.sub(texts("down.no_answer"), detail)
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
