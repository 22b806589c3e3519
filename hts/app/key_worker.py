"""The security key of a terminal, beside its frames: one job at a time in a thread, polled by the frame clock.

The thread blocks where the key does: until it is plugged in, its PIN is typed, it is touched. A PIN goes from the
field to the key and is kept nowhere. On Windows the system's own dialog does all of that (WebAuthn API, so Windows
Hello and keys without administrator rights); it is reached through the same two calls.
"""

import json
import queue
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from hts.base.errors import ConfigError

if TYPE_CHECKING:
    from fido2.ctap import CtapDevice

WAIT_S: Final = 0.2
PLUG_IN_S: Final = 60.0


class KeyAsks(Struct, frozen=True, kw_only=True):
    """The key waits for a hand: `pin` typed, or a touch, or to be plugged in."""

    what: str


class KeySaid(Struct, frozen=True, kw_only=True):
    """The key's answer as WebAuthn JSON; empty with a text key of why there is none."""

    answer: str = ""
    problem: str = ""


class PersonPort(Protocol):
    """How a job reaches the person."""

    def ask_pin(self) -> str | None: ...

    def ask_touch(self) -> None: ...

    def wait_for(self, find: "Callable[[], CtapDevice | None]") -> "CtapDevice | None": ...


class Platform(Protocol):
    """A way to the key. Blocks; raises ConfigError with a text key as its message."""

    def get(self, options: dict[str, Any], person: PersonPort) -> dict[str, Any]: ...

    def make(self, options: dict[str, Any], person: PersonPort) -> dict[str, Any]: ...


class KeyWorker:
    """One key, one job."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._told: queue.SimpleQueue[KeyAsks | KeySaid] = queue.SimpleQueue()
        self._pins: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._cancel = threading.Event()
        self._is_answered = False
        self._thread: threading.Thread | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way: its answer has not been taken yet."""
        if self._thread is None:
            return False
        return self._thread.is_alive() if self._cancel.is_set() else not self._is_answered

    def begin(self, options: str, *, makes: bool) -> bool:
        """Answer a challenge with the key; False while another job is under way."""
        if self.is_busy:
            return False
        self._cancel, self._is_answered = threading.Event(), False
        self._thread = threading.Thread(target=self._run, args=(options, makes), name="security key", daemon=True)
        self._thread.start()
        return True

    def poll(self) -> list[KeyAsks | KeySaid]:
        """What has happened since the last frame."""
        found: list[KeyAsks | KeySaid] = []
        while not self._told.empty():
            found.append(self._told.get())
            self._is_answered = self._is_answered or isinstance(found[-1], KeySaid)
        return found

    def give_pin(self, pin: str) -> None:
        """What was typed; it is used at once."""
        self._pins.put(pin)

    def cancel(self) -> None:
        """Nobody wants the answer any more."""
        self._cancel.set()
        self._is_answered = True
        self._pins.put("")

    # -- in the thread (PersonPort)

    def ask_pin(self) -> str | None:
        while not self._pins.empty():
            self._pins.get()
        self._told.put(KeyAsks(what="pin"))
        pin = self._pins.get()
        return pin or None

    def ask_touch(self) -> None:
        self._told.put(KeyAsks(what="touch"))

    def wait_for(self, find: "Callable[[], CtapDevice | None]") -> "CtapDevice | None":
        found = find()
        if found is None:
            self._told.put(KeyAsks(what="plug-in"))
        waited = 0.0
        while found is None and waited < PLUG_IN_S and not self._cancel.wait(WAIT_S):
            waited += WAIT_S
            found = find()
        return found

    def _run(self, options: str, makes: bool) -> None:
        try:
            asked = json.loads(options)["publicKey"]
            work = self._platform.make if makes else self._platform.get
            said = KeySaid(answer=json.dumps(work(asked, self)))
        except ConfigError as error:
            said = KeySaid(problem=str(error))
        except (ValueError, KeyError, TypeError):
            said = KeySaid(problem="login.key_failed")
        if not self._cancel.is_set():
            self._told.put(said)


class UsbKeys:
    """Platform on USB HID. `find` gives the key that is plugged in."""

    def __init__(self, origin: str, find: "Callable[[], CtapDevice | None]") -> None:
        self._origin = origin
        self._find = find

    def get(self, options: dict[str, Any], person: PersonPort) -> dict[str, Any]:
        return dict(self._asked(person, lambda client: client.get_assertion(options).get_response(0)))

    def make(self, options: dict[str, Any], person: PersonPort) -> dict[str, Any]:
        return dict(self._asked(person, lambda client: client.make_credential(options)))

    def _asked(self, person: PersonPort, call: Callable[[Any], Any]) -> Any:
        from fido2.client import ClientError, DefaultClientDataCollector, Fido2Client
        from fido2.ctap import CtapError

        from hts.app.key_person import AtScreen

        device = person.wait_for(self._find)
        if device is None:
            raise ConfigError("login.no_key")
        try:
            return call(Fido2Client(device, DefaultClientDataCollector(self._origin), AtScreen(person)))
        except (ClientError, CtapError, OSError, ValueError) as error:
            raise ConfigError("login.key_failed") from error


def first_usb_key() -> "CtapDevice | None":
    """The key that is plugged in; None also where this user may not reach it."""
    from hts.app.key_device import devices

    try:
        return next(devices(), None)
    except ConfigError:
        return None


class WindowsKeys:
    """Platform through the WebAuthn API of Windows: Windows Hello and keys, with the system's own dialogs.

    `client` is fido2.client.windows.WindowsClient or what behaves like it.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def get(self, options: dict[str, Any], person: PersonPort) -> dict[str, Any]:
        person.ask_touch()
        return dict(self._asked(lambda: self._client.get_assertion(options).get_response(0)))

    def make(self, options: dict[str, Any], person: PersonPort) -> dict[str, Any]:
        person.ask_touch()
        return dict(self._asked(lambda: self._client.make_credential(options)))

    @staticmethod
    def _asked(call: Callable[[], Any]) -> Any:
        from fido2.client import ClientError

        try:
            return call()
        except (ClientError, OSError) as error:
            raise ConfigError("login.key_failed") from error


def platform_of(origin: str) -> Platform:
    """The way to keys on this machine."""
    if sys.platform == "win32":
        from fido2.client import DefaultClientDataCollector
        from fido2.client.windows import WindowsClient

        if WindowsClient.is_available():
            return WindowsKeys(WindowsClient(DefaultClientDataCollector(origin)))
    return UsbKeys(origin, first_usb_key)
