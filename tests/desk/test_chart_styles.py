import random

import numpy as np
import pytest

from hts.desk.chart import Series
from hts.desk.chart_styles import HeikinAshi, Renko
from tests.desk.scene import a_trade
from tests.desk.test_chart import minute_bars


def naive_heikin(columns):
    made = []
    for i, (o, high, low, c, qty, value) in enumerate(columns.T.tolist()):
        close = (o + high + low + c) / 4
        opened = (made[-1][0] + made[-1][3]) / 2 if i else (o + c) / 2
        made.append((opened, max(high, opened, close), min(low, opened, close), close, qty, value))
    return made


def naive_renko(columns, brick):
    bricks, top = [], columns[3, 0] // brick * brick
    bottom, qty = top, 0.0
    for _, _, _, c, traded, _ in columns.T.tolist():
        qty += traded
        while c >= top + brick or c <= bottom - brick:
            up = c >= top + brick
            bottom, top = (top, top + brick) if up else (bottom - brick, bottom)
            bricks.append((bottom, top, qty) if up else (top, bottom, qty))
            qty = 0.0
    return bricks


def fed(source, made, check):
    dice = random.Random(4)
    for i in range(150):
        source.on_trade(a_trade(px=dice.randrange(900, 1_100), qty=dice.randrange(1, 9), at_s=199 * 60 + i * 23))
        made.follow()
        if i % 10 == 0:
            check()
    check()


def test_heikin_ashi_follows_its_source_as_if_made_anew():
    source = Series(60)
    source.replace(minute_bars(200))
    made = HeikinAshi(source)
    made.follow()
    fed(source, made, lambda: np.testing.assert_allclose(made.columns.T, naive_heikin(source.columns)))


def test_renko_follows_its_source_as_if_made_anew():
    source = Series(60)
    source.replace(minute_bars(200))
    made = Renko(source, 10)
    made.follow()
    assert made.brick % 10 == 0

    def check():
        rows = [(c[0], c[3], c[4]) for c in made.columns.T.tolist()]
        assert rows == naive_renko(source.columns, made.brick)

    fed(source, made, check)


@pytest.mark.parametrize("kind", [HeikinAshi, lambda source: Renko(source, 1)])
def test_nothing_comes_of_nothing(kind):
    made = kind(Series(60))
    made.follow()
    assert len(made) == 0
