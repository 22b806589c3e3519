"""The registry of feature flags as it is shipped, and what starts with it."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import pytest

from hts.app.cli import EXIT_USER_ERROR, main
from hts.app.flags import enabled_flags, load_registry, today
from hts.base.errors import ConfigError

# Every id that was ever retired, with a digest of what it meant. Rows are added, never changed or taken out.
EVER_RETIRED = {"power-peg": "0d97c4a7"}
LIFE_DAYS_MAX = 366


def digest(text):
    return blake2b(text.encode(), digest_size=4).hexdigest()


def test_no_flag_is_ownerless_expired_or_for_ever():
    for flag in load_registry().flags.values():
        assert flag.owner.strip(), flag
        assert today() < flag.expires, f"{flag.flag_id} has expired: make it the rule, or retire it"
        created, expires = (
            datetime.strptime(str(day), "%Y%m%d").replace(tzinfo=UTC) for day in (flag.created, flag.expires)
        )
        assert expires - created <= timedelta(days=LIFE_DAYS_MAX), flag


def test_what_was_retired_stays_with_its_meaning():
    found = {flag.flag_id: digest(flag.meaning) for flag in load_registry().retired.values()}
    assert {flag_id: found.get(flag_id) for flag_id in EVER_RETIRED} == EVER_RETIRED
    assert set(found) == set(EVER_RETIRED), "add the newly retired id with its digest to EVER_RETIRED"


def test_a_retired_flag_is_refused_with_what_it_meant():
    with pytest.raises(ConfigError, match="power-peg was retired .* never used again; it meant: Test of other"):
        enabled_flags({"power-peg": False})


def test_defaults_and_settings():
    assert enabled_flags({}) == {"collar-all-venues"}
    assert enabled_flags({"collar-all-venues": False, "queue-over-rate": True}) == {"queue-over-rate"}


def test_an_unknown_flag_in_the_settings_stops_every_start(tmp_path, capsys):
    (tmp_path / "config.toml").write_text("[flags]\nsmars = true\n", encoding="utf-8")
    for words in (["flags"], ["core"]):
        assert main([*words, "--home", str(tmp_path)]) == EXIT_USER_ERROR
        assert "expected one of collar-all-venues" in capsys.readouterr().err


def test_the_list_as_json(tmp_path, capsys):
    assert main(["flags", "--json", "--home", str(tmp_path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {flag["flag_id"]: flag["now_on"] for flag in found["flags"]} == {
        "collar-all-venues": True,
        "queue-over-rate": False,
    }
    assert [flag["flag_id"] for flag in found["retired"]] == ["power-peg"]
