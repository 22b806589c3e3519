"""What work costs the running core: 500 algorithms at a decision a second each, 1,000 conditions at each quote."""

import time

from kit import finish, percentile, row

from hts.model.algo import AlgoKind, AlgoParams, VolumeCurve
from hts.model.conditional import ConditionalOrder, PriceCondition, TrailCondition
from hts.model.enums import Side
from hts.model.intents import PlaceConditionals, StartAlgo
from hts.risk.limits import RiskLimits
from tests.engine.floor import Floor, a_floor, book, trade
from tests.support.builders import ACCOUNT, SYMBOL, TRADE_NS

ALGOS = 500
CONDITIONS = 1_000
SECONDS = 20
QUOTES = 2_000
HOUR_NS = 3_600_000_000_000
BIN_NS = 300_000_000_000
CURVE = VolumeCurve(start_ns=TRADE_NS, bin_ns=BIN_NS, volumes=tuple(10_000 + 300 * n for n in range(24)))


def algo(number: int) -> StartAlgo:
    """TWAP and VWAP in turn; both wait at the best price, one child each."""
    kind = AlgoKind.VWAP if number % 2 else AlgoKind.TWAP
    params = AlgoParams(
        algo_id=0, kind=kind, account="", symbol=SYMBOL, side=Side.BUY, qty=1_200, px=70_000,
        end_ns=TRADE_NS + 2 * HOUR_NS, curve=CURVE if number % 2 else None,
    )  # fmt: skip
    return StartAlgo(request_id=f"a{number}", account=ACCOUNT, params=params)


def told_us(floor: Floor, px: int, number: int) -> float:
    """One book and one trade through the core."""
    quotes = trade(px, cum_qty=400_000 + number, at_ns=TRADE_NS + number), book("KRX", ((px + 100, 50),), ((px, 80),))
    began = time.perf_counter_ns()
    floor.tell(*quotes)
    return (time.perf_counter_ns() - began) / 1_000


def algos() -> list[dict]:
    """500 of one issue: each quote asks every one of them."""
    limits = RiskLimits(working_orders_max=2 * ALGOS, orders_per_second=10_000, duplicate_window_ms=0)
    floor = a_floor(cash=10**15, limits=limits)
    for number in range(ALGOS):
        floor.desk.mono_ns += 200_000_000
        for venue in floor.desk.engine.core.venues.values():
            venue.market.hear(floor.desk.mono_ns)
        floor.intent(algo(number))
    running = len(floor.desk.engine.core.state.works.lookers(SYMBOL))
    assert running == ALGOS, running
    taken = []
    for second in range(SECONDS):
        floor.desk.mono_ns += 1_000_000_000
        floor.desk.trade_ns += 1_000_000_000
        taken.append(told_us(floor, 71_000, second))
    decision = percentile(taken, 500) / ALGOS
    return [
        row("works.algo_decision", decision, "us"),
        row("works.500_algos_per_s", decision * ALGOS / 10_000, "% core", "<= 5"),
    ]


def conditions() -> list[dict]:
    """The same quotes with and without 1,000 conditions that do not come true."""
    floor, plain = a_floor(), a_floor()
    orders = []
    for number in range(CONDITIONS):
        above, away = number % 2 == 0, 1_000 + 100 * (number % 150)
        condition = (
            TrailCondition(is_above=above, distance=away)
            if number % 4 < 2
            else PriceCondition(is_above=above, px=71_000 + (away if above else -away))
        )
        orders.append(
            ConditionalOrder(
                cond_id=0, account="", symbol=SYMBOL, condition=condition, side=Side.BUY if above else Side.SELL, qty=1
            )
        )
    floor.intent(PlaceConditionals(request_id="c", account=ACCOUNT, orders=tuple(orders)))
    assert len(floor.desk.engine.core.state.works.active()) == CONDITIONS
    with_them, without = [], []
    for number in range(QUOTES):
        px = 71_000 + 100 * (number % 3)
        with_them.append(told_us(floor, px, number))
        without.append(told_us(plain, px, number))
    warm = QUOTES // 4  # the first prices move the trails
    more = percentile(with_them[warm:], 500) - percentile(without[warm:], 500)
    return [row("works.quote_1000_conditions", more / 2, "us", "<= 5")]  # a trade and a book were told


def main() -> list[dict]:
    """Both."""
    return finish([*algos(), *conditions()])


if __name__ == "__main__":
    main()
