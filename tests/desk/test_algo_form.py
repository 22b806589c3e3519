"""The form for algorithms: what is typed, what is asked of the core, what is started, and what is refused where."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hts.desk.algo_fields import FIELDS, AlgoField, Problem, number_of, text_of, time_of, value_of
from hts.desk.order_entry import PxChip
from hts.desk.order_terms import MINUTE_NS
from hts.model.algo import AlgoKind, AlgoParams, Deadline, Impact, SchedulePoint, VolumeCurve
from hts.model.algo_plan import AlgoPlanView
from hts.model.enums import Side
from hts.model.intents import AmendWork, StartAlgo
from hts.model.work import AlgoSpec, WorkState, WorkView
from tests.support.desk_feed import ACCOUNT, NOW_NS, OPEN_NS, busy_desk

F = AlgoField
NINE = OPEN_NS
CURVE = VolumeCurve(start_ns=OPEN_NS, bin_ns=300_000_000_000, volumes=(5, 6, 7))
IMPACT = Impact(sigma_micro=1, eta_micro=1)


@pytest.fixture
def desk():
    made = busy_desk()
    made.actions.arm(on=True)
    return made


def fill_in(desk, kind=AlgoKind.TWAP, **typed):
    desk.algo.choose_kind(kind)
    for name, text in typed.items():
        desk.algo.type(F[name.upper()], text)
    return desk.algo


def answered(desk, **fields):
    """The core's answer to what the form asks now."""
    query = desk.algo.plan_wanted(desk.now_ns)
    asked = query.params
    params = replace(asked, start_ns=asked.start_ns or desk.market.trade_ns)
    points = (SchedulePoint(params.start_ns, int(params.qty)),)
    told = AlgoPlanView(**{"asked": asked, "params": params, "trade_ns": NOW_NS, "points": points} | fields)
    desk.orders.on_view(told)
    return told


# Fields


@pytest.mark.parametrize(
    ("text", "decimals", "found"),
    [
        ("1,200", 0, 1_200),
        (" 12.5 ", 1, 125),
        ("0", 0, 0),
        ("", 0, "empty"),
        ("12a", 0, "figure"),
        ("-1", 0, "figure"),
        ("1.2.3", 2, "figure"),
        ("１２", 0, "figure"),
        ("²", 0, "figure"),
        ("🙂", 0, "figure"),
        ("9" * 10_000, 0, "figure"),
        ("1.25", 1, "decimals"),
        ("1.5", 0, "whole"),
        ("9" * 20, 0, "most"),
    ],
)
def test_figures_as_they_are_typed(text, decimals, found):
    got = number_of(text, decimals)
    assert got == found if isinstance(found, int) else got.key == f"algo_form.wrong.{found}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", 0),
        ("+30", NOW_NS + 30 * MINUTE_NS),
        ("9:30", NINE + 30 * MINUTE_NS),
        ("0930", NINE + 30 * MINUTE_NS),
        ("09:30:15", NINE + 30 * MINUTE_NS + 15_000_000_000),
        ("093015", NINE + 30 * MINUTE_NS + 15_000_000_000),
    ],
)
def test_times_as_they_are_typed(text, found):
    assert time_of(text, NOW_NS, NOW_NS) == found


@pytest.mark.parametrize(
    "text", ["24:00", "9:61", "930", "09:30:60", "now", "+x", "9:3:0:1", "１０:００", "x" * 10_000]
)
def test_what_is_no_time(text):
    assert isinstance(time_of(text, NOW_NS, NOW_NS), Problem)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.sampled_from(list(AlgoField)))
def test_any_text_is_a_figure_or_a_problem(text, field):
    found = value_of(field, text, 2) if field not in (F.START, F.END) else time_of(text, NOW_NS, NOW_NS)
    assert isinstance(found, Problem) or found >= 0


