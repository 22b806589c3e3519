"""Commands that change who may do what, or the books, in a home whose core asks for logins: a person proves to be
there first, and a second one where four eyes are asked for.

The law of the command line is that of the link: a role that may, a key that is touched (or a code where a code alone
lets in), another person for dangerous acts. A paper home asks for nothing. A home without any key yet asks for nothing
either: somebody has to be the first, and the audit trail says who.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from msgspec import structs

from hts.app.audit_trail_notes import note, who_am_i
from hts.app.config import Config, load_config
from hts.app.key_accounts import opened_accounts
from hts.app.key_device import asked, client_of, first_device
from hts.app.login_settings import LoginSettings
from hts.app.paths import HomePaths
from hts.app.sealed_settings import asks_people, checked_settings, is_sealed
from hts.app.secret_store import read_value
from hts.auth.accounts import Account, AccountBook
from hts.auth.otp import check, seed_name
from hts.auth.secrets import SecretStore
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.model.roles import Denial, Permission, Person, approve, may, needs_second, propose

REFUSED: Final = "the login was refused"

Law = Callable[[HomePaths, SecretStore], Config]


def authorised(
    paths: HomePaths, act: Permission, content: str, passphrase_fd: int | None, *, second: bool = True
) -> str:
    """Who answers for it: one user, or two joined by a plus. Raises ConfigError when nobody does.

    `second`: whether four eyes count here.
    """
    if not asks_people(paths):
        return who_am_i()
    with authorised_accounts(paths, act, content, passphrase_fd, second=second) as (who, _, _):
        return who


@contextmanager
def authorised_accounts(
    paths: HomePaths,
    act: Permission,
    content: str,
    passphrase_fd: int | None,
    *,
    own: str = "",
    second: bool = True,
    law: Law | None = None,
    or_anybody: bool = False,
) -> Iterator[tuple[str, AccountBook, SecretStore]]:
    """The accounts and secrets, opened once, for what somebody may do with them; and who that is.

    `own`: an act on this user's own account, which its person may do alone. `law`: by which settings it is judged;
    those of the home, which must be as they were sealed. `or_anybody`: in a house where no role may, any user may.
    """
    with opened_accounts(paths, passphrase_fd) as (book, store):
        config = (law or _sealed_law)(paths, store)
        if not config.asks_login or not any(one.keys or one.otp for one in book.all()):
            yield who_am_i(), book, store
            return
        try:
            who = _two(paths, book, store, act, content, own, config.login, second=second, or_anybody=or_anybody)
        except ConfigError as error:
            note(paths, store, "act.refused", new=f"{act.value}: {content}: {error}")
            raise
        yield who, book, store


def _sealed_law(paths: HomePaths, store: SecretStore) -> Config:
    """The settings of the home. Raises ConfigError where they are not the ones that were sealed."""
    if asks_people(paths) or is_sealed(paths, store):
        checked_settings(paths, store)
    return load_config(paths.config)


def _two(  # noqa: PLR0917
    paths: HomePaths,
    book: AccountBook,
    store: SecretStore,
    act: Permission,
    content: str,
    own: str,
    login: LoginSettings,
    *,
    second: bool,
    or_anybody: bool,
) -> str:
    first = _person(login, book, store, f"{act.value}: {content}")
    if first.user == own:
        return first.user
    if or_anybody and not any(may(one.role, act) for one in book.all()):
        note(paths, store, "act.alone", new=f"{first.user}: {act.value}: {content}")
        return first.user
    if not may(first.role, act):
        raise ConfigError(f"{first.user} is {first.role.value}, who may not {act.value}")
    others = [one for one in book.all() if one.user != first.user and may(one.role, act) and (one.keys or one.otp)]
    if not (second and login.four_eyes and needs_second(act)):
        return first.user
    if not others:  # there is no second pair of eyes yet: the only one names the next, and the trail says so
        note(paths, store, "act.alone", new=f"{first.user}: {act.value}: {content}")
        return first.user
    now_ns = time.monotonic_ns()
    proposal = propose(Person(user=first.user, role=first.role), act, content, now_ns)
    assert not isinstance(proposal, Denial), proposal
    other = _person(login, book, store, f"{act.value}: {content}: another person approves")
    found = approve(proposal, Person(user=other.user, role=other.role), content, time.monotonic_ns())
    if isinstance(found, Denial):
        raise ConfigError(f"{act.value}: {found.value}")
    return f"{first.user}+{other.user}"


def _person(login: LoginSettings, book: AccountBook, store: SecretStore, why: str) -> Account:
    """Whoever touches the key, or types a code where the settings let a code alone in. Raises ConfigError."""
    print(why)
    if not login.policy.takes_keys:
        return _by_code(book, store, input("User: ").strip())
    person = _by_key(book, login.rp_id, login.origins, login.origin)
    return _by_code(book, store, person.user) if login.policy.needs_both else person


def _by_key(book: AccountBook, rp_id: str, origins: tuple[str, ...], origin: str) -> Account:
    from hts.auth.fido import Refused, RelyingParty

    party = RelyingParty(rp_id, origins, secrets.token_bytes)
    device = first_device()
    ticket, options = party.begin_login(time.monotonic_ns())
    response = asked(lambda: client_of(device, origin).get_assertion(options.public_key).get_response(0))
    done = party.complete_login(ticket, response, book.all(), time.monotonic_ns())
    if isinstance(done, Refused):
        if done.cloned is not None:
            _keep(book, done.user, lambda one: one.with_key(done.cloned))  # type: ignore[arg-type]
        raise ConfigError(REFUSED)
    return _keep(book, done.user, lambda one: one.with_key(done.key))


def _by_code(book: AccountBook, store: SecretStore, user: str) -> Account:
    code = read_value("One-time password: ").reveal()
    account = book.find(user)
    seed = store.get(seed_name(user)) if account is not None else None
    if account is None or account.otp is None or seed is None:
        raise ConfigError(REFUSED)
    done = check(account.otp, seed, code, SystemClock().wall_ns())
    kept = _keep(book, user, lambda one: structs.replace(one, otp=done.otp))
    if not done.ok:
        raise ConfigError(REFUSED)
    return kept


def _keep(book: AccountBook, user: str, step: Callable[[Account], Account]) -> Account:
    found = book.find(user)
    assert found is not None, user
    kept = step(found)
    book.put(kept)
    return kept
