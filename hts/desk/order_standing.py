"""What orders by ladder and keys say beside their price until it is cleared: to rest only, and to show a part.

The order form has fields of its own; this is for who trades by clicks and keys. To rest only stands for every issue,
a shown quantity for the issue that it was chosen for. Where a venue, a phase or a type of order does not take what
stands, the order is refused with a sentence that names the key which clears it: nothing is dropped in silence. Stops,
exits, flattening and reversing never carry it. Least quantities mean nothing to limits that rest.
"""

from msgspec.structs import replace

from hts.desk.actions import Actions, Refusal, Wanted
from hts.desk.market import MarketState
from hts.desk.order_attributes import CARRIED, Attribute, suited
from hts.desk.order_terms import PLAIN_ATTRIBUTES, Attributes, Features, Term
from hts.desk.selection import Selection
from hts.desk.venue_tabs import COMBINED
from hts.model.enums import OrdType, TimeInForce

RESTING: Term = (OrdType.LIMIT, TimeInForce.DAY)


class Standing:
    """`of` an issue is what its next order by click or key says."""

    def __init__(self, market: MarketState, selection: Selection, actions: Actions, features: Features) -> None:
        self._market, self._selection, self._actions, self._features = market, selection, actions, features
        self._post_only = False
        self._shown: dict[str, int] = {}

    def of(self, symbol: str) -> Attributes:
        """What stands for an issue."""
        shown = self._shown.get(symbol, 0)
        if not self._post_only and not shown:
            return PLAIN_ATTRIBUTES
        return Attributes(display_qty=shown, post_only=self._post_only)

    def offered(self, symbol: str, venue: str, term: Term = RESTING) -> frozenset[Attribute]:
        """What a venue takes now of an order of this type; nothing over all venues."""
        issue = self._market.instruments.get(symbol)
        if issue is None or venue == COMBINED:
            return frozenset()
        name = venue or issue.venue
        phase = self._market.venues.phase_of(venue, symbol) if venue else self._market.phase_of(symbol)
        named = self._features(name, phase)
        return frozenset(each for each in suited(term) & CARRIED.get(name, frozenset()) if each.value in named)

    # Switches, of the active issue at the venue where its ladder trades

    def turn_post_only(self) -> Refusal | None:
        """Rest or be refused, or trade at once as well."""
        if not self._post_only and Attribute.POST_ONLY not in self._offered_here:
            return self._not_here(Attribute.POST_ONLY)
        self._post_only = not self._post_only
        self._selection.touch()
        return None

    def turn_shown(self) -> Refusal | None:
        """The order's quantity becomes what is shown of the next orders; once more, all is."""
        symbol = self._selection.symbol()
        if self._shown.pop(symbol, 0) == 0:
            if Attribute.DISPLAY_QTY not in self._offered_here:
                return self._not_here(Attribute.DISPLAY_QTY)
            self._shown[symbol] = self._selection.qty
        self._selection.touch()
        return None

    def clear(self) -> Refusal | None:
        """Plain orders again, in every issue."""
        self._post_only = False
        self._shown.clear()
        self._selection.touch()
        return None

    @property
    def _offered_here(self) -> frozenset[Attribute]:
        return self.offered(self._selection.symbol(), self._actions.venue)

    def _not_here(self, attribute: Attribute) -> Refusal:
        return self._actions.note(f"refusal.{attribute.value}_standing_here", venue=self._venue(self._actions.venue))

    def _venue(self, venue: str) -> str:
        if venue == COMBINED:
            return "SOR"
        issue = self._market.instruments.get(self._selection.symbol())
        return venue or (issue.venue if issue is not None else "")

    # Orders

    def place(self, wanted: Wanted, *, answers: bool = True) -> Refusal | None:
        """Send an order with what stands, after the cautions; None when sent."""
        said = self.of(wanted.symbol)
        if said is PLAIN_ATTRIBUTES:
            return self._actions.place(wanted, answers=answers)
        if said.display_qty >= wanted.qty:
            said = replace(said, display_qty=0)  # such an order shows all of itself anyway
        taken = {each.value for each in self.offered(wanted.symbol, wanted.venue, _term(wanted))}
        for each in (Attribute.POST_ONLY, Attribute.DISPLAY_QTY):
            if getattr(said, each.value) and each.value not in taken:
                return self._actions.note(f"refusal.{each.value}_standing", venue=self._venue(wanted.venue))
        issue = self._market.instruments.get(wanted.symbol)
        if issue is not None and said.display_qty % issue.lot:
            return self._actions.note("refusal.display_qty_lot", found=str(said.display_qty), lot=str(issue.lot))
        return self._actions.place(replace(wanted, attributes=said), answers=answers)


def _term(wanted: Wanted) -> Term:
    return wanted.ord_type, wanted.time_in_force
