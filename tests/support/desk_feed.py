"""A scripted market and account for panels: twenty issues, full books, trades, orders, fills and positions.

Everything follows from the arguments, so that two runs paint the same picture.
"""

import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from hts.desk.actions import Actions
from hts.desk.algo_form import AlgoForm
from hts.desk.commands import Commands
from hts.desk.frame import Frame
from hts.desk.market import MarketState
from hts.desk.order_entry import OrderForm
from hts.desk.orders import OrdersState
from hts.desk.selection import Selection
from hts.desk.texts import Texts
from hts.model.enums import DisconnectPolicy, Market, OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument, TickTable
from hts.model.intents import AnyIntent
from hts.model.queries import AnyQuery
from hts.model.quotes import Bar, BookUpdate, InstrumentDef, PhaseUpdate, TradeUpdate
from hts.model.units import ClOrdID, ExecID, Notional, Px, Qty
from hts.model.views import (
    AccountView,
    BarsView,
    CoreState,
    FillView,
    LinkState,
    OrderView,
    PositionView,
    StatusView,
)
from hts.rules.fee_sets import FeePlan
from hts.rules.fees import CostRates, cost_rates

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "8801-2745-01"
SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
# 2026-11-20 12:38:53.204 at the venue (UTC+9).
NOW_NS = 1_795_145_933_204_000_000
OPEN_NS = NOW_NS - (3 * 3600 + 38 * 60 + 53) * SECOND_NS - 204_000_000

TICKS = TickTable(starts=(0, 2_000, 5_000, 20_000, 50_000, 200_000, 500_000), steps=(1, 5, 10, 50, 100, 500, 1_000))

# code, market, Korean, English, base price, last price
ISSUES = (
    ("005930", "S", "삼성전자", "Samsung Electronics", 188_700, 191_400),
    ("000660", "S", "SK하이닉스", "SK hynix", 974_000, 968_000),
    ("005380", "S", "현대차", "Hyundai Motor", 506_000, 511_000),
    ("035420", "S", "NAVER", "NAVER", 218_000, 237_500),
    ("034020", "S", "두산에너빌리티", "Doosan Enerbility", 105_700, 108_200),
    ("105560", "S", "KB금융", "KB Financial", 149_300, 148_100),
    ("122630", "S", "KODEX 레버리지", "KODEX Leverage", 80_000, 82_100),
    ("015760", "S", "한국전력", "KEPCO", 46_900, 46_900),
    ("042700", "S", "한미반도체", "Hanmi Semiconductor", 300_000, 309_500),
    ("009150", "S", "삼성전기", "Samsung Electro-Mechanics", 413_000, 410_000),
    ("066570", "S", "LG전자", "LG Electronics", 114_200, 113_900),
    ("035720", "S", "카카오", "Kakao", 50_200, 49_800),
    ("196170", "Q", "알테오젠", "Alteogen", 400_000, 417_500),
    ("058470", "Q", "리노공업", "LEENO Industrial", 60_000, 61_000),
    ("039030", "Q", "이오테크닉스", "EO Technics", 249_000, 250_500),
    ("028300", "Q", "HLB", "HLB", 50_000, 49_450),
    ("247540", "Q", "에코프로비엠", "EcoPro BM", 148_000, 146_300),
    ("086520", "Q", "에코프로", "EcoPro", 88_000, 89_400),
    ("277810", "Q", "레인보우로보틱스", "Rainbow Robotics", 472_000, 481_500),
    ("0126Z0", "S", "삼성에피스홀딩스", "Samsung Epis Holdings", 515_000, 522_000),
)


