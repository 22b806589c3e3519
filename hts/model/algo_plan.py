"""What an algorithm would do and cost, told before it starts."""

from msgspec import Struct

from hts.model.algo import AlgoParams, SchedulePoint


class PlanCosts(Struct, frozen=True, kw_only=True):
    """What a schedule is expected to cost, in the currency's smallest unit.

    `spread`: half of it on every share, as if all were taken. `impact`: the temporary one of its pace. `risk`: one
    standard deviation of what the price does meanwhile to what has not traded yet. The last two are 0 without a
    fitted model (`AlgoParams.impact`).
    """

    value: int
    spread: int
    fee: int
    tax: int
    impact: int = 0
    risk: int = 0


class TradeOff(Struct, frozen=True, kw_only=True):
    """One choice between haste and risk: at this urgency half is done by `half_ns`, at this impact and this risk."""

    urgency_pico: int
    impact: int
    risk: int
    half_ns: int


class AlgoPlanView(Struct, frozen=True, kw_only=True, tag="algo_plan"):
    """The plan of an algorithm, in answer to RequestAlgoPlan. Nothing has been started.

    `asked`: the question. `params`: the same with its start, and with the curve and the model that were learnt; an
    algorithm started with them trades exactly `points`. `refusals`: keys of all that is wrong ("algo.refusal.bad_lot").
    `points`: shares by time; those of POV are what its cap allows if the market trades what the curve expects.
    `pieces`: shares of one order after the other, where the market decides the time. `is_learning`: a fuller answer
    follows. `trade_off`: IS at other urgencies, from patient to hasty.
    """

    asked: AlgoParams
    params: AlgoParams
    trade_ns: int
    refusals: tuple[str, ...] = ()
    points: tuple[SchedulePoint, ...] = ()
    pieces: tuple[int, ...] = ()
    pieces_count: int = 0  # all of them; `pieces` are the first
    costs: PlanCosts | None = None
    trade_off: tuple[TradeOff, ...] = ()
    is_learning: bool = False
    arrival_px: int = 0
