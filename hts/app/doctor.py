"""`hts doctor`: what works on this machine, and what to do about what does not.

Each check is one function that looks and returns what it found; none changes anything, none may raise.
"""

import argparse
import importlib.util
import os
import socket
import sys
import time
from collections.abc import Callable

import msgspec
from msgspec import Struct

PYTHON_MIN = (3, 11)
CLOCK_STEP_NS_MAX = 10_000


class Check(Struct, frozen=True, kw_only=True):
    """One finding. `advice` is empty when all is well."""

    name: str
    ok: bool
    found: str
    advice: str = ""


def check_python() -> Check:
    """The interpreter's version."""
    found = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= PYTHON_MIN
    return Check(name="python", ok=ok, found=found, advice="" if ok else "Install Python 3.11 or newer.")


def check_display() -> Check:
    """Whether a window can be shown. Without one the program runs its paper session offscreen."""
    if sys.platform == "win32":
        return Check(name="display", ok=True, found="windows")
    found = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    advice = "" if found else "No display: use `hts --vnc`, or set DISPLAY to a running X server."
    return Check(name="display", ok=bool(found), found=found or "none", advice=advice)


def check_qt() -> Check:
    """Whether Qt loads, with all the system libraries it needs."""
    try:
        from PySide6 import QtWidgets, __version__
    except ImportError as error:
        return Check(name="qt", ok=False, found=str(error), advice="Install the missing library: `make setup` does it.")
    return Check(name="qt", ok=bool(QtWidgets.QApplication), found=__version__)


def check_fonts() -> Check:
    """The bundled fonts and their licences."""
    from themes.fonts import missing_files

    missing = missing_files()
    advice = "" if not missing else "Install again: the files belong into resources/fonts."
    return Check(name="fonts", ok=not missing, found=", ".join(missing) or "complete", advice=advice)


def check_tables() -> Check:
    """Whether the market rules and protocol layouts can be read."""
    from hts.app import tables
    from hts.base.errors import HtsError

    try:
        count = len(tables.load_all())
    except HtsError as error:
        return Check(name="tables", ok=False, found=str(error), advice="Install again: the resources are damaged.")
    return Check(name="tables", ok=True, found=f"{count} tables")


def check_home() -> Check:
    """Whether the home directory can be written and is nobody else's."""
    from hts.app.paths import home_directory

    home = home_directory()
    existing = next(path for path in (home, *home.parents) if path.exists())
    ok = os.access(existing, os.W_OK)
    return Check(name="home", ok=ok, found=str(home), advice="" if ok else f"Make {existing} writable, or use --home.")


def check_keychain() -> Check:
    """The operating system's keychain."""
    import keyring

    backend = keyring.get_keyring()
    found = f"{type(backend).__module__}.{type(backend).__name__}"
    ok = backend.priority > 0
    advice = "" if ok else "No keychain: start a Secret Service (gnome-keyring) in this session before live trading."
    return Check(name="keychain", ok=ok, found=found, advice=advice)


def check_authenticator() -> Check:
    """FIDO2 keys that are plugged in. Paper trading needs none."""
    try:
        from fido2.hid import CtapHidDevice

        count = sum(1 for _ in CtapHidDevice.list_devices())
    except OSError as error:
        return Check(
            name="authenticator", ok=False, found=str(error), advice="Allow access to /dev/hidraw* (udev rule)."
        )
    advice = "" if count else "No key found: plug in a FIDO2 key before live trading; paper trading needs none."
    return Check(name="authenticator", ok=count > 0, found=f"{count} keys", advice=advice)


def check_ports() -> Check:
    """Whether this user may listen on loopback."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
    except OSError as error:
        return Check(name="ports", ok=False, found=str(error), advice="Allow listening on 127.0.0.1.")
    return Check(name="ports", ok=True, found=f"127.0.0.1:{port} could be opened")


def check_clock() -> Check:
    """Resolution of the monotonic clock that latencies are measured with."""
    step = min(_clock_step() for _ in range(5))
    ok = step <= CLOCK_STEP_NS_MAX
    return Check(name="clock", ok=ok, found=f"{step} ns", advice="" if ok else "Latency figures will be coarse here.")


def _clock_step() -> int:
    start = time.monotonic_ns()
    while (now := time.monotonic_ns()) == start:
        pass
    return now - start


def check_loop() -> Check:
    """The event loop that is used."""
    name = "winloop" if sys.platform == "win32" else "uvloop"
    ok = importlib.util.find_spec(name) is not None
    return Check(name="loop", ok=ok, found=name if ok else "asyncio", advice="" if ok else f"Install {name} for speed.")


CHECKS: tuple[Callable[[], Check], ...] = (
    check_python,
    check_qt,
    check_display,
    check_fonts,
    check_tables,
    check_home,
    check_ports,
    check_clock,
    check_loop,
    check_keychain,
    check_authenticator,
)
NEEDED = frozenset({"python", "qt", "fonts", "tables", "home", "ports"})  # paper trading works with these


def examine() -> list[Check]:
    """All findings, in the order in which a person would mend them."""
    return [check() for check in CHECKS]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts doctor`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when paper trading works here; what is missing for more is advice."""
    checks = examine()
    if options.json:
        print(msgspec.json.encode({"checks": checks}).decode())
    else:
        for check in checks:
            print(f"{'ok  ' if check.ok else 'MISS'} {check.name:14} {check.found}")
            if check.advice:
                print(f"     {'':14} {check.advice}")
    return 0 if all(check.ok for check in checks if check.name in NEEDED) else 1
