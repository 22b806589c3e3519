"""The `krx_gateway` file (YAML): how a live core reaches the exchange, and what it keeps to while it does.

    krx_gateway:
      primary: {host: ..., port: ...}          backup: {host: ..., port: ...}
      tls: {enabled: true, certificate: member.p12}
      session: {heartbeat_interval: 30, logon_timeout: 10}
      reconnect: {attempts: 5, interval: 2}
      throttle: {max_messages_per_sec: 5000, max_orders_per_second: 1000}
      order_limits: ...    market_hours: ...    monitoring: {latency_alert_threshold_ms: ...}

Every key is optional but the primary host. A key that nothing here knows is refused by name, with the nearest one that
is known. Secrets are not read from the file: they are in the system's keychain under the names of KEYCHAIN, and a file
that holds one is refused. Times and limits of the file never win over the dated tables and the house's limits: the
tighter limit holds, and hours that differ are reported.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path
from re import fullmatch
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from msgspec import Struct

from hts.app.gateway_keys import GROUPS, SECTION_ALIASES, SECTIONS, UNITS_NS, Key
from hts.base.errors import ConfigError

ROOT: Final = "krx_gateway"
KEYCHAIN: Final = {"tls": "krx_gateway.pkcs12", "session": "krx_gateway.session"}
S: Final = 1_000_000_000
PORT_MAX: Final = 65_535
BYTES_MAX: Final = 256 * 1024


class Host(Struct, frozen=True, kw_only=True):
    """Where to dial."""

    host: str
    port: int


class GatewaySettings(Struct, frozen=True, kw_only=True):
    """What the file says; durations in nanoseconds, times in seconds of the day in `timezone`, 0 and -1 for unset."""

    hosts: tuple[Host, ...]
    uses_tls: bool = False
    certificate: str = ""
    ca_file: str = ""
    server_name: str = ""
    sender_comp_id: str = ""
    target_comp_id: str = ""
    heartbeat_ns: int = 30 * S
    logon_timeout_ns: int = 10 * S
    attempts: int = 5
    interval_ns: int = 2 * S
    slow_interval_ns: int = 60 * S
    messages_per_second: int = 0
    orders_per_second: int = 0
    queues_excess: bool = False
    order_qty_max: int = 0
    order_value_max: int = 0
    working_orders_max: int = 0
    price_band_bp: int = 0
    timezone: str = "Asia/Seoul"
    open_s: int = -1
    close_s: int = -1
    latency_alert_ns: int = 0
    silent_alert_ns: int = 0
    rejects_alert_bp: int = 0
    reconnects_alert: int = 0
    unused: tuple[str, ...] = ()  # understood, and acted upon by nothing here


def load_gateway(path: Path) -> GatewaySettings:
    """Read the file. Raises ConfigError: what was expected, what was found, where."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from error
    if len(data) > BYTES_MAX:
        raise ConfigError(f"{path}: expected at most {BYTES_MAX} bytes, found {len(data)}")
    try:
        document = yaml.safe_load(data)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ConfigError(f"{path}: expected YAML, found {str(error).splitlines()[0]}") from error
    return parse_gateway(document, str(path))


def parse_gateway(document: object, source: str) -> GatewaySettings:
    """The settings of a parsed document. Raises ConfigError naming `source`."""
    if not isinstance(document, dict):
        raise ConfigError(f"{source}: expected a mapping with the key {ROOT}, found {type(document).__name__}")
    table = document.get(ROOT, document if _is_bare(document) else None)
    if ROOT in document and len(document) > 1:
        other = next(key for key in document if key != ROOT)
        raise ConfigError(f"{source}: unknown key {other}; everything stands under {ROOT}")
    if not isinstance(table, dict):
        raise ConfigError(f"{source}: expected a mapping under {ROOT}, found {sorted(map(str, document))[:3]}")
    found: dict[tuple[str, str], Any] = {}
    for section, key, value, where in _leaves(table, source, ROOT):
        if (section, key.name) in found:
            raise ConfigError(f"{where}: {section}.{key.name} is given twice")
        found[section, key.name] = _read(key, value, where)
    return _settings(found, source)


def _is_bare(document: dict[Any, Any]) -> bool:
    """Whether the sections stand at the top, without `krx_gateway` above them."""
    return any(str(key) in SECTIONS or str(key) in SECTION_ALIASES for key in document)


