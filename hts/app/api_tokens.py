"""`hts token add|list|remove`: tokens for scripts and remote terminals. The secret is shown once and kept nowhere."""

import argparse
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hts.app.audit_trail_notes import note
from hts.app.authorise import authorised_accounts
from hts.app.key_accounts import mac_key
from hts.app.paths import HomePaths, home_directory, home_paths, prepare_home
from hts.app.sealed_settings import asks_people
from hts.app.secret_actions import add_action, add_actions
from hts.auth.errors import AuthError
from hts.auth.tokens import SECRET_BYTES, ApiToken, TokenScope, issue, new_secret, sealed
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.model.roles import Permission

FILE = "api_tokens.json"
NS_PER_S = 1_000_000_000
_NEEDS = {
    TokenScope.READ: Permission.SEE,
    TokenScope.CANCEL: Permission.CANCEL,
    TokenScope.TRADE: Permission.TRADE,
    TokenScope.ALGO: Permission.ALGO,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `hts token`."""
    actions = add_actions(parser)
    add = add_action(actions, "add", "make a token and show its secret once")
    add.add_argument("name", help="what it is for: letters, digits, - and _")
    add.add_argument("--scope", choices=[scope.value for scope in TokenScope], default="read", help="default: read")
    add.add_argument("--days", type=int, default=30, help="how long it lives (default: 30)")
    add.add_argument("--account", default="", help="only for this account (default: any)")
    add.add_argument("--address", default="", help="only from this address (default: any)")
    add_action(actions, "list", "names, scopes and ends; never secrets", asks_passphrase=False)
    remove = add_action(actions, "remove", "end a token now; what it connected is cut off", asks_passphrase=False)
    remove.add_argument("name")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def run(options: argparse.Namespace) -> int:
    """0. Raises ConfigError for what the user can mend."""
    paths = home_paths(home_directory(options.home))
    prepare_home(paths)
    if options.action == "add":
        with answerable(paths, options) as (user, key):
            return _add(paths, options, user, key)
    if options.action == "remove":
        return _remove(paths, options.name)
    rows = [_plain(token) for token in read_tokens(paths)]
    for row in rows:
        print("  ".join(f"{value or '-'}" for value in row.values()))
    if options.json:
        print(json.dumps({"tokens": rows}))
    return 0


def tokens_file(paths: HomePaths) -> Path:
    """Where the hashes are kept, readable by the user alone."""
    return paths.home / FILE


def read_tokens(paths: HomePaths) -> list[ApiToken]:
    """All tokens, expired ones too. Raises ConfigError for a damaged file."""
    try:
        data = tokens_file(paths).read_bytes()
    except FileNotFoundError:
        return []
    try:
        return msgspec.json.decode(data, type=list[ApiToken])
    except msgspec.DecodeError as error:
        raise ConfigError(f"{tokens_file(paths)}: expected a list of tokens, found {error}; remove the file") from error


def write_tokens(paths: HomePaths, tokens: list[ApiToken]) -> None:
    """Replace the file as a whole."""
    path = tokens_file(paths)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(tokens)))
    fresh.replace(path)


@contextmanager
def answerable(paths: HomePaths, options: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    """Who answers for a new token, and what seals it, where a core asks for logins: whoever may do himself what it
    shall; else nobody and nothing.
    """
    if not asks_people(paths):
        yield "", b""
        return
    act, what = _NEEDS[TokenScope(options.scope)], f"hts token add {options.name} {options.scope}"
    with authorised_accounts(paths, act, what, options.passphrase_fd) as (who, _, store):
        note(paths, store, "token.add", new=f"{who}: {options.name} {options.scope}")
        yield who, mac_key(store)


def add_token(paths: HomePaths, *, key: bytes = b"", **terms: Any) -> str:
    """A new token on these terms (of `issue`), sealed where there is a key; its secret. Raises ConfigError."""
    tokens = read_tokens(paths)
    if any(token.name == terms["name"] for token in tokens):
        raise ConfigError(f"token {terms['name']}: expected a new name, found one that is in use; remove it first")
    secret = new_secret(secrets.token_bytes(SECRET_BYTES))
    try:
        token = issue(secret, now_s=SystemClock().wall_ns() // NS_PER_S, **terms)
    except AuthError as error:
        raise ConfigError(str(error)) from error
    write_tokens(paths, [*tokens, sealed(token, key) if key else token])
    return secret


def _add(paths: HomePaths, options: argparse.Namespace, user: str, key: bytes) -> int:
    secret = add_token(
        paths,
        key=key,
        name=options.name,
        scope=TokenScope(options.scope),
        days=options.days,
        account=options.account,
        address=options.address,
        user=user,
    )
    token = next(one for one in read_tokens(paths) if one.name == options.name)
    if options.json:
        print(json.dumps({**_plain(token), "secret": secret}))
    else:
        print(f"{secret}\nIt is not shown again. It ends {_date(token.expires_s)}; scope: {token.scope.value}.")
    return 0


def _remove(paths: HomePaths, name: str) -> int:
    tokens = read_tokens(paths)
    left = [token for token in tokens if token.name != name]
    if len(left) == len(tokens):
        known = ", ".join(token.name for token in tokens) or "none"
        raise ConfigError(f"token {name}: expected one of {known}")
    write_tokens(paths, left)
    print(f"{name}: removed")
    return 0


def _plain(token: ApiToken) -> dict[str, str]:
    return {
        "name": token.name,
        "scope": token.scope.value,
        "account": token.account,
        "address": token.address,
        "expires": _date(token.expires_s),
    }


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
