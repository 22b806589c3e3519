"""Settings: defaults, what is refused, and how."""

import pytest

from hts.app.config import Config, load_config, with_port_base
from hts.base.errors import ConfigError
from hts.model.enums import DisconnectPolicy


def written(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_means_the_defaults(tmp_path):
    assert load_config(tmp_path / "config.toml") == Config()


def test_what_is_set_is_taken_and_the_rest_is_default(tmp_path):
    path = written(
        tmp_path,
        '[core]\ncash = 5\ndisconnect = "cancel"\n[venue]\nspeed = 20\n[limits]\norder_qty_max = 7\n'
        '[journal]\nsync = "before_send"\n',
    )
    config = load_config(path)
    assert (config.core.cash, config.core.disconnect, config.core.account) == (
        5,
        DisconnectPolicy.CANCEL,
        "8801-2745-01",
    )
    assert (config.venue.speed, config.limits.order_qty_max, config.journal.sync) == (20.0, 7, "before_send")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[core]\ncahs = 5\n", r"unknown field `cahs` - at `\$.core`"),
        ("[limits]\norder_qty = 5\n", r"unknown field `order_qty` - at `\$.limits`"),
        ("[cloud]\n", "unknown field `cloud`"),
        ('[core]\ncash = "much"\n', r"Expected `int`, got `str` - at `\$.core.cash`"),
        ('[journal]\nsync = "never"\n', r"Invalid enum value 'never' - at `\$.journal.sync`"),
        ("[venue]\nport_base = 80\n", "venue.port_base: expected 1024 to 65395"),
        ("[venue]\nspeed = 0.0\n", "venue.speed: expected above 0, at most 1000"),
        ('[venue]\nvenues = ["LSE"]\n', "venue.venues: expected one or more of KRX, NXT, TSE, JNX, ODX, NASDAQ, OSE"),
        ("[core]\ncash = -1\n", "core.cash: expected 0 or more"),
        ('[core]\naccount = ""\n', "core.account: expected 1 to 16 ASCII letters"),
        ("[core\n", "expected TOML, found"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(tmp_path, text, says):
    path = written(tmp_path, text)
    with pytest.raises(ConfigError, match=says) as caught:
        load_config(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_fingerprint_changes_with_any_setting(tmp_path):
    changed = load_config(written(tmp_path, "[limits]\norder_qty_max = 7\n"))
    assert len(Config().fingerprint) == 8
    assert changed.fingerprint != Config().fingerprint


def test_ports_count_from_the_base():
    venue = with_port_base(Config(), 30_000).venue
    ports = [venue.order_port, venue.recovery_port, venue.line_port("A"), venue.line_port("B")]
    assert ports == [30_000, 30_001, 30_002, 30_003]
    assert with_port_base(Config(), None) == Config()
    with pytest.raises(ConfigError, match="--port-base: venue.port_base: expected 1024 to 65395"):
        with_port_base(Config(), 7)


def test_the_password_is_never_shown():
    assert "paper" not in repr(Config())
