"""Limits of single scopes in the settings."""

import pytest

from hts.app.config import load_config
from hts.base.errors import ConfigError
from hts.model.scopes import FIRM, Scope, ScopeKind
from hts.risk.limits import DEFAULTS, RiskLimits


def settings(tmp_path, text):
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def test_limits_of_a_strategy_and_of_the_firm(tmp_path):
    config = settings(
        tmp_path,
        """
        [[scope]]
        kind = "strategy"
        name = "twap-1"
        limits = { orders_per_second = 5 }

        [[scope]]
        kind = "firm"
        restricted = { "005930" = "mandate" }
        """,
    )
    strategy, firm = (scope.scope_limits(config.limits) for scope in config.scope)
    assert strategy.scope == Scope(kind=ScopeKind.STRATEGY, name="twap-1")
    assert (strategy.limits.orders_per_second, strategy.limits.unfilled_orders_max) == (5, 500)
    assert (firm.scope, firm.limits, firm.restricted) == (FIRM, DEFAULTS[ScopeKind.FIRM], {"005930": "mandate"})


def test_an_account_of_its_own_begins_with_the_limits_of_all(tmp_path):
    text = (
        '[limits]\norder_qty_max = 9\n[[scope]]\nkind = "account"\nname = "A2"\nlimits = { working_orders_max = 3 }\n'
    )
    config = settings(tmp_path, text)
    (found,) = (scope.scope_limits(config.limits) for scope in config.scope)
    assert found.limits == RiskLimits(order_qty_max=9, working_orders_max=3)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('kind = "strategy"\nname = "x"\nlimits = { order_qty = 1 }', "found 'order_qty'"),
        ('kind = "strategy"\nname = "x"\nlimits = { order_qty_max = -1 }', "expected 0 or more"),
        ('kind = "strategy"', "name: expected one"),
        ('kind = "firm"\nname = "x"', "name: expected one"),
        ('kind = "desk"\nname = "x"', "Invalid enum value 'desk'"),
        ('kind = "firm"\nfoo = 1', "unknown field `foo`"),
    ],
)
def test_damaged_scope_is_refused_by_name(tmp_path, lines, said):
    with pytest.raises(ConfigError, match="config.toml") as refused:
        settings(tmp_path, f"[[scope]]\n{lines}\n")
    assert said in str(refused.value)
