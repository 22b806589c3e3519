"""Clients come in with a login, lock, touch their keys and leave: what that changes in the core.

Who somebody is, the relying party outside has found out; here it only begins to count.
"""

from hts.engine.authority import FIRST_ORDER
from hts.engine.core import Batch, Core
from hts.engine.freeze import change_limits, is_frozen
from hts.engine.work_path import resume
from hts.model.effects import Effects
from hts.model.scopes import Scope, ScopeKind
from hts.model.session import Session


def on_login(core: Core, client: int, session: Session, trade_ns: int, mono_ns: int) -> Effects:
    """From now on the client is this session. Limits of its role hold where the user has none of his own yet."""
    core.authority.admit(client, session)
    batch = Batch(core, trade_ns, mono_ns)
    limits = core.config.role_limits.get(session.role.value)
    scope = Scope(kind=ScopeKind.USER, name=session.name)
    guards = core.state.guards
    if limits is not None and not core.is_halted and guards.in_force(scope) is None and not guards.has_settings(scope):
        change_limits(batch, scope, guards.default_of(scope), limits, frozen=is_frozen(core), user=session.role.value)
    return batch.effects()


def on_logout(core: Core, client: int) -> None:
    """Logged out, or its connection is gone."""
    core.authority.dismiss(client)


def on_lock(core: Core, client: int, *, is_locked: bool) -> None:
    """Whoever sits there now has to prove again who he is. Orders and work go on."""
    if not is_locked:
        core.authority.locked.discard(client)
    elif client in core.authority.sessions:
        core.authority.locked.add(client)


def on_touch(core: Core, client: int, act: str, trade_ns: int, mono_ns: int) -> Effects:
    """The person touched the key for exactly this act. The first of a process lets work out of the journal go on."""
    authority = core.authority
    was_open = authority.is_open
    if not authority.touched(client, act, mono_ns) or not act.startswith(FIRST_ORDER):
        return ()
    batch = Batch(core, trade_ns, mono_ns)
    if not was_open and core.is_ready:
        resume(batch)
    batch.notice("day_opened", authority.sessions[client].user, is_warning=False)
    return batch.effects()