@pytest.mark.parametrize("kind", AlgoKind)
def test_what_is_shown_of_terms_reads_back_as_them(kind):
    params = AlgoParams(
        algo_id=1, kind=kind, account="", symbol="A", side=Side.BUY, qty=1_200, px=19_125, start_ns=NINE,
        end_ns=NINE + 61_000_000_000, interval_ns=90_000_000_000, randomise_pct=7, participation_ppm=125_000,
        urgency_pico=77, display_qty=30, offset_ticks=2, min_qty=9, seed=5,
    )  # fmt: skip
    for field in FIELDS[kind]:
        text = text_of(field, params, 2)
        found = time_of(text, NOW_NS, NOW_NS) if field in (F.START, F.END) else value_of(field, text, 2)
        assert found == getattr(params, field.value), field


# The question


def test_it_begins_with_what_the_order_form_says(desk):
    desk.selection.set_qty(150)
    desk.selection.set_px(191_000)
    desk.algo.take_order()
    query = desk.algo.plan_wanted(desk.now_ns)
    assert query.params == AlgoParams(
        algo_id=0, kind=AlgoKind.TWAP, account=ACCOUNT, symbol="005930", side=Side.BUY, qty=150, px=191_000,
        start_ns=NOW_NS, end_ns=NOW_NS + 30 * MINUTE_NS, seed=query.params.seed,
    )  # fmt: skip
    assert query.learns


def test_the_same_is_asked_once_a_second_and_what_is_new_at_once(desk):
    form = fill_in(desk)
    assert form.plan_wanted(1_000) is not None
    assert form.plan_wanted(2_000) is None
    form.type(F.QTY, "70")
    asked = form.plan_wanted(3_000)
    assert asked.params.qty == 70
    assert form.plan_wanted(1_100_000_000).params == asked.params
    form.type(F.QTY, "7x")
    assert form.plan_wanted(9_000_000_000) is None


def test_a_curve_and_a_model_are_asked_with_once_they_are_known(desk):
    fill_in(desk, AlgoKind.VWAP)
    told = answered(desk, is_learning=True, points=())
    assert (told.asked.curve, told.asked.impact) == (None, None)
    desk.orders.on_view(replace(told, params=replace(told.params, curve=CURVE, impact=IMPACT)))
    asked = desk.algo.plan_wanted(desk.now_ns + 2_000_000_000).params
    assert (asked.curve, asked.impact) == (CURVE, IMPACT)
    desk.algo.choose_kind(AlgoKind.IS)
    asked = desk.algo.plan_wanted(desk.now_ns + 2_000_000_001).params
    assert (asked.curve, asked.impact) == (None, IMPACT)
    desk.selection.choose("000660")
    desk.algo.follow()
    assert desk.algo.plan_wanted(desk.now_ns + 2_000_000_002).params.impact is None


def test_history_that_told_nothing_is_asked_for_again_after_a_while(desk):
    form = fill_in(desk, AlgoKind.VWAP)
    first = desk.now_ns
    answered(desk, is_learning=True, points=())
    asked = form.plan_wanted(first + 1_100_000_000)
    assert asked.learns  # it may still come: the core does not ask twice
    desk.orders.on_view(AlgoPlanView(asked=asked.params, params=asked.params, trade_ns=NOW_NS))
    assert [form.plan_wanted(first + at * 1_000_000_000).learns for at in (3, 20, 31, 34)] == [
        False,
        False,
        False,
        True,
    ]
    desk.selection.choose("000660")
    form.follow()
    assert form.plan_wanted(first + 4_000_000_000).learns


def test_another_issue_forgets_a_limit_and_keeps_the_rest(desk):
    form = fill_in(desk, qty="70", px="191,000", end="+10")
    form.follow()
    desk.selection.choose("000660")
    form.follow()
    assert (form.text(F.PX), form.text(F.END)) == ("", "+10")


# The start


def test_what_is_started_is_what_was_shown(desk):
    fill_in(desk, AlgoKind.VWAP, qty="100", px="191,000")
    told = answered(desk)
    told = replace(told, params=replace(told.params, curve=CURVE, impact=IMPACT))
    desk.orders.on_view(told)
    assert desk.algo.start() is None
    (intent,) = desk.sent
    assert (type(intent), intent.params) == (StartAlgo, replace(told.params, impact=None))


