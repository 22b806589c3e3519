"""The exchange's file: read as it stands, refused by name, and never stronger than the tables."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.app import tables
from hts.app.config import Config
from hts.app.core import engine_config
from hts.app.gateway_use import hosts, hours_that_differ, line_alerts, redial_plan, with_gateway_limits
from hts.app.krx_gateway import GatewaySettings, Host, load_gateway, parse_gateway
from hts.base.errors import ConfigError
from hts.engine.config import LineAlerts
from hts.gateway.redial import RedialPlan
from hts.model.scopes import Scope, ScopeKind
from hts.risk.limits import OFF, ScopeLimits
from hts.rules.market_rules import MarketRules

S = 1_000_000_000
APP = Path(tables.__file__).parent
FILE = """
krx_gateway:
  primary: {host: fep1.example.kr, port: 9001}
  backup:
    host: fep2.example.kr
    port: 9002
  tls:
    enabled: true
    certificate_path: certs/member.p12
    certificate_type: PKCS12
    passphrase: ${keychain}
  session:
    sender_comp_id: MEM001
    heartbeat_interval: 30
    logon_timeout: 10
  reconnect:
    max_attempts: 5
    interval_sec: 2
  throttle:
    max_messages_per_sec: 5000
    max_orders_per_second: 1000
  order_limits:
    max_order_quantity: 100000
    max_order_value: 5000000000
    price_band_percent: 3.5
  market_hours:
    timezone: Asia/Seoul
    open: "09:00"
    close: 15:30
  monitoring:
    latency_alert_threshold_ms: 50
    reject_rate_threshold: 0.05
"""
FULL = GatewaySettings(
    hosts=(Host(host="fep1.example.kr", port=9001), Host(host="fep2.example.kr", port=9002)),
    uses_tls=True,
    certificate="certs/member.p12",
    sender_comp_id="MEM001",
    heartbeat_ns=30 * S,
    logon_timeout_ns=10 * S,
    attempts=5,
    interval_ns=2 * S,
    messages_per_second=5000,
    orders_per_second=1000,
    order_qty_max=100_000,
    order_value_max=5_000_000_000,
    price_band_bp=350,
    timezone="Asia/Seoul",
    open_s=9 * 3600,
    close_s=15 * 3600 + 30 * 60,
    latency_alert_ns=50_000_000,
    rejects_alert_bp=500,
)
RULES = MarketRules.parse(tables.load_folder(tables.MARKET))


def read(tmp_path, text):
    path = tmp_path / "krx_gateway.yaml"
    path.write_text(text, encoding="utf-8")
    return load_gateway(path)


def test_the_whole_file(tmp_path):
    assert read(tmp_path, FILE) == FULL


def test_keys_may_run_together_and_carry_their_unit(tmp_path):
    flat = """
krx_gateway:
  connection:
    primary_host: fep1.example.kr
    primary_port: 9001
    backup_host: fep2.example.kr
    backup_port: 9002
  heartbeat_interval_ms: 30000
  logon_timeout_sec: 10
  reconnect_attempts: 5
  reconnect_interval: 2s
  max_messages_per_sec: 5000
  max_orders_per_second: 1000
  latency_alert_threshold_ms: 50
