"""Nothing that can trade leaves the engine without a pass of risk for exactly it."""

import ast
from pathlib import Path

import pytest
from msgspec.structs import replace

from hts.engine.core import Batch
from hts.model.effects import Send
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.requests import NewOrderSingle, OrderCancelReplaceRequest
from hts.risk.checks import Pass
from tests.engine.kit import a_ready_desk
from tests.support.builders import ACCOUNT, SYMBOL, VENUE

ROOT = Path(__file__).resolve().parents[2]
ORDER = NewOrderSingle(
    cl_ord_id=1,
    request_id="r",
    account=ACCOUNT,
    symbol=SYMBOL,
    side=Side.BUY,
    ord_type=OrdType.LIMIT,
    time_in_force=TimeInForce.DAY,
    px=71_000,
    qty=10,
)
AMEND = OrderCancelReplaceRequest(
    cl_ord_id=2,
    orig_cl_ord_id=1,
    request_id="r",
    account=ACCOUNT,
    symbol=SYMBOL,
    side=Side.BUY,
    px=71_000,
    qty=10,
)
PASSED = Pass(account=ACCOUNT, venue=VENUE, symbol=SYMBOL, side=Side.BUY, px=71_000, qty=10)


def calls(name, *tops):
    """The files in which a class is constructed."""
    found = set()
    for top in tops:
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                    found.add(path.relative_to(ROOT).as_posix())
    return found


def a_batch():
    desk = a_ready_desk()
    return Batch(desk.engine.core, *desk.at())


@pytest.mark.parametrize("request_", [ORDER, AMEND])
def test_an_order_without_a_pass_does_not_leave(request_):
    with pytest.raises(AssertionError):
        a_batch().send(VENUE, request_)


@pytest.mark.parametrize("request_", [ORDER, AMEND])
def test_a_pass_is_for_one_order(request_):
    batch = a_batch()
    batch.send_order(VENUE, PASSED, request_)
    assert [effect for effect in batch.effects() if isinstance(effect, Send)] == [Send(VENUE, request_)]
    changes = {"qty": 11, "px": 71_100, "side": Side.SELL, "symbol": "000660", "account": "A2"}
    for name, value in changes.items():
        with pytest.raises(AssertionError):
            a_batch().send_order(VENUE, PASSED, replace(request_, **{name: value}))
    with pytest.raises(AssertionError):
        a_batch().send_order("NXT", PASSED, request_)


def test_only_risk_makes_a_pass_and_only_the_batch_sends():
    assert calls("Pass", "hts") == {"hts/risk/checks.py"}
    assert calls("Send", "hts") == {"hts/engine/core.py"}
    assert calls("NewOrderSingle", "hts/engine", "hts/app", "hts/link") == {"hts/engine/entry.py"}
    assert calls("OrderCancelReplaceRequest", "hts/engine", "hts/app", "hts/link") == {"hts/engine/entry.py"}
