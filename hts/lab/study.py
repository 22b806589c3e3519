"""The algorithm study: what each way of trading costs in the simulated market, seed by seed, and what that means.

Theory of operation. In every seed all cases get the same order on the same day, so that they are compared in pairs.
Two figures are taken, both in basis points of the first middle price, and a positive one is a loss:

    shortfall  the average price against the middle price when the order came
    cost       the same without the part that came from the day: each fill is compared with what a share was worth at
               that moment. What a share is worth wanders without a drift, so both have the same expectation; the second
               one has far less noise. The spread of the first is the risk.

Fees and taxes are left out: they are the same for all. What a strategy leaves is taken at the market and counted.
"""

from collections.abc import Sequence
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from hts.algo.impact import fit_impact
from hts.algo.volume import learn_curve
from hts.lab.study_cases import EQUAL_RISK, MARKET, PEG_PIECES, SHOWN, SLICES, Task, strategy_of
from hts.lab.study_market import BIN_NS, DAY, Setting, StudyMarket
from hts.lab.study_trader import GRACE_NS, Parent, Trader
from hts.model.algo import Impact, VolumeCurve
from hts.model.enums import Side
from hts.rules.dates import krx_local_ns
from hts.rules.market_rules import MarketRules

SECOND_NS = 1_000_000_000
AFTER_NS = 60 * SECOND_NS  # for the last sweep to trade, also through an interruption
PAST_SEEDS = (1_001, 1_002, 1_003, 1_004)  # the days that are learnt from; no study trades in them
HASTE = 4.0  # of IS: it works off the order about so many times faster at its start than at its end needs
BP = 10_000
DIGITS = 3  # kept of each figure, so that a study read back from its file is the study


class Plan(Struct, frozen=True, kw_only=True):
    """One order and the ways to fill it. Times are seconds of the local day."""

    name: str
    cases: tuple[str, ...]
    qty: int
    start_s: int
    end_s: int
    interval_s: int
    intensity: float
    participation_ppm: int = 65_000
    reaction: float = 0.0  # of the crowd to what is shown, in ticks at most


USUAL = Plan(
    name="usual",
    cases=(MARKET, SLICES, "twap", "vwap", "is", EQUAL_RISK, "pov", "iceberg", "sniper", "peg"),
    qty=8_000,
    start_s=34_200,
    end_s=34_800,
    interval_s=10,
    intensity=0.03,
)
LARGE = Plan(
    name="large",
    cases=("twap", "is", EQUAL_RISK),
    qty=30_000,
    start_s=34_200,
    end_s=34_800,
    interval_s=10,
    intensity=0.03,
)
MORNING = Plan(
    name="morning",
    cases=(SLICES, "vwap"),
    qty=10_000,
    start_s=32_700,
    end_s=39_900,
    interval_s=300,
    intensity=0.01,
)
REACTING = Plan(
    name="reacting",
    cases=(SHOWN, "iceberg", "peg", PEG_PIECES),
    qty=8_000,
    start_s=34_200,
    end_s=34_800,
    interval_s=10,
    intensity=0.03,
    reaction=0.5,  # half a tick: a middle price weighted by a one-sided touch lies that far from the plain one
)
BLIND = replace(REACTING, name="blind", reaction=0.0)
PLANS = (MORNING, LARGE, USUAL, REACTING, BLIND)


class Result(Struct, frozen=True, kw_only=True):
    """One case of one seed. `tracking_bps` is against the market's average price of the window, `curve_error` the
    root mean square of (own share of the order - market's share of its volume) at the ends of five minutes.
    """

    case: str
    shortfall_bps: float
    cost_bps: float
    tracking_bps: float
    curve_error: float
    left_pct: float
    participation_pct: float
    orders: int


class Learnt(Struct, frozen=True, kw_only=True):
    """What the algorithms know of the issue's past."""

    curve: VolumeCurve
    impact: Impact


