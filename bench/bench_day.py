"""A whole KRX day without a screen, a socket or a wire: 200 issues, the crowd against the real engine.

`python bench/bench_day.py` plays the day with some hundred thousand events; `python bench/bench_day.py full` with the
five million of a real one, which takes minutes. The rows give events per second of processor time,
what that makes for the full day, and by how much memory grew from the first hour to the close.
"""

import json
import resource
import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from msgspec.structs import replace

from hts.app import tables
from hts.rules.dates import NS, krx_local_ns
from hts.rules.market_rules import MarketRules
from hts.sim.agents import NEVER_NS, Agents
from hts.sim.exchange import Exchange
from hts.sim.korea import korean_profile

DATE = 20261130
ISSUES = 200
FULL_EVENTS = 5_000_000
INTENSITY = 0.42  # gives about the full number of events
SHORT = 0.06  # of the intensity, without "full"


def two_hundred(rules: MarketRules) -> tuple:
    """The listed issues again and again under other codes, as many as a large index has."""
    listed = [i for i in rules.instruments(DATE) if not i.is_etf]
    return tuple(
        replace(listed[number % len(listed)], symbol=f"{number:06d}", isin=f"KR7{number:06d}000"[:12])
        for number in range(ISSUES)
    )


def resident_mib() -> float:
    """What the process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def play(intensity: float) -> tuple[int, float, float]:
    """Events of the day, processor seconds that they took, memory growth in MiB from ten o'clock to the close."""
    rules = MarketRules.parse(tables.load_folder(tables.MARKET))
    issues = two_hundred(rules)
    exchange = Exchange(korean_profile(rules, DATE), issues, DATE, 1)
    agents = Agents(1, issues, DATE, intensity)
    ten_ns, end_ns = krx_local_ns(DATE, 10 * 3600), krx_local_ns(DATE, 15 * 3600 + 31 * 60)
    events, early_mib, begin = 0, 0.0, process_time()
    now = krx_local_ns(DATE, 8 * 3600 + 59 * 60)
    while now < end_ns:
        told = exchange.advance(now)
        agents.on_events(told)
        events += len(told)
        for command in agents.on_timer(now):
            told = exchange.apply(command, now)
            agents.on_events(told)
            events += len(told)
        if not early_mib and now >= ten_ns:
            early_mib = resident_mib()
        due = exchange.next_timer_ns()
        now = max(min(agents.next_timer_ns(), due if due is not None else NEVER_NS), now + 1)
    assert all(exchange.day(issue.symbol).cum_qty for issue in issues), "every issue has traded"
    assert now < end_ns + 24 * 3600 * NS
    return events, process_time() - begin, resident_mib() - early_mib


def main(*, is_full: bool = False) -> list[dict]:
    """The rows."""
    events, seconds, growth_mib = play(INTENSITY if is_full else INTENSITY * SHORT)
    rows = [
        {"name": "day.events", "value": events, "unit": "events, 200 issues"},
        {"name": "day.events_per_second", "value": round(events / seconds), "unit": "1/s"},
        {
            "name": "day.full_day" if is_full else "day.full_day_at_this_rate",
            "value": round(FULL_EVENTS / (events / seconds) / 60, 1),
            "unit": "processor minutes for 5 million events",
            "aim": "<= 30",
        },
        {
            "name": "day.memory_growth",
            "value": round(growth_mib, 1),
            "unit": "MiB from 10:00 to the close",
            "aim": "<= 60",
        },
    ]
    print(json.dumps(rows))
    return rows


if __name__ == "__main__":
    main(is_full="full" in sys.argv[1:])
