"""What a process says to its log: one line per event on stderr, with the wall's time."""

import sys
from datetime import UTC, datetime


def log_line(source: str, text: str) -> None:
    """Never with secrets, never with an order's content: the journal has that."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    print(f"{stamp}Z {source}: {text}", file=sys.stderr, flush=True)
