"""What locks a terminal from outside: the system's own screen lock, and a security key that was pulled out.

Both are looked at in a thread of their own, so that no frame waits for a bus or a device.
"""

import sys
import threading
from collections.abc import Callable
from typing import Final

POLL_S: Final = 2.0
SESSION: Final = "/org/freedesktop/login1/session/auto"


class Watched:
    """Asks `look` every POLL_S, beginning with the first question; calling it gives the newest answer."""

    def __init__(self, look: Callable[[], bool], poll_s: float = POLL_S) -> None:
        self._look = look
        self._poll_s = poll_s
        self._answer = False
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def __call__(self) -> bool:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="lock watch", daemon=True)
            self._thread.start()
        return self._answer

    def stop(self) -> None:
        """Ask no more."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._answer = self._look()
            self._stop.wait(self._poll_s)


class SystemLock(Watched):
    """Whether the desktop says that its screen is locked: logind's LockedHint. False where nobody says."""

    def __init__(self) -> None:
        super().__init__(locked_hint)


class KeyPresence(Watched):
    """True once a key that was there is gone."""

    def __init__(self, is_there: Callable[[], bool] | None = None) -> None:
        self._is_there = is_there or _any_key
        self._was_there = False
        super().__init__(self._is_gone)

    def _is_gone(self) -> bool:
        there = self._is_there()
        self._was_there = self._was_there or there
        return self._was_there and not there


def locked_hint() -> bool:
    """Whether the system's screen is locked, as far as anybody says."""
    return bool(hint())


def hint() -> bool | None:
    """org.freedesktop.login1.Session.LockedHint of this session; None where nobody says."""
    if sys.platform != "linux":
        return None
    from jeepney import DBusAddress, MessageType, Properties  # type: ignore[import-untyped]
    from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

    address = DBusAddress(SESSION, "org.freedesktop.login1", "org.freedesktop.login1.Session")
    try:
        with open_dbus_connection(bus="SYSTEM") as bus:
            answer = bus.send_and_get_reply(Properties(address).get("LockedHint"), timeout=1.0)
    except (OSError, KeyError, ValueError, TimeoutError):
        return None
    if answer.header.message_type is not MessageType.method_return:
        return None
    return bool(answer.body[0][1])


def _any_key() -> bool:
    from hts.app.key_worker import first_usb_key

    return first_usb_key() is not None