def test_each_start_draws_another_seed(desk):
    first = desk.algo.text(F.SEED)
    fill_in(desk)
    answered(desk)
    desk.algo.start()
    assert desk.algo.text(F.SEED) != first


def test_nothing_starts_that_the_core_has_not_answered_for(desk):
    form = fill_in(desk, qty="100")
    assert form.start().key == "refusal.algo_no_plan"
    answered(desk)
    form.type(F.QTY, "200")
    assert form.start().key == "refusal.algo_no_plan"
    answered(desk, is_learning=True, points=())
    assert form.start().key == "refusal.algo_no_plan"
    desk.now_ns += 2_000_000_000
    answered(desk)
    assert (form.start(), len(desk.sent)) == (None, 1)


def test_locked_or_asked_about_it_waits(desk):
    fill_in(desk, qty="100")
    answered(desk)
    desk.actions.arm(on=False)
    assert desk.algo.start().key == "refusal.locked"
    desk.actions.arm(on=True)
    desk.actions.settings.set("entry.confirm", True)
    assert desk.algo.start().key == "refusal.confirm_order_buy"
    assert (desk.algo.start(), len(desk.sent)) == (None, 1)


REFUSED = {
    F.QTY: "bad_lot", F.PX: "bad_tick", F.END: "window_past", F.INTERVAL: "bad_interval",
    F.PARTICIPATION: "bad_participation", F.DISPLAY: "bad_display",
}  # fmt: skip
OF_KIND = {F.PARTICIPATION: AlgoKind.POV, F.DISPLAY: AlgoKind.ICEBERG}


@pytest.mark.parametrize("field", REFUSED, ids=lambda field: field.value)
def test_what_the_core_refuses_stands_at_its_field(desk, field):
    key = f"algo.refusal.{REFUSED[field]}"
    form = fill_in(desk, OF_KIND.get(field, AlgoKind.TWAP))
    answered(desk, refusals=(key,), points=())
    assert form.problems() == {field: Problem(key=key)}
    assert (form.start().key, desk.sent) == (key, [])


def test_what_belongs_to_no_field_of_the_kind_is_said_of_the_whole(desk):
    form = fill_in(desk, AlgoKind.VWAP)
    answered(desk, refusals=("algo.refusal.needs_curve",), points=())
    assert (form.problems(), form.general_problem().key) == ({}, "algo_form.wrong.no_curve")
    assert form.start().key == "algo_form.wrong.no_curve"


def test_what_is_no_figure_is_said_at_once_and_asks_nothing(desk):
    form = fill_in(desk, AlgoKind.POV, participation="100.5", qty="", px="12,3x", start="25:00")
    assert {field: problem.key.rpartition(".")[2] for field, problem in form.problems().items()} == {
        F.PARTICIPATION: "most", F.QTY: "empty", F.PX: "figure", F.START: "time",
    }  # fmt: skip
    assert form.plan_wanted(1) is None


# Under way


def an_algo(kind=AlgoKind.TWAP, **fields):
    params = AlgoParams(
        algo_id=77, kind=kind, account=ACCOUNT, symbol="000660", side=Side.SELL, qty=500, px=968_000,
        start_ns=NOW_NS - MINUTE_NS, end_ns=NOW_NS + 29 * MINUTE_NS, deadline=Deadline.TAKE, participation_ppm=100_000,
        urgency_pico=9,
    )  # fmt: skip
    values = {"work_id": 77, "request_id": "r", "account": ACCOUNT, "symbol": "000660", "side": Side.SELL, "qty": 500}
    values |= {"cum_qty": 120, "working_qty": 30, "filled_value": 1, "state": WorkState.RUNNING, "cause": ""}
    return WorkView(spec=AlgoSpec(params=params), started_ns=params.start_ns, **values | fields)