"""
    found = read(tmp_path, flat)
    assert (found.hosts, found.heartbeat_ns, found.logon_timeout_ns) == (FULL.hosts, 30 * S, 10 * S)
    assert (found.attempts, found.interval_ns, found.latency_alert_ns) == (5, 2 * S, 50_000_000)
    assert (found.messages_per_second, found.orders_per_second) == (5000, 1000)


def test_a_file_with_the_hosts_alone_has_the_usual_times(tmp_path):
    found = read(tmp_path, "krx_gateway: {primary: {host: a.kr, port: 1}}")
    assert found == GatewaySettings(hosts=(Host(host="a.kr", port=1),))
    assert (found.heartbeat_ns, found.logon_timeout_ns, found.attempts, found.interval_ns) == (30 * S, 10 * S, 5, 2 * S)


PRIMARY = "primary: {host: a.kr, port: 1}"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            "session: {heartbet_interval: 30}",
            "session.heartbet_interval: unknown key; did you mean heartbeat_",
        ),
        ("sesion: {heartbeat_interval: 30}", "krx_gateway.sesion: unknown section; did you mean session?"),
        ("max_message_per_sec: 9", "krx_gateway.max_message_per_sec: unknown key; did you mean max_messages_per_sec?"),
        ("session: {colour: red}", "krx_gateway.session.colour: unknown key; known are"),
        ("backup: {host: b.kr}", "expected krx_gateway.backup.port, found none"),
        ("backup: {host: b.kr, port: 70000}", "backup.port: expected a whole number from 1 to 65535, found 70000"),
        (
            "session: {heartbeat_interval: -1}",
            "heartbeat_interval: expected a number above 0, at most 86400000",
        ),
        ("session: {logon_timeout: soon}", "logon_timeout: expected a number above 0, at most 86400000, found 'soon'"),
        ("tls: {enabled: maybe}", "tls.enabled: expected true or false, found 'maybe'"),
        ("tls: {certificate_type: JKS}", "tls.certificate_type: expected PKCS12, found 'jks'"),
        ("tls: {passphrase: hunter2}", "tls.passphrase: expected no secret in a file"),
        ("session: {password: hunter2}", "session.password: expected no secret in a file"),
        ("market_hours: {open: '25:00'}", "market_hours.open: expected a time of day like 09:00, found '25:00'"),
        ("market_hours: {timezone: Asia/Soul}", "timezone: expected a time zone like Asia/Seoul, found 'Asia/Soul'"),
        (
            "monitoring: {reject_rate_threshold: 101}",
            "reject_rate_threshold: expected a part of all orders, as a fraction (0.05) or in percent (5), found '101'",
        ),
        ("throttle: {policy: hope}", "throttle.policy: expected refuse or queue, found 'hope'"),
        ("session: {heartbeat: 30, heartbeat_interval: 31}", "session.heartbeat_interval is given twice"),
    ],
)
def test_what_is_wrong_is_named(body, sentence, tmp_path):
    with pytest.raises(ConfigError) as error:
        read(tmp_path, f"krx_gateway:\n  {PRIMARY}\n  {body}\n")
    assert sentence in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n- b", "expected a mapping with the key krx_gateway, found list"),
        ("krx_gatway: {}", "expected a mapping under krx_gateway, found ['krx_gatway']"),
        ("krx_gateway: {}\nother: 1", "unknown key other"),
        ("krx_gateway: {}", "expected krx_gateway.primary.host, found none"),
        ("krx_gateway: [", "expected YAML, found"),
        ("!!python/object/apply:os.system ['true']", "expected YAML, found"),
    ],
)
def test_a_file_of_another_shape_is_refused(text, sentence, tmp_path):
    with pytest.raises(ConfigError) as error:
        read(tmp_path, text)
    assert sentence in str(error.value)


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
        lambda inner: st.dictionaries(
            st.sampled_from(["krx_gateway", "primary", "host", "port", "session", "heartbeat_interval", "tls", "x"]),
            inner,
            max_size=4,
        ),
        max_leaves=12,
    )
)
def test_any_document_is_settings_or_a_clear_error(document):
    try:
        parse_gateway(document, "file")
    except ConfigError as error:
        assert "file" in str(error)


def test_hosts_and_tries_for_the_gateway():
    assert hosts(FULL) == [("fep1.example.kr", 9001), ("fep2.example.kr", 9002)]
    assert redial_plan(FULL) == RedialPlan(hosts=2, tries=5, delay_ns=2 * S, slow_ns=60 * S)


def test_the_tighter_limit_holds():
    venue = Scope(kind=ScopeKind.VENUE, name="KRX")
    (alone,) = with_gateway_limits(FULL, ())
    assert (alone.scope, alone.limits.orders_per_second, alone.limits.messages_per_second) == (venue, 1000, 5000)
    assert (alone.limits.order_qty_max, alone.limits.price_band_bp) == (100_000, 350)
    ours = ScopeLimits(
        scope=venue, limits=type(OFF)(**{**dict.fromkeys(OFF.__struct_fields__, 0), "orders_per_second": 10})
    )
    other = ScopeLimits(scope=Scope(kind=ScopeKind.USER, name="kim"), limits=OFF)
    merged = with_gateway_limits(FULL, (other, ours))
    assert merged[0] is other
    assert (merged[1].limits.orders_per_second, merged[1].limits.messages_per_second) == (10, 5000)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, (0, 0, 100)),
        ({"queues_excess": True}, (1_000, 0, 100)),
        ({"latency_alert_ns": 50_000_000}, (0, 50_000_000, 50)),
        ({"latency_alert_ns": 500_000}, (0, 500_000, 1)),
    ],
)
def test_what_the_file_does_not_name_stays_as_it_is_and_what_it_names_holds(fields, told):
    """Orders that may wait for the rate, the slow answer that is told, the slow answers that are an alert."""
    found = engine_config(Config(), GatewaySettings(hosts=FULL.hosts, **fields))
    assert (found.waiting_max, found.latency_alert_ns, found.latency_alert_ms) == told


@pytest.mark.parametrize(
    ("monitoring", "alerts"),
    [
        ("{heartbeat_alert_threshold: 45}", LineAlerts(venue="KRX", silent_ns=45 * S)),
        ("{heartbeat_alert_threshold_ms: 500}", LineAlerts(venue="KRX", silent_ns=36 * S)),  # heartbeats come each 30 s
        ("{reject_rate_threshold: 0.05}", LineAlerts(venue="KRX", rejects_bp=500)),
        ("{reject_rate_threshold: 5}", LineAlerts(venue="KRX", rejects_bp=500)),
        ("{reject_rate_threshold: 100}", LineAlerts(venue="KRX", rejects_bp=10_000)),
        ("{reconnect_alert_threshold: 3}", LineAlerts(venue="KRX", reconnects=3)),
        ("{enabled: false, reconnect_alert_threshold: 3, reject_rate_threshold: 5}", LineAlerts(venue="KRX")),
    ],
)
def test_the_thresholds_of_the_order_line_are_acted_upon(tmp_path, monitoring, alerts):
    found = read(tmp_path, f"krx_gateway:\n  {PRIMARY}\n  monitoring: {monitoring}\n")
    assert (found.unused, line_alerts(found), engine_config(Config(), found).line_alerts) == ((), (alerts,), (alerts,))
    assert line_alerts(None) == ()


@pytest.mark.parametrize("field", GatewaySettings.__struct_fields__)
def test_no_setting_is_read_and_dropped(field):
    """What nothing acts upon belongs to `unused`, which the start of a core tells."""
    code = [path.read_text(encoding="utf-8") for path in APP.glob("*.py") if path.name != "krx_gateway.py"]
    assert any(
        re.search(rf"\b(settings|gateway|told)\.{field}\b", text.replace("_gateway.", "gateway.")) for text in code
    )


def test_hours_of_the_file_that_the_rules_do_not_share_are_reported():
    schedule = RULES.schedule(20261123)
    assert hours_that_differ(FULL, schedule) == ()
    early = GatewaySettings(hosts=FULL.hosts, open_s=8 * 3600 + 1800, close_s=FULL.close_s)
    assert hours_that_differ(early, schedule) == (
        (
            "krx_gateway.market_hours.open is 08:30 Asia/Seoul; "
            "by the rules of 20261123 it is 09:00 Asia/Seoul, which holds"
        ),
    )


@pytest.mark.parametrize(
    ("timezone", "date", "open_s", "close_s"),
    [
        ("UTC", 20261123, 0, 6 * 3600 + 1800),
        ("Asia/Tokyo", 20261123, 9 * 3600, 15 * 3600 + 1800),
        ("America/New_York", 20261123, 19 * 3600, 3600 + 1800),  # it is the evening before there
        ("America/New_York", 20260721, 20 * 3600, 2 * 3600 + 1800),  # in summer
    ],
)
def test_hours_in_another_time_zone_are_compared_as_instants(timezone, date, open_s, close_s):
    schedule = RULES.schedule(date)
    abroad = GatewaySettings(hosts=FULL.hosts, timezone=timezone, open_s=open_s, close_s=close_s)
    assert hours_that_differ(abroad, schedule) == ()
    late = GatewaySettings(hosts=FULL.hosts, timezone=timezone, open_s=open_s + 60, close_s=close_s)
    (line,) = hours_that_differ(late, schedule)
    assert line.endswith(f"{open_s // 3600:02d}:00 {timezone} (09:00 Asia/Seoul), which holds")
