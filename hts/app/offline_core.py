"""The books of a core that does not run: opened under its lock, changed by records, closed.

Whoever works on the books by hand (`hts batch`, `hts account`) takes the core's place for that time, so that there
is never more than one writer of the journal.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hts.app import tables
from hts.app.build import build_name
from hts.app.config import Config, load_config
from hts.app.core import engine_config
from hts.app.core_journal import CoreJournal
from hts.app.paths import HomePaths, home_directory, home_paths, prepare_home
from hts.base.errors import ConfigError
from hts.engine.core_state import CoreState
from hts.engine.engine import Engine
from hts.io.files import FileStorage
from hts.io.lockfile import LockFile
from hts.journal.writer import JournalWriter
from hts.model.instruments import Instrument
from hts.model.quotes import AnyQuote
from hts.model.records import AnyRecord
from hts.model.units import Notional
from hts.rules.account_rules import AccountRules


class OfflineCore:
    """State, rules, and a journal that takes records."""

    def __init__(self, paths: HomePaths, engine: Engine, writer: JournalWriter, rules: AccountRules) -> None:
        self.paths = paths
        self.rules = rules
        self._engine = engine
        self._writer = writer
        self.mono_ns = time.monotonic_ns()

    @property
    def state(self) -> CoreState:
        """As the journal and what was appended since make it."""
        return self._engine.core.state

    @property
    def trade_ns(self) -> int:
        """The newest venue time that was written down: nothing by hand is earlier."""
        return self._writer.position.trade_ns

    @property
    def at(self) -> dict[str, Any]:
        """The times of a record."""
        return {"trade_ns": self.trade_ns, "mono_ns": self.mono_ns}

    def append(self, record: AnyRecord) -> None:
        """Write a fact down, then make it true."""
        self._writer.append_many([record])
        self.state.apply(record)


@contextmanager
def offline_core(home: str | None) -> Iterator[OfflineCore]:
    """The books of a home. Raises ConfigError while a core runs there."""
    paths = home_paths(home_directory(home))
    if not paths.journal.exists():
        raise ConfigError(f"{paths.journal}: expected a journal, found none; start the core once, or choose --home")
    prepare_home(paths)
    config = load_config(paths.config)
    lock = LockFile(paths.core_lock)
    if not lock.acquire(build_name()):
        holder = lock.holder()
        raise ConfigError(
            f"{paths.home}: a core runs here (process {holder.pid if holder else 0}) and rolls its days itself; "
            "stop it with hts stop to work on its books by hand"
        )
    storage = FileStorage(paths.journal)
    try:
        rules = AccountRules.parse(tables.load_folder(tables.MARKET))
        engine = bare_engine(config, rules)
        journal = CoreJournal(paths, config, storage)
        writer = journal.open(engine)
        yield OfflineCore(paths, engine, writer, rules)
        storage.sync(writer.segment)
        journal.close(engine)
    finally:
        storage.close()
        lock.release()


def bare_engine(config: Config, rules: AccountRules) -> Engine:
    """An engine that hears no venue: it rebuilds a state and takes records."""
    return Engine(engine_config(config), dict.fromkeys(config.venue.venues, _no_quotes), _no_fee, rules)


def _no_quotes(_payload: bytes, _count: int) -> tuple[AnyQuote, ...]:
    return ()


def _no_fee(_side: object, _value: Notional, _issue: Instrument, _date: int) -> tuple[Notional, Notional]:
    return Notional(0), Notional(0)
