"""`hts doctor`: what works on this machine, and what to do about what does not.

Each check is one function that looks and returns what it found; none changes anything. What a check did not foresee
is a finding too (`looked`), so that one broken thing never hides the others.
"""

import argparse
import ctypes
import importlib.util
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from hts.app.doctor_login import Found, factor_checks
from hts.app.doctor_trust import trust_checks

PYTHON_MIN = (3, 11)
CLOCK_STEP_NS_MAX = 10_000
VNC_PROGRAMS = ("Xvfb", "x11vnc")


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


def check_x11() -> Check:
    """The libraries of Qt's X11 platform; without one of them Qt ends the program at its start."""
    if sys.platform != "linux":
        return Check(name="x11", ok=True, found="not needed here")
    import PySide6.QtWidgets  # the plugin leans on what this loads

    plugin = Path(PySide6.__file__).parent / "Qt/plugins/platforms/libqxcb.so"
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        advice = "Install the missing library (`make setup` does it), or use Wayland."
        return Check(name="x11", ok=False, found=str(error), advice=advice)
    return Check(name="x11", ok=True, found="complete")


def check_vnc() -> Check:
    """The programs that `hts --vnc` needs."""
    if sys.platform != "linux":
        return Check(name="vnc", ok=True, found="not offered here")
    missing = [name for name in VNC_PROGRAMS if shutil.which(name) is None]
    advice = f"For `hts --vnc`: apt install {' '.join(missing).lower()}." if missing else ""
    return Check(name="vnc", ok=not missing, found=f"no {', '.join(missing)}" if missing else "complete", advice=advice)


def check_fonts(directory: Path) -> Check:
    """The bundled fonts and their licences."""
    from themes.fonts import missing_files

    missing = missing_files(directory)
    advice = "" if not missing else f"Install again: the files belong into {directory}."
    return Check(name="fonts", ok=not missing, found=", ".join(missing) or "complete", advice=advice)


def check_tables(resources: Path) -> Check:
    """Whether market rules, protocol layouts, texts and keymaps can be read, and those that a session needs be used."""
    from hts.app import tables
    from hts.base.errors import HtsError
    from hts.rules.foreign_rules import ForeignRules
    from hts.rules.market_rules import MarketRules
    from hts.wire.mdcs.layout import MdcsLayout
    from hts.wire.ums.layout import UmsLayout

    try:
        count = len(tables.load_all(resources))
        market = tables.load_folder(tables.MARKET, resources)
        MarketRules.parse(market)
        ForeignRules.parse(market)
        UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums", resources))
        MdcsLayout.parse(tables.load(tables.PROTOCOLS, "krx_mdcs", resources))
    except HtsError as error:
        return Check(name="tables", ok=False, found=str(error), advice="Install again: the resources are damaged.")
    return Check(name="tables", ok=True, found=f"{count} tables")


def check_home(home: Path) -> Check:
    """Whether the home directory can be written, or made, and is nobody else's."""
    existing = next(path for path in (home, *home.parents) if path.exists())
    advice = f"Make {existing} a directory that you can write, or use --home."
    try:
        with tempfile.TemporaryFile(dir=existing):  # permissions alone do not tell of a read-only or full disk
            pass
    except OSError as error:
        return Check(name="home", ok=False, found=f"{home}: {error.strerror or error}", advice=advice)
    owner = existing.stat().st_uid
    if existing == home and hasattr(os, "getuid") and owner != os.getuid():
        return Check(name="home", ok=False, found=f"{home} belongs to user {owner}", advice="Use --home for your own.")
    return Check(name="home", ok=True, found=str(home))


