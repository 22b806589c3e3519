import pytest

from hts.desk.chart import Series
from hts.desk.replay import SPEEDS, Replay
from tests.desk.test_chart import minute_bars, rows


@pytest.fixture
def source():
    series = Series(60)
    series.replace(minute_bars(30))
    return series


def test_bars_come_one_by_one_and_the_end_stops(source):
    replay = Replay(source, 27)
    replay.play(on=True)
    counts = [(len(replay.series), replay.is_playing)]
    for _ in range(4):
        replay.step()
        counts.append((len(replay.series), replay.is_playing))
    assert counts == [(27, True), (28, True), (29, True), (30, False), (30, False)]
    assert rows(replay.series) == rows(source)
    replay.play(on=True)
    assert not replay.is_playing


def test_steps_back_and_jumps_show_exactly_the_past(source):
    replay = Replay(source, 10)
    replay.step(-1)
    seen = [rows(replay.series) == rows(source)[:9]]
    replay.jump_to(int(source.start_ns[19]) + 1)
    seen.append(rows(replay.series) == rows(source)[:20])
    replay.jump(-5)
    seen.append(len(replay.series) == 2)
    replay.jump(99)
    assert [*seen, len(replay.series), replay.is_at_end] == [True, True, True, 30, True]


def test_what_trades_meanwhile_is_not_in_the_replay(source):
    replay = Replay(source, 5)
    source.put(30, int(source.start_ns[-1]) + 1, (1, 1, 1, 1, 1, 1))
    assert len(replay.source) == 30


def test_speeds_have_their_ends(source):
    replay = Replay(source, 5)
    for _ in range(9):
        replay.faster(1)
    fastest = replay.speed, replay.interval_ms
    for _ in range(9):
        replay.faster(-1)
    assert (fastest, replay.speed, replay.interval_ms) == ((SPEEDS[-1], 17), SPEEDS[0], 1_000)
