"""The rules of the registry."""

import pytest

from hts.base.errors import ConfigError
from hts.risk.flags import FlagRegistry

FLAG = {
    "id": "new-thing",
    "owner": "somebody",
    "meaning": "Switches the new thing on, for a while.",
    "created": "2026-01-01",
    "expires": "2026-07-01",
}
OLD = {"id": "old-thing", "meaning": "Switched the old thing on, long ago.", "retired": "2020-01-01"}


def registry(*flags, retired=()):
    return FlagRegistry.parse({"flag": list(flags), "retired": list(retired)})


@pytest.mark.parametrize(("today", "is_refused"), [(20260630, False), (20260701, True)])
def test_a_flag_ends_on_its_day(today, is_refused):
    found = registry(FLAG)
    if is_refused:
        with pytest.raises(ConfigError, match="new-thing expired on 20260701; delete the line, or ask its owner"):
            found.enabled({"new-thing": True}, today)
    else:
        assert found.enabled({"new-thing": True}, today) == {"new-thing"}


def test_what_nobody_sets_is_off_after_its_day():
    found = registry({**FLAG, "on": True})
    assert [found.enabled({}, today) for today in (20260630, 20260701)] == [{"new-thing"}, frozenset()]


@pytest.mark.parametrize("is_on", [True, False])
def test_a_retired_id_cannot_be_set_either_way(is_on):
    with pytest.raises(ConfigError, match="old-thing was retired on 20200101.*Switched the old thing on"):
        registry(FLAG, retired=[OLD]).enabled({"old-thing": is_on}, 20260301)


@pytest.mark.parametrize(
    ("flags", "retired"),
    [([FLAG, FLAG], []), ([FLAG], [{**OLD, "id": "new-thing"}]), ([], [OLD, OLD])],
    ids=["twice", "used again", "retired twice"],
)
def test_an_id_has_one_meaning_for_ever(flags, retired):
    with pytest.raises(ConfigError, match="one meaning for ever"):
        registry(*flags, retired=retired)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"owner": " "}, "owner: expected a text"),
        ({"owner": None}, "owner: expected a text"),
        ({"meaning": "short"}, "meaning: expected a sentence"),
        ({"expires": "never"}, "expires: expected YYYY-MM-DD"),
        ({"expires": "2026-01-01"}, "expires: expected a day after"),
        ({"id": ""}, "id: expected a text"),
    ],
)
def test_damaged_rows_are_refused_by_name(change, said):
    with pytest.raises(ConfigError, match="flags.toml") as refused:
        registry({**FLAG, **change})
    assert said in str(refused.value)