def test_terms_under_way_are_shown_and_only_what_changed_is_sent(desk):
    desk.orders.on_view(an_algo())
    form = desk.algo
    assert form.amend(77) is None
    assert (form.kind, form.side, form.text(F.QTY), form.text(F.PX)) == (AlgoKind.TWAP, Side.SELL, "500", "968,000")
    assert [field for field in form.fields if form.is_open(field)] == [F.QTY, F.PX, F.END]
    answered(desk)
    assert form.start().key == "refusal.algo_same"
    form.type(F.QTY, "600")
    form.type(F.PX, "967,000")
    answered(desk)
    assert form.start() is None
    (intent,) = desk.sent
    assert (type(intent), intent.work_id, intent.qty, intent.px, intent.end_ns) == (AmendWork, 77, 600, 967_000, 0)
    assert form.amends == 0


def test_urgency_and_participation_are_amended_where_the_kind_has_them(desk):
    for kind, field, text, name, value in (
        (AlgoKind.POV, F.PARTICIPATION, "12.5", "participation_ppm", 125_000),
        (AlgoKind.IS, F.URGENCY, "40", "urgency_pico", 40),
    ):
        desk.orders.on_view(an_algo(kind))
        desk.algo.amend(77)
        desk.algo.type(field, text)
        answered(desk)
        assert desk.algo.start() is None
        assert getattr(desk.sent[-1], name) == value


def test_less_than_what_is_out_is_refused_and_an_end_leaves(desk):
    desk.orders.on_view(an_algo())
    desk.algo.amend(77)
    desk.algo.type(F.QTY, "149")
    answered(desk)
    assert desk.algo.problems() == {F.QTY: Problem(key="algo_form.wrong.placed", values={"qty": "150"})}
    desk.orders.on_view(an_algo(state=WorkState.DONE))
    desk.algo.follow()
    assert (desk.algo.amends, desk.algo.amend(77).key) == (0, "refusal.no_algo")


@pytest.mark.parametrize("field", [F.QTY, F.DISPLAY, F.MIN_QTY])
def test_no_more_shares_than_an_order_can_carry(field):
    assert value_of(field, "999,999,999", 0) == 999_999_999
    assert value_of(field, "1,000,000,000", 0) == Problem(key="algo_form.wrong.most", values={"most": "999,999,999"})


def test_a_chip_means_the_issue_that_is_amended_not_the_chosen_one(desk):
    desk.orders.on_view(an_algo())
    assert desk.algo.chip_px(PxChip.BID) == desk.market.best_bid("005930")
    desk.algo.amend(77)
    found = [desk.algo.chip_px(chip) for chip in (PxChip.BID, PxChip.LAST, PxChip.ASK, PxChip.UPPER)]
    market = desk.market
    assert found == [market.best_bid("000660"), market.last_px("000660"), market.best_ask("000660"), 0]


def test_a_press_that_was_meant_for_what_has_ended_meanwhile_starts_nothing(desk):
    desk.orders.on_view(an_algo())
    desk.algo.amend(77)
    desk.algo.type(F.QTY, "600")
    answered(desk)
    desk.orders.on_view(an_algo(state=WorkState.DONE))
    desk.algo.follow()
    answered(desk)
    assert (desk.algo.start().key, desk.sent) == ("refusal.no_algo", [])
    assert desk.algo.start() is None


def test_a_new_one_has_nothing_of_the_terms_under_way(desk):
    desk.orders.on_view(an_algo())
    desk.algo.amend(77)
    desk.algo.take_order()
    assert [desk.algo.text(field) for field in (F.START, F.END)] == ["", "+30"]


@pytest.mark.parametrize("text", ["0", " 0 ", "0.00", "000"])
def test_a_limit_of_nothing_is_not_taken_for_none(desk, text):
    form = fill_in(desk, px=text)
    assert form.problems() == {F.PX: Problem(key="algo_form.wrong.zero_px")}
    assert form.plan_wanted(desk.now_ns) is None
    assert (form.start().key, desk.sent) == ("algo_form.wrong.zero_px", [])
    form.type(F.PX, " ")
    assert (form.problems(), form.params().px) == ({}, 0)
