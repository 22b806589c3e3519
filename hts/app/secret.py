"""`hts secret list|set|delete|backend|passphrase`: the secrets of this installation, by name.

A value comes from a prompt without echo or from stdin, never from a word of the command line. Nothing here prints one.
"""

import argparse
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from hts.app.audit_trail_notes import ANCHOR_NAME, KEY_NAME, note
from hts.app.authorise import authorised_accounts
from hts.app.key_accounts import BEGUN_NAME, MAC_KEY_NAME
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.sealed_settings import SEAL_NAME, asks_people, checked_settings, is_sealed
from hts.app.secret_actions import add_action, add_actions
from hts.app.secret_store import (
    locked_vault,
    open_keychain,
    opened_store,
    read_passphrase,
    read_value,
    vault_path,
)
from hts.auth.errors import NoKeychain
from hts.auth.secrets import Secret, SecretStore, checked_name, checked_secret
from hts.base.errors import ConfigError
from hts.io.blob import FileBlob
from hts.model.roles import Permission

OWN_NAMES: Final = (KEY_NAME, ANCHOR_NAME, MAC_KEY_NAME, BEGUN_NAME, SEAL_NAME)  # and what begins with them


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts secret`."""
    actions = add_actions(parser)
    add_action(actions, "list", "names of all secrets")
    for action, text in (
        ("set", "keep a secret; its value is asked for, or read from stdin"),
        ("delete", "forget a secret"),
    ):
        add_action(actions, action, text).add_argument("name", help="a-z 0-9 . _ / -, up to 64")
    backend = add_action(actions, "backend", "which place keeps the secrets; `vault` makes an encrypted file")
    backend.add_argument("place", nargs="?", choices=("vault",), help="make a vault, for machines without a keychain")
    change = add_action(actions, "passphrase", "give the vault a new passphrase")
    change.add_argument("--new-passphrase-fd", type=int, metavar="N", help="read the new one from this descriptor")


def run(options: argparse.Namespace) -> int:
    """0, or 1 when there was nothing to delete or no place to keep secrets."""
    paths = home_paths(home_directory(options.home))
    if options.action == "backend":
        return make_vault(paths, options.passphrase_fd) if options.place == "vault" else tell_backend(paths)
    if options.action == "passphrase":
        return change_passphrase(paths, options.passphrase_fd, options.new_passphrase_fd)
    if options.action == "list":
        return list_names(paths, options.passphrase_fd)
    name = checked_name(options.name)
    if name.startswith(OWN_NAMES):
        raise ConfigError(f"{name} belongs to the program: it guards the audit trail, the accounts or the settings")
    if options.action == "set":
        return put_secret(paths, name, options.passphrase_fd)
    return delete_secret(paths, name, options.passphrase_fd)


def list_names(paths: HomePaths, passphrase_fd: int | None) -> int:
    """Print the names, one per line."""
    with opened_store(paths, passphrase_fd) as store:
        for name in store.names():
            print(name)
    return 0


@contextmanager
def _allowed(paths: HomePaths, what: str, passphrase_fd: int | None) -> Iterator[SecretStore]:
    """The secrets, for whoever may change them here. Raises ConfigError."""
    if not asks_people(paths):
        with opened_store(paths, passphrase_fd) as store:
            if is_sealed(paths, store):
                checked_settings(paths, store)
            yield store
        return
    with authorised_accounts(paths, Permission.EXPORT_KEYS, what, passphrase_fd) as (_, _, store):
        yield store


def put_secret(paths: HomePaths, name: str, passphrase_fd: int | None) -> int:
    """Ask for the value and keep it."""
    with _allowed(paths, f"hts secret set {name}", passphrase_fd) as store:
        value = checked_secret(read_value(f"Value of {name}: "))
        is_new = store.get(name) is None
        store.put(name, value)
        note(paths, store, "secret.set", new=name if is_new else f"{name} (replaced)")
        print(f"{name} is in the {store.label}")
    return 0


def delete_secret(paths: HomePaths, name: str, passphrase_fd: int | None) -> int:
    """Forget the secret."""
    with _allowed(paths, f"hts secret delete {name}", passphrase_fd) as store:
        if not store.remove(name):
            print(f"there is no {name} in the {store.label}")
            return 1
        note(paths, store, "secret.delete", old=name)
        print(f"{name} is gone from the {store.label}")
    return 0


def tell_backend(paths: HomePaths) -> int:
    """Say which place is used, and what to do when there is none."""
    if vault_path(paths).exists():
        print(f"vault (encrypted file) {vault_path(paths)}")
        return 0
    try:
        print(open_keychain().label)
    except NoKeychain as error:
        print(f"none: {error}")
        return 1
    return 0


def make_vault(paths: HomePaths, passphrase_fd: int | None) -> int:
    """Write an empty vault; from then on it is used instead of the keychain. Raises ConfigError."""
    from hts.auth.vault import VaultStore

    with locked_vault(paths):
        if vault_path(paths).exists():
            raise ConfigError(f"{vault_path(paths)} is there already")
        passphrase = new_passphrase(passphrase_fd)
        store = VaultStore(FileBlob(vault_path(paths)), passphrase, secrets.token_bytes)
        store.create()
        note(paths, store, "vault.create")
    print(f"secrets are kept in {vault_path(paths)} from now on; without the passphrase nobody can read them")
    return 0


def change_passphrase(paths: HomePaths, passphrase_fd: int | None, new_passphrase_fd: int | None) -> int:
    """Write the vault again under a new passphrase. Raises WrongPassphrase, ConfigError."""
    from hts.auth.vault import VaultStore

    with opened_store(paths, passphrase_fd) as store:
        if not isinstance(store, VaultStore):
            raise ConfigError(f"secrets are in the {store.label}; only a vault has a passphrase of its own")
        store.names()  # a wrong passphrase shows before a new one is asked for
        store.change_passphrase(new_passphrase(new_passphrase_fd))
        note(paths, store, "vault.passphrase")
    print("the vault opens with the new passphrase alone; copies of the old file still open with the old one")
    return 0


def new_passphrase(descriptor: int | None) -> Secret:
    """Typed twice, or from a descriptor. Raises ConfigError when it is too short."""
    from hts.auth.vault import PASSPHRASE_CHARACTERS_MIN

    passphrase = read_passphrase("New passphrase of the vault: ", descriptor)
    if len(passphrase.reveal()) < PASSPHRASE_CHARACTERS_MIN:
        raise ConfigError(f"passphrase: expected at least {PASSPHRASE_CHARACTERS_MIN} characters")
    if descriptor is None and read_passphrase("Once more: ", None) != passphrase:
        raise ConfigError("the two passphrases differ")
    return passphrase
