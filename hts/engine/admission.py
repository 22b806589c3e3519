"""Whether a client may do what it asks for now. Every intent of every door passes here, before anything else.

    no session                  nothing                                     NOT_LOGGED_IN
    locked                      nothing                                     SESSION_LOCKED
    role, token, account        what the session may do                     NO_PERMISSION
    first order of a date       a fresh touch of this user, then freely     STEP_UP
    limits raised, halt ended   a fresh touch for exactly this              STEP_UP
    the same, with four eyes    and another person's approval and touch     SECOND_PERSON

Cancels and the kill switch thrown need a session and its permission, never a touch. A refusal is kept nowhere but in
the audit trail, so that the same request may come again when it is allowed. A paper core that asks for no login lets
everything pass as it came.
"""

from typing import Final

import msgspec
from msgspec import Struct

from hts.engine.authority import DONE, FIRST_ORDER, TOUCH_NS, Held, digest
from hts.engine.core import Core, refusal
from hts.model.denials import Denial, Rule
from hts.model.effects import Effect, Effects, Publish, Reply
from hts.model.intents import (
    AckAlert,
    AmendWork,
    AnyIntent,
    ApproveAct,
    CancelAll,
    CancelLast,
    CancelOrder,
    ControlWork,
    NewOrder,
    PlaceConditionals,
    RouteOrder,
    SetKillSwitch,
    SetLimits,
    SetTradingState,
    StartAlgo,
    StartBasket,
    StartQuoting,
    WatchHoldings,
)
from hts.model.roles import Denial as RoleDenial
from hts.model.roles import Permission, Person, approve, needs_second, propose
from hts.model.scopes import Scope, ScopeKind
from hts.model.session import ProposalView, Session, TouchView
from hts.model.views import OutcomeView
from hts.model.work import WorkAct
from hts.risk.freeze import ALL_ACCOUNTS, changed
from hts.risk.limits import loosened

ORDERS: Final = frozenset({Permission.TRADE, Permission.ALGO})
WORKS: Final = (RouteOrder, StartAlgo, PlaceConditionals, WatchHoldings, StartBasket, StartQuoting, AmendWork)
TOUCHED: Final = frozenset({Permission.RAISE_LIMITS, Permission.RELEASE_KILL})


class Admitted(Struct, frozen=True, kw_only=True):
    """The intent as it is carried out: signed with the session's name, whatever the client wrote there.

    `answers`: an approval that made it possible, by another client, who wants to know the outcome too.
    """

    intent: AnyIntent
    client: int
    answers: tuple[int, str] | None = None
    shows: Effects = ()


def admit(core: Core, client: int, intent: AnyIntent, mono_ns: int) -> Admitted | Effects:
    """The intent to carry out, or what the client is answered."""
    authority = core.authority
    if not authority.asks_login:
        if isinstance(intent, ApproveAct):
            return refusal(client, intent.request_id, Denial(rule=Rule.NOTHING_TO_DO))
        return Admitted(intent=intent, client=client)
    session = authority.sessions.get(client)
    if session is None:
        return _refuse(core, client, intent, Denial(rule=Rule.NOT_LOGGED_IN))
    if client in authority.locked:
        return _refuse(core, client, intent, Denial(rule=Rule.SESSION_LOCKED))
    if isinstance(intent, ApproveAct):
        return _approve(core, client, session, intent, mono_ns)
    need = needed(core, intent)
    if not session.may(need) or not _is_of_account(session, intent):
        return _refuse(core, client, intent, Denial(rule=Rule.NO_PERMISSION, detail=f"permission.{need.value}"))
    if need in ORDERS and not authority.has_opened(session.user, core.state.today):
        return _ask_touch(core, client, intent, f"{FIRST_ORDER}:{core.state.today}", "act.first-order", mono_ns)
    signed = msgspec.structs.replace(intent, user=session.name)
    if need in TOUCHED and not _ends_release(core, intent):
        act = f"{need.value}:{digest(intent)}"
        if not authority.take_touch(client, act, mono_ns):
            return _ask_touch(core, client, intent, act, f"act.{need.value}", mono_ns)
        if authority.four_eyes and needs_second(need):
            return _propose(core, client, session, signed, need, mono_ns)
        authority.note(client, content_of(signed), DONE)
    elif isinstance(intent, SetLimits):
        authority.note(client, content_of(signed), DONE)  # tightening asks for nothing, and is told all the same
    return Admitted(intent=signed, client=client)


def needed(core: Core, intent: AnyIntent) -> Permission:
    """The permission that an intent asks for."""
    if isinstance(intent, CancelOrder | CancelAll | CancelLast):
        return Permission.CANCEL
    if isinstance(intent, AckAlert):
        return Permission.ENGAGE_KILL  # everybody who may act
    if isinstance(intent, SetLimits):
        return Permission.RAISE_LIMITS if _loosens(core, intent) else Permission.ENGAGE_KILL
    if isinstance(intent, SetKillSwitch):
        return Permission.ENGAGE_KILL if intent.on else Permission.RELEASE_KILL
    if isinstance(intent, SetTradingState):
        return Permission.RELEASE_KILL if _ends_halt(core, intent) else Permission.ENGAGE_KILL
    if isinstance(intent, ControlWork):
        return Permission.ALGO if intent.act is WorkAct.RESUME else Permission.CANCEL
    if isinstance(intent, WORKS) or (isinstance(intent, NewOrder) and intent.exits is not None):
        return Permission.ALGO
    return Permission.TRADE


def _scope(intent: SetKillSwitch | SetTradingState | SetLimits) -> Scope:
    return intent.scope or Scope(kind=ScopeKind.ACCOUNT, name=intent.account)


