"""The venue's files of a day that is over, read back whole."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from hts.sim.end_of_day import decimal, files, iso
from hts.sim.venue import ROLL_AFTER_NS
from tests.sim.test_venue import PX, SAMSUNG, Shell, buy, sell


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def a_day():
    """Two orders trade in the closing call, one is left; what the venue hands out when the day rolls."""
    given_out = []
    shell = Shell(start_s=15 * 3600 + 25 * 60)
    shell.venue.on_day_over = lambda day: given_out.append(files(day))
    shell.connect(1)
    for message in (sell(1, px=PX + 500), buy(2, px=PX + 500), sell(3, px=PX + 5000)):
        shell.say(1, message)
    return shell, given_out


def over(shell):
    end_ns = shell.venue.day.exchange.day_end_ns
    shell.run((end_ns + ROLL_AFTER_NS - shell.now[0]) // 1_000_000 + 1)


def test_prices_orders_and_trades_of_a_day():
    shell, given_out = a_day()
    over(shell)
    (found,) = given_out
    assert list(found) == ["prices.csv", "HTS01_orders.csv", "HTS01_trades.csv"]
    prices = {row["symbol"]: row for row in rows(found["prices.csv"])}
    traded, silent = prices[SAMSUNG], prices["000660"]
    assert [traded[key] for key in ("open_px", "high_px", "low_px", "close_px", "volume", "value", "currency")] == [
        *[str(PX + 500)] * 4, "10", str(10 * (PX + 500)), "KRW",
    ]  # fmt: skip
    assert (silent["open_px"], silent["close_px"], silent["volume"]) == ("0", silent["base_px"], "0")
    assert [
        (row["order_id"], row["side"], row["cum_qty"], row["ord_status"]) for row in rows(found["HTS01_orders.csv"])
    ] == [
        ("1", "SELL", "10", "FILLED"),
        ("2", "BUY", "10", "FILLED"),
        ("3", "SELL", "0", "EXPIRED"),
    ]
    trades = rows(found["HTS01_trades.csv"])
    assert [(row["order_id"], row["side"], row["last_qty"], row["last_px"]) for row in trades] == [
        ("2", "BUY", "10", str(PX + 500)),
        ("1", "SELL", "10", str(PX + 500)),
    ]
    assert len({row["exec_id"] for row in trades}) == 2
    assert {row["time"][:16] for row in trades} == {"2026-11-23T06:30"}  # the closing call, 15:30 in Seoul


def test_a_venue_that_was_killed_hands_out_the_same():
    whole, expected = a_day()
    over(whole)
    killed, found = a_day()
    killed.kill()
    killed.venue.on_day_over = lambda day: found.append(files(day))
    over(killed)
    assert [(text["prices.csv"], text["HTS01_orders.csv"]) for text in found] == [
        (text["prices.csv"], text["HTS01_orders.csv"]) for text in expected
    ]
    drop = ("time",)
    assert [{k: v for k, v in row.items() if k not in drop} for row in rows(found[0]["HTS01_trades.csv"])] == [
        {k: v for k, v in row.items() if k not in drop} for row in rows(expected[0]["HTS01_trades.csv"])
    ]


@given(st.integers(0, 10**9), st.integers(0, 6))
def test_decimals_are_exact(px, decimals):
    text = decimal(px, decimals)
    assert int(text.replace(".", "")) == px
    assert len(text.partition(".")[2]) == decimals


def test_times_have_all_their_nanoseconds():
    assert iso(1_795_392_037_069_348_441) == "2026-11-23T00:00:37.069348441Z"
