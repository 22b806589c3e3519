"""The settings of a core that asks for logins, sealed: a change by hand is seen, and counts once a person accepted it.

    HOME/auth/settings.sealed    what was sealed: the tables of config.toml, and the SHA-256 of krx_gateway.yaml
    settings.seal.HOME           in the secret store: an HMAC of exactly that, under the key of the accounts

Who writes `config.toml` could let one person do what needs two, raise the limits of a role, point the core at other
hosts, or turn logins off, make himself a user, and turn them on again. So what is in the files is compared with what
was sealed before a core starts and before any command that people must answer for. Where both differ, neither goes on.
Comments, spaces and the order of lines mean nothing. The seal is made at the first such start or command, and by `hts
settings accept`, which asks for an administrator, a second one where four eyes were sealed, by the law that was sealed.

The store keeps the newest seal, so that an older file is no better than none. What is not kept out: somebody who can
write the secret store as well, or begins another home.
"""

import hmac
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec

from hts.app.audit_trail_notes import note
from hts.app.config import Config, load_config, parse_config
from hts.app.key_accounts import mac_key
from hts.app.paths import HomePaths
from hts.app.tables import read_toml
from hts.auth.secrets import Secret, SecretStore
from hts.base.errors import ConfigError
from hts.io.blob import FileBlob
from hts.io.unix import make_private_directory

SEAL_NAME: Final = "settings.seal."
GATEWAY: Final = "krx_gateway.yaml"
SHOWN_MAX: Final = 8
_NOTHING: Final = "nothing"

Tables = Mapping[str, Any]


def asks_people(paths: HomePaths) -> bool:
    """Whether commands here are answered for by people: a core that asks, or one that asked when it was sealed."""
    return load_config(paths.config).asks_login or paths.sealed_settings.exists()


def is_sealed(paths: HomePaths, store: SecretStore) -> bool:
    """Whether the store remembers a seal of this home, whatever lies in it now."""
    return store.get(_name(paths)) is not None


def settings_now(paths: HomePaths) -> dict[str, Any]:
    """What would be sealed now. Raises ConfigError."""
    found: dict[str, Any] = read_toml(paths.config) if paths.config.exists() else {}
    load_config(paths.config)
    if paths.krx_gateway.exists():
        found[GATEWAY] = {"sha256": sha256(paths.krx_gateway.read_bytes()).hexdigest()}
    return found


def checked_settings(paths: HomePaths, store: SecretStore) -> None:
    """They are as they were sealed, which is done now where they never were. Raises ConfigError, and the audit trail
    has a line of both.
    """
    if not is_sealed(paths, store) and not paths.sealed_settings.exists():
        note(paths, store, "settings.seal", new="for the first time")
        seal_settings(paths, store, settings_now(paths))
        return
    changes = changes_since(paths, store)
    if not changes:
        return
    shown = "; ".join(changes[:SHOWN_MAX]) + (f"; and {len(changes) - SHOWN_MAX} more" if changes[SHOWN_MAX:] else "")
    note(paths, store, "settings.refused", new=shown)
    raise ConfigError(
        f"{paths.config}: the settings are not the ones that were sealed: {shown}. Put them back, or let an "
        "administrator accept them: hts settings accept"
    )


def changes_since(paths: HomePaths, store: SecretStore) -> list[str]:
    """One line for each difference between what was sealed and what is there."""
    before = sealed_settings(paths, store)
    if before is None:
        return ["what was sealed is not at hand: the file was changed or removed, or the home was moved or restored"]
    return differences(before, settings_now(paths))


def sealed_settings(paths: HomePaths, store: SecretStore) -> dict[str, Any] | None:
    """What was sealed, where file and store agree on it."""
    kept, data = store.get(_name(paths)), FileBlob(paths.sealed_settings).read()
    if kept is None or data is None or not hmac.compare_digest(kept.reveal(), _mac(paths, store, data)):
        return None
    found = msgspec.json.decode(data)
    assert isinstance(found, dict), type(found)
    return found


def sealed_config(paths: HomePaths, store: SecretStore) -> Config | None:
    """The settings that were sealed, read by this program."""
    found = sealed_settings(paths, store)
    if found is None:
        return None
    return parse_config(paths.sealed_settings, {name: table for name, table in found.items() if name != GATEWAY})


def seal_settings(paths: HomePaths, store: SecretStore, wanted: Tables) -> None:
    """From now on these settings count."""
    data = msgspec.json.encode(wanted, order="sorted")
    make_private_directory(paths.home)
    make_private_directory(paths.sealed_settings.parent)
    store.put(_name(paths), Secret(_mac(paths, store, data)))
    FileBlob(paths.sealed_settings).replace(data)


def differences(before: Tables, now: Tables) -> list[str]:
    """One line for each key that has another value, sorted by its name."""
    old, new = dict(_flat(before)), dict(_flat(now))
    return [
        f"{key}: sealed {_shown(key, old)}, found {_shown(key, new)}"
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def _flat(tables: Tables, above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tables.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", msgspec.json.encode(value, order="sorted").decode()


def _shown(key: str, values: Mapping[str, str]) -> str:
    """Only that of the paper venue's password is not shown, which somebody may have made a real one."""
    if "password" in key and key in values:
        return "another value"
    return values.get(key, _NOTHING)


def _name(paths: HomePaths) -> str:
    return SEAL_NAME + paths.name


def _mac(paths: HomePaths, store: SecretStore, data: bytes) -> str:
    return hmac.digest(mac_key(store), b"hts settings 1:" + paths.name.encode() + b":" + data, "sha256").hex()
