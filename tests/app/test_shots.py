import itertools
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage

from hts.app import shots, shots_accidents, shots_sweep, shots_trade, shots_trips
from hts.app.shots_accidents import OwnVenue
from hts.app.terminal import Terminal, TerminalOptions
from hts.base.errors import ConfigError
from hts.desk.exits import reserved_order
from hts.model.algo import SchedulePoint
from hts.model.algo_plan import AlgoPlanView
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import OrdStatus, OrdType, Phase, Side
from hts.model.intents import NewOrder, PlaceConditionals, RouteOrder, SetKillSwitch, StartAlgo
from hts.model.queries import RequestAlgoPlan
from hts.model.quotes import PhaseUpdate
from hts.model.units import Px
from hts.model.views import LinkState, OrderView, OutcomeView
from hts.model.work import AlgoSpec, ConditionSpec, RouteSpec, WorkState, WorkView
from tests.support.desk_feed import ACCOUNT, ISSUES, NOW_NS, book, fill, instruments, order, status
from tests.support.desk_link import ScriptedLink, snapshot
from widgets.workspaces import WORKSPACES

CALLED = "035720"  # the issue that is being called


@dataclass
class FillingLink(ScriptedLink):
    """Fills market orders at the last price; limit orders work until the kill switch; its release takes two acts."""

    ids: itertools.count = field(default_factory=lambda: itertools.count(100))
    works: list = field(default_factory=lambda: [view for view in snapshot() if isinstance(view, OrderView)])

    def watch(self, *orders):
        """They wait for their conditions."""
        for one in orders:
            self.say(
                WorkView(
                    work_id=next(self.ids), request_id="", account=ACCOUNT, symbol=one.symbol, side=one.side,
                    qty=one.qty, cum_qty=0, working_qty=0, filled_value=0, state=WorkState.RUNNING,
                    cause="", spec=ConditionSpec(order=one), started_ns=0,
                )
            )  # fmt: skip

    def send(self, wish):
        if isinstance(wish, NewOrder):
            number, last = next(self.ids), next(row[5] for row in ISSUES if row[0] == wish.symbol)
            upper = next(one.upper_px for one in instruments() if one.symbol == wish.symbol)
            if wish.px > upper:
                denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=wish.px, limit=upper, unit=Unit.PX)
                self.say(OutcomeView(request_id=wish.request_id, accepted=False, denial=denial))
            elif wish.ord_type is OrdType.MARKET:
                self.say(fill(number, wish.symbol, wish.side, last, wish.qty))
            else:
                self.works.append(order(number, wish.symbol, wish.side, Px(wish.px), wish.qty))
                self.say(self.works[-1])
        if isinstance(wish, SetKillSwitch):
            if wish.on:
                gone = {"ord_status": OrdStatus.CANCELED, "leaves_qty": 0}
                self.say(status(kill_switch=True), *(replace(view, **gone) for view in self.works))
            else:
                self.say(status(kill_switch=not wish.code, release_code="" if wish.code else "0417"))
        if isinstance(wish, PlaceConditionals):
            self.watch(*wish.orders)
        if isinstance(wish, NewOrder) and wish.exits is not None:
            self.watch(reserved_order(wish.symbol, Side.SELL, wish.qty, NOW_NS))
        if isinstance(wish, RequestAlgoPlan):
            params = replace(wish.params, start_ns=wish.params.start_ns or 1)
            points = (SchedulePoint(params.start_ns, int(params.qty)),)
            self.say(AlgoPlanView(asked=wish.params, params=params, trade_ns=1, points=points))
        if isinstance(wish, StartAlgo):
            self.say(
                WorkView(
                    work_id=901, request_id=wish.request_id, account=ACCOUNT, symbol=wish.params.symbol, side=Side.BUY,
                    qty=wish.params.qty, cum_qty=wish.params.qty // 2, working_qty=0, filled_value=0,
                    state=WorkState.RUNNING, cause="", spec=AlgoSpec(params=wish.params), started_ns=0,
                )
            )  # fmt: skip
        if isinstance(wish, RouteOrder):
            request = wish.request
            self.say(
                WorkView(
                    work_id=900, request_id=wish.request_id, account=ACCOUNT, symbol=wish.symbol, side=request.side,
                    qty=request.qty, cum_qty=request.qty, working_qty=0, filled_value=0, state=WorkState.DONE,
                    cause="work.end.filled", spec=RouteSpec(request=request), started_ns=0,
                )
            )  # fmt: skip
        return super().send(wish)


