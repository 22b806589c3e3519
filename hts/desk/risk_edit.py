"""Changing a limit: what was typed as a figure, and what it would do.

A percentage is typed as one ("5 %" is 500 basis points), everything else as a whole number, with or without the commas
that the table shows. 0 and the language's word for "none" switch a limit off, which is the loosest there is.
"""

from decimal import Decimal, InvalidOperation
from enum import Enum

from msgspec import Struct

from hts.desk.figures import px_text
from hts.desk.texts import Texts
from hts.model.denials import Unit
from hts.model.instruments import Instrument
from hts.model.risk_views import Usage
from hts.model.scopes import Scope, ScopeKind

FIGURE_MAX = 10**15
NAME_MAX = 24
KINDS = (ScopeKind.FIRM, ScopeKind.ACCOUNT, ScopeKind.SYMBOL, ScopeKind.STRATEGY, ScopeKind.USER, ScopeKind.VENUE)
NONE_WORDS = frozenset({"off", "none", "없음", "なし", "—", "-"})


class Effect(Enum):
    """What a new figure does; the value is the key of the text catalogue ("risk.edit.tighter")."""

    BAD = "bad"
    SAME = "same"
    TIGHTER = "tighter"
    LOOSER = "looser"
    OFF = "off"  # looser than any figure
    KEPT = "kept"  # what waits for the close is taken back
    WAITING = "waiting"  # it waits already


class Verdict(Struct, frozen=True, kw_only=True):
    """`figure` is what would be sent; None where nothing can be."""

    effect: Effect
    figure: int | None = None

    @property
    def is_sendable(self) -> bool:
        """Whether it would change anything."""
        return self.figure is not None


def parse_figure(text: str, unit: Unit) -> int | None:
    """A limit as it was typed; None for what is no figure that a limit can have."""
    bare = text.strip().replace(",", "").replace("_", "").replace(" ", "").replace("\u00a0", "").lower()
    if bare in NONE_WORDS:
        return 0
    bare = bare.removesuffix("%") if unit is Unit.BP else bare
    if not bare.isascii() or not 0 < len(bare) <= 20 or set(bare) - set("0123456789."):
        return None
    try:
        value = Decimal(bare) * (100 if unit is Unit.BP else 1)
    except InvalidOperation:
        return None
    return int(value) if value == int(value) and value <= FIGURE_MAX else None


def typed(value: int, unit: Unit) -> str:
    """A figure as it stands in the field before it is changed."""
    return px_text(value, 2) if unit is Unit.BP else str(value)


def verdict(usage: Usage, text: str) -> Verdict:
    """What a new figure of this limit would do."""
    figure, now = parse_figure(text, usage.unit), usage.limit
    if figure is None:
        return Verdict(effect=Effect.BAD)
    if figure == usage.queued and usage.queued >= 0:
        return Verdict(effect=Effect.WAITING)
    if figure == now:
        takes_back = usage.queued >= 0
        return Verdict(effect=Effect.KEPT, figure=figure) if takes_back else Verdict(effect=Effect.SAME)
    if figure == 0:
        return Verdict(effect=Effect.OFF, figure=figure)
    is_tighter = now == 0 or ((figure > now) if usage.grows_tighter else (figure < now))
    return Verdict(effect=Effect.TIGHTER if is_tighter else Effect.LOOSER, figure=figure)


def unit_text(unit: Unit, texts: Texts) -> str:
    """What the field counts, at its right edge."""
    return {Unit.BP: "%", Unit.MS: "ms", Unit.PER_SECOND: texts("risk.edit.per_second")}.get(unit, "")


def scope_of(kind: ScopeKind, name: str, instruments: dict[str, Instrument], venues: tuple[str, ...]) -> Scope | str:
    """The scope that was named, or the key of what is wrong with the name."""
    name = name.strip()
    if kind is ScopeKind.FIRM:
        return Scope(kind=kind)
    if not name:
        return "risk.edit.no_name"
    if len(name) > NAME_MAX or not name.isascii() or not name.isprintable():
        return "risk.edit.bad_name"
    if kind is ScopeKind.SYMBOL and name not in instruments:
        return "refusal.no_symbol"
    if kind is ScopeKind.VENUE and name.upper() not in venues:
        return "risk.edit.no_venue"
    return Scope(kind=kind, name=name.upper() if kind is ScopeKind.VENUE else name)
