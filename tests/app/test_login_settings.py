"""[login] and [role.*] of the settings: what they mean to the core, and what is refused by name."""

import pytest

from hts.app.config import load_config
from hts.app.core import engine_config
from hts.base.errors import ConfigError


def read(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


@pytest.mark.parametrize(
    ("text", "asks"),
    [("", False), ("[login]\nrequired = true\n", True), ("[core]\nlive = true\n[login]\nrequired = false\n", True)],
    ids=["paper", "shared", "live"],
)
def test_a_live_core_asks_whatever_the_settings_say(tmp_path, text, asks):
    config = read(tmp_path, text)
    assert (config.asks_login, engine_config(config).asks_login) == (asks, asks)


def test_factors_eyes_and_limits_of_roles_reach_the_core(tmp_path):
    text = '[login]\nfactors = "key-and-otp"\nfour_eyes = false\n[role.trader]\norder_qty_max = 7\n'
    config = read(tmp_path, text)
    asked, told = config.login.asked, engine_config(config)
    assert (asked.means, asked.needs_both, told.four_eyes) == (("key", "otp"), True, False)
    assert told.role_limits["trader"].order_qty_max == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[login]\nfactors = "password"\n', "factors"),
        ('[login]\norigin = "http://evil.example"\n', "login.origin"),
        ('[login]\norigin = "https://evil.example"\n', "login.origin"),
        ('[login]\nmore_origins = ["https://notlocalhost"]\n', "login.origin"),
        ("[login]\nlock_idle_s = -1\n", "lock_idle_s"),
        ("[login]\nmeans = 1\n", "means"),
        ("[role.boss]\norder_qty_max = 1\n", "role.boss"),
        ("[role.trader]\norder_size = 1\n", "order_size"),
        ("[role.trader]\norder_qty_max = -1\n", "role.trader"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, text)


def test_a_name_of_ones_own_covers_the_hosts_below_it(tmp_path):
    text = '[login]\nrp_id = "desk.example"\norigin = "https://core.desk.example:8443"\n'
    assert read(tmp_path, text).login.origins == ("https://core.desk.example:8443",)
