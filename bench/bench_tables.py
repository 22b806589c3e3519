"""Tables of 100, 1,000 and 10,000 working orders: a sort, and updates while sorted; as a JSON list of rows.

What a change costs must not grow with the table: the last row is the ratio of the longest table to the shortest.
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import kit
from msgspec.structs import replace

from hts.desk.tables_orders import OrdersTable
from hts.model.enums import Side
from hts.model.units import Px
from tests.desk.scene import NAVER, SAMSUNG, Scene, an_order

SIZES = (100, 1_000, 10_000)
CHANGES = 2_000
VISIBLE = 40


def measured(count: int) -> tuple[float, list[int]]:
    """Milliseconds of the sort, nanoseconds of each change with the rows in view behind it."""
    scene = Scene()
    table = OrdersTable(scene.texts)
    orders = [
        an_order(i, Side.BUY, 100_000 + i * 7919 % 90_000, 10, (NAVER, SAMSUNG)[i % 2]) for i in range(1, count + 1)
    ]
    for order in orders:
        scene.orders.on_view(order)
    table.update(scene.market, scene.orders, {NAVER, SAMSUNG})
    begin = time.perf_counter_ns()
    table.toggle_sort("px")
    sorted_ms = (time.perf_counter_ns() - begin) / 1e6
    taken = []
    for i in range(CHANGES):
        row = table.get(orders[i * 31 % count].order_id)
        assert row is not None
        view = replace(row.view, px=Px(100_000 + i * 104_729 % 90_000))
        begin = time.perf_counter_ns()
        table.put(replace(row, view=view))
        shown = [table.row(n) for n in range(min(VISIBLE, count))]
        table.find(row.key)
        taken.append(time.perf_counter_ns() - begin)
        assert shown[0].view.px >= shown[-1].view.px
    return sorted_ms, taken


def main() -> None:
    """Print the rows."""
    rows, medians = [], []
    for count in SIZES:
        sorted_ms, taken = measured(count)
        medians.append(kit.percentile(taken, 500))
        aim = "<= 60" if count == SIZES[-1] else ""
        rows.append(kit.row(f"tables.{count}.sort", sorted_ms, "ms", aim))
        rows += kit.spread(f"tables.{count}.change", taken, aim_p99="<= 5000")
    rows.append(kit.row("tables.change.growth_100_to_10000", medians[-1] / medians[0], "times", "<= 3"))
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
