"""`hts settings show|accept`: whether the settings are the ones that were sealed, and letting a change count."""

import argparse

from msgspec import structs

from hts.app.audit_trail_notes import note
from hts.app.authorise import authorised_accounts
from hts.app.config import Config, load_config
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.sealed_settings import asks_people, changes_since, seal_settings, sealed_config, settings_now
from hts.app.secret_actions import add_action, add_actions
from hts.app.secret_store import opened_store
from hts.auth.secrets import SecretStore
from hts.base.errors import ConfigError
from hts.model.roles import Permission

NOTED_MAX = 40  # changes by name in one line of the trail


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts settings`."""
    actions = add_actions(parser)
    add_action(actions, "show", "whether config.toml and krx_gateway.yaml are as they were sealed, and what differs")
    add_action(
        actions, "accept", "seal them as they are now: an administrator touches a key, a second one where it is so"
    )


def run(options: argparse.Namespace) -> int:
    """0; 1 when `show` found a difference."""
    paths = home_paths(home_directory(options.home))
    return (show if options.action == "show" else accept)(paths, options.passphrase_fd)


def show(paths: HomePaths, passphrase_fd: int | None) -> int:
    """Print the differences."""
    if not asks_people(paths):
        print("not sealed: this core asks nobody who is there")
        return 0
    with opened_store(paths, passphrase_fd) as store:
        changes = changes_since(paths, store)
    for line in changes or ["as they were sealed"]:
        print(line)
    return 1 if changes else 0


def accept(paths: HomePaths, passphrase_fd: int | None) -> int:
    """The law of the settings that were sealed says who may. Raises ConfigError."""
    wanted, act = settings_now(paths), Permission.MANAGE_USERS  # what cannot be read is not sealed
    with authorised_accounts(paths, act, "hts settings accept", passphrase_fd, law=shown_law, or_anybody=True) as (
        who,
        _,
        store,
    ):
        changes = changes_since(paths, store)
        if settings_now(paths) != wanted:
            raise ConfigError(f"{paths.config}: changed while it was being accepted; look again and accept it again")
        more = [f"and {len(changes) - NOTED_MAX} more"] if changes[NOTED_MAX:] else []
        note(paths, store, "settings.accept", new=f"{who}: {'; '.join([*changes[:NOTED_MAX], *more])}")
        seal_settings(paths, store, wanted)
    print("sealed as they are now" if not changes else f"sealed with {len(changes)} changes")
    return 0


def shown_law(paths: HomePaths, store: SecretStore) -> Config:
    """Before anybody touches a key he is shown what he accepts; then the law of the settings that were sealed."""
    for line in changes_since(paths, store):
        print(line)
    return law_of(paths, store)


def law_of(paths: HomePaths, store: SecretStore) -> Config:
    """The settings that were sealed; where they are not at hand, these, with logins and four eyes asked for."""
    found = sealed_config(paths, store)
    if found is not None:
        return found
    now = load_config(paths.config)
    return structs.replace(now, login=structs.replace(now.login, required=True, four_eyes=True))
