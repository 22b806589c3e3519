"""The chart over a million bars: a pan frame at several widths, the last bar after a trade; as a JSON list of rows.

The chart has its averages, VWAP and volume; with four panes Bollinger bands, MACD and RSI besides. Times are of whole
frames: ranges, still picture, axes, painting; `cpu` is the processor's time of the same frames, which tells the work
itself on a machine that is busy elsewhere. The peer, where HTS_PEER_PYTHON names an interpreter that has it, is finplot
with candles and volume over a hundred thousand bars, in the same run: a tenth of ours.
"""

import json
import os
import random
import subprocess
import time
from collections.abc import Callable

import numpy as np
from kit import SHARED, finish, percentile, row
from PySide6.QtWidgets import QApplication

from hts.desk.chart import Series
from hts.desk.chart_marks import marks_of
from hts.desk.chart_studies import study_of
from tests.desk.scene import NINE, SAMSUNG, SECOND, a_trade
from tests.widgets.scene import day_scene
from widgets.chart import ChartPanel

BARS = 1_000_000
ROUNDS = 300
SEED = 7
PEER_S = 240
PAN = ("<= 6000", "<= 14000")
# Ours -> the figure of the peer's script that is the same.
SAME = {
    "chart.pan_10k_of_1m_bars.p50": "chart 100000 bars: pan p50, 10000 visible",
    "chart.pan_10k_of_1m_bars.p99": "chart 100000 bars: pan p99, 10000 visible",
    "chart.last_bar.p50": "chart 100000 bars: last bar update p50, 100 visible",
    "chart.last_bar.p99": "chart 100000 bars: last bar update p99, 100 visible",
}


def a_million_bars() -> Series:
    """A seeded walk, put into the series as history would be."""
    dice = np.random.default_rng(SEED)
    close = 5_000_000 + np.cumsum(dice.integers(-1, 2, BARS)) * 100.0
    opened = np.r_[close[0], close[:-1]]
    high, low = np.maximum(opened, close) + 100, np.minimum(opened, close) - 100
    qty = dice.integers(0, 5_000, BARS).astype(float)
    start_ns = NINE + (np.arange(BARS) - BARS) * 60 * SECOND
    series = Series(60)
    series.take(start_ns.astype(np.int64), np.array([opened, high, low, close, qty, qty * close]))
    return series


def measured(name: str, aims: tuple[str, str], act: Callable[[], None]) -> list[dict]:
    """Median and 99th percentile of ROUNDS frames, in microseconds."""
    for _ in range(5):
        act()
    times, works = [], []
    for _ in range(ROUNDS):
        begin, work = time.perf_counter_ns(), time.thread_time_ns()
        act()
        times.append(time.perf_counter_ns() - begin)
        works.append(time.thread_time_ns() - work)
    figures = ((f"chart.{name}.p50", times, 500, aims[0]), (f"chart.{name}.p99", times, 990, aims[1]))
    figures += ((f"chart.{name}.cpu.p50", works, 500, ""), (f"chart.{name}.cpu.p99", works, 990, ""))
    return [row(key, percentile(values, permille) / 1e3, "us", aim) for key, values, permille, aim in figures]


def peer() -> dict[str, float]:
    """The peer's figures in microseconds; nothing where it is not installed."""
    python, script = os.environ.get("HTS_PEER_PYTHON", ""), SHARED / "bench" / "peers" / "bench_finplot_chart.py"
    if not python or not script.is_file():
        return {}
    done = subprocess.run(
        [python, script],
        capture_output=True,
        text=True,
        check=False,
        timeout=PEER_S,
        env={**os.environ, "PYTHONPATH": ""},
    )
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {r["figure"]: r["value"] * 1_000 for r in rows if r.get("unit") == "ms"}


def main() -> list[dict]:
    app = QApplication.instance() or QApplication([])
    dice = random.Random(SEED)
    scene = day_scene()
    panel = ChartPanel(scene.context)
    panel.resize(799, 723)
    panel.show()
    scene.frame(panel)
    panel.feed.source = panel.feed.shown = series = a_million_bars()
    panel.mark_dirty()
    scene.frame(panel)
    app.processEvents()
    canvas, box = panel.canvas, panel.canvas.price_box
    issue = scene.market.instruments[SAMSUNG]
    last = int(series.columns[3, -1])

    def pan() -> None:
        left, right = box.viewRange()[0]
        by = dice.choice((-7, 7))
        box.setXRange(left + by, right + by, padding=0)
        app.processEvents()

    def last_bar() -> None:
        trade = a_trade(SAMSUNG, px=last + dice.choice((-100, 0, 100)), qty=1, at_s=-30)
        scene.market.on_quote(trade)
        series.on_trade(trade)
        canvas.follow(marks_of(issue, series, scene.market, scene.orders), 0)
        app.processEvents()
        while canvas.turns.show_more():
            app.processEvents()

    rows = measured("pan_120_bars", PAN, pan)
    rows += measured("last_bar", ("<= 500", ""), last_bar)
    for name, count in (("pan_10k_of_1m_bars", 10_000), ("pan_1m_bars", BARS)):
        box.setXRange(len(series) - count, len(series), padding=0)
        app.processEvents()
        rows += measured(name, PAN, pan)
    panel.adjust(studies=(*panel.settings.studies, *map(study_of, ("bollinger", "macd", "rsi"))))
    canvas.show_newest()
    app.processEvents()
    rows += measured("pan_120_bars_four_panes", PAN, pan)
    rows += measured("last_bar_four_panes", ("", ""), last_bar)
    panel.close()
    found = peer()
    for figure in rows:
        value = found.get(SAME.get(figure["name"], ""))
        if value is not None:
            figure |= {"peer": "finplot 100k bars", "peer_value": round(value)}
    return finish(rows)


if __name__ == "__main__":
    main()