def _leaves(table: dict[Any, Any], source: str, path: str) -> Iterator[tuple[str, Key, Any, str]]:
    for raw, value in table.items():
        name = str(raw).strip().lower()
        where = f"{source}: {path}.{raw}"
        section = SECTION_ALIASES.get(name, name)
        if name in GROUPS and isinstance(value, dict):
            yield from _leaves(value, source, f"{path}.{raw}")
        elif isinstance(value, dict):
            if section not in SECTIONS:
                raise ConfigError(f"{where}: unknown section{_suggestion(name, [*SECTIONS, *SECTION_ALIASES])}")
            for inner, leaf in value.items():
                inside = f"{where}.{inner}"
                key = _key(section, str(inner).strip().lower())
                if key is None:
                    raise ConfigError(f"{inside}: unknown key{_suggestion(str(inner), _names(section))}")
                yield section, key, _with_unit(key, str(inner), leaf), inside
        else:
            yield _run_together(name, value, where)


def _run_together(name: str, value: Any, where: str) -> tuple[str, Key, Any, str]:
    """`primary_host` is `primary: {host: ...}`; a key of one section alone needs no section."""
    for section in SECTIONS:
        rest = name.removeprefix(f"{section}_")
        key = _key(section, rest) if rest != name else None
        if key is not None:
            return section, key, _with_unit(key, rest, value), where
    found = [(section, key) for section in SECTIONS if (key := _key(section, name)) is not None]
    if len(found) == 1:
        return found[0][0], found[0][1], _with_unit(found[0][1], name, value), where
    known = [*SECTIONS, *(f"{s}_{key.name}" for s in ("primary", "backup") for key in SECTIONS[s])]
    known += [one for section in SECTIONS for one in _names(section)]
    raise ConfigError(f"{where}: unknown key{_suggestion(name, known)}")


def _key(section: str, name: str) -> Key | None:
    for key in SECTIONS[section]:
        spellings = (key.name, *key.aliases)
        if name in spellings or (key.kind == "duration" and _without_unit(name) in spellings):
            return key
    return None


def _without_unit(name: str) -> str:
    head, _, unit = name.rpartition("_")
    return head if unit in UNITS_NS else name


def _with_unit(key: Key, name: str, value: Any) -> Any:
    """A duration's figure with the unit of its name: seconds where it names none."""
    if key.kind != "duration":
        return value
    unit = name.strip().lower().rpartition("_")[2]
    return value, UNITS_NS.get(unit, S) if _without_unit(name.lower()) != name.lower() else S


def _names(section: str) -> list[str]:
    return [name for key in SECTIONS[section] for name in (key.name, *key.aliases)]


def _suggestion(name: str, known: list[str]) -> str:
    near = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(sorted(set(known))[:12])}"


def _read(key: Key, value: Any, where: str) -> Any:
    """The value by its kind. Raises ConfigError."""
    if key.kind == "secret":
        return _no_secret(value, where)
    if key.kind == "flag":
        return _checked(isinstance(value, bool), value, where, "true or false")
    if key.kind == "text":
        return _checked(isinstance(value, str) and 0 < len(value) <= 1024, value, where, "a text")
    if key.kind in ("count", "port"):
        most = PORT_MAX if key.kind == "port" else 10**15
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return _checked(is_whole and 1 <= value <= most, value, where, f"a whole number from 1 to {most}")
    if key.kind == "time":
        return _time_s(value, where)
    if key.kind == "duration":
        figure, unit_ns = value
        return int(_decimal(figure, where, most=86_400_000) * unit_ns)
    return _decimal(value, where, most=10_000)


def _checked(is_right: bool, value: Any, where: str, expected: str) -> Any:
    if not is_right:
        raise ConfigError(f"{where}: expected {expected}, found {value!r}")
    return value


def _decimal(value: Any, where: str, most: int) -> Decimal:
    text = str(value).strip()
    match = fullmatch(r"([0-9.]+)\s*(ms|s)?", text) if not isinstance(value, bool) else None
    try:
        number = Decimal(match[1]) / (1000 if match[2] == "ms" else 1) if match else Decimal(-1)
    except InvalidOperation:
        number = Decimal(-1)
    _checked(0 < number <= most, value, where, f"a number above 0, at most {most}")
    return number


def _time_s(value: Any, where: str) -> int:
    """Seconds of the day. YAML reads 09:00 as text and 15:30 as a number to the base 60: both are times."""
    match = fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", str(value))
    if match:
        hour, minute, second = (int(part or 0) for part in match.groups())
        _checked(hour < 24 and minute < 60 and second < 60, value, where, "a time of day like 09:00")
        return hour * 3600 + minute * 60 + second
    is_sixty = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 3600
    _checked(is_sixty, value, where, "a time of day like 09:00")
    return int(value) * (60 if value < 24 * 60 else 1)


