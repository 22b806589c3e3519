"""Any bytes of a client: an answer in the venue's own words or the end of that connection, never more."""

import random

import pytest

from tests.sim.native.test_ouch import NASDAQ_ORDER, PTS_ORDER
from tests.sim.native.test_ouch_osaka_tokyo import OSE_ORDER, TSE_ORDER
from tests.support.native_market import Client, NativeMarket

SAMPLES = {
    "NASDAQ": [
        ("enter_order", {"user_ref_num": 5, **NASDAQ_ORDER, "appendage": {"min_qty": 10, "post_only": "P"}}),
        ("enter_order", {"user_ref_num": 6, **NASDAQ_ORDER, "appendage": {"price_type": "M", "expire_time": 50_000}}),
        ("replace_order", {"orig_user_ref_num": 1, "user_ref_num": 7, "quantity": 50, "price": 2_590_000,
                           "time_in_force": "0", "display": "Y", "intermarket_sweep_eligibility": "N",
                           "cl_ord_id": "x", "appendage": {}}),
        ("cancel_order", {"user_ref_num": 1, "quantity": 10}),
        ("modify_order", {"user_ref_num": 1, "side": "B", "quantity": 10}),
        ("account_query", {}),
    ],
    "JNX": [
        ("enter_order", {"order_token": 5, **PTS_ORDER}),
        ("replace_order", {"existing_order_token": 1, "replacement_order_token": 6, "quantity": 100, "price": 29_000,
                           "time_in_force": 99999, "display": " ", "minimum_quantity": 0}),
        ("cancel_order", {"order_token": 1, "quantity": 100}),
    ],
    "OSE": [
        ("enter_order", {"order_token": "T5", **OSE_ORDER}),
        ("replace_order", {"existing_order_token": "T1", "replacement_order_token": "T6", "quantity": 4,
                           "price": 49_990, "open_close": 4, "client_account": "A", "customer_info": "",
                           "exchange_info": ""}),
        ("cancel_order", {"order_token": "T1"}),
        ("cancel_by_order_id", {"order_book_id": 1001, "side": "B", "order_id": 1}),
        ("mass_cancel", {"order_token": "M", "underlying_id": 0, "scope": 1, "client_account": ""}),
    ],
    "TSE": [
        ("enter_order", {"request_number": 2, **TSE_ORDER}),
        ("replace_order", {"request_number": 2, "orig_request_number": 1, "quantity": 200, "price": 29_900_000,
                           "condition": "0", "client_reference": "two"}),
        ("cancel_order", {"request_number": 2, "orig_request_number": 1, "client_reference": "out"}),
        ("mass_cancel", {"request_number": 2, "issue_code": "", "side": " ", "account": "", "client_reference": ""}),
        ("kill_switch", {"request_number": 2, "action": "R", "account": "", "client_reference": ""}),
        ("number_query", {"on_disconnect": "K"}),
    ],
}  # fmt: skip
FIRST = {
    "NASDAQ": ("enter_order", {"user_ref_num": 1, **NASDAQ_ORDER}),
    "JNX": ("enter_order", {"order_token": 1, **PTS_ORDER}),
    "OSE": ("enter_order", {"order_token": "T1", **OSE_ORDER}),
    "TSE": ("enter_order", {"request_number": 1, **TSE_ORDER}),
}


def broken(dice, data):
    """A message with bytes changed, cut off or added."""
    out = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        kind = dice.randrange(8)
        if kind == 0 and len(out) > 1:
            del out[dice.randrange(len(out)) :]
        elif kind == 1:
            out += bytes(dice.randrange(256) for _ in range(dice.randrange(1, 9)))
        elif out:
            place = dice.randrange(1 if dice.random() < 0.8 and len(out) > 1 else 0, len(out))
            out[place] = dice.choice((dice.randrange(256), dice.choice(b"0123456789ABCXYZ "), 0, 255))
    return bytes(out)


@pytest.mark.parametrize("venue", list(SAMPLES))
@pytest.mark.parametrize("seed", [1, 2])
def test_no_bytes_hurt_the_venue_or_another_trader(venue, seed):
    dice = random.Random(seed)
    market = NativeMarket(venue)
    other = Client(market, 1, username="HTS02")
    other.said()
    ended = 0
    for conn in range(2, 200):
        client = Client(market, conn)
        client.said()
        client.ouch.soup.send(market.ouch.encode(*FIRST[venue]), 0)
        client.carry()
        for _ in range(4):
            if client.ouch.soup.is_up:
                name, fields = dice.choice(SAMPLES[venue])
                client.ouch.soup.send(broken(dice, market.ouch.encode(name, fields)), 0)
                client.carry()
        while client.ouch.next_event() is not None:
            pass
        ended += conn in market.orders.closing()
        market.lose(conn)
        market.orders.reasons()
    assert ended > 20
    other.ouch.soup.send(market.ouch.encode(*FIRST[venue]), 0)
    other.carry()
    assert other.said()[-1][0] == "order_accepted"


@pytest.mark.parametrize("seed", range(3))
def test_any_bytes_at_the_recovery_ports(seed):
    dice = random.Random(seed)
    for venue in ("TSE", "NASDAQ"):
        market = NativeMarket(venue)
        for conn in range(1, 150):
            market.recovery.connected(conn, market.trade_ns, 0)
            data = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 60)))
            market.recovery.receive_data(conn, data, market.trade_ns, 0)
            market.recovery.data_to_send()
            market.recovery.closing()
            market.recovery.disconnected(conn, market.trade_ns, 0)