def instrument(code: str, market: str, name_ko: str, name_en: str, base: int) -> Instrument:
    return Instrument(
        symbol=code,
        isin=f"KR7{code}000",
        isin_is_synthetic=True,
        market=Market(market),
        name_ko=name_ko,
        name_en=name_en,
        ticks=TICKS,
        trading_date=20261120,
        base_px=Px(base),
        upper_px=TICKS.floor(base * 13 // 10),
        lower_px=TICKS.ceil(-(-base * 7 // 10)),
        prev_close_px=Px(base),
        prev_volume=Qty(11_000_000),
    )


def instruments() -> list[Instrument]:
    return [instrument(code, market, ko, en, base) for code, market, ko, en, base, _ in ISSUES]


def book(symbol: str, ask: int, bid: int, *, trade_ns: int = NOW_NS, seed: int = 7) -> BookUpdate:
    """Ten levels on each side; quantities follow from the seed."""
    levels: list[int] = []
    asks = bids = 0
    for level in range(10):
        ask_px, bid_px = TICKS.move(ask, level), TICKS.move(bid, -level)
        ask_qty = 1_000 + (seed * 7_919 + level * 4_513) % 37_000
        bid_qty = 1_000 + (seed * 6_101 + level * 5_737) % 31_000
        levels += [ask_px, bid_px, ask_qty, bid_qty]
        asks += ask_qty
        bids += bid_qty
    return BookUpdate(symbol, trade_ns, tuple(levels), asks, bids, 0, 0, Phase.CONTINUOUS)


def trade(symbol: str, px: int, qty: int = 40, side: str = "1", *, trade_ns: int = NOW_NS) -> TradeUpdate:
    base = next(row[4] for row in ISSUES if row[0] == symbol)
    high, low = max(px, base) + 2 * TICKS.step_at(px), min(px, base) - TICKS.step_at(px)
    return TradeUpdate(symbol, trade_ns, px, qty, side, base, high, low, 11_482_907, 11_482_907 * px, Phase.CONTINUOUS)


def walk(start: int, end: int, count: int, seed: int) -> list[int]:
    """A seeded path of valid prices from `start` to `end`."""
    state, path = seed * 2_654_435_761 % 2**32, []
    for i in range(count):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        drift = start + (end - start) * i // max(count - 1, 1)
        path.append(TICKS.move(TICKS.floor(drift), (state >> 16) % 13 - 6))
    path[-1] = end
    return path


def bars(symbol: str, timeframe_s: int, count: int) -> BarsView:
    row = next(row for row in ISSUES if row[0] == symbol)
    path = walk(row[4], row[5], count + 1, int(row[4]))
    step_ns = timeframe_s * SECOND_NS
    first_ns = NOW_NS - NOW_NS % step_ns - (count - 1) * step_ns
    made = []
    for i in range(count):
        start, end = path[i], path[i + 1]
        wick = TICKS.step_at(start) * (1 + i % 3)
        high, low = max(start, end) + wick, min(start, end) - wick
        qty = 20_000 + (i * 7_919) % 60_000
        made.append(Bar(first_ns + i * step_ns, start, high, low, end, qty, qty * end))
    return BarsView(symbol=symbol, timeframe_s=timeframe_s, bars=tuple(made))


def order(order_id: int, symbol: str, side: Side, px: int, qty: int, **changes: object) -> OrderView:
    cum = int(changes.pop("cum", 0))
    fields: dict[str, object] = {
        "order_id": ClOrdID(order_id),
        "cl_ord_id": ClOrdID(order_id),
        "request_id": f"t-{order_id}",
        "venue": "KRX",
        "venue_order_id": 90_000 + order_id,
        "account": ACCOUNT,
        "symbol": symbol,
        "side": side,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": Px(px),
        "order_qty": Qty(qty),
        "leaves_qty": Qty(qty - cum),
        "cum_qty": Qty(cum),
        "filled_value": Notional(px * cum),
        "ord_status": OrdStatus.PARTIALLY_FILLED if cum else OrdStatus.NEW,
        "entered_ns": NOW_NS - order_id * 97 * SECOND_NS,
        "sent_us": 310,
        "ack_us": 1_340,
    }
    return OrderView(**{**fields, **changes})


def fill(exec_id: int, symbol: str, side: Side, px: int, qty: int) -> FillView:
    return FillView(
        exec_id=ExecID(exec_id),
        order_id=ClOrdID(exec_id),
        venue="KRX",
        account=ACCOUNT,
        symbol=symbol,
        side=side,
        px=Px(px),
        qty=Qty(qty),
        fee=Notional(px * qty * 134 // 1_000_000),
        tax=Notional(px * qty * 20 // 10_000 if side is Side.SELL else 0),
        trade_ns=NOW_NS - (30 - exec_id) * 217 * SECOND_NS,
    )


def position(symbol: str, qty: int, average: int, last: int) -> PositionView:
    return PositionView(
        account=ACCOUNT,
        symbol=symbol,
        qty=Qty(qty),
        cost=Notional(qty * average),
        sellable_qty=Qty(qty),
        realised=Notional(0),
        fees=Notional(3_837),
        taxes=Notional(0),
        last_px=Px(last),
    )


def account() -> AccountView:
    return AccountView(
        account=ACCOUNT,
        currency="KRW",
        cash=Notional(93_128_400),
        reserved=Notional(19_092_559),
        buying_power=Notional(74_035_841),
        realised=Notional(656_340),
        fees=Notional(38_412),
        taxes=Notional(61_380),
    )


def status(**changes: object) -> StatusView:
    fields: dict[str, object] = {
        "core": CoreState.READY,
        "venue": "KRX",
        "orders": LinkState.UP,
        "market_data": LinkState.UP,
        "detail": "",
        "phase": Phase.CONTINUOUS,
        "phase_until_ns": NOW_NS + 9_667 * SECOND_NS,
        "trade_ns": NOW_NS,
        "speed_milli": 1000,
        "trading_date": 20261120,
        "epoch": 1,
        "kill_switch": False,
        "kill_reason": "",
        "paper": True,
        "disconnect_policy": DisconnectPolicy.KEEP,
        "build": "test",
        "sent_us_p50": 310,
        "sent_us_p99": 900,
        "ack_us_p50": 1_400,
        "ack_us_p99": 3_800,
    }
    return StatusView(**{**fields, **changes})


HOLDINGS = (
    ("005930", 320, 189_624),
    ("000660", 40, 981_500),
    ("005380", 60, 498_250),
    ("035420", 150, 232_410),
    ("034020", 400, 104_320),
    ("105560", 200, 149_050),
    ("196170", 30, 402_600),
    ("122630", 500, 79_140),
    ("015760", 600, 46_215),
)

WORKING = (
    (1, "005930", Side.BUY, 190_900, 100, 0),
    (2, "005930", Side.SELL, 192_200, 120, 0),
    (3, "000660", Side.SELL, 985_000, 40, 15),
    (4, "005380", Side.SELL, 517_000, 60, 0),
    (5, "034020", Side.SELL, 110_000, 150, 0),
    (6, "034020", Side.BUY, 107_500, 200, 120),
    (7, "105560", Side.BUY, 146_500, 100, 0),
    (8, "196170", Side.SELL, 440_000, 30, 0),
    (9, "015760", Side.SELL, 48_250, 300, 0),
)


def rates(issue: Instrument, plan: FeePlan) -> CostRates:
    text = (ROOT / "resources" / "market" / "fees.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text, parse_float=Decimal)
    return cost_rates(
        table, market=issue.market, is_etf=issue.is_etf, trading_date=issue.trading_date, venue=issue.venue, plan=plan
    )


@dataclass
class Desk:
    """Desk state with recorders in place of the link."""

    market: MarketState = field(default_factory=MarketState)
    orders: OrdersState = field(default_factory=lambda: OrdersState(ACCOUNT))
    selection: Selection = field(default_factory=lambda: Selection("005930", qty=50))
    sent: list[AnyIntent] = field(default_factory=list)
    queries: list[AnyQuery] = field(default_factory=list)
    now_ns: int = 1_000 * SECOND_NS
    link_is_up: bool = True

    def __post_init__(self) -> None:
        self.actions = Actions(
            self._send, self.market, self.orders, self.selection, mono_ns=lambda: self.now_ns, run_id="test"
        )
        self.form = OrderForm(self.market, self.orders, self.selection, self.actions, rates)
        self.algo = AlgoForm(self.market, self.orders, self.selection, self.actions, self.form)
        self.commands = Commands(self.actions, self.form, self.market, self.selection)

    def _send(self, intent: AnyIntent) -> bool:
        if self.link_is_up:
            self.sent.append(intent)
        return self.link_is_up

    def frame(self) -> Frame:
        return Frame(
            now_ns=self.now_ns,
            market=self.market.drain(),
            orders=self.orders.drain(),
            selection=self.selection.drain(),
            armed=self.actions.drain_armed(),
        )


def quiet_desk() -> Desk:
    """Issues, books and one trade each; no orders."""
    desk = Desk()
    desk.market.on_quote(PhaseUpdate("", OPEN_NS, Phase.CONTINUOUS, NOW_NS + 9_667 * SECOND_NS))
    for index, (code, _, _, _, base, last) in enumerate(ISSUES):
        desk.market.on_quote(InstrumentDef(instrument=instruments()[index]))
        for i, px in enumerate(walk(base, last, 120, index + 1)):
            desk.market.on_quote(trade(code, px, 10 + i % 90, "12"[i % 2], trade_ns=OPEN_NS + i * 109 * SECOND_NS))
        desk.market.on_quote(trade(code, last))
        desk.market.on_quote(book(code, last, TICKS.down(last), seed=index + 3))
    desk.orders.on_view(account())
    desk.orders.on_view(status())
    return desk


def busy_desk() -> Desk:
    """The quiet desk with nine working orders, nine positions and a day of fills."""
    desk = quiet_desk()
    for symbol, qty, average in HOLDINGS:
        last = next(row[5] for row in ISSUES if row[0] == symbol)
        desk.orders.on_view(position(symbol, qty, average, last))
    for order_id, symbol, side, px, qty, cum in WORKING:
        desk.orders.on_view(order(order_id, symbol, side, px, qty, cum=cum))
    for exec_id in range(1, 24):
        code, _, _, _, _, last = ISSUES[exec_id % 9]
        desk.orders.on_view(fill(exec_id, code, Side.BUY if exec_id % 3 else Side.SELL, last, 10 * exec_id))
    return desk


def texts(language: str = "ko") -> Texts:
    return Texts.parse(language, (ROOT / "resources" / "texts" / f"{language}.toml").read_text(encoding="utf-8"))
