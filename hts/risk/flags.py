"""The registry of feature flags: each has an owner, a meaning, an expiry; an id never means a second thing.

In 2012 a flag that had switched a test eight years before was used again for something new. One machine still had the
old code behind it. So a flag that is no longer used is not deleted but retired: its id and what it meant stay in the
registry for ever, and who switches it on is told so before anything starts.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from hts.base.errors import ConfigError
from hts.rules.dates import parse_date

_MEANING_LENGTH_MIN = 20


class Flag(Struct, frozen=True, kw_only=True):
    """One that may be switched. Dates are YYYYMMDD; from `expires` on it can no longer be used."""

    flag_id: str
    owner: str
    meaning: str
    created: int
    expires: int
    is_on: bool  # where the settings say nothing


class RetiredFlag(Struct, frozen=True, kw_only=True):
    """One that never comes back."""

    flag_id: str
    meaning: str
    retired: int


class FlagRegistry(Struct, frozen=True, kw_only=True):
    """All flags that are and that ever were."""

    flags: Mapping[str, Flag]
    retired: Mapping[str, RetiredFlag]

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "FlagRegistry":
        """Read `resources/flags.toml`. Raises ConfigError."""
        flags = [_flag(entry) for entry in table.get("flag", ())]
        retired = [_retired(entry) for entry in table.get("retired", ())]
        ids = [*(flag.flag_id for flag in flags), *(old.flag_id for old in retired)]
        twice = next((flag_id for flag_id in ids if ids.count(flag_id) > 1), None)
        if twice is not None:
            raise ConfigError(f"flags.toml: {twice}: an id has one meaning for ever; take another one")
        return cls(flags={one.flag_id: one for one in flags}, retired={one.flag_id: one for one in retired})

    def enabled(self, settings: Mapping[str, bool], today: int) -> frozenset[str]:
        """The flags that are on. Raises ConfigError for one that is unknown, retired or expired."""
        for flag_id in settings:
            self._refuse(flag_id, today)
        return frozenset(
            flag.flag_id
            for flag in self.flags.values()
            if settings.get(flag.flag_id, flag.is_on and today < flag.expires)
        )

    def _refuse(self, flag_id: str, today: int) -> None:
        old = self.retired.get(flag_id)
        if old is not None:
            raise ConfigError(
                f"flags: {flag_id} was retired on {old.retired} and is never used again; it meant: {old.meaning}"
            )
        flag = self.flags.get(flag_id)
        if flag is None:
            known = ", ".join(sorted(self.flags)) or "none"
            raise ConfigError(f"flags: expected one of {known}, found {flag_id!r}; correct or delete the line")
        if today >= flag.expires:
            raise ConfigError(
                f"flags: {flag_id} expired on {flag.expires}; delete the line, or ask its owner ({flag.owner})"
            )


def _text(entry: Mapping[str, Any], name: str) -> str:
    found = entry.get(name)
    if not isinstance(found, str) or not found.strip():
        raise ConfigError(
            f"flags.toml: {entry.get('id', 'a flag without id')}: {name}: expected a text, found {found!r}"
        )
    return found


def _date(entry: Mapping[str, Any], name: str) -> int:
    try:
        return parse_date(_text(entry, name))
    except ValueError as error:
        raise ConfigError(f"flags.toml: {entry['id']}: {name}: expected YYYY-MM-DD, found {entry[name]!r}") from error


def _flag(entry: Mapping[str, Any]) -> Flag:
    flag = Flag(
        flag_id=_text(entry, "id"),
        owner=_text(entry, "owner"),
        meaning=_meaning(entry),
        created=_date(entry, "created"),
        expires=_date(entry, "expires"),
        is_on=entry.get("on") is True,
    )
    if flag.created >= flag.expires:
        raise ConfigError(f"flags.toml: {flag.flag_id}: expires: expected a day after {flag.created}")
    return flag


def _retired(entry: Mapping[str, Any]) -> RetiredFlag:
    return RetiredFlag(flag_id=_text(entry, "id"), meaning=_meaning(entry), retired=_date(entry, "retired"))


def _meaning(entry: Mapping[str, Any]) -> str:
    found = _text(entry, "meaning")
    if len(found) < _MEANING_LENGTH_MIN:
        raise ConfigError(f"flags.toml: {entry['id']}: meaning: expected a sentence, found {found!r}")
    return found