def check_keychain(home: Path) -> Check:
    """Where secrets can be kept: a vault that was made, or a keychain of the system that is known to encrypt."""
    import keyring

    from hts.app.paths import home_paths
    from hts.app.secret_store import vault_path
    from hts.auth.errors import NoKeychain
    from hts.auth.keychain import name_of_backend

    vault = vault_path(home_paths(home))
    if vault.exists():
        return Check(name="keychain", ok=True, found=f"vault {vault}")
    try:
        return Check(name="keychain", ok=True, found=name_of_backend(keyring.get_keyring()))
    except NoKeychain as error:
        found, _, advice = str(error).partition("; ")
        advice = f"Before live trading, {advice}; paper trading needs none."
        return Check(name="keychain", ok=False, found=found, advice=advice)


def check_authenticator() -> Check:
    """FIDO2 keys that are plugged in. Paper trading needs none."""
    if sys.platform == "win32":
        from fido2.client.windows import WindowsClient

        offered = WindowsClient.is_available()
        advice = (
            "" if offered else "Windows 10 1903 or newer has the WebAuthn API; older ones need administrator rights."
        )
        return Check(
            name="authenticator", ok=offered, found="Windows Hello and keys" if offered else "none", advice=advice
        )
    from hts.app.key_device import devices
    from hts.base.errors import ConfigError

    try:
        count = sum(1 for _ in devices())
    except ConfigError as error:
        return Check(
            name="authenticator", ok=False, found=str(error), advice="Allow access to /dev/hidraw* (udev rule)."
        )
    advice = "" if count else "No key found: plug in a FIDO2 key before live trading; paper trading needs none."
    return Check(name="authenticator", ok=count > 0, found=f"{count} keys on USB and card readers", advice=advice)


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


def check_priority() -> Check:
    """Whether the core may run before other programs; without that a busy machine delays orders by milliseconds."""
    from hts.io.priority import PRIORITY_CORE, may_raise_priority, may_run_first

    first, ok = may_run_first(), may_raise_priority()
    advice = "" if ok else f"Add '@users - rtprio {PRIORITY_CORE}' to /etc/security/limits.conf and log in again."
    found = "before all programs" if first else "may be raised" if ok else "ordinary"
    return Check(name="priority", ok=ok, found=found, advice=advice)


NEEDED = frozenset({"python", "qt", "fonts", "tables", "home", "ports"})  # paper trading works with these


def examine(home: Path, resources: Path) -> list[Check]:
    """All findings, in the order in which a person would mend them."""
    checks: dict[str, Callable[[], Check]] = {
        "python": check_python,
        "qt": check_qt,
        "display": check_display,
        "x11": check_x11,
        "vnc": check_vnc,
        "fonts": partial(check_fonts, resources / "fonts"),
        "tables": partial(check_tables, resources),
        "home": partial(check_home, home),
        "ports": check_ports,
        "clock": check_clock,
        "loop": check_loop,
        "priority": check_priority,
        "keychain": partial(check_keychain, home),
        "authenticator": check_authenticator,
    }
    logins = {**factor_checks(home), **trust_checks(home)}
    factors = [looked(name, partial(found_of, check)) for name, check in logins.items()]
    return [*(looked(name, check) for name, check in checks.items()), *factors]


def found_of(check: Callable[[], Found]) -> Check:
    """A finding about logins as one of ours."""
    found = check()
    return Check(name=found.name, ok=not found.advice, found=found.found, advice=found.advice)


def looked(name: str, check: Callable[[], Check]) -> Check:
    """What a check found, be it that it could not look."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001  every kind of damage shall be reported, and the other checks be made
        advice = "Install again; if that does not help, report this line."
        return Check(name=name, ok=False, found=f"{type(error).__name__}: {error}", advice=advice)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts doctor`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0 when paper trading works here; what is missing for more is advice."""
    from hts.app.paths import home_directory
    from hts.app.tables import resources_directory

    checks = examine(home_directory(options.home), resources_directory())
    if options.json:
        print(msgspec.json.encode({"checks": checks}).decode())
    else:
        for check in checks:
            print(f"{'ok  ' if check.ok else 'MISS'} {check.name:14} {check.found}")
            if check.advice:
                print(f"     {'':14} {check.advice}")
    return 0 if all(check.ok for check in checks if check.name in NEEDED) else 1
