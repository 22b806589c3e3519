"""How long the engine takes for an intent and for a report, in plain Python with all checks."""

import time

from kit import finish, row

from hts.model.effects import Append, SyncThen
from hts.model.enums import ExecType, Side
from tests.engine.kit import a_ready_desk
from tests.support.builders import a_fill, a_report, an_intent

ORDERS = 2_000
ROUNDS = 5


def _us(pairs: list[int]) -> tuple[float, float]:
    ordered = sorted(pairs)
    return ordered[len(ordered) // 2] / 1_000, ordered[len(ordered) * 99 // 100] / 1_000


def _round() -> tuple[list[int], list[int], list[int]]:
    """New orders that fill at once, so that the working set stays small; one in 20 is a sell."""
    desk = a_ready_desk()
    engine = desk.engine
    intents, accepts, fills = [], [], []
    seq, exec_id = desk.next_seq, 1
    for n in range(ORDERS):
        desk.mono_ns += 100_000_000
        engine.core.home.market.hear(desk.mono_ns)
        side = Side.SELL if n % 2 else Side.BUY
        intent = an_intent(f"r{n}", side=side)
        began = time.perf_counter_ns()
        effects = engine.on_intent(1, intent, *desk.at())
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
    return intents, accepts, fills


def main() -> list[dict]:
    """The best of some rounds, as the machine is shared."""
    rounds = [_round() for _ in range(ROUNDS)]
    rows: list[dict] = []
    for index, name in enumerate(("intent_new_order", "report_accepted", "report_fill")):
        p50, p99 = min(_us(one[index]) for one in rounds)
        rows += [row(f"engine.{name}.p50", p50, "us"), row(f"engine.{name}.p99", p99, "us")]
    return finish(rows)


if __name__ == "__main__":
    main()
