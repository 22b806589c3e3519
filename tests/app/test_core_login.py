"""The gate's shell where the audit trail cannot be written: nobody is let in, and nobody stays in for it."""

import pytest

from hts.app import core_accounts
from hts.app.core_login import LoginDesk
from hts.app.login_settings import LoginSettings
from hts.app.paths import home_paths
from hts.auth.outcomes import Admit, Dismiss, Note, Say, SetLock
from hts.base.errors import ConfigError
from hts.io.clock import SystemClock
from hts.io.lockfile import LockFile
from hts.model.roles import Role
from hts.model.session import Means, session_of
from hts.wire.link import login as m
from tests.support.auth import MemoryStore

SESSION = session_of("kim", Role.TRADER, Means.KEY)
IN = (Note(what="login", user="kim"), Admit(SESSION), Say(m.LoginRefused()))
OUT = (Note(what="logout", user="kim"), Dismiss(), Say(m.LoggedOut(reason="login.ended")))
LOCKED = (Note(what="session.lock", user="kim"), SetLock(True), Say(m.Locked()))
OPENED = (Note(what="touch", user="kim"), SetLock(False), Say(m.TouchTaken(act=m.UNLOCK)))


@pytest.fixture
def desk(tmp_path, monkeypatch):
    store = MemoryStore()
    monkeypatch.setattr(core_accounts, "open_keychain", lambda: store)
    monkeypatch.setattr(core_accounts, "TRIES", 1)
    made = LoginDesk(home_paths(tmp_path), LoginSettings(), None, SystemClock(), None)
    yield made
    made.stop()


@pytest.fixture
def busy(desk, tmp_path):
    """Somebody else writes the trail and does not come to an end."""
    desk._noted(IN, "")  # makes the directory
    lock = LockFile(tmp_path / "audit" / "writer.lock")
    assert lock.acquire("another")
    yield
    lock.release()


@pytest.mark.usefixtures("busy")
def test_without_the_trail_nobody_gets_in_or_goes_on(desk):
    for outcomes in (IN, OPENED):
        with pytest.raises(ConfigError):
            desk._noted(outcomes, "")


@pytest.mark.usefixtures("busy")
def test_without_the_trail_a_session_ends_and_locks_all_the_same(desk):
    assert desk._noted(OUT, "") == OUT[1:]
    assert desk._noted(LOCKED, "") == LOCKED[1:]
    assert desk._looked([Note(what="intent.not_logged_in")], {}) == []


def test_with_the_trail_everything_is_done(desk):
    for outcomes in (IN, OUT, LOCKED, OPENED):
        assert desk._noted(outcomes, "") == outcomes[1:]
