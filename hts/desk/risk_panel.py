"""Limits and states of every scope: how much of each limit is used, what a breaker would stop, who stopped what."""

from collections.abc import Callable

from msgspec import Struct

from hts.desk.figures import px_text, qty_text, signed_text
from hts.desk.ratios import sign
from hts.desk.sentences import scope_text
from hts.desk.tables import Column, ListTable
from hts.desk.texts import Texts
from hts.model.denials import Unit
from hts.model.risk_views import RiskView, ScopeView, Usage
from hts.model.scopes import HaltCause, Scope, ScopeKind, TradingState

NEAR_PERMILLE = 800  # of a limit: from here on it is told in orange
STATE_TONES = {TradingState.ACTIVE: 0, TradingState.REDUCING: 1, TradingState.HALTED: 2}


class ScopeRow(Struct, frozen=True, kw_only=True):
    """One scope. `worst_permille` is the highest use of any of its limits."""

    view: ScopeView
    name: str
    worst_permille: int

    @property
    def key(self) -> Scope:
        """The scope."""
        return self.view.scope


class UsageRow(Struct, frozen=True, kw_only=True):
    """One limit. `permille` of it is used; -1 for a limit of single orders."""

    usage: Usage
    name: str
    permille: int

    @property
    def key(self) -> str:
        """The limit's name."""
        return self.usage.name

    @property
    def is_near(self) -> bool:
        """Whether it is nearly reached."""
        return self.permille >= NEAR_PERMILLE


def permille_of(usage: Usage) -> int:
    """Used part of a limit in thousandths, -1 where there is no use to show."""
    return usage.figure * 1_000 // usage.limit if usage.figure >= 0 and usage.limit else -1


def figure_text(value: int, unit: Unit, texts: Texts) -> str:
    """A limit's figure with its unit."""
    if unit is Unit.BP:
        return f"{px_text(value, 2)} %"
    if unit is Unit.MS:
        return f"{qty_text(value)} ms"
    if unit is Unit.PER_SECOND:
        return texts("risk.per_second", count=qty_text(value))
    return qty_text(value)


def cause_text(view: ScopeView, texts: Texts) -> str:
    """Why a scope is not active; empty while it is."""
    if view.state is TradingState.ACTIVE:
        return ""
    cause = texts(f"halt_cause.{view.cause.value}") if view.cause is not HaltCause.NONE else ""
    return f"{cause} {view.detail}".strip()


def scope_columns(texts: Texts) -> tuple[Column[ScopeRow], ...]:
    """Scope, state, working orders, the day's result, its fullest limit, why it is stopped."""

    def head(key: str) -> str:
        return texts(f"risk.{key}")

    return (
        Column(key="scope", head=head("scope"), width=172, text=lambda r: r.name, order=lambda r: r.name,
               is_right=False, role="body_medium"),
        Column(key="state", head=head("state"), width=78, text=lambda r: texts(f"trading_state.{r.view.state.value}"),
               order=lambda r: r.view.state.severity, is_right=False, role="body_medium"),
        Column(key="use", head=head("use"), width=110, text=lambda r: share(r.worst_permille),
               order=lambda r: r.worst_permille, is_right=False),
        Column(key="working", head=head("working"), rank=1, width=62, text=lambda r: qty_text(r.view.working),
               order=lambda r: r.view.working),
        Column(key="pnl", head=head("pnl"), width=92, text=lambda r: signed_text(r.view.pnl),
               order=lambda r: r.view.pnl, tone=lambda r: sign(r.view.pnl), role="body_medium"),
        Column(key="cause", head=head("cause"), rank=2, width=180, text=lambda r: cause_text(r.view, texts),
               order=lambda r: cause_text(r.view, texts), is_right=False),
    )  # fmt: skip


def usage_columns(texts: Texts) -> tuple[Column[UsageRow], ...]:
    """Limit, its use as a bar, figures, what waits for the close."""

    def head(key: str) -> str:
        return texts(f"risk.{key}")

    def used(row: UsageRow) -> str:
        if row.usage.figure < 0:
            return texts("risk.per_order")
        return figure_text(row.usage.figure, row.usage.unit, texts)

    def most(value: int, unit: Unit) -> str:
        return figure_text(value, unit, texts) if value else texts("risk.off")

    return (
        Column(key="limit", head=head("limit"), width=150, text=lambda r: r.name, order=lambda r: r.name,
               is_right=False),
        Column(key="use", head=head("use"), width=110, text=lambda r: share(r.permille), order=lambda r: r.permille,
               is_right=False),
        Column(key="used", head=head("used"), width=84, text=used, order=lambda r: r.usage.figure,
               role="body_medium"),
        Column(key="most", head=head("most"), width=96, order=lambda r: r.usage.limit,
               text=lambda r: most(r.usage.limit, r.usage.unit)),
        Column(key="queued", head=head("queued"), rank=1, width=100, role="body_quiet", order=lambda r: r.usage.queued,
               text=lambda r: most(r.usage.queued, r.usage.unit) if r.usage.queued >= 0 else "—"),
    )  # fmt: skip


def share(permille: int) -> str:
    """`45 %`; a dash where there is nothing to show."""
    return f"{permille // 10} %" if permille >= 0 else "—"


class RiskState:
    """Two tables: the scopes, and the limits of the chosen one."""

    def __init__(self, texts: Texts, name_of: Callable[[str], str] = str) -> None:
        """`name_of`: an issue's name by its code."""
        self._texts, self._name_of = texts, name_of
        self.scopes = ListTable[ScopeRow](scope_columns(texts))
        self.usages = ListTable[UsageRow](usage_columns(texts))
        self.chosen: ScopeView | None = None

    def update(self, view: RiskView | None, chosen: Scope | None) -> None:
        """Take the core's newest answer; without a choice, or when it is gone, the first account is chosen."""
        scopes = view.scopes if view is not None else ()
        self.scopes.replace(
            ScopeRow(
                view=one,
                name=self._name(one.scope),
                worst_permille=max((permille_of(usage) for usage in one.usages), default=-1),
            )
            for one in scopes
        )
        found = next((one for one in scopes if one.scope == chosen), None)
        self.chosen = found or next((one for one in scopes if one.scope.kind.value == "account"), None)
        rows = [
            UsageRow(usage=usage, name=self._texts(f"limit.{usage.name}"), permille=permille_of(usage))
            for usage in (self.chosen.usages if self.chosen is not None else ())
        ]
        # What can be used up first, limits of single orders behind it, then what is off; among them the core's order.
        self.usages.replace(sorted(rows, key=lambda row: (not row.usage.limit, row.permille < 0)))

    def _name(self, scope: Scope) -> str:
        """Kind and name; an issue by its name and its code, where it has one."""
        name = self._name_of(scope.name) if scope.kind is ScopeKind.SYMBOL else scope.name
        return scope_text(str(scope), self._texts) if name == scope.name else f"{name} {scope.name}"

    @property
    def halted_count(self) -> int:
        """Scopes that are stopped."""
        rows = (self.scopes.row(i) for i in range(len(self.scopes)))
        return sum(row.view.state is TradingState.HALTED for row in rows)