def learn(plan: Plan, rules: MarketRules) -> Learnt:
    """The volume curve and the costs, from the same window of past days."""
    setting = Setting(rules=rules, intensity=plan.intensity, reaction=plan.reaction)
    start_ns, end_ns = (krx_local_ns(DAY, second) for second in (plan.start_s, plan.end_s))
    count = (end_ns - start_ns) // BIN_NS
    days: list[Sequence[int]] = []
    closes: list[int] = []
    volume = 0
    for seed in PAST_SEEDS:
        market = StudyMarket(setting, seed, start_ns)
        market.run(end_ns - 1)
        days.append((market.bins + [0] * count)[:count])
        volume += sum(market.bins)
        closes = closes or _minute_closes(market, start_ns, end_ns)
    step = int(market.instrument.ticks.step_at(closes[-1]))
    impact = fit_impact(closes, step, volume // len(PAST_SEEDS), plan.end_s - plan.start_s)
    return Learnt(curve=learn_curve(days, start_ns, BIN_NS), impact=impact)


def play(plan: Plan, rules: MarketRules, learnt: Learnt, seed: int) -> tuple[Result, ...]:
    """All cases of a plan on the day of a seed; odd seeds buy, even ones sell."""
    setting = Setting(rules=rules, intensity=plan.intensity, reaction=plan.reaction)
    start_ns, end_ns = (krx_local_ns(DAY, second) for second in (plan.start_s, plan.end_s))
    before = StudyMarket(setting, seed, start_ns)
    before.run(start_ns)
    ask_px, bid_px = before.book().levels[:2]
    side = Side.BUY if seed % 2 else Side.SELL
    own_px, counter_px = (bid_px, ask_px) if side is Side.BUY else (ask_px, bid_px)
    task = Task(
        side=side, qty=plan.qty, start_ns=start_ns, end_ns=end_ns, interval_ns=plan.interval_s * SECOND_NS,
        curve=learnt.curve, impact=learnt.impact, urgency_pico=_urgency(plan, learnt.impact),
        participation_ppm=plan.participation_ppm, own_px=own_px, counter_px=counter_px, seed=seed,
    )  # fmt: skip
    return tuple(_trade(case, task, setting) for case in plan.cases)


def _trade(case: str, task: Task, setting: Setting) -> Result:
    market = StudyMarket(setting, task.seed, task.start_ns)
    parent = Parent(side=task.side, qty=task.qty, start_ns=task.start_ns, end_ns=task.end_ns)
    trader = Trader(parent, strategy_of(case, task))
    market.run(task.end_ns + GRACE_NS + AFTER_NS, trader)
    fills, filled = trader.fills, trader.filled
    assert filled == task.qty, (case, task.seed, filled)
    arrival = (task.own_px + task.counter_px) / 2
    average = sum(fill.px * fill.qty for fill in fills) / filled
    worth = market.worth(task.start_ns)
    drift = sum((market.worth(fill.trade_ns) - worth) * fill.qty for fill in fills) / filled
    volume, value = market.volume_between(task.start_ns, task.end_ns)
    sign = task.side.sign
    figures = {
        "shortfall_bps": sign * (average - arrival) / arrival * BP,
        "cost_bps": sign * (average - arrival - drift) / arrival * BP,
        "tracking_bps": sign * (average - value / volume) / (value / volume) * BP,
        "curve_error": _curve_error(market, trader, task),
        "left_pct": 100 * trader.left_at_end / task.qty,
        "participation_pct": 100 * filled / volume,
    }
    return Result(case=case, orders=trader.orders, **{name: round(found, DIGITS) for name, found in figures.items()})


def _curve_error(market: StudyMarket, trader: Trader, task: Task) -> float:
    count = (task.end_ns - task.start_ns) // BIN_NS
    own = [0] * count
    for fill in trader.fills:
        own[min((fill.trade_ns - task.start_ns) // BIN_NS, count - 1)] += fill.qty
    everybody = (market.bins + [0] * count)[:count]
    mine, theirs = list(accumulate(own)), list(accumulate(everybody))
    gaps = [(a / task.qty - b / theirs[-1]) ** 2 for a, b in zip(mine, theirs, strict=True)]
    return float((sum(gaps) / count) ** 0.5)


def _urgency(plan: Plan, impact: Impact) -> int:
    """The risk aversion that makes IS as hasty as HASTE says: kappa times the window."""
    kappa = HASTE / (plan.end_s - plan.start_s)
    sigma, eta = impact.sigma_micro / 1e6, impact.eta_micro / 1e6
    return round(kappa * kappa * eta / (sigma * sigma) * 1e12)


def _minute_closes(market: StudyMarket, start_ns: int, end_ns: int) -> list[int]:
    ends = range(start_ns + 60 * SECOND_NS, end_ns + 1, 60 * SECOND_NS)
    trades = [trade for trade in market.trades if trade.trade_ns >= start_ns]
    last: dict[int, int] = {}
    for trade in trades:
        last[(trade.trade_ns - start_ns) // (60 * SECOND_NS)] = trade.px
    found: list[int] = []
    for number in range(len(ends)):
        found.append(last.get(number, found[-1] if found else trades[0].px))
    return found