@pytest.fixture
def terminal(qtbot, tmp_path):
    link = FillingLink()
    link.say(*snapshot())
    made = Terminal(tmp_path, ACCOUNT, link, TerminalOptions(language="en"))
    qtbot.addWidget(made.window)
    made.show()
    return made


def test_a_session_becomes_a_set_of_pictures(terminal, tmp_path, monkeypatch):
    monkeypatch.setattr(shots, "WARM_UP_NS", 0)
    monkeypatch.setattr(shots, "SETTLE_S", 0.03)
    monkeypatch.setattr(shots_trade, "ANSWER_S", 0.1)  # nobody answers about risk, latency and past days
    monkeypatch.setattr(shots_trips, "ANSWER_S", 0.1)
    monkeypatch.setattr(shots_sweep, "OFFER_S", 0.1)
    monkeypatch.setattr(shots_accidents, "ANSWER_S", 1.0)
    link = terminal.session._link
    link.say(PhaseUpdate(CALLED, NOW_NS, Phase.VI_CALL, 0))
    link.say(replace(book(CALLED, 220_500, 220_000), phase=Phase.VI_CALL, expected_px=220_000, expected_qty=300))
    venue = OwnVenue(stop=lambda: link.say(status(orders=LinkState.DOWN)), start=lambda: link.say(status()))
    files = shots.Photographer(terminal, tmp_path, venue).take()
    names = [file.stem for file in files]
    story = [
        "day_locked",
        "day",
        *(f"panel_{p}" for p in ("watchlist", "ladder", "order_entry", "positions")),
        *(f"panel_{p}" for p in ("orders", "fills", "chart")),  # the account stands behind the positions
        "closing",
        "scalper",
        "ladder_bracket",
        "execution",
        *(f"algo_{kind}" for kind in ("twap", "vwap", "is", "pov", "peg", "wrong")),
        "works_algo",
        "algo_amend",
        "basket_faults",
        "vi",
        "vi_ladder",
        "command_box",
        "refusal",
        "ladder_stops",
        "order_entry_reserve",
        *(f"workspace_{name}" for name in WORKSPACES),
        "keymap_editor",
        "kill_switch",
        "risk_stopped",
        "kill_release",
        "venue_down",
        "recovered",
    ]
    assert [name for name in names if name in story] == story
    assert len(set(names)) == len(names)
    sizes = {file.stem: QImage(str(file)).size() for file in files}
    assert [(sizes[name].width(), sizes[name].height()) for name in ("day", "scalper")] == [(1920, 1080)] * 2
    locked, armed = (QImage(str(files[names.index(name)])) for name in ("day_locked", "day"))
    assert locked != armed  # locked and armed differ at a glance
    bought = ["005380", "000660", "005930"]
    by_hand = ["005930", "005930"]  # the scalper's entry, and the one with its exits
    assert [fill.symbol for fill in terminal.session.orders.fills] == bought + by_hand


def test_what_does_not_come_up_is_one_clear_line(terminal, tmp_path, monkeypatch):
    monkeypatch.setattr(shots, "SESSION_S_MAX", 0.05)
    monkeypatch.setattr(shots, "WARM_UP_NS", 10**18)
    with pytest.raises(ConfigError, match="shots: expected a market to show within 0 s, found none"):
        shots.Photographer(terminal, tmp_path).take()


@pytest.mark.parametrize("text", ["1920", "1920x", "ax9", "10x1080", "1920x99999", "1920x1080x1", "-1x700"])
def test_a_size_that_is_none_says_what_is_expected(text):
    with pytest.raises(ConfigError, match="--size: expected WIDTHxHEIGHT"):
        shots.window_size(text)


def test_a_size_is_width_and_height():
    assert shots.window_size("2560x1440") == (2560, 1440)
