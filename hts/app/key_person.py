"""The person at the terminal, as a security key's client knows him."""

import getpass
import sys
from typing import TYPE_CHECKING

from fido2.client import UserInteraction
from fido2.ctap2.pin import ClientPin

if TYPE_CHECKING:
    from hts.app.key_worker import PersonPort


class AtTerminal(UserInteraction):
    """Types the PIN without echo, and touches the key when told."""

    def prompt_up(self) -> None:
        print("Touch the security key.", file=sys.stderr)

    def request_pin(self, permissions: ClientPin.PERMISSION, rp_id: str | None) -> str | None:
        del permissions, rp_id
        return getpass.getpass("PIN of the security key: ") if sys.stdin.isatty() else None


class AtScreen(UserInteraction):
    """The person at a terminal's window: asked through the key's worker."""

    def __init__(self, person: "PersonPort") -> None:
        self._person = person

    def prompt_up(self) -> None:
        self._person.ask_touch()

    def request_pin(self, permissions: ClientPin.PERMISSION, rp_id: str | None) -> str | None:
        del permissions, rp_id
        return self._person.ask_pin()
