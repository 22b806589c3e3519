"""How long the engine takes for an intent and for a report, in plain Python with all checks.

intent_to_send        until a new order's record and request are decided: what stands before the wire
intent_new_order      that, and the state, the risk figures and the views that follow when the request has left
cold.intent_to_send   the first, after other code and other data have had the processor's caches: orders of a hand
                      come seconds apart
"""

import _pydecimal
import textwrap
import time
import zlib

from kit import finish, row

from hts.model.effects import Append, SyncThen
from hts.model.enums import ExecType, Side
from tests.engine.kit import a_ready_desk
from tests.support.builders import a_fill, a_report, an_intent

ORDERS = 2_000
ROUNDS = 5
COLD_ORDERS = 300
OTHER_DATA = bytes(range(256)) * (6 << 12)  # 6 MiB


def _us(pairs: list[int]) -> tuple[float, float]:
    ordered = sorted(pairs)
    return ordered[len(ordered) // 2] / 1_000, ordered[len(ordered) * 99 // 100] / 1_000


def _cool() -> None:
    """Something else runs: what the engine uses leaves the caches."""
    zlib.crc32(OTHER_DATA)
    (_pydecimal.Decimal("3.1") ** 3 / 7).sqrt()
    textwrap.wrap("a b c d e f g h " * 4, 20)


def _round(orders: int = ORDERS, *, is_cold: bool = False) -> tuple[list[int], ...]:
    """New orders that fill at once, so that the working set stays small; every second is a sell."""
    desk = a_ready_desk()
    engine = desk.engine
    sends, intents, accepts, fills = [], [], [], []
    seq, exec_id = desk.next_seq, 1
    for n in range(orders):
        if is_cold:
            _cool()
        desk.mono_ns += 100_000_000
        engine.core.home.market.hear(desk.mono_ns)
        side = Side.SELL if n % 2 else Side.BUY
        intent = an_intent(f"r{n}", side=side)
        began = time.perf_counter_ns()
        urgent, rest = engine.begin_intent(1, intent, *desk.at())
        sends.append(time.perf_counter_ns() - began)
        effects = (*urgent, *rest())
        intents.append(time.perf_counter_ns() - began)
        for effect in effects:
            if isinstance(effect, SyncThen):
                engine.on_synced(effect.token, *desk.at())
        entered = [e.record for e in effects if isinstance(e, Append)]
        cl_ord_id = next(r.cl_ord_id for r in entered if hasattr(r, "cl_ord_id"))
        new = a_report(ExecType.NEW, seq, cl_ord_id=cl_ord_id, side=side)
        fill = a_fill(10, 10, seq + 1, cl_ord_id=cl_ord_id, side=side, exec_id=exec_id)
        began = time.perf_counter_ns()
        engine.on_report(new, *desk.at())
        middle = time.perf_counter_ns()
        engine.on_report(fill, *desk.at())
        fills.append(time.perf_counter_ns() - middle)
        accepts.append(middle - began)
        seq, exec_id = seq + 2, exec_id + 1
    return sends, intents, accepts, fills


def main() -> list[dict]:
    """The best of some rounds, as the machine is shared."""
    rounds = [_round() for _ in range(ROUNDS)]
    rows: list[dict] = []
    for index, name in enumerate(("intent_to_send", "intent_new_order", "report_accepted", "report_fill")):
        p50, p99 = min(_us(one[index]) for one in rounds)
        aim = "<= 35" if name == "intent_to_send" else ""
        rows += [row(f"engine.{name}.p50", p50, "us", aim), row(f"engine.{name}.p99", p99, "us")]
    p50, p99 = min(_us(_round(COLD_ORDERS, is_cold=True)[0]) for _ in range(ROUNDS))
    rows += [row("engine.cold.intent_to_send.p50", p50, "us"), row("engine.cold.intent_to_send.p99", p99, "us")]
    return finish(rows)


if __name__ == "__main__":
    main()
