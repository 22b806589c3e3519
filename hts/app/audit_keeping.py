"""`hts audit prune` and `hts audit erase`: old days leave the trail, and names leave old days, by rule and on record.

How long the trail stays is `keep_years` under [audit] of the settings, for a live core at least as long as the law of
its venues says (resources/risk/retention.toml). Both acts are answered for by two persons where the core asks for
logins, need the trail to be sound and the key that signs it, and are written into it before anything is changed.
"""

import secrets
from datetime import date
from pathlib import Path
from typing import Final

from hts.app import tables
from hts.app.audit_trail_notes import audit_directory, kept_anchor, kept_public_key, opened_trail, where_am_i
from hts.app.authorise import authorised_accounts
from hts.app.config import Config, load_config
from hts.app.paths import HomePaths
from hts.auth.accounts import checked_user
from hts.auth.audit import ERASED, PRUNED, SUFFIX, day_of, read_lines, trail_segments
from hts.auth.audit_erase import PSEUDONYM, PSEUDONYM_BYTES, erased_segment, erasure_text, places_of
from hts.auth.audit_keep import (
    Minimum,
    first_kept_day,
    is_day,
    last_of,
    longest,
    old_segments,
    read_minima,
    removal_text,
)
from hts.auth.audit_verify import verify
from hts.auth.secrets import SecretStore
from hts.base.errors import ConfigError
from hts.io.blob import FileBlob
from hts.io.clock import SystemClock
from hts.io.files import FileStorage
from hts.model.roles import Permission

TABLE: Final = "retention"
ACT: Final = Permission.MANAGE_USERS


def minimum_of(config: Config) -> Minimum | None:
    """What the law of the venues asks for at least; nothing of a paper core. Raises ConfigError."""
    if not config.core.live:
        return None
    table = tables.load(tables.RISK, TABLE)
    places = table["venues"]
    return longest(read_minima(table), frozenset(places[venue] for venue in config.venue.venues if venue in places))


def years_kept(config: Config) -> int:
    """How many. Raises ConfigError where the settings say less than the law."""
    minimum, years = minimum_of(config), config.audit.keep_years
    if minimum is not None and years < minimum.years:
        raise ConfigError(
            f"audit.keep_years: expected at least {minimum.years} ({minimum.jurisdiction}: {minimum.what}; "
            f"{minimum.src}), found {years}"
        )
    return years


def prune(paths: HomePaths, archive: Path | None, passphrase_fd: int | None) -> int:
    """Remove days that are older than the rule says, to `archive` or for good. Raises ConfigError."""
    first_kept = first_kept_day(SystemClock().wall_ns(), years_kept(load_config(paths.config)))
    what = f"hts audit prune: days before {first_kept}"
    with authorised_accounts(paths, ACT, what, passphrase_fd) as (who, _, store):
        storage = FileStorage(audit_directory(paths))
        names = old_segments(trail_segments(storage), first_kept)
        if not names:
            print(f"nothing to remove: no day before {first_kept}")
            return 0
        _demand_sound(paths, storage, store)
        if archive is not None and archive.resolve() == audit_directory(paths).resolve():
            raise ConfigError(f"--archive {archive}: expected another directory than the trail's own")
        before = last_of(line for line in read_lines(storage) if line.segment in names)
        if archive is not None:
            for name in names:
                _copy(storage.read(name), archive / name)
        with opened_trail(paths, store) as trail:
            text = removal_text(before, names, "deleted" if archive is None else "archived")
            trail.declare(who, PRUNED, where_am_i(), SystemClock().wall_ns(), text)
        for name in names:
            storage.remove(name)
            storage.sync(name)
        storage.close()
    print(f"{len(names)} days before {first_kept} {'are gone' if archive is None else f'lie in {archive}'}")
    return 0


def erase(paths: HomePaths, user: str, before: str | None, passphrase_fd: int | None) -> int:
    """Take a user's name out of days before that one. Raises ConfigError."""
    config, now_ns = load_config(paths.config), SystemClock().wall_ns()
    minimum = minimum_of(config)
    latest = day_of(now_ns) if minimum is None else first_kept_day(now_ns, minimum.years)
    until = before or latest
    if not is_day(until) or date.fromisoformat(until) > date.fromisoformat(latest):
        why = "today's entries are still being written" if minimum is None else f"{minimum.src} wants names kept"
        raise ConfigError(f"--before {until}: expected a day like 2026-03-02, at most {latest}: {why}")
    # Who asks is told of by pseudonym too: the name must not come in again by the entry that takes it out.
    with authorised_accounts(paths, ACT, f"hts audit erase, days before {until}", passphrase_fd) as (who, _, store):
        storage = FileStorage(audit_directory(paths))
        names = [name for name in trail_segments(storage)[:-1] if name.removesuffix(SUFFIX) < until]
        places = places_of((line for line in read_lines(storage) if line.segment in names), checked_user(user))
        if not places:
            print(f"no entry before {until} names this user")
            return 1
        _demand_sound(paths, storage, store)
        pseudonym = PSEUDONYM + secrets.token_bytes(PSEUDONYM_BYTES).hex()
        with opened_trail(paths, store) as trail:
            declared_by = pseudonym if who == user else who
            trail.declare(declared_by, ERASED, where_am_i(), SystemClock().wall_ns(), erasure_text(pseudonym, places))
        for name in names:
            data = storage.read(name)
            changed = erased_segment(name, data, pseudonym, places)
            if changed != data:
                FileBlob(audit_directory(paths) / name).replace(changed)
    print(f"{len(places)} texts before {until} say {pseudonym} now")
    return 0


def _demand_sound(paths: HomePaths, storage: FileStorage, store: SecretStore) -> None:
    verified = verify(read_lines(storage), kept_public_key(store), kept_anchor(paths, store))
    if not verified.is_sound:
        raise ConfigError(f"the trail is not sound ({verified.findings[0]}): look at it first, with hts audit verify")


def _copy(data: bytes, path: Path) -> None:
    """Raises ConfigError for a file of another content, StorageError."""
    if path.exists() and path.read_bytes() != data:
        raise ConfigError(f"{path}: expected no file, or the same one, found another; choose another --archive")
    FileBlob(path).replace(data)
    if path.stat().st_size != len(data):
        raise ConfigError(f"{path}: expected {len(data)} bytes there, found others")