def _no_secret(value: Any, where: str) -> None:
    """A secret in a file is a secret lost; a reference to the keychain is none."""
    if value in (None, "") or fullmatch(r"(\$\{?)?keychain(:[\w.\-]+)?\}?", str(value).strip().lower()):
        return
    raise ConfigError(
        f"{where}: expected no secret in a file; put it into the keychain (hts secret set NAME, names "
        f"{' and '.join(KEYCHAIN.values())}) and remove the line"
    )


def _settings(found: dict[tuple[str, str], Any], source: str) -> GatewaySettings:
    hosts = []
    for section in ("primary", "backup"):
        host, port = found.get((section, "host")), found.get((section, "port"))
        if host is None and port is None and section == "backup":
            continue
        if host is None or port is None:
            missing = "host" if host is None else "port"
            raise ConfigError(f"{source}: expected {ROOT}.{section}.{missing}, found none")
        hosts.append(Host(host=host, port=port))
    policy = found.get(("throttle", "policy"), "refuse")
    _checked(policy in ("refuse", "queue"), policy, f"{source}: {ROOT}.throttle.policy", "refuse or queue")
    uses_tls = found.get(("tls", "enabled"), ("tls", "certificate") in found)
    kind = found.get(("tls", "certificate_type"), "pkcs12").lower().replace("#", "").replace("_", "")
    _checked(kind in ("pkcs12", "p12", "pfx"), kind, f"{source}: {ROOT}.tls.certificate_type", "PKCS12")
    if not found.get(("monitoring", "enabled"), True):
        found = {place: value for place, value in found.items() if place[0] != "monitoring"}
    given = {name: found[place] for place, name in _PLACES.items() if place in found}
    if ("order_limits", "price_band_percent") in found:
        given["price_band_bp"] = int(found["order_limits", "price_band_percent"] * 100)
    if ("monitoring", "reject_rate_threshold") in found:
        given["rejects_alert_bp"] = _share_bp(found["monitoring", "reject_rate_threshold"], source)
    unused = tuple(f"{ROOT}.{section}.{name}" for section, name in found if name in _UNUSED)
    settings = GatewaySettings(
        hosts=tuple(hosts), uses_tls=uses_tls, queues_excess=policy == "queue", unused=unused, **given
    )
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        where = f"{source}: {ROOT}.market_hours.timezone"
        raise ConfigError(f"{where}: expected a time zone like Asia/Seoul, found {settings.timezone!r}") from error
    return settings


def _share_bp(rate: Decimal, source: str) -> int:
    """A part of all in hundredths of a percent: below 1 it is written as a fraction, from 1 on in percent."""
    where = f"{source}: {ROOT}.monitoring.reject_rate_threshold"
    _checked(rate <= 100, str(rate), where, "a part of all orders, as a fraction (0.05) or in percent (5)")
    return max(1, int(rate * (10_000 if rate < 1 else 100)))


_UNUSED: Final = frozenset(
    {
        "pre_open",
        "after_close",
        "reset_on_logon",
    }
)
_PLACES: Final = {
    ("tls", "certificate"): "certificate",
    ("tls", "ca_file"): "ca_file",
    ("tls", "server_name"): "server_name",
    ("session", "sender_comp_id"): "sender_comp_id",
    ("session", "target_comp_id"): "target_comp_id",
    ("session", "heartbeat_interval"): "heartbeat_ns",
    ("session", "logon_timeout"): "logon_timeout_ns",
    ("reconnect", "attempts"): "attempts",
    ("reconnect", "interval"): "interval_ns",
    ("reconnect", "slow_interval"): "slow_interval_ns",
    ("throttle", "max_messages_per_second"): "messages_per_second",
    ("throttle", "max_orders_per_second"): "orders_per_second",
    ("order_limits", "max_order_qty"): "order_qty_max",
    ("order_limits", "max_order_value"): "order_value_max",
    ("order_limits", "max_working_orders"): "working_orders_max",
    ("market_hours", "timezone"): "timezone",
    ("market_hours", "open"): "open_s",
    ("market_hours", "close"): "close_s",
    ("monitoring", "latency_alert_threshold"): "latency_alert_ns",
    ("monitoring", "heartbeat_alert_threshold"): "silent_alert_ns",
    ("monitoring", "reconnect_alert_threshold"): "reconnects_alert",
}
