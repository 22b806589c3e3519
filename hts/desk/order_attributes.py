"""What an order may say beside its price: the quantity that is shown, the least that trades at once, and to rest only.

Each is offered where three agree: the core's table names it for the venue's phase, the venue's order entry carries it,
and it means something with the order's type. What has been entered and is not taken any more is dropped with a
sentence, never silently: an order that was to hide its size does not leave whole because a tab was changed.
"""

from enum import Enum
from typing import Final

from msgspec.structs import replace

from hts.desk.actions import Refusal
from hts.desk.figures import qty_text
from hts.desk.order_choices import OrderChoices, Tab
from hts.desk.order_terms import PLAIN_ATTRIBUTES, Attributes, Term
from hts.desk.venue_tabs import COMBINED
from hts.model.enums import OrdType, TimeInForce


class Attribute(Enum):
    """The value is the order's field, and part of text keys."""

    DISPLAY_QTY = "display_qty"
    MIN_QTY = "min_qty"
    POST_ONLY = "post_only"


_ALL = frozenset(Attribute)
_NONE: frozenset[Attribute] = frozenset()
_UNSEEN = frozenset({Attribute.MIN_QTY, Attribute.POST_ONLY})
CARRIED: Final = {
    "KRX": _ALL,
    "NXT": _ALL,
    "TSE": _NONE,
    "JNX": _UNSEEN,
    "ODX": _UNSEEN,
    "NASDAQ": _ALL,
    "OSE": _NONE,
}
"""What a venue's order entry has fields for; a test holds it to what the gateways say."""

_RESTING = frozenset({TimeInForce.DAY, TimeInForce.GTX, TimeInForce.GTC, TimeInForce.GTD})
_HIDDEN = frozenset({OrdType.MIDPOINT, OrdType.PRIMARY_PEG})


def suited(term: Term) -> frozenset[Attribute]:
    """What means something with an order type: a limit that rests can show a part or refuse to take.

    A least quantity is for what nobody sees waiting: orders that trade at once, or that the book does not show.
    """
    ord_type, time_in_force = term
    rests = time_in_force in _RESTING
    if ord_type is OrdType.LIMIT:
        if rests:
            return frozenset({Attribute.DISPLAY_QTY, Attribute.POST_ONLY})
        return frozenset({Attribute.MIN_QTY}) if time_in_force is TimeInForce.IOC else _NONE
    if ord_type in _HIDDEN and (rests or time_in_force is TimeInForce.IOC):
        return frozenset({Attribute.MIN_QTY})
    return _NONE


def fault(said: Attributes, qty: int, lot: int) -> Refusal | None:
    """What is wrong with the quantities: expected, found, what to do; None where they fit the order's."""
    for figure, key in ((said.display_qty, "display_qty"), (said.min_qty, "min_qty")):
        if figure % lot:
            return Refusal(key=f"refusal.{key}_lot", values={"found": qty_text(figure), "lot": qty_text(lot)})
    shown, least = said.display_qty, said.min_qty
    if shown and shown >= qty:
        return Refusal(key="refusal.display_qty_whole", values={"found": qty_text(shown), "qty": qty_text(qty)})
    if least > qty:
        return Refusal(key="refusal.min_qty_above", values={"found": qty_text(least), "qty": qty_text(qty)})
    return None


class AttributeChoices(OrderChoices):
    """The order form's choices and these: `said` is what the trader entered for the issue `said_of`."""

    said: Attributes = PLAIN_ATTRIBUTES
    said_of: str = ""

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """Those that can be taken now, in the order of the row; none over all venues, for amends and timed orders."""
        if self.instrument is None or self.venue == COMBINED or self.tab not in (Tab.BUY, Tab.SELL):
            return ()
        venue, phase = self.judged_by
        named, fits = self._features(venue, phase), suited(self.term) & CARRIED.get(venue, _NONE)
        return tuple(each for each in Attribute if each.value in named and each in fits)

    def set_display_qty(self, qty: int) -> None:
        """How much of it the book shows at a time; 0 shows all."""
        self._say(replace(self.said, display_qty=max(qty, 0)))

    def set_min_qty(self, qty: int) -> None:
        """The least that may trade at once; 0 for any."""
        self._say(replace(self.said, min_qty=max(qty, 0)))

    def turn_post_only(self) -> Refusal | None:
        """Rest or be refused by the venue, or trade at once as well; why not where it is not taken."""
        if Attribute.POST_ONLY not in self.attributes:
            return self._not_taken("refusal.post_only_not_taken")
        self._say(replace(self.said, post_only=not self.said.post_only))
        return None

    def _say(self, said: Attributes) -> None:
        self.said, self.said_of = said, self._selection.symbol()
        self._selection.touch()

    def settle(self) -> Refusal | None:
        """Drop what was said and does not hold any more, and tell it; None where all stands.

        Quantities are the issue's they were entered for; resting only goes along to the next issue that takes it.
        """
        said = self.said
        if said == PLAIN_ATTRIBUTES or self.tab not in (Tab.BUY, Tab.SELL):
            return None
        if self.said_of != self._selection.symbol():
            had_qty = bool(said.display_qty or said.min_qty)
            self._say(Attributes(post_only=said.post_only))
            if had_qty:
                return self._actions.note("refusal.attributes_of_issue", symbol=self._selection.symbol())
            return self.settle()
        taken = {each.value for each in self.attributes}
        lost = [each for each in Attribute if getattr(said, each.value) and each.value not in taken]
        if not lost:
            return None
        self._say(replace(said, **{each.value: getattr(PLAIN_ATTRIBUTES, each.value) for each in lost}))
        return self._not_taken(f"refusal.{lost[0].value}_not_taken")

    def _not_taken(self, key: str) -> Refusal:
        venue = self.judged_by[0] if self.venue != COMBINED else "SOR"
        return self._actions.note(key, venue=venue)

    def attribute_fault(self) -> Refusal | None:
        """Why what was entered cannot go with the order's quantity; it does not go with a timed order."""
        if self.tab not in (Tab.BUY, Tab.SELL):
            return None
        lot = self.instrument.lot if self.instrument is not None else 1
        found = fault(self.said, self.qty, lot)
        return self._actions.note(found.key, **found.values) if found is not None else None
