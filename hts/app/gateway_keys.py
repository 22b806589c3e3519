"""The keys that a `krx_gateway` file may hold, by section, with the spellings that are in use.

A unit may stand at the end of a duration's name (`heartbeat_interval_sec`, `logon_timeout_ms`); without one it is
seconds. A section may be written out (`primary: {host: ..., port: ...}`) or run together (`primary_host: ...`).
"""

from typing import Final

from msgspec import Struct


class Key(Struct, frozen=True):
    """One setting: its own name, what it holds, and other names for it."""

    name: str
    kind: str  # text, flag, port, count, decimal, duration, time, secret
    aliases: tuple[str, ...] = ()


HOST: Final = (
    Key("host", "text", ("address", "ip")),
    Key("port", "port"),
)
SECTIONS: Final[dict[str, tuple[Key, ...]]] = {
    "primary": HOST,
    "backup": HOST,
    "tls": (
        Key("enabled", "flag", ("use_tls", "use_ssl")),
        Key("certificate", "text", ("cert", "cert_path", "certificate_path", "pkcs12", "pkcs12_path", "keystore")),
        Key("certificate_type", "text", ("cert_type", "format")),
        Key("ca_file", "text", ("ca", "ca_cert", "ca_path", "truststore")),
        Key("server_name", "text", ("sni",)),
        Key("passphrase", "secret", ("password", "cert_password", "certificate_password", "keystore_password")),
    ),
    "session": (
        Key("sender_comp_id", "text", ("comp_id", "member_id", "member")),
        Key("target_comp_id", "text", ("venue_comp_id",)),
        Key("password", "secret"),
        Key("heartbeat_interval", "duration", ("heartbeat", "heart_bt_int")),
        Key("logon_timeout", "duration"),
        Key("reset_on_logon", "flag"),
    ),
    "reconnect": (
        Key("attempts", "count", ("max_attempts", "retries", "max_retries")),
        Key("interval", "duration", ("delay", "wait")),
        Key("slow_interval", "duration", ("slow_delay",)),
    ),
    "throttle": (
        Key("max_messages_per_second", "count", ("max_messages_per_sec", "messages_per_second")),
        Key("max_orders_per_second", "count", ("max_orders_per_sec", "orders_per_second")),
        Key("policy", "text", ("on_excess",)),
    ),
    "order_limits": (
        Key("max_order_qty", "count", ("max_order_quantity", "max_quantity", "max_qty")),
        Key("max_order_value", "count", ("max_order_amount", "max_notional", "max_value")),
        Key("max_working_orders", "count", ("max_open_orders",)),
        Key(
            "price_band_percent",
            "decimal",
            ("max_price_deviation_percent", "max_price_deviation_pct", "price_band_pct"),
        ),
    ),
    "market_hours": (
        Key("timezone", "text", ("time_zone", "tz")),
        Key("pre_open", "time", ("pre_market_open", "pre_market_start", "pre_market")),
        Key("open", "time", ("market_open", "regular_open", "start")),
        Key("close", "time", ("market_close", "regular_close", "end")),
        Key("after_close", "time", ("after_hours_close", "after_market_close", "post_market_end", "after_hours")),
    ),
    "monitoring": (
        Key("latency_alert_threshold", "duration", ("latency_alert",)),
        Key("heartbeat_alert_threshold", "duration", ("heartbeat_alert",)),
        Key("reject_rate_threshold", "decimal", ("reject_rate_alert",)),
        Key("reconnect_alert_threshold", "count", ("reconnect_alert",)),
        Key("enabled", "flag"),
    ),
}
SECTION_ALIASES: Final = {
    "ssl": "tls",
    "security": "tls",
    "throttling": "throttle",
    "rate_limit": "throttle",
    "rate_limits": "throttle",
    "limits": "order_limits",
    "risk_limits": "order_limits",
    "trading_hours": "market_hours",
    "monitor": "monitoring",
    "reconnection": "reconnect",
    "primary_host": "primary",
    "backup_host": "backup",
    "secondary": "backup",
}
GROUPS: Final = ("connection", "connections", "hosts", "endpoints")
"""Sections that only hold others."""

UNITS_NS: Final = {
    "ms": 1_000_000,
    "milliseconds": 1_000_000,
    "us": 1_000,
    "s": 1_000_000_000,
    "sec": 1_000_000_000,
    "secs": 1_000_000_000,
    "seconds": 1_000_000_000,
    "min": 60_000_000_000,
    "minutes": 60_000_000_000,
}
