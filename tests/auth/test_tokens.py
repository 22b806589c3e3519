"""API tokens: told once, kept as hashes, and never more than their scope."""

import pytest
from msgspec.structs import replace

from hts.auth.errors import AuthError
from hts.auth.tokens import (
    TokenScope,
    allows,
    find_token,
    is_sealed,
    issue,
    needed_scope,
    new_secret,
    sealed,
    token_hash,
)
from hts.model.algo import AlgoKind, AlgoParams
from hts.model.conditional import WatchTerms
from hts.model.enums import DisconnectPolicy, OrdType, Side
from hts.model.intents import (
    AmendWork,
    CancelAll,
    CancelLast,
    CancelOrder,
    ControlWork,
    Flatten,
    NewOrder,
    PlaceConditionals,
    ReplaceOrder,
    RouteOrder,
    SetDisconnectPolicy,
    SetKillSwitch,
    SetLimits,
    SetTradingState,
    StartAlgo,
    StartBasket,
    WatchHoldings,
)
from hts.model.routing import RouteRequest
from hts.model.scopes import FIRM, Scope, ScopeKind, TradingState
from hts.model.work import WorkAct

NOW = 1_800_000_000
SECRET = new_secret(bytes(range(32)))
TOKEN = issue(SECRET, name="bot-1", scope=TokenScope.TRADE, now_s=NOW, days=2, account="P1", address="127.0.0.1")
WHO = {"request_id": "r", "account": "P1"}
ALGO = AlgoParams(algo_id=0, kind=AlgoKind.TWAP, account="", symbol="A", side=Side.BUY, qty=1)

NEEDED = [
    (CancelOrder(cl_ord_id=1, **WHO), TokenScope.CANCEL),
    (CancelAll(**WHO), TokenScope.CANCEL),
    (CancelLast(**WHO), TokenScope.CANCEL),
    (SetKillSwitch(on=True, **WHO), TokenScope.CANCEL),
    (ControlWork(work_id=1, act=WorkAct.CANCEL, **WHO), TokenScope.CANCEL),
    (NewOrder(symbol="A", side=Side.BUY, ord_type=OrdType.MARKET, qty=1, **WHO), TokenScope.TRADE),
    (ReplaceOrder(cl_ord_id=1, px=1, qty=1, **WHO), TokenScope.TRADE),
    (Flatten(symbol="A", **WHO), TokenScope.TRADE),
    (SetDisconnectPolicy(policy=DisconnectPolicy.KEEP, **WHO), TokenScope.TRADE),
    (RouteOrder(symbol="A", request=RouteRequest(side=Side.BUY, qty=1), **WHO), TokenScope.ALGO),
    (StartAlgo(params=ALGO, **WHO), TokenScope.ALGO),
    (PlaceConditionals(orders=(), **WHO), TokenScope.ALGO),
    (StartBasket(lines=(), **WHO), TokenScope.ALGO),
    (WatchHoldings(terms=WatchTerms(), **WHO), TokenScope.ALGO),
    (ControlWork(work_id=1, act=WorkAct.RESUME, **WHO), TokenScope.ALGO),
    (AmendWork(work_id=1, px=1, **WHO), TokenScope.ALGO),
    (SetKillSwitch(on=False, **WHO), TokenScope.ALGO),
]


@pytest.mark.parametrize(("intent", "scope"), NEEDED, ids=lambda value: type(value).__name__)
def test_each_intent_needs_its_scope_and_no_less(intent, scope):
    assert needed_scope(intent) is scope
    found = [allows(replace(TOKEN, scope=one), intent) for one in TokenScope]
    assert found == [list(TokenScope).index(one) >= list(TokenScope).index(scope) for one in TokenScope]


def test_a_token_of_one_account_does_nothing_for_another():
    assert not allows(TOKEN, CancelAll(request_id="r", account="P2"))
    assert allows(replace(TOKEN, account=""), CancelAll(request_id="r", account="P2"))


def test_a_secret_opens_while_it_lives_and_only_from_its_address():
    def found(secret=SECRET, now_s=NOW, address="127.0.0.1"):
        return find_token([replace(TOKEN, name="other", hash="0" * 64), TOKEN], secret, now_s, address)

    assert found() == TOKEN
    assert found(now_s=NOW + 2 * 86_400 - 1) == TOKEN
    assert found(now_s=NOW + 2 * 86_400) is None
    assert found(address="127.0.0.2") is None
    assert found(secret=SECRET[:-1] + "0") is None
    assert found(secret="") is None
    assert found(secret="\udcff") is None


def test_the_secret_is_not_kept():
    assert SECRET not in repr(TOKEN)
    assert TOKEN.hash == token_hash(SECRET)


@pytest.mark.parametrize("name", ["", "a b", "é", "x" * 41, "../x"])
def test_names_are_plain(name):
    with pytest.raises(AuthError, match="token name: expected"):
        issue(SECRET, name=name, scope=TokenScope.READ, now_s=NOW, days=1)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_lives_a_day_to_a_year(days):
    with pytest.raises(AuthError, match="expected 1 to 366 days"):
        issue(SECRET, name="x", scope=TokenScope.READ, now_s=NOW, days=days)


def test_too_little_randomness_is_refused():
    with pytest.raises(AuthError, match="expected 32 random bytes, found 31"):
        new_secret(bytes(31))


@pytest.mark.parametrize(
    "intent",
    [
        SetLimits(request_id="r", account="P1", limits={"order_qty_max": 0}),
        SetTradingState(request_id="r", account="P1", state=TradingState.ACTIVE),
    ],
)
def test_limits_and_freedom_are_for_people(intent):
    assert not any(allows(replace(TOKEN, scope=scope, account=""), intent) for scope in TokenScope)


@pytest.mark.parametrize("state", [TradingState.REDUCING, TradingState.HALTED])
def test_a_token_that_may_cancel_may_stop_its_own_account_alone(state):
    own = replace(TOKEN, scope=TokenScope.CANCEL)
    account = Scope(kind=ScopeKind.ACCOUNT, name=TOKEN.account)
    for scope, is_allowed in ((None, True), (account, True), (FIRM, False)):
        stop = SetTradingState(request_id="r", account=TOKEN.account, state=state, scope=scope)
        kill = SetKillSwitch(request_id="r", account=TOKEN.account, on=True, scope=scope)
        assert [allows(own, stop), allows(own, kill)] == [is_allowed, is_allowed]
        assert allows(replace(own, account=""), stop)
    assert not allows(replace(own, scope=TokenScope.READ), stop)


def test_a_seal_holds_for_every_term_and_only_under_its_key():
    token = sealed(issue(new_secret(bytes(32)), name="bot", scope=TokenScope.READ, now_s=0, days=1, user="kim"), b"k")
    assert is_sealed(token, b"k")
    changed = [
        replace(token, scope=TokenScope.ALGO),
        replace(token, user="lee"),
        replace(token, expires_s=10**12),
        replace(token, address="127.0.0.1"),
        replace(token, seal=""),
    ]
    assert [is_sealed(one, b"k") for one in (*changed, sealed(token, b"other"))] == [False] * 6
