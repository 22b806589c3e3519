"""What the OUCH dialects share: echoed fields inside `request_id`, numbers for requests without a name, refusals.

An answer repeats fields of the order that mean nothing to the exchange (capacity, display, the client's reference).
They travel in the command's `request_id`, joined by "|", and come back in every event of the order: so the dialects
keep no state for each order. A request that a dialect refuses has "!" and the venue's code in front, and an issue that
does not exist.
"""

from hts.model.enums import Side
from hts.model.units import ClOrdID, Qty
from hts.sim.commands import Command, Enter

SEPARATOR = "|"
REFUSED = "!"
UNNAMED_FROM = 1 << 40  # ids of cancels and the like, which the wire does not name


def joined(*parts: str | int) -> str:
    """Echoed fields as one text; a separator inside a part is lost."""
    return SEPARATOR.join(str(part).replace(SEPARATOR, " ") for part in parts)


def split(request_id: str) -> list[str]:
    """The echoed fields."""
    return request_id.split(SEPARATOR)


class UnnamedIds:
    """Request ids beyond those that the wire can name, by session."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def take(self, session: str) -> ClOrdID:
        """The next one."""
        number = self._next.get(session, UNNAMED_FROM)
        self._next[session] = number + 1
        return ClOrdID(number)

    def restore(self, command: Command) -> None:
        """A command out of the log has used its id."""
        if command.cl_ord_id >= UNNAMED_FROM:
            self._next[command.session] = max(self._next.get(command.session, 0), command.cl_ord_id + 1)


def refusal(session: str, cl_ord_id: ClOrdID, code: str | int, *echo: str | int) -> Enter:
    """A command that the exchange refuses, so that the venue's own code has its place in the log and the stream."""
    return Enter(
        session=session,
        cl_ord_id=cl_ord_id,
        request_id=REFUSED + joined(code, *echo),
        symbol="",
        side=Side.BUY,
        qty=Qty(1),
    )


def refused_code(request_id: str) -> str:
    """The code that a dialect put into a refusal; empty for the exchange's own."""
    return split(request_id)[0][len(REFUSED) :] if request_id.startswith(REFUSED) else ""