def _ends_release(core: Core, intent: AnyIntent) -> bool:
    """Asking for a release is the dangerous act. Who then gives back its code has been asked already."""
    if not isinstance(intent, SetKillSwitch | SetTradingState) or not intent.code:
        return False
    guards = core.state.guards
    asked = guards.releases.get(_scope(intent))
    return asked is not None and asked.code == intent.code and guards.of(_scope(intent)).is_halted


def _ends_halt(core: Core, intent: SetTradingState) -> bool:
    """Whether the scope may do more than before."""
    return intent.state.severity < core.state.guards.of(_scope(intent)).state.severity


def _loosens(core: Core, intent: SetLimits) -> bool:
    scope, guards = _scope(intent), core.state.guards
    before = guards.default_of(scope) if scope == ALL_ACCOUNTS else guards.of(scope).limits
    after = changed(before, intent.limits)
    return after is None or bool(loosened(before, after))


def _is_of_account(session: Session, intent: AnyIntent) -> bool:
    """A session that is bound to an account reaches no other, and no scope beside it."""
    if not session.account:
        return True
    if session.account != intent.account:
        return False
    own = (None, Scope(kind=ScopeKind.ACCOUNT, name=intent.account))
    return not isinstance(intent, SetKillSwitch | SetTradingState | SetLimits) or intent.scope in own


# -- what is asked for


def _ask_touch(  # noqa: PLR0917
    core: Core, client: int, intent: AnyIntent, act: str, what: str, mono_ns: int
) -> Effects:
    core.authority.ask_touch(client, act, mono_ns)
    view = TouchView(
        request_id=intent.request_id, act=act, what=what, content=content_of(intent), within_ns=TOUCH_NS
    )  # fmt: skip
    return (*refusal(client, intent.request_id, Denial(rule=Rule.STEP_UP, detail=what)), Reply(client, view))


def _propose(  # noqa: PLR0917
    core: Core, client: int, session: Session, intent: AnyIntent, need: Permission, mono_ns: int
) -> Effects:
    person = Person(user=session.user, role=session.role)
    proposal = propose(person, need, content_of(intent), mono_ns)
    if isinstance(proposal, RoleDenial):
        return _refuse(core, client, intent, Denial(rule=Rule.NO_PERMISSION, detail=f"permission.{need.value}"))
    held = core.authority.propose(client, intent, proposal)
    denial = Denial(rule=Rule.SECOND_PERSON, figure=held.proposal_id, detail=f"act.{need.value}")
    return (*refusal(client, intent.request_id, denial), Publish(proposal_view(held, mono_ns)))


def _approve(core: Core, client: int, session: Session, intent: ApproveAct, mono_ns: int) -> Admitted | Effects:
    """The second pair of eyes: another person, who may do the same, who was shown the same, with a touch of his own."""
    authority = core.authority
    held = authority.proposal(intent.proposal_id, mono_ns)
    if held is None:
        return _refuse(core, client, intent, Denial(rule=Rule.NOTHING_TO_DO))
    need, what = held.proposal.act, f"act.{held.proposal.act.value}"
    if not session.may(need):
        return _refuse(core, client, intent, Denial(rule=Rule.NO_PERMISSION, detail=f"permission.{need.value}"))
    if not intent.agree:
        authority.decided(held.proposal_id)
        view = msgspec.structs.replace(proposal_view(held, mono_ns), is_open=False)
        return (Publish(view), Reply(client, OutcomeView(request_id=intent.request_id, accepted=True, count=0)))
    found = approve(held.proposal, Person(user=session.user, role=session.role), intent.content, mono_ns)
    if isinstance(found, RoleDenial):
        return _refuse(core, client, intent, Denial(rule=Rule.SECOND_PERSON, detail=what))
    act = f"approve:{digest(intent)}"
    if not authority.take_touch(client, act, mono_ns):
        return _ask_touch(core, client, intent, act, what, mono_ns)
    authority.decided(held.proposal_id)
    view = msgspec.structs.replace(proposal_view(held, mono_ns), is_open=False, approved_by=session.user)
    signed = msgspec.structs.replace(held.intent, user=f"{held.intent.user}+{session.user}")
    authority.note(client, held.proposal.content, DONE, signed.user)
    return Admitted(intent=signed, client=held.client, answers=(client, intent.request_id), shows=(Publish(view),))


def proposal_view(held: Held, mono_ns: int) -> ProposalView:
    """A proposal as terminals see it."""
    return ProposalView(
        proposal_id=held.proposal_id,
        what=f"act.{held.proposal.act.value}",
        content=held.proposal.content,
        user=held.proposal.by,
        within_ns=held.until_ns - mono_ns,
    )


def content_of(intent: AnyIntent) -> str:
    """All of an act for a person to read: its type and every term that was given."""
    bare = msgspec.structs.replace(intent, request_id="", key_ns=0, user="")
    fields = msgspec.to_builtins(bare)
    given = {name: value for name, value in fields.items() if value not in ("", 0, None, {}, ())}
    return msgspec.json.encode(given, order="deterministic").decode()


def _refuse(core: Core, client: int, intent: AnyIntent, denial: Denial) -> Effects:
    core.authority.note(client, str(intent.__struct_config__.tag), denial.rule.value)
    return refusal(client, intent.request_id, denial)


def shown_to_approver(core: Core, admitted: Admitted) -> tuple[Effect, ...]:
    """The approver hears the outcome of what he approved, under his own request."""
    if admitted.answers is None:
        return ()
    client, request_id = admitted.answers
    found = core.state.outcomes.find(admitted.intent.account, admitted.intent.request_id)
    if found is None:
        return ()
    return (Reply(client, msgspec.structs.replace(found, request_id=request_id)),)
