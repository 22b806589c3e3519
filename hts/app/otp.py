"""`hts otp add|check|remove`: one-time passwords as a second factor. The seed lives in the secret store alone."""

import argparse
import secrets
import sys

from msgspec import structs

from hts.app.audit_trail_notes import note, who_am_i
from hts.app.authorise import authorised_accounts
from hts.app.key_accounts import known_account, opened_accounts
from hts.app.paths import HomePaths, home_directory, home_paths
from hts.app.secret_actions import add_action, add_actions
from hts.app.secret_store import read_value
from hts.auth.otp import SEED_BYTES, Hash, Kind, Otp, check, new_seed, provisioning_uri, seed_name
from hts.auth.qr import qr_matrix, qr_text
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.model.roles import Permission

ISSUER = "HTS"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts otp`."""
    actions = add_actions(parser)
    add = add_action(actions, "add", "make a seed for a user and show it once, as a QR code and as text")
    add.add_argument("--kind", choices=[kind.value for kind in Kind], default=Kind.TOTP.value, help="default: totp")
    add.add_argument("--digits", type=int, choices=(6, 8), default=6, help="default: 6")
    for sub in (
        add,
        add_action(actions, "check", "try a code; a right one is used up by that"),
        add_action(actions, "remove", "forget the seed"),
    ):
        sub.add_argument("--user", default=None, help="default: your name on this system")


def run(options: argparse.Namespace) -> int:
    """0, or 1 when a code was refused."""
    paths = home_paths(home_directory(options.home))
    user = options.user or who_am_i()
    if options.action == "add":
        otp = Otp(kind=Kind(options.kind), digits=options.digits, hash=Hash.SHA1)
        return add_otp(paths, user, otp, options.passphrase_fd)
    if options.action == "check":
        return check_code(paths, user, options.passphrase_fd)
    return remove_otp(paths, user, options.passphrase_fd)


def add_otp(paths: HomePaths, user: str, otp: Otp, passphrase_fd: int | None) -> int:
    """A new seed, shown once."""
    act = f"hts otp add {user}"
    with authorised_accounts(paths, Permission.MANAGE_USERS, act, passphrase_fd, own=user) as (_, book, store):
        account = known_account(book, user)
        seed = new_seed(secrets.token_bytes(SEED_BYTES))
        store.put(seed_name(user), seed)
        note(paths, store, "otp.add", old="" if account.otp is None else f"{user}: replaced", new=user)
        book.put(structs.replace(account, otp=otp))
    uri = provisioning_uri(otp, seed, user, ISSUER).reveal()
    print("Scan this with an authenticator program; it is not shown again:", file=sys.stderr)
    print(qr_text(qr_matrix(uri.encode())))
    print(uri)
    return 0


def check_code(paths: HomePaths, user: str, passphrase_fd: int | None) -> int:
    """Try a code that is typed or comes on stdin."""
    with opened_accounts(paths, passphrase_fd) as (book, store):
        account = known_account(book, user)
        seed = store.get(seed_name(user))
        if account.otp is None or seed is None:
            raise ConfigError(f"{user} has no one-time password; `hts otp add` makes one")
        done = check(account.otp, seed, read_value("Code: ").reveal(), SystemClock().wall_ns())
        book.put(structs.replace(account, otp=done.otp))
        note(paths, store, "otp.used" if done.ok else "otp.refused", new=user)
    print("right" if done.ok else f"refused; wait {-(-done.wait_ns // 10**9)} s")
    return 0 if done.ok else 1


def remove_otp(paths: HomePaths, user: str, passphrase_fd: int | None) -> int:
    """Forget the seed."""
    act = f"hts otp remove {user}"
    with authorised_accounts(paths, Permission.MANAGE_USERS, act, passphrase_fd, own=user) as (_, book, store):
        account = known_account(book, user)
        note(paths, store, "otp.remove", old=user)
        book.put(structs.replace(account, otp=None))
        store.remove(seed_name(user))
    print(f"{user} has no one-time password any more")
    return 0
