"""The chart over a million bars: a pan frame, the last bar after a trade, a zoomed-out view; as a JSON list of rows."""

import json
import os
import random
import statistics
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from PySide6.QtWidgets import QApplication

from hts.desk.chart import Series
from hts.desk.chart_marks import marks_of
from tests.desk.scene import NINE, SAMSUNG, SECOND, a_trade
from tests.widgets.scene import day_scene
from widgets.chart import ChartPanel

BARS = 1_000_000
ROUNDS = 200
SEED = 7


def a_million_bars() -> Series:
    """A seeded walk, put into the series as history would be."""
    dice = np.random.default_rng(SEED)
    close = 190_000 + np.cumsum(dice.integers(-1, 2, BARS)) * 100.0
    opened = np.r_[close[0], close[:-1]]
    series = Series(60)
    return fill(series, opened, close, dice.integers(0, 5_000, BARS).astype(float))


def fill(series: Series, opened: np.ndarray, close: np.ndarray, qty: np.ndarray) -> Series:
    high, low = np.maximum(opened, close) + 100, np.minimum(opened, close) - 100
    start_ns = NINE + (np.arange(BARS) - BARS) * 60 * SECOND
    series.take(start_ns.astype(np.int64), np.array([opened, high, low, close, qty, qty * close]))
    return series


def microseconds(act) -> tuple[float, float]:
    """Median and 99th percentile of ROUNDS calls."""
    act()
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter_ns()
        act()
        times.append((time.perf_counter_ns() - begin) / 1e3)
    times.sort()
    return statistics.median(times), times[int(ROUNDS * 0.99)]


def rows(name: str, aims: tuple[str, str | None], act) -> list[dict]:
    median, p99 = microseconds(act)
    return [
        {"name": f"chart.{name}.p50", "value": round(median), "unit": "us", "aim": aims[0]},
        {"name": f"chart.{name}.p99", "value": round(p99), "unit": "us", "aim": aims[1]},
    ]


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
    canvas = panel.canvas
    issue = scene.market.instruments[SAMSUNG]
    last = int(series.columns[3, -1])

    def pan() -> None:
        box = canvas.price_box
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

    measured = rows("pan_120_bars", ("<= 6000", "<= 14000"), pan)
    measured += rows("last_bar", ("<= 500", None), last_bar)
    canvas.price_box.setXRange(len(series) - 10_000, len(series), padding=0)
    app.processEvents()
    measured += rows("pan_10k_of_1m_bars", ("<= 6000", "<= 14000"), pan)
    canvas.price_box.setXRange(0, len(series), padding=0)
    app.processEvents()
    measured += rows("pan_1m_bars", ("<= 6000", "<= 14000"), pan)
    panel.close()
    print(json.dumps(measured))
    return measured


if __name__ == "__main__":
    main()
