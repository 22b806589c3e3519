"""Two phases: what is reserved and released adds up, scope by scope, whatever the reports say in which order."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdType, Side
from hts.model.scopes import FIRM, HaltCause, Scope, ScopeKind, TradingState
from hts.risk.guards import Guards, HouseLimits, scopes_of
from hts.risk.limits import DEFAULTS, OFF, RiskLimits
from tests.risk.kit import KEY, MARKS, OF_ACCOUNT, OF_STRATEGY, an_open_order, denial_of, limits
from tests.support.builders import ACCOUNT, SYMBOL, VENUE

SCOPES = scopes_of(ACCOUNT, VENUE, SYMBOL, user="kim", strategy="twap")
OTHER = scopes_of("A2", "NXT", SYMBOL)


def some_guards(**fields):
    return Guards(HouseLimits(**fields), MARKS.in_house)


def reserve(guards, order_id, leaves_qty, scopes=SCOPES, **fields):
    guards.set_order(an_open_order(order_id, leaves_qty, scopes=scopes, **fields))


def fill(guards, qty, costs=0):
    guards.book_fill(
        SCOPES, SYMBOL, "KRW", side=Side.BUY, px=70_000, qty=qty, costs=costs, mono_ns=1
    )  # fmt: skip


def test_an_order_stands_in_one_scope_of_each_kind_that_it_names():
    kinds = [scope.kind for scope in SCOPES]
    assert kinds == [
        ScopeKind.ACCOUNT,
        ScopeKind.FIRM,
        ScopeKind.VENUE,
        ScopeKind.SYMBOL,
        ScopeKind.USER,
        ScopeKind.STRATEGY,
    ]
    assert len(OTHER) == 4


def test_reserve_on_entry_release_on_report():
    guards = some_guards()
    reserve(guards, 1, 100)
    assert [guards.of(scope).exposure.of(SYMBOL).open_qty[Side.BUY] for scope in SCOPES] == [100] * 6
    reserve(guards, 1, 40)
    fill(guards, 60)
    account = guards.account(ACCOUNT).exposure
    assert (account.of(SYMBOL).open_qty[Side.BUY], account.of(SYMBOL).qty, account.working) == (40, 60, 1)
    reserve(guards, 1, 0)
    assert (account.of(SYMBOL).open_qty[Side.BUY], account.working, guards.open_orders) == (0, 0, [])


def test_firm_sees_all_accounts_and_each_account_its_own():
    guards = some_guards()
    reserve(guards, 1, 100)
    reserve(guards, 2, 30, scopes=OTHER)
    opened = [guards.of(scope).exposure.of(SYMBOL).open_qty[Side.BUY] for scope in (FIRM, OF_ACCOUNT, OTHER[0])]
    assert opened == [130, 100, 30]


changes = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([0, 0, 1, 5, 70]), st.sampled_from([0, 70_000, 71_000])), max_size=40
)


@given(changes)
def test_sums_per_scope_are_the_sums_over_the_open_orders(found):
    guards = some_guards()
    for order_id, leaves_qty, px in found:
        side = Side.BUY if order_id % 2 else Side.SELL
        scopes = SCOPES if order_id < 4 else OTHER
        reserve(guards, order_id, leaves_qty, scopes, side=side, px=px)
    expected = Counter()
    for order in guards.open_orders:
        for scope in order.scopes:
            expected[scope, order.side] += order.leaves_qty
            expected[scope] += 1
    for guard in guards:
        issue = guard.exposure.of(SYMBOL)
        assert issue.open_qty == {side: expected[guard.scope, side] for side in Side}
        assert guard.exposure.working == expected[guard.scope]
        resting = {
            side: {o.order_id: o.px for o in guards.open_orders if guard.scope in o.scopes and o.side is side and o.px}
            for side in Side
        }
        assert issue.resting == resting


def test_a_fill_that_is_taken_back_leaves_nothing():
    guards = some_guards()
    fill(guards, 60, costs=100)
    fill(guards, -60, costs=-100)
    issue = guards.account(ACCOUNT).exposure.of(SYMBOL)
    assert (issue.qty, issue.flow) == (0, 0)


def test_shares_that_come_without_a_trade_are_no_profit():
    guards = some_guards()
    guards.account(ACCOUNT)
    fill(guards, 10)
    exposure = guards.account(ACCOUNT).exposure
    before = exposure.pnl(MARKS)
    exposure.adjust(SYMBOL, "KRW", 1_000)
    assert (exposure.of(SYMBOL).qty, exposure.pnl(MARKS)) == (1_010, before)


def test_asking_about_unheard_of_names_costs_no_memory():
    guards = some_guards()
    for number in range(1_000):
        guards.all_of(scopes_of(f"A{number}", VENUE, f"S{number}", strategy=f"x{number}"))
    guards.note_self_cross(scopes_of("A0", VENUE, "S0"), 1)
    assert list(guards) == []


def test_limits_by_scope_and_kind():
    narrow = limits(order_qty_max=7)
    guards = some_guards(accounts=RiskLimits(order_qty_max=9), named={OF_STRATEGY: narrow})
    found = [guards.of(scope).limits for scope in SCOPES]
    assert [one.order_qty_max for one in found] == [9, 0, 0, 0, 0, 7]
    assert found[1] == DEFAULTS[ScopeKind.FIRM]
    assert found[2] == found[3] == OFF
    firm = DEFAULTS[ScopeKind.FIRM]
    assert (firm.orders_per_second, firm.messages_per_second) == (1_000, 5_000)


def test_changed_limits_hold_at_once_and_rates_keep_their_memory():
    guards = some_guards(accounts=limits(orders_per_second=5))
    for mono_ns in (1, 2, 3):
        guards.note_order(SCOPES, KEY, mono_ns)
    guard = guards.account(ACCOUNT)
    assert guard.rate.allows(4)
    guards.set_limits(OF_ACCOUNT, asdict(limits(orders_per_second=3)), is_queued=False)
    assert not guard.rate.allows(4)
    assert guard.rate.allows(1_000_000_001)


def test_a_new_day_forgets_results_and_keeps_holdings_and_halts():
    guards = some_guards()
    fill(guards, 10, costs=500)
    guards.set_state(OF_ACCOUNT, TradingState.HALTED, HaltCause.PERSON, "lunch")
    guards.start_day()
    guard = guards.account(ACCOUNT)
    issue = guard.exposure.of(SYMBOL)
    assert (issue.qty, issue.start_qty, issue.flow, guard.exposure.pnl(MARKS)) == (10, 10, 0, 0)
    assert (guard.state, guard.detail) == (TradingState.HALTED, "lunch")


def test_memory_is_the_same_whatever_the_order_in_which_scopes_were_met():
    one, other = some_guards(), some_guards()
    for guards, first in ((one, SCOPES), (other, OTHER)):
        second = OTHER if first is SCOPES else SCOPES
        for scopes in (first, second):
            guards.note_order(scopes, (SYMBOL, Side.BUY, OrdType.LIMIT, 1, 1), 5)
            reserve(guards, len(scopes), 10, scopes)
    assert one.memory == other.memory
    reserve(one, 6, 9)
    assert one.memory != other.memory


def test_named_scope_is_known_before_it_trades():
    scope = Scope(kind=ScopeKind.SYMBOL, name=SYMBOL)
    guards = some_guards(restricted={scope: {SYMBOL: "merger"}})
    assert [guard.scope for guard in guards] == [scope]
    assert guards.of(scope).restricted == {SYMBOL: "merger"}


def test_names_are_bounded_and_known_ones_go_on(monkeypatch):
    monkeypatch.setattr("hts.risk.guards.SCOPES_MAX", 6)
    guards = some_guards()
    new = scopes_of(ACCOUNT, VENUE, SYMBOL, user="kim", strategy="another")
    guards.note_order(SCOPES[:5], KEY, 1)
    assert denial_of(guards=guards.all_of(new), px=70_900) is None  # room for one more
    guards.note_order(SCOPES, KEY, 1)
    assert len(list(guards)) == 6
    known = denial_of(guards=guards.all_of(SCOPES), px=70_900)
    found = denial_of(guards=guards.all_of(new), px=70_900)
    refused = Denial(rule=Rule.SCOPES_FULL, limit=5_000, unit=Unit.COUNT, detail="strategy:another")
    assert (known, found) == (None, refused)


def test_names_with_nothing_at_stake_are_forgotten_overnight():
    guards = some_guards(named={OF_STRATEGY: limits(order_qty_max=7)})
    other = scopes_of(ACCOUNT, VENUE, SYMBOL, user="kim", strategy="x")
    for scopes in (SCOPES, other):
        guards.note_order(scopes, KEY, 1)
    guards.set_state(other[4], TradingState.HALTED, HaltCause.PERSON, "")
    guards.start_day()
    kept = {str(guard.scope) for guard in guards}
    assert kept == {f"account:{ACCOUNT}", "firm", f"venue:{VENUE}", "user:kim", "strategy:twap"}


def test_a_position_is_remembered_overnight():
    guards = some_guards()
    fill(guards, 10)
    guards.start_day()
    assert len(list(guards)) == 6
