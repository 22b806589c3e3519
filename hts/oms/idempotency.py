"""At most once, for ever: the first outcome of each request id, per account. Rebuilt by replay, never forgotten."""

from collections.abc import Iterator

from hts.model.intents import REQUEST_ID_LENGTH_MAX
from hts.model.views import OutcomeView


class Outcomes:
    """request_id -> OutcomeView of each account."""

    def __init__(self) -> None:
        self._by_account: dict[str, dict[str, OutcomeView]] = {}

    def find(self, account: str, request_id: str) -> OutcomeView | None:
        """What this request id was answered with, if it was."""
        outcomes = self._by_account.get(account)
        return outcomes.get(request_id) if outcomes else None

    def keep(self, account: str, outcome: OutcomeView) -> None:
        """The first outcome of a request id stands; requests of the core's own have none ("")."""
        if outcome.request_id:
            self._by_account.setdefault(account, {}).setdefault(outcome.request_id, outcome)

    def __iter__(self) -> Iterator[tuple[str, OutcomeView]]:
        """All outcomes, in the order in which they were kept, account by account."""
        for account, outcomes in self._by_account.items():
            for outcome in outcomes.values():
                yield account, outcome


def is_request_id(text: str) -> bool:
    """1 to 24 printable ASCII characters, the last of them no space: on the wire spaces fill the field."""
    return 0 < len(text) <= REQUEST_ID_LENGTH_MAX and text.isascii() and text.isprintable() and text[-1] != " "
