"""`hts key list|add|test|remove|recovery|redeem|devices|roles`: the security keys that people log in with."""

import argparse
import secrets
import sys
import time
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import structs

from hts.app.audit_trail_notes import note, who_am_i
from hts.app.authorise import authorised_accounts
from hts.app.config import load_config
from hts.app.key_accounts import account_of, known_account, opened_accounts
from hts.app.key_device import NO_DEVICE, asked, client_of, devices, first_device
from hts.app.login_settings import LoginSettings
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.secret_actions import add_action, add_actions
from hts.app.secret_store import read_value
from hts.auth.accounts import AccountBook, Key
from hts.auth.secrets import SecretStore
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.model.roles import PERMISSIONS, Permission, Role, needs_second

if TYPE_CHECKING:
    from hts.auth.fido import RelyingParty


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts key`."""
    actions = add_actions(parser)
    add_action(actions, "list", "users, their roles and their keys")
    add = add_action(actions, "add", "register a security key for a user; the user is made when new")
    add.add_argument("name", help="what to call this key")
    add.add_argument("--role", choices=[role.value for role in Role], help="of a new user; default: trader")
    test = add_action(actions, "test", "log in with a security key, and tell who that is")
    remove = add_action(actions, "remove", "forget a user's key")
    remove.add_argument("name", help="what the key is called")
    recovery = add_action(actions, "recovery", "make ten new recovery codes and show them once; old ones end")
    redeem = add_action(actions, "redeem", "try a recovery code; it is used up by that")
    recovery.add_argument("--role", choices=[role.value for role in Role], help="of a new user; default: trader")
    for sub in (add, remove, recovery, redeem):
        sub.add_argument("--user", default=None, help="default: your name on this system")
    test.add_argument("--user", default=None, help="only this user's keys; default: whoever the key says")
    add_action(actions, "devices", "security keys that are plugged in", asks_passphrase=False)
    add_action(actions, "roles", "what each role may do, and what needs a second person", asks_passphrase=False)


def run(options: argparse.Namespace) -> int:
    """0, or 1 when a login or code was refused or no key is there."""
    paths = home_paths(home_directory(options.home))
    if options.action == "roles":
        return show_roles()
    if options.action == "devices":
        return show_devices()
    if options.action == "list":
        return show_accounts(paths, options.passphrase_fd)
    if options.action == "test":
        return try_login(paths, options.user, options.passphrase_fd)
    user = options.user or who_am_i()
    if options.action == "add":
        return add_key(paths, user, options)
    if options.action == "remove":
        return remove_key(paths, user, options.name, options.passphrase_fd)
    if options.action == "recovery":
        return make_recovery(paths, user, options.role, options.passphrase_fd)
    return redeem_code(paths, user, options.passphrase_fd)


def add_key(paths: HomePaths, user: str, options: argparse.Namespace) -> int:
    """Register the key that is plugged in."""
    from hts.auth.fido import Refused

    settings = load_config(paths.config).login
    party = relying_party(settings)
    with _allowed(paths, "add", user, options.passphrase_fd) as (_, book, store):
        device = first_device()
        account = account_of(book, user, options.role)
        if any(key.name == options.name for key in account.keys):
            raise ConfigError(f"{user} has a key called {options.name}; choose another name")
        ticket, wanted = party.begin_registration(account, time.monotonic_ns())
        response = asked(lambda: client_of(device, settings.origin).make_credential(wanted.public_key))
        now_ns = SystemClock().wall_ns()
        done = party.complete_registration(
            ticket, response, book.all(), name=options.name, wall_ns=now_ns, mono_ns=time.monotonic_ns()
        )
        if isinstance(done, Refused):
            note(paths, store, "key.refused", new=f"{user}: {done.detail}")
            print(f"the key was refused: {done.detail}")
            return 1
        note(paths, store, "key.add", new=f"{user}/{options.name}")
        book.put(structs.replace(account, keys=(*account.keys, done.key)))
    print(f"{options.name} is a key of {user} ({account.role.value})")
    return 0


def _allowed(
    paths: HomePaths, what: str, user: str, passphrase_fd: int | None
) -> AbstractContextManager[tuple[str, AccountBook, SecretStore]]:
    """The accounts, for somebody who may change them: his own, or as an administrator."""
    return authorised_accounts(paths, Permission.MANAGE_USERS, f"hts key {what} {user}", passphrase_fd, own=user)


def try_login(paths: HomePaths, user: str | None, passphrase_fd: int | None) -> int:
    """A whole login, against the accounts of this home."""
    from hts.auth.fido import Refused

    device = first_device()
    settings = load_config(paths.config).login
    party = relying_party(settings)
    with opened_accounts(paths, passphrase_fd) as (book, store):
        ticket, wanted = party.begin_login(time.monotonic_ns(), None if user is None else known_account(book, user))
        response = asked(lambda: client_of(device, settings.origin).get_assertion(wanted.public_key).get_response(0))
        done = party.complete_login(ticket, response, book.all(), time.monotonic_ns())
        if isinstance(done, Refused):
            if done.cloned is not None:
                book.put(known_account(book, done.user).with_key(done.cloned))
            note(paths, store, "login.refused", new=f"{done.user or 'nobody'}: {done.detail}")
            print(done)
            return 1
        book.put(known_account(book, done.user).with_key(done.key))
        note(paths, store, "login.test", new=f"{done.user}/{done.key.name}")
    print(f"this is {done.user}, with key {done.key.name}")
    return 0


def remove_key(paths: HomePaths, user: str, name: str, passphrase_fd: int | None) -> int:
    """Forget the key; the person keeps the others."""
    with _allowed(paths, "remove", user, passphrase_fd) as (_, book, store):
        account = known_account(book, user)
        kept = tuple(key for key in account.keys if key.name != name)
        if len(kept) == len(account.keys):
            print(f"{user} has no key called {name}")
            return 1
        note(paths, store, "key.remove", old=f"{user}/{name}")
        book.put(structs.replace(account, keys=kept))
    print(f"{name} is no key of {user} any more" + ("" if kept else "; none is left"))
    return 0


def make_recovery(paths: HomePaths, user: str, role: str | None, passphrase_fd: int | None) -> int:
    """Show ten codes, this once. A new user logs in with one, and puts his key in at his own terminal."""
    from hts.auth.recovery import new_codes, shown

    with _allowed(paths, "recovery", user, passphrase_fd) as (_, book, store):
        account = account_of(book, user, role)
        codes, hashes = new_codes(secrets.token_bytes)
        note(paths, store, "recovery.new", old=f"{len(account.recovery)} codes", new=f"{user}: {len(hashes)} codes")
        book.put(structs.replace(account, recovery=hashes))
    print("Write these down; they are not shown again, and each is good for one login:", file=sys.stderr)
    for code in codes:
        print(shown(code))
    return 0


def redeem_code(paths: HomePaths, user: str, passphrase_fd: int | None) -> int:
    """Try a recovery code."""
    from hts.auth.recovery import redeem

    with opened_accounts(paths, passphrase_fd) as (book, store):
        account = known_account(book, user)
        done = redeem(account, read_value("Recovery code: ").reveal(), SystemClock().wall_ns())
        book.put(done.account)
        note(paths, store, "recovery.used" if done.ok else "recovery.refused", new=user)
    left = len(done.account.recovery)
    print(f"right; {left} codes are left" if done.ok else f"refused; wait {-(-done.wait_ns // 10**9)} s")
    return 0 if done.ok else 1


def show_accounts(paths: HomePaths, passphrase_fd: int | None) -> int:
    """Users and keys, one per line."""
    with opened_accounts(paths, passphrase_fd) as (book, _):
        accounts = book.all()
    for account in accounts:
        factors = f"{len(account.recovery)} recovery codes{', one-time password' if account.otp else ''}"
        print(f"{account.user} {account.role.value}, {len(account.keys)} keys, {factors}")
        for key in account.keys:
            print(f"  {line_of(key)}")
    return 0


def line_of(key: Key) -> str:
    """One key for a person."""
    added = datetime.fromtimestamp(key.added_ns // 10**9, UTC).strftime("%Y-%m-%d")
    state = "SHUT OUT: it may have been copied; remove it" if key.is_cloned else f"used {key.counter} times"
    return f"{key.name:16} added {added}, {state}"


def show_roles() -> int:
    """The table of permissions."""
    print(f"{'':14}" + "".join(f"{role.value:>15}" for role in Role))
    for permission in Permission:
        marks = "".join(f"{'yes' if permission in PERMISSIONS[role] else '-':>15}" for role in Role)
        print(f"{permission.value:14}{marks}{'   two persons' if needs_second(permission) else ''}")
    return 0


def show_devices() -> int:
    """What is plugged in, and what it can do."""
    from fido2.ctap2.base import Ctap2

    found = list(devices())
    for device in found:
        try:
            info = Ctap2(device).info
        except ValueError:
            print(f"{device}: speaks U2F only; a FIDO2 key is needed")
            continue
        pin = "PIN set" if info.options.get("clientPin") or info.options.get("uv") else "NO PIN SET: set one first"
        print(f"{device}: {', '.join(info.versions)}, {pin}")
    if not found:
        print(NO_DEVICE)
    return 0 if found else 1


def relying_party(settings: LoginSettings) -> "RelyingParty":
    """The relying party of this home's core."""
    from hts.auth.fido import RelyingParty

    return RelyingParty(settings.rp_id, settings.origins, secrets.token_bytes)
