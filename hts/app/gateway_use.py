"""What a `krx_gateway` file means for a core: hosts, encryption, limits, and where it disagrees with the tables."""

import ssl
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from msgspec import structs

from hts.app.krx_gateway import KEYCHAIN, GatewaySettings
from hts.app.own_certificate import demand_usable
from hts.auth.certificates import read_pkcs12
from hts.auth.secrets import SecretStore
from hts.base.errors import ConfigError
from hts.engine.config import LineAlerts
from hts.gateway.redial import RedialPlan
from hts.model.enums import Phase
from hts.model.scopes import Scope, ScopeKind
from hts.risk.limits import OFF, RiskLimits, ScopeLimits, tightest
from hts.rules.sessions import DaySchedule

VENUE: Final = Scope(kind=ScopeKind.VENUE, name="KRX")
MS: Final = 1_000_000
HOME_ZONE: Final = "Asia/Seoul"
_KEY_PASSPHRASE: Final = b"only for the moment of loading"


def hosts(settings: GatewaySettings) -> list[tuple[str, int]]:
    """Addresses to dial by number, the primary first."""
    return [(one.host, one.port) for one in settings.hosts]


def redial_plan(settings: GatewaySettings) -> RedialPlan:
    """So many tries at a host, then the next, then slowly."""
    return RedialPlan(
        hosts=len(settings.hosts),
        tries=settings.attempts,
        delay_ns=settings.interval_ns,
        slow_ns=settings.slow_interval_ns,
    )


def with_gateway_limits(settings: GatewaySettings, scopes: tuple[ScopeLimits, ...]) -> tuple[ScopeLimits, ...]:
    """The house's scopes with the file's limits on the venue: where both say something, the tighter holds."""
    given = {
        "order_qty_max": settings.order_qty_max,
        "order_value_max": settings.order_value_max,
        "working_orders_max": settings.working_orders_max,
        "price_band_bp": settings.price_band_bp,
        "orders_per_second": settings.orders_per_second,
        "messages_per_second": settings.messages_per_second,
    }
    limits: RiskLimits = structs.replace(OFF, **given)
    known = next((one for one in scopes if one.scope == VENUE), None)
    if known is None:
        return (*scopes, ScopeLimits(scope=VENUE, limits=limits))
    merged = structs.replace(known, limits=tightest(known.limits, limits))
    return tuple(merged if one is known else one for one in scopes)


def waits_over_rate(settings: GatewaySettings | None, over_rate: str) -> bool:
    """Whether an order beyond the rate waits for room instead of being refused: either place may say so."""
    return over_rate == "queue" or (settings is not None and settings.queues_excess)


def latency_alert_ms(settings: GatewaySettings | None, own_ms: int) -> int:
    """From which time on the answers are late: the file's where it names one, in whole milliseconds, else our own."""
    told_ns = settings.latency_alert_ns if settings is not None else 0
    return -(-told_ns // MS) if told_ns else own_ms


def line_alerts(settings: GatewaySettings | None) -> tuple[LineAlerts, ...]:
    """The file's thresholds of the exchange's order line.

    A line with nothing to say is silent for a heartbeat and a fifth of it on the way: less is no silence.
    """
    if settings is None:
        return ()
    silent_ns = settings.silent_alert_ns
    return (
        LineAlerts(
            venue=VENUE.name,
            silent_ns=max(silent_ns, settings.heartbeat_ns * 6 // 5) if silent_ns else 0,
            rejects_bp=settings.rejects_alert_bp,
            reconnects=settings.reconnects_alert,
        ),
    )


def hours_that_differ(settings: GatewaySettings, schedule: DaySchedule) -> tuple[str, ...]:
    """One line for each time of the file that the dated rules do not share. The rules hold.

    The file speaks of the regular session: it opens with continuous trading and closes with the closing call. Its times
    are of its own time zone, and stand for the instants of that trading day, whatever the date is there by then.
    """
    starts = {step.phase: step.start_ns for step in reversed(schedule.steps)}
    closes = next(step.start_ns for step in schedule.steps if step.start_ns > starts[Phase.CLOSE_CALL])
    rules = {"open": starts[Phase.CONTINUOUS], "close": closes}
    found = []
    for name, told_s in (("open", settings.open_s), ("close", settings.close_s)):
        holds_s = _second_of_day(rules[name], settings.timezone)
        if told_s >= 0 and told_s != holds_s:
            home = "" if settings.timezone == HOME_ZONE else f" ({_clock(_second_of_day(rules[name]))} {HOME_ZONE})"
            found.append(
                f"krx_gateway.market_hours.{name} is {_clock(told_s)} {settings.timezone}; by the rules of "
                f"{schedule.trading_date} it is {_clock(holds_s)} {settings.timezone}{home}, which holds"
            )
    return tuple(found)


def _second_of_day(at_ns: int, zone: str = HOME_ZONE) -> int:
    """What clocks in the zone show at an instant, in seconds since their midnight, summer time included."""
    at = datetime.fromtimestamp(at_ns // 1_000_000_000, ZoneInfo(zone))
    return at.hour * 3600 + at.minute * 60 + at.second


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}"


def tls_context(settings: GatewaySettings, store: SecretStore | None, home: Path) -> ssl.SSLContext | None:
    """The client's side of TLS with the member's certificate; None where the file wants none. Raises ConfigError.

    A revocation list beside the authorities in `ca_file` is asked about the exchange's certificate.
    The passphrase of the PKCS#12 file comes from the keychain and from nowhere else. The library reads keys from files
    only, so that the key is written, encrypted and readable by this user alone, for the moment of loading.
    """
    if not settings.uses_tls:
        return None
    context = ssl.create_default_context(cafile=_path(home, settings.ca_file) if settings.ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ca_file and b"BEGIN X509 CRL" in Path(_path(home, settings.ca_file)).read_bytes():
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    if not settings.certificate:
        return context
    path = Path(_path(home, settings.certificate))
    passphrase = store.get(KEYCHAIN["tls"]) if store is not None else None
    if passphrase is None:
        raise ConfigError(f"{path}: expected its passphrase in the keychain; run hts secret set {KEYCHAIN['tls']}")
    try:
        identity = read_pkcs12(path.read_bytes(), passphrase)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    if identity.key is None:
        raise ConfigError(f"{path}: expected a certificate with its private key, found none")
    demand_usable(path, identity, "be shown to the exchange")
    chain = b"".join(one.public_bytes(Encoding.PEM) for one in (identity.certificate, *identity.others))
    key = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_KEY_PASSPHRASE))
    with tempfile.NamedTemporaryFile() as file:
        file.write(key + chain)
        file.flush()
        context.load_cert_chain(file.name, password=_KEY_PASSPHRASE)
    return context


def _path(home: Path, name: str) -> str:
    return str(Path(name) if Path(name).is_absolute() else home / name)
