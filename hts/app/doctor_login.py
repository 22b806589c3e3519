"""What `hts doctor` says about who may trade: what this home's core asks for, who can answer, and what helps them.

The accounts are looked at without their key: the doctor opens no keychain and believes nothing of what he reads; he
only tells what would be missing at the next login.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct

from hts.auth.accounts import Account, unproved

TIMEX_BYTES: Final = 512  # struct timex is 208; what lies behind it is not touched
TIME_ERROR: Final = 5  # adjtimex(2): the clock is not synchronised
RECOVERY_LOW: Final = 3


class Found(Struct, frozen=True, kw_only=True):
    """One finding; all is well where there is no advice."""

    name: str
    found: str
    advice: str = ""


def check_login(home: Path) -> Found:
    """What the core of this home asks for before it lets anybody do anything."""
    from hts.app.config import load_config
    from hts.app.paths import home_paths

    config = load_config(home_paths(home).config)
    if not config.asks_login:
        return Found(name="login", found="paper: nobody is asked anything")
    kind = "live" if config.core.live else "shared paper"
    eyes = "four eyes" if config.login.four_eyes else "one person raises limits and ends halts alone"
    found = f"{kind}: {config.login.factors.value}, {eyes}"
    usable = [one for one in _accounts(home) if any(not key.is_cloned for key in one.keys) or one.otp]
    if not usable:
        return Found(
            name="login", found=found, advice="Nobody can log in: `hts key add NAME --user WHO --role trader`."
        )
    return Found(name="login", found=f"{found}; {len(usable)} users")


def check_persons(home: Path) -> Found:
    """Whether every duty has its people, and those that take two have two."""
    from hts.app.config import load_config
    from hts.app.paths import home_paths
    from hts.model.roles import FOUR_EYES, Permission, may

    config = load_config(home_paths(home).config)
    if not config.asks_login:
        return Found(name="persons", found="not needed for paper trading")
    accounts = _accounts(home)
    needed = {act: 2 if act in FOUR_EYES and config.login.four_eyes else 1 for act in Permission}
    short = [act.value for act, count in needed.items() if sum(may(one.role, act) for one in accounts) < count]
    shut = [f"{one.user}/{key.name}" for one in accounts for key in one.keys if key.is_cloned]
    if shut:
        advice = "A copy of these keys may be about: remove them with `hts key remove`, and add others."
        return Found(name="persons", found=f"keys shut out as copied: {', '.join(shut)}", advice=advice)
    if short:
        advice = "Add users whose role may (`hts key roles`), or set login.four_eyes = false for a house of one."
        return Found(name="persons", found=f"too few for: {', '.join(short)}", advice=advice)
    return Found(name="persons", found=f"{len(accounts)} users; every duty has enough")


def check_codes(home: Path) -> Found:
    """Who has one-time passwords set up, where the core asks for them."""
    from hts.app.config import load_config
    from hts.app.paths import home_paths

    config = load_config(home_paths(home).config)
    with_codes = [one.user for one in _accounts(home) if one.otp is not None]
    if not config.asks_login or not (config.login.policy.takes_codes or config.login.policy.needs_both):
        return Found(name="one-time", found=f"not asked for; {len(with_codes)} users have them")
    without = [one.user for one in _accounts(home) if one.otp is None]
    if config.login.policy.takes_keys and not config.login.policy.needs_both:
        without = [one.user for one in _accounts(home) if one.otp is None and not one.keys]
    advice = "`hts otp add --user WHO` shows the QR code for an authenticator program." if without else ""
    found = f"asked for, and without: {', '.join(without)}" if without else f"{len(with_codes)} users have them"
    return Found(name="one-time", found=found, advice=advice)


def check_recovery(home: Path) -> Found:
    """Whether a lost key locks somebody out for good."""
    accounts = _accounts(home)
    if not accounts:
        return Found(name="recovery", found="no users")
    low = [one.user for one in accounts if len(one.recovery) < RECOVERY_LOW and len(one.keys) < 2]
    advice = "`hts key recovery --user WHO` makes ten codes, or add a second key." if low else ""
    found = f"a lost key locks out: {', '.join(low)}" if low else "every user has a way back"
    return Found(name="recovery", found=found, advice=advice)


def check_code_clock() -> Found:
    """Whether the clock that one-time passwords go by is kept right."""
    if sys.platform != "linux":
        return Found(name="code-clock", found="kept by the system")
    answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    if answer == TIME_ERROR:
        advice = "One-time passwords forgive 30 s: keep the clock right (timedatectl set-ntp true)."
        return Found(name="code-clock", found="not synchronised", advice=advice)
    return Found(name="code-clock", found="synchronised" if answer >= 0 else "cannot be asked here")


def check_screen_lock() -> Found:
    """Whether the terminal hears of the system's own screen lock."""
    from hts.app.system_lock import hint

    if sys.platform != "linux":
        return Found(name="screen-lock", found="not heard of here; the terminal's own lock works")
    said = hint()
    if said is None:
        advice = "No login manager tells: the terminal locks by its own idle time and by Ctrl+Alt+L."
        return Found(name="screen-lock", found="not heard of", advice=advice)
    return Found(name="screen-lock", found="the login manager tells")


def factor_checks(home: Path) -> dict[str, Callable[[], Found]]:
    """All of them by name."""
    return {
        "login": partial(check_login, home),
        "persons": partial(check_persons, home),
        "one-time": partial(check_codes, home),
        "recovery": partial(check_recovery, home),
        "code-clock": check_code_clock,
        "screen-lock": check_screen_lock,
    }


def _accounts(home: Path) -> tuple[Account, ...]:
    from hts.app.key_accounts import ACCOUNTS_FILE
    from hts.app.paths import home_paths
    from hts.app.secret_store import auth_directory

    path = auth_directory(home_paths(home)) / ACCOUNTS_FILE
    return unproved(path.read_bytes()) if path.exists() else ()
