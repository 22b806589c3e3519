"""ClOrdID(11) of FIX clients: text on the wire, numbers at the exchange.

A request's text, its SecondaryClOrdID(526) and, where the exchange has no order of that name, the OrigClOrdID(41)
travel in the command's `request_id`, so that the log and the events bring all names back after a restart.
"""

from hts.model.units import NO_ID, ClOrdID

SEPARATOR = "\x1f"
NAME_BYTES_MAX = 64


def packed(cl_ord_id: str, secondary: str, unknown_orig: str = "") -> str:
    """The `request_id` of a FIX client's request."""
    return SEPARATOR.join((cl_ord_id, secondary, unknown_orig)).rstrip(SEPARATOR)


def unpacked(request_id: str) -> tuple[str, str, str]:
    """ClOrdID(11), SecondaryClOrdID(526) and an OrigClOrdID(41) that named no order."""
    cl_ord_id, _, rest = request_id.partition(SEPARATOR)
    secondary, _, orig = rest.partition(SEPARATOR)
    return cl_ord_id, secondary, orig


class FixNames:
    """Names and numbers of one session's requests of the day."""

    def __init__(self) -> None:
        self._numbers: dict[str, ClOrdID] = {}
        self._names: dict[ClOrdID, str] = {}
        self._last = 0

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def take(self, name: str) -> ClOrdID:
        """The number of a request: that of the earlier request of the same name, if there was one."""
        number = self._numbers.get(name)
        if number is None:
            number = ClOrdID(self._last + 1)
            self.learn(number, name)
        return number

    def find(self, name: str) -> ClOrdID:
        """The number of a name; NO_ID for one that no request had."""
        return self._numbers.get(name, NO_ID)

    def name(self, number: ClOrdID) -> str:
        """The name of a number; the number itself where no client gave a name."""
        return self._names.get(number) or str(number)

    def learn(self, number: ClOrdID, name: str) -> None:
        """A request out of the log or of an event."""
        self._last = max(self._last, number)
        if name and number not in self._names:
            self._names[number] = name
            self._numbers.setdefault(name, number)
