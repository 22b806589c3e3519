"""All that was told by toasts, newest first, as a table."""

from hts.desk.figures import clock_text
from hts.desk.tables import BOUGHT, Column, ListTable
from hts.desk.texts import Texts
from hts.desk.toasts import Toast, ToastKind, Toasts

KINDS = tuple(ToastKind)


def toast_columns(texts: Texts) -> tuple[Column[Toast], ...]:
    """Time, kind, how often, what, and more of it."""
    return (
        Column(
            key="time",
            head=texts("toast.time"),
            width=66,
            text=lambda t: clock_text(t.news.trade_ns) if t.news.trade_ns else "—",
            order=lambda t: t.told,
            is_right=False,
            role="body_quiet",
            rank=1,
        ),
        Column(
            key="kind",
            head=texts("toast.kind"),
            width=64,
            text=lambda t: texts(f"toast.{t.news.kind.value}"),
            order=lambda t: KINDS.index(t.news.kind),
            is_right=False,
            role="body_medium",
            rank=4,
        ),
        Column(
            key="count",
            head=texts("toast.count"),
            width=38,
            text=lambda t: str(t.count),
            order=lambda t: t.count,
            rank=3,
        ),
        Column(
            key="title",
            head=texts("toast.what"),
            width=244,
            text=lambda t: t.news.title,
            order=lambda t: t.news.title,
            tone=lambda t: t.news.tone * BOUGHT or None,
            is_right=False,
        ),
        Column(
            key="detail",
            head=texts("toast.more"),
            width=342,
            text=lambda t: t.news.detail,
            order=lambda t: t.news.detail,
            rank=2,
            is_right=False,
            role="body_quiet",
        ),
    )


class ToastTable(ListTable[Toast]):
    """Follows the toasts."""

    def __init__(self, texts: Texts) -> None:
        super().__init__(toast_columns(texts))
        self._version = -1

    def update(self, toasts: Toasts) -> bool:
        """Take what was told since the last call; whether anything was."""
        if toasts.version == self._version:
            return False
        self._version = toasts.version
        self.replace(toasts.kept)
        return True
