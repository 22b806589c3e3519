"""The person at the terminal, as a security key's client knows him."""

import getpass
import sys

from fido2.client import UserInteraction
from fido2.ctap2.pin import ClientPin


class AtTerminal(UserInteraction):
    """Types the PIN without echo, and touches the key when told."""

    def prompt_up(self) -> None:
        print("Touch the security key.", file=sys.stderr)

    def request_pin(self, permissions: ClientPin.PERMISSION, rp_id: str | None) -> str | None:
        del permissions, rp_id
        return getpass.getpass("PIN of the security key: ") if sys.stdin.isatty() else None
