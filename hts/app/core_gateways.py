"""Which gateway speaks with which venue, built from the settings and the published tables."""

from ssl import SSLContext
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from hts.app import tables
from hts.app.config import VenueSettings
from hts.app.core_feeds import TOKYO, BookIds, px_decimals_of
from hts.app.fix_tables import load_dictionary
from hts.app.gateway_use import redial_plan
from hts.app.krx_gateway import GatewaySettings
from hts.app.venue_time import trading_date, venue_date, venue_midnight_ns
from hts.base.errors import ConfigError
from hts.base.storage import Storage
from hts.gateway.arrowhead import ArrowheadTalk
from hts.gateway.contract import OrderGateway
from hts.gateway.fix import FixConfig, FixOrderGateway
from hts.gateway.fix_drop_copy import FixDropCopyGateway
from hts.gateway.krx_ums import KrxUmsGateway, UmsConfig
from hts.gateway.osaka_dialect import OsakaDialect
from hts.gateway.ouch import OuchConfig, OuchOrderGateway
from hts.gateway.ouch_dialects import NasdaqDialect, OuchDialect, PtsDialect
from hts.gateway.ouch_talk import OrderTalk, OuchTalk
from hts.io.clock import SystemClock
from hts.model.venues import TOLD_BY_MATCH
from hts.wire.fix.shapes import Inspector
from hts.wire.fix.signing import Sign
from hts.wire.fix.store import FixStore
from hts.wire.layout.codec import BinaryLayout
from hts.wire.ums.layout import UmsLayout

MS: Final = 1_000_000
KOREAN: Final = ("KRX", "NXT")
ORDER_TABLES: Final = {
    TOKYO: "arrowhead_ours",
    "JNX": "jnx_ouch_2_01",
    "ODX": "odx_ouch_2_0",
    "NASDAQ": "ouch50",
    "OSE": "ose_ouch_5_0",
}
FIX_PROFILES: Final = {"fix44": ("FIX.4.4", "OE44"), "fix50": ("FIXT.1.1", "OE50")}
FIRM_ID: Final = 1  # of the paper member at the PTS


class LiveLine(Struct, frozen=True, kw_only=True):
    """The exchange's own hosts for the order line, and how to speak to them."""

    settings: GatewaySettings
    tls: SSLContext | None


def order_gateway(
    venue: str,
    settings: VenueSettings,
    account: str,
    live: LiveLine | None,
    fix_storage: Storage | None,
    *,
    running: str,
    book_ids: BookIds,
    sign: Sign | None = None,
) -> OrderGateway:
    """The venue's own protocol, or FIX where the settings want it; a live exchange has its own.

    `running` is told at each logon: our build and the fingerprint of our settings. `book_ids` are the numbers that the
    feed tells for Osaka's contracts. Raises ConfigError for orders to be signed where the protocol cannot say it.
    """
    if sign is not None and (live is not None or not orders_by_fix(settings)):
        raise ConfigError(f'signing.{venue}: expected orders over FIX; set venue.order_protocol = "fix44" or "fix50"')
    if live is not None or (settings.order_protocol == "native" and venue in KOREAN):
        layout = UmsLayout.parse(tables.load(tables.PROTOCOLS, "krx_ums"))
        return KrxUmsGateway(layout, replace(_ums_config(venue, settings, live), running=running))
    if orders_by_fix(settings):
        return _fix_gateway(venue, settings, fix_storage, running, sign)
    config = OuchConfig(
        venue=venue,
        username=settings.member,
        password=settings.password,
        account=account,
        speed_milli=int(settings.speed * 1000),
        running=running,
    )
    talk = order_talk(venue, _layout(ORDER_TABLES[venue]), book_ids)
    return OuchOrderGateway(config, talk, _layout("soupbintcp"), lambda trade_ns: trading_date(venue, trade_ns))


