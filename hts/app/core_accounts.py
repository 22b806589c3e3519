"""Accounts and seeds for a core that runs: hts.auth.accounts.AccountKeeper on a home directory.

Reading needs no lock, for the file is replaced as a whole. A change is made under the lock that `hts key` takes too;
it is held for milliseconds, so a change waits for it a moment before it gives up.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Final, TypeVar

from hts.app.api_tokens import read_tokens
from hts.app.audit_trail_notes import opened_trail, where_am_i
from hts.app.key_accounts import known_book, locked_accounts, mac_key, remember_book
from hts.app.paths import HomePaths
from hts.app.secret_store import locked_vault, open_keychain, open_vault, vault_path
from hts.auth.accounts import NOBODY, USER_PATTERN, Account
from hts.auth.otp import seed_name
from hts.auth.outcomes import Note
from hts.auth.secrets import Secret, SecretStore
from hts.auth.tokens import ApiToken, is_sealed
from hts.base.errors import ConfigError

TRIES: Final = 20
PAUSE_S: Final = 0.05

T = TypeVar("T")


class CoreAccounts:
    """Made once, at the start; a vault's passphrase is asked for then and kept in this process alone."""

    def __init__(self, paths: HomePaths, passphrase_fd: int | None = None) -> None:
        """Raises NoKeychain, ConfigError, AuthError: a core that asks for logins does not start without."""
        self._paths = paths
        self._is_vault = vault_path(paths).exists()
        self._kept = open_vault(paths, passphrase_fd) if self._is_vault else open_keychain()
        with self.store() as store:
            self._key = mac_key(store)
            self._book = known_book(paths, store)
            remember_book(paths, store)

    def tokens(self) -> list[ApiToken]:
        """Those that a person sealed; what else stands in the file counts for nothing."""
        return [token for token in read_tokens(self._paths) if is_sealed(token, self._key)]

    def accounts(self) -> tuple[Account, ...]:
        return self._book.all()

    def change(self, user: str | None, step: Callable[[Account], Account]) -> Account | None:
        with _patient(lambda: locked_accounts(self._paths)):
            found = None if user is None else self._book.find(user)
            if found is None:
                step(NOBODY)
                self._book.rewrite()
                return None
            kept = step(found)
            self._book.put(kept)
            return kept

    def seed(self, user: str) -> Secret | None:
        with self.store() as store:
            return store.get(seed_name(user if USER_PATTERN.fullmatch(user) else NOBODY.user))

    def keep_seed(self, user: str, seed: Secret) -> None:
        with self.store() as store:
            store.put(seed_name(user), seed)

    def note(self, notes: Sequence[Note], wall_ns: int) -> None:
        """Into the audit trail, in order. Raises StorageError, ConfigError, AuthError."""
        with self.store() as store, _patient(lambda: opened_trail(self._paths, store)) as trail:
            for note in notes:
                where = f"{where_am_i()} {note.where}".strip()
                trail.append(note.user or NOBODY.user, note.what, where, wall_ns, new=note.detail)

    @contextmanager
    def store(self) -> Iterator[SecretStore]:
        """The place that keeps the secrets, used by nobody else meanwhile."""
        with _patient(lambda: locked_vault(self._paths)) if self._is_vault else nullcontext():
            yield self._kept


@contextmanager
def _patient(lock: Callable[[], AbstractContextManager[T]]) -> Iterator[T]:
    """A lock that others hold for moments. Raises ConfigError when it does not come free."""
    with ExitStack() as stack:
        for attempt in range(TRIES):
            try:
                inside = stack.enter_context(lock())
                break
            except ConfigError:
                if attempt == TRIES - 1:
                    raise
                time.sleep(PAUSE_S)
        yield inside
