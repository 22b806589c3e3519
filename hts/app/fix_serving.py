"""Who may log on to the simulated venues over FIX: the member of the settings, in both versions, by kind of session."""

from typing import Any

from hts.app.config import VenueSettings
from hts.app.fix_tables import load_dictionary
from hts.base.storage import Storage
from hts.sim.fix_logins import FIX_44, FIXT_11, FixLogin, FixServing
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.signing import Judge

VERSIONS = {FIX_44: "44", FIXT_11: "50"}


def fix_serving(
    settings: VenueSettings, storage: Storage, wall_offset_ns: int, judge: Judge | None = None
) -> FixServing:
    """Session profiles of every venue. Raises ConfigError for a damaged dictionary."""
    inspectors = {begin: Inspector(load_dictionary(begin)) for begin in VERSIONS}
    return FixServing(
        inspectors=inspectors,
        orders=_logins(settings, "OE", cancel_on_disconnect=settings.fix_cancel_on_disconnect),
        market_data=_logins(settings, "MD"),
        drop_copies=_logins(settings, "DC", copies_of=settings.member, may_cancel=True),
        wall_offset_ns=wall_offset_ns,
        storage=storage,
        judge=judge,
    )


def _logins(settings: VenueSettings, kind: str, **more: Any) -> tuple[FixLogin, ...]:
    return tuple(
        FixLogin(comp_id=f"{settings.member}-{kind}{version}", password=settings.password, begin_string=begin, **more)
        for begin, version in VERSIONS.items()
    )


def fix_rows(venue: str, serving: FixServing) -> list[tuple[str, str, dict[str, str]]]:
    """(protocol, port, credentials) of every session, as clients need them."""
    named = {"fix_orders": serving.orders, "fix_market_data": serving.market_data, "drop_copy": serving.drop_copies}
    words = {"fix_orders": "orders", "fix_market_data": "market data", "drop_copy": "drop copy"}
    return [
        (f"{_version(login)} {words[port]}", port, _credentials(venue, login))
        for port, logins in named.items()
        for login in logins
    ]


def _version(login: FixLogin) -> str:
    return "FIX 4.4" if login.begin_string == FIX_44 else "FIX 5.0 SP2"


def _credentials(venue: str, login: FixLogin) -> dict[str, str]:
    found = {
        "begin_string": login.begin_string,
        "sender_comp_id": login.comp_id,
        "target_comp_id": venue,
        "password": login.password,
    }
    return found | ({"default_appl_ver_id": "9"} if login.begin_string == FIXT_11 else {})
