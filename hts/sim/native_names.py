"""What clients of a venue's own protocol call their requests, where the exchange knows them by another number.

The dialects (hts.sim.native) keep the name at the front of a command's `request_id`, behind the code of a refusal.
"""

from collections.abc import Callable, Mapping
from typing import Final

SEPARATOR: Final = "|"
REFUSED: Final = "!"


def first_echo(request_id: str) -> str:
    """Osaka's token, and Tokyo's reference, which may be empty."""
    parts = request_id.split(SEPARATOR)
    return parts[1] if request_id.startswith(REFUSED) else parts[0]


NATIVE_NAMES: Final[Mapping[str, Callable[[str], str]]] = {"TSE": first_echo, "OSE": first_echo}