def order_talk(venue: str, layout: BinaryLayout, book_ids: BookIds) -> OrderTalk:
    """How the venue's own order sessions are talked."""
    if venue == TOKYO:
        return ArrowheadTalk(layout)
    dialects: dict[str, OuchDialect] = {"NASDAQ": NasdaqDialect(), "OSE": OsakaDialect(book_ids)}
    dialect = dialects.get(venue) or PtsDialect(FIRM_ID)
    return OuchTalk(layout, dialect, lambda trade_ns: venue_midnight_ns(venue, venue_date(venue, trade_ns)))


def orders_by_fix(settings: VenueSettings) -> bool:
    """Whether orders travel over FIX: where the settings say so."""
    return settings.order_protocol != "native"


def order_protocol(venue: str, settings: VenueSettings, *, is_live: bool) -> str:
    """What the venue's order gateway speaks, by the name that `hts decode` knows."""
    if is_live or (settings.order_protocol == "native" and venue in KOREAN):
        return "ums"
    if not orders_by_fix(settings):
        return ORDER_TABLES[venue]
    return "fix44" if settings.order_protocol == "fix44" else "fix50sp2"


def _layout(name: str) -> BinaryLayout:
    return BinaryLayout.parse(tables.load(tables.PROTOCOLS, name))


def _fix_gateway(
    venue: str, settings: VenueSettings, storage: Storage | None, running: str, sign: Sign | None
) -> FixOrderGateway:
    begin_string, profile = FIX_PROFILES.get(settings.order_protocol, FIX_PROFILES["fix50"])
    comp_id = f"{settings.member}-{profile}"
    store = FixStore(storage, f"{venue}-{comp_id}", outlives_storage=True)
    inspector = Inspector(load_dictionary(begin_string))
    config = _fix_config(venue, comp_id, settings, running)
    return FixOrderGateway(
        config, inspector, px_decimals_of(venue), lambda trade_ns: trading_date(venue, trade_ns), store, sign=sign
    )


def drop_copy(
    venue: str, settings: VenueSettings, storage: Storage | None, running: str, sign: Sign | None = None
) -> FixDropCopyGateway:
    """The venue's FIX drop copy, in the newest version. Our own venues let it cancel for its member."""
    begin_string, _ = FIX_PROFILES["fix50"]
    comp_id = f"{settings.member}-DC50"
    by_fix = orders_by_fix(settings)
    _, profile = FIX_PROFILES.get(settings.order_protocol, FIX_PROFILES["fix50"])
    return FixDropCopyGateway(
        _fix_config(venue, comp_id, settings, running),
        Inspector(load_dictionary(begin_string)),
        px_decimals_of(venue),
        lambda trade_ns: trading_date(venue, trade_ns),
        FixStore(storage, f"{venue}-{comp_id}", outlives_storage=True),
        own=f"{settings.member}-{profile}" if by_fix else settings.member,
        by_match=not by_fix and venue in TOLD_BY_MATCH,
        may_cancel=True,
        sign=sign,
    )


def _fix_config(venue: str, comp_id: str, settings: VenueSettings, running: str) -> FixConfig:
    """Our session of this name."""
    clock = SystemClock()
    return FixConfig(
        venue=venue,
        sender_comp_id=comp_id,
        target_comp_id=venue,
        password=settings.password,
        heartbeat_s=max(1, settings.heartbeat_ms // 1000),
        wall_offset_ns=clock.wall_ns() - clock.mono_ns(),
        speed_milli=int(settings.speed * 1000),
        running=running,
    )


def _ums_config(venue: str, settings: VenueSettings, live: LiveLine | None) -> UmsConfig:
    """The member's session; a live one by the exchange's file."""
    config = UmsConfig(
        venue=venue,
        comp_id=settings.member,
        password=settings.password,
        heartbeat_ns=settings.heartbeat_ms * MS,
    )
    if live is None:
        return config
    told = live.settings
    return replace(
        config,
        comp_id=told.sender_comp_id or config.comp_id,
        venue_comp_id=told.target_comp_id,
        heartbeat_ns=told.heartbeat_ns,
        logon_timeout_ns=told.logon_timeout_ns,
        redial=redial_plan(told),
    )
