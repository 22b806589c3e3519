import pytest

from hts.desk.risk_panel import RiskState, cause_text, figure_text, permille_of
from hts.engine.risk_views import UNITS
from hts.model.denials import Unit
from hts.model.risk_views import RiskView, ScopeView, Usage
from hts.model.scopes import HaltCause, Scope, ScopeKind, TradingState
from hts.risk.limits import RiskLimits
from tests.desk.scene import Scene

TEXTS = {language: Scene(language=language).texts for language in ("ko", "ja", "en")}
PER_ORDER = Usage(name="order_qty_max", figure=-1, limit=20_000, unit=Unit.QTY)
WORKING = Usage(name="working_orders_max", figure=160, limit=200, unit=Unit.COUNT, queued=250)
LOSS = Usage(name="daily_loss_max", figure=10, limit=1_000, unit=Unit.NOTIONAL)


def a_scope(kind, name="", *usages, state=TradingState.ACTIVE, cause=HaltCause.NONE, detail=""):
    return ScopeView(
        scope=Scope(kind=kind, name=name), state=state, cause=cause, detail=detail, working=3, pnl=-5, usages=usages
    )


HALTED = a_scope(
    ScopeKind.STRATEGY, "twap-1", state=TradingState.HALTED, cause=HaltCause.REJECT_STORM, detail="100/100"
)
ACCOUNT = a_scope(ScopeKind.ACCOUNT, "a1", PER_ORDER, WORKING, LOSS)
VIEW = RiskView(scopes=(HALTED, a_scope(ScopeKind.FIRM), ACCOUNT))


def cells(table, number):
    return {column.key: column.text(table.row(number)) for column in table.columns}


def test_scopes_with_their_fullest_limit_and_why_they_are_stopped():
    state = RiskState(TEXTS["en"])
    state.update(VIEW, None)
    assert cells(state.scopes, 0) == {
        "scope": "Strategy twap-1", "state": "Halted", "use": "—", "working": "3", "pnl": "−5",
        "cause": "Too many rejects 100/100",
    }  # fmt: skip
    assert (cells(state.scopes, 2)["use"], cells(state.scopes, 2)["cause"]) == ("80 %", "")
    assert state.halted_count == 1


def test_an_issue_is_called_by_its_name_where_it_has_one():
    issues = [a_scope(ScopeKind.SYMBOL, symbol) for symbol in ("005930", "000001")]
    state = RiskState(TEXTS["en"], lambda symbol: {"005930": "SamsungElec"}.get(symbol, symbol))
    state.update(RiskView(scopes=tuple(issues)), None)
    assert [cells(state.scopes, number)["scope"] for number in (0, 1)] == ["SamsungElec 005930", "Issue 000001"]


def test_without_a_choice_the_account_is_shown_and_what_can_be_used_up_comes_first():
    state = RiskState(TEXTS["en"])
    state.update(VIEW, None)
    assert state.chosen is ACCOUNT
    assert [state.usages.row(i).key for i in range(3)] == ["working_orders_max", "daily_loss_max", "order_qty_max"]
    assert cells(state.usages, 0) == {
        "limit": "Working orders", "use": "80 %", "used": "160", "most": "200", "queued": "250",
    }  # fmt: skip
    assert cells(state.usages, 2)["used"] == "per order"
    assert (state.usages.row(0).is_near, state.usages.row(1).is_near) == (True, False)
    state.update(VIEW, HALTED.scope)
    assert (state.chosen, len(state.usages)) == (HALTED, 0)
    state.update(None, HALTED.scope)
    assert (state.chosen, len(state.scopes)) == (None, 0)


def test_figures_carry_their_unit():
    texts = TEXTS["en"]
    found = [figure_text(500, unit, texts) for unit in (Unit.BP, Unit.MS, Unit.PER_SECOND, Unit.QTY)]
    assert found == ["5.00 %", "500 ms", "500 /s", "500"]
    assert permille_of(PER_ORDER) == -1


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_every_limit_state_and_cause_has_its_words(language):
    texts = TEXTS[language]
    limits = RiskLimits.__struct_fields__
    wanted = [
        *(f"limit.{name}" for name in limits),
        *(f"trading_state.{state.value}" for state in TradingState),
        *(f"halt_cause.{cause.value}" for cause in HaltCause if cause is not HaltCause.NONE),
        *(f"scope.{kind.value}" for kind in ScopeKind),
    ]
    assert [key for key in wanted if not texts.has(key)] == []
    assert set(UNITS) == set(limits)
    assert cause_text(a_scope(ScopeKind.FIRM), texts) == ""
