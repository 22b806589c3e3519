"""A canned market and account for panels: two issues as on the comps, a book, orders, fills, a holding."""

from fractions import Fraction
from pathlib import Path

from hts.desk.actions import Actions
from hts.desk.frame import Frame
from hts.desk.market import MarketState
from hts.desk.order_entry import OrderForm
from hts.desk.orders import OrdersState
from hts.desk.selection import Selection
from hts.desk.texts import Texts
from hts.model.enums import Market, OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument, TickTable
from hts.model.quotes import BookUpdate, InstrumentDef, TradeUpdate
from hts.model.units import ClOrdID, ExecID, Notional, Px, Qty
from hts.model.views import FillView, OrderView, PositionView
from hts.rules.fees import CostRates
from themes import fonts
from themes.tokens import DARK, Tokens
from widgets.panel import PanelContext

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "8801-2745-01"
NAVER = "035420"
SAMSUNG = "005930"
KRX_TICKS = TickTable(starts=(0, 2_000, 5_000, 20_000, 50_000, 200_000, 500_000), steps=(1, 5, 10, 50, 100, 500, 1_000))
NINE = 1_795_132_800_000_000_000  # 2026-11-20 09:00:00 in Korea
SECOND = 1_000_000_000
NAVER_ASKS = (412, 1_893, 2_740, 5_128, 3_316, 6_042, 18_450, 7_210, 4_105, 3_388)
NAVER_BIDS = (1_206, 3_544, 2_981, 4_470, 9_120, 3_805, 5_566, 12_840, 4_417, 2_950)


def an_instrument(symbol: str, name: str, base_px: int, upper_px: int, lower_px: int) -> Instrument:
    return Instrument(
        symbol=symbol,
        isin=f"KR7{symbol}000",
        market=Market.KOSPI,
        name_ko=name,
        name_en=name,
        ticks=KRX_TICKS,
        trading_date=20261120,
        base_px=Px(base_px),
        upper_px=Px(upper_px),
        lower_px=Px(lower_px),
    )


NAVER_ISSUE = an_instrument(NAVER, "NAVER", 218_000, 283_000, 153_000)
SAMSUNG_ISSUE = an_instrument(SAMSUNG, "삼성전자", 188_700, 245_000, 132_100)


def a_book(symbol=NAVER, ask=237_500, bid=237_000, step=500, asks=NAVER_ASKS, bids=NAVER_BIDS, **changes) -> BookUpdate:
    levels = []
    for i in range(10):
        ask_qty = asks[i] if i < len(asks) else 0
        bid_qty = bids[i] if i < len(bids) else 0
        levels += [ask + i * step if ask_qty else 0, bid - i * step if bid_qty else 0, ask_qty, bid_qty]
    fields = {
        "symbol": symbol,
        "trade_ns": NINE + 4_440 * SECOND,
        "levels": tuple(levels),
        "total_ask_qty": sum(asks),
        "total_bid_qty": sum(bids),
        "expected_px": 0,
        "expected_qty": 0,
        "phase": Phase.CONTINUOUS,
    }
    return BookUpdate(**{**fields, **changes})


def a_trade(symbol=NAVER, px=237_500, qty=37, side="1", at_s=4_467, **changes) -> TradeUpdate:
    fields = {
        "symbol": symbol,
        "trade_ns": NINE + at_s * SECOND + 618_000_000,
        "px": px,
        "qty": qty,
        "side": side,
        "open_px": 221_500,
        "high_px": 239_000,
        "low_px": 220_500,
        "cum_qty": 4_218_905,
        "cum_value": 4_218_905 * 233_912,
        "phase": Phase.CONTINUOUS,
    }
    return TradeUpdate(**{**fields, **changes})


def an_order(order_id: int, side: Side, px: int, qty: int, symbol=NAVER, **changes) -> OrderView:
    fields = {
        "order_id": ClOrdID(order_id),
        "cl_ord_id": ClOrdID(order_id),
        "request_id": f"r{order_id}",
        "venue": "KRX",
        "venue_order_id": order_id,
        "account": ACCOUNT,
        "symbol": symbol,
        "side": side,
        "ord_type": OrdType.LIMIT,
        "time_in_force": TimeInForce.DAY,
        "px": Px(px),
        "order_qty": Qty(qty),
        "leaves_qty": Qty(qty),
        "cum_qty": Qty(0),
        "filled_value": Notional(0),
        "ord_status": OrdStatus.NEW,
        "entered_ns": NINE + order_id * SECOND,
        "sent_us": 80,
        "ack_us": 1_220,
    }
    return OrderView(**{**fields, **changes})


