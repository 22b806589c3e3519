"""What risk said of the newest orders, kept for a person who asks why. For display only, never for a decision."""

from typing import Final

from hts.model.trace import CheckTold
from hts.model.units import ClOrdID
from hts.risk.told import Judged, told

KEPT_MAX: Final = 256  # each holds on to the books that its order saw


class Verdicts:
    """By order, the newest KEPT_MAX; of an order its newest act."""

    def __init__(self) -> None:
        self._found: dict[ClOrdID, Judged] = {}

    def note(self, order_id: ClOrdID, found: Judged) -> None:
        """An order was entered, amended, or refused."""
        self._found.pop(order_id, None)
        if len(self._found) >= KEPT_MAX:
            del self._found[next(iter(self._found))]
        self._found[order_id] = found

    def of(self, order_id: ClOrdID) -> tuple[CheckTold, ...]:
        """The rules that were asked; none where the order is not among the newest."""
        found = self._found.get(order_id)
        return told(found) if found is not None else ()
