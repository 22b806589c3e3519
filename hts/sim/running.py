"""What a member says it runs, as a line of the venue's log. A venue keeps it: after an accident it is what one asks."""

SHOWN_MAX = 64


def running_line(who: str, running: str | bytes) -> str:
    """One line whatever the member sent: printable ASCII alone, and no more than a build and a fingerprint need."""
    text = running.decode("ascii", "replace") if isinstance(running, bytes) else running
    shown = "".join(char if " " <= char <= "~" else "?" for char in text[:SHOWN_MAX]).strip()
    return f"{who} logged on, running {shown}" if shown else f"{who} logged on and does not say what it runs"