def a_position(symbol=NAVER, qty=80, cost=80 * 233_063, **changes) -> PositionView:
    fields = {
        "account": ACCOUNT,
        "symbol": symbol,
        "qty": Qty(qty),
        "cost": Notional(cost),
        "sellable_qty": Qty(qty),
        "realised": Notional(0),
        "fees": Notional(0),
        "taxes": Notional(0),
        "last_px": Px(0),
    }
    return PositionView(**{**fields, **changes})


def a_fill(exec_id: int, side: Side, px: int, qty: int, symbol=NAVER, **changes) -> FillView:
    fields = {
        "exec_id": ExecID(exec_id),
        "order_id": ClOrdID(exec_id),
        "venue": "KRX",
        "account": ACCOUNT,
        "symbol": symbol,
        "side": side,
        "px": Px(px),
        "qty": Qty(qty),
        "fee": Notional(px * qty * 14 // 100_000),
        "tax": Notional(px * qty * 20 // 10_000 if side is Side.SELL else 0),
        "trade_ns": NINE + exec_id * 97 * SECOND + 418_000_000,
    }
    return FillView(**{**fields, **changes})


def a_rate(_instrument) -> CostRates:
    return CostRates(fee=Fraction(14, 100_000), sell_tax=Fraction(20, 10_000))


class Scene:
    """A PanelContext whose intents and queries are collected in lists."""

    def __init__(self, *instruments: Instrument, symbol: str = NAVER, language: str = "ko") -> None:
        fonts.load(ROOT / "resources" / "fonts")
        self.sent: list = []
        self.queries: list = []
        self.now_ns = 1_000 * SECOND
        self.market = MarketState()
        self.orders = OrdersState(ACCOUNT)
        self.selection = Selection(symbol, qty=50)
        self.actions = Actions(
            self._send, self.market, self.orders, self.selection, mono_ns=lambda: self.now_ns, run_id="test"
        )
        toml = (ROOT / "resources" / "texts" / f"{language}.toml").read_text(encoding="utf-8")
        self.context = PanelContext(
            tokens=Tokens.parse(DARK),
            texts=Texts.parse(language, toml),
            market=self.market,
            orders=self.orders,
            selection=self.selection,
            actions=self.actions,
            form=OrderForm(self.market, self.orders, self.selection, self.actions, a_rate),
            query=self.queries.append,
        )
        for instrument in instruments or (NAVER_ISSUE, SAMSUNG_ISSUE):
            self.market.on_quote(InstrumentDef(instrument=instrument))

    def _send(self, intent) -> bool:
        self.sent.append(intent)
        return True

    def frame(self, *panels) -> Frame:
        """One frame tick for the panels, as the frame clock gives it."""
        self.now_ns += 16_000_000
        frame = Frame(
            now_ns=self.now_ns,
            market=self.market.drain(),
            orders=self.orders.drain(),
            selection=self.selection.drain(),
            armed=self.actions.drain_armed(),
        )
        for panel in panels:
            panel.on_frame(frame)
        for panel in panels:
            panel.refresh_if_dirty(self.now_ns)
        return frame


def naver_scene() -> Scene:
    """The ladder of the comp: a book, a day behind it, four own orders, a holding."""
    scene = Scene()
    for i, qty in enumerate((3, 9, 20, 41, 60, 55, 74, 90, 120, 110, 98, 86, 92, 70, 44, 31, 12, 3)):
        scene.market.on_quote(a_trade(px=239_000 - 500 * i, qty=qty * 100, side="12"[i % 2]))
    scene.market.on_quote(a_book())
    scene.market.on_quote(a_trade())
    for order in (
        an_order(1, Side.SELL, 241_500, 30),
        an_order(2, Side.SELL, 240_000, 50),
        an_order(3, Side.BUY, 236_000, 50),
        an_order(4, Side.BUY, 234_500, 20, ord_status=OrdStatus.PENDING_NEW),
    ):
        scene.orders.on_view(order)
    scene.orders.on_view(a_position())
    scene.actions.arm(True)
    return scene
