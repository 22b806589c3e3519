"""A canned market and account: two issues with a book, orders, fills and a holding; a day with nine holdings."""

from fractions import Fraction
from pathlib import Path

from hts.desk.actions import Actions
from hts.desk.market import MarketState
from hts.desk.orders import OrdersState
from hts.desk.selection import Selection
from hts.desk.texts import Texts
from hts.model.denials import Denial, Rule, Unit
from hts.model.enums import Market, OrdStatus, OrdType, Phase, Side, TimeInForce
from hts.model.instruments import Instrument, TickTable
from hts.model.quotes import BookUpdate, InstrumentDef, TradeUpdate
from hts.model.units import ClOrdID, ExecID, Notional, Px, Qty
from hts.model.views import FillView, OrderView, PositionView
from hts.rules.fees import CostRates

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


def a_book(
    symbol=NAVER, *, ask=237_500, bid=237_000, step=500, asks=NAVER_ASKS, bids=NAVER_BIDS, **changes
) -> BookUpdate:
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


def a_trade(symbol=NAVER, *, px=237_500, qty=37, side="1", at_s=4_467, **changes) -> TradeUpdate:
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


def a_rate(_instrument, _plan) -> CostRates:
    return CostRates(fee=Fraction(14, 100_000), sell_tax=Fraction(20, 10_000))


class Scene:
    """Desk state whose intents are collected in a list."""

    def __init__(self, *instruments: Instrument, symbol: str = NAVER, language: str = "ko", settings=None) -> None:
        self.sent: list = []
        self.now_ns = 1_000 * SECOND
        self.market = MarketState()
        self.orders = OrdersState(ACCOUNT)
        self.selection = Selection(symbol, qty=50)
        self.actions = Actions(
            self._send,
            self.market,
            self.orders,
            self.selection,
            mono_ns=lambda: self.now_ns,
            run_id="test",
            settings=settings,
        )
        toml = (ROOT / "resources" / "texts" / f"{language}.toml").read_text(encoding="utf-8")
        self.texts = Texts.parse(language, toml)
        for instrument in instruments or (NAVER_ISSUE, SAMSUNG_ISSUE):
            self.market.on_quote(InstrumentDef(instrument=instrument))

    def _send(self, intent) -> bool:
        self.sent.append(intent)
        return True


def fill_naver(scene: Scene) -> None:
    """A book, a day behind it, four own orders, a holding."""
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


def day_issues() -> list[Instrument]:
    """The nine issues that `fill_day` holds."""
    names = (
        "삼성전자",
        "SK하이닉스",
        "현대차",
        "NAVER",
        "두산에너빌리티",
        "KB금융",
        "알테오젠",
        "KODEX 레버리지",
        "한국전력",
    )
    bases = (188_700, 974_000, 506_000, 218_000, 105_700, 149_300, 400_000, 80_000, 46_900)
    codes = (SAMSUNG, "000660", "005380", NAVER, "034020", "105560", "196170", "122630", "015760")
    return [
        an_instrument(code, name, base, base * 13 // 10 // 1_000 * 1_000, base * 7 // 10 // 1_000 * 1_000)
        for code, name, base in zip(codes, names, bases, strict=True)
    ]


def fill_day(scene: Scene) -> None:
    """Nine holdings, working and refused orders, fills."""
    codes = tuple(scene.market.instruments)
    lasts = (191_400, 968_000, 511_000, 237_500, 108_200, 148_100, 417_500, 82_135, 46_900)
    held = ((320, 189_624), (40, 981_500), (60, 498_250), (150, 232_410), (400, 104_320), (200, 149_050))
    held = (*held, (30, 402_600), (500, 79_140), (600, 46_215))
    for code, last, (qty, average) in zip(codes, lasts, held, strict=True):
        scene.market.on_quote(a_trade(code, px=last))
        scene.orders.on_view(a_position(code, qty, qty * average))
    denial = Denial(rule=Rule.PRICE_ABOVE_LIMIT, figure=61_000, limit=60_900, unit=Unit.PX)
    part = {"ord_status": OrdStatus.PARTIALLY_FILLED, "leaves_qty": Qty(25), "cum_qty": Qty(15)}
    for order in (
        an_order(1, Side.SELL, 48_250, 300, "015760"),
        an_order(2, Side.SELL, 440_000, 30, "196170"),
        an_order(3, Side.BUY, 146_500, 100, "105560", ord_status=OrdStatus.PENDING_REPLACE),
        an_order(4, Side.BUY, 0, 200, "034020", ord_type=OrdType.MARKET, ord_status=OrdStatus.PENDING_NEW, ack_us=0),
        an_order(5, Side.SELL, 61_000, 10, "015760", ord_status=OrdStatus.DENIED, denial=denial, leaves_qty=Qty(0)),
        an_order(6, Side.SELL, 517_000, 60, "005380"),
        an_order(7, Side.SELL, 985_000, 40, "000660", **part),
        an_order(8, Side.BUY, 190_900, 100, SAMSUNG),
        an_order(9, Side.BUY, 190_000, 100, SAMSUNG, ord_status=OrdStatus.FILLED, leaves_qty=Qty(0), cum_qty=Qty(100)),
    ):
        scene.orders.on_view(order)
    fills = ((Side.BUY, 189_100, 200, SAMSUNG), (Side.BUY, 503_000, 20, "005380"), (Side.BUY, 236_000, 50, NAVER))
    fills = (
        *fills,
        (Side.BUY, 81_240, 200, "122630"),
        (Side.SELL, 192_000, 100, SAMSUNG),
        (Side.SELL, 985_000, 15, "000660"),
    )
    for i, (side, px, qty, code) in enumerate(fills, 1):
        scene.orders.on_view(a_fill(i, side, px, qty, code))
