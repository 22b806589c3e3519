"""Wishes of the simulated trader for work with parts: baskets, two-sided quotes, and what he does to them later."""

from collections.abc import Mapping
from random import Random

from hts.lab.wishes import in_lots
from hts.model.enums import Side
from hts.model.instruments import Instrument
from hts.model.intents import AnyIntent, ControlWork, StartBasket, StartQuoting
from hts.model.quotes import BookUpdate
from hts.model.quoting import InavBasket, InavPart, Obligation, QuoteParams
from hts.model.units import ClOrdID, Px, Qty
from hts.model.views import PositionView
from hts.model.work import BasketLine, WorkAct

LINES = (2, 6)
QTY = (1, 60)
UNIT = 100  # shares of the fund in a creation unit
CASH_PPM = 100_000  # of the fund's value
PPM = 1_000_000
BUDGET = 20_000_000
OVERSELL = 0.1  # lines that sell what is not held

Place = tuple[str, str]


class Hall:
    """What the trader sees when he wishes: books and issues by (venue, symbol), and what he holds by symbol."""

    def __init__(
        self,
        books: Mapping[Place, BookUpdate],
        issues: Mapping[Place, Instrument],
        held: Mapping[str, PositionView],
    ) -> None:
        self._books, self._issues, self._held = books, issues, held
        self.places = sorted(place for place in books if place in issues and all(books[place].levels[:2]))

    def touch(self, place: Place) -> tuple[int, int]:
        """(ask, bid)."""
        ask, bid = self._books[place].levels[:2]
        return ask, bid

    def issue(self, place: Place) -> Instrument:
        """Its listing."""
        return self._issues[place]

    def sellable(self, symbol: str) -> int:
        """Shares that may be sold."""
        position = self._held.get(symbol)
        return int(position.sellable_qty) if position is not None else 0


def list_wish(dice: Random, request_id: str, account: str, hall: Hall) -> AnyIntent | None:
    """A basket, or quotes; None while there is too little to see."""
    if len({symbol for _, symbol in hall.places}) < LINES[0]:
        return None
    if dice.random() < 0.6:
        return _basket(dice, request_id, account, hall)
    return _quotes(dice, request_id, account, hall)


def steering(dice: Random, request_id: str, account: str, work_id: ClOrdID) -> ControlWork:
    """What he does to his work a little later."""
    act = dice.choice((WorkAct.PAUSE, WorkAct.RESUME, WorkAct.CANCEL, WorkAct.CANCEL))
    return ControlWork(request_id=request_id, account=account, work_id=work_id, act=act)


def _basket(dice: Random, request_id: str, account: str, hall: Hall) -> StartBasket:
    places = {symbol: (venue, symbol) for venue, symbol in hall.places}  # each issue once
    chosen = dice.sample(sorted(places), min(dice.randrange(*LINES), len(places)))
    return StartBasket(
        request_id=request_id,
        account=account,
        lines=tuple(_line(dice, places[symbol], hall) for symbol in chosen),
        budget=BUDGET,
        minutes=dice.choice((0, 0, 1)),
        is_whole=dice.random() < 0.5,
    )


def _line(dice: Random, place: Place, hall: Hall) -> BasketLine:
    symbol, sellable = place[1], hall.sellable(place[1])
    ask, bid = hall.touch(place)
    sells = dice.random() < (0.5 if sellable else OVERSELL)
    side = Side.SELL if sells else Side.BUY
    ticks = dice.choice((0, 0, 1, -2)) * side.sign
    px = hall.issue(place).ticks.move(bid if sells else ask, ticks) if dice.random() < 0.6 else 0
    if not sells and dice.random() < 0.2:
        return BasketLine(symbol=symbol, side=side, ratio_ppm=dice.randrange(20_000, 200_000), px=Px(px))
    lot = int(hall.issue(place).lot)
    most = max(sellable // lot, 1) * lot if sells else QTY[1] * lot
    return BasketLine(symbol=symbol, side=side, qty=Qty(min(in_lots(dice.randrange(*QTY), lot), most)), px=Px(px))


def _quotes(dice: Random, request_id: str, account: str, hall: Hall) -> StartQuoting:
    """An issue is quoted as if it were a fund that holds another one; what is held of it is the stock in trade."""
    place = dice.choice([one for one in hall.places if hall.sellable(one[1])] or hall.places)
    others = [one for one in hall.places if one[1] != place[1]]
    other = dice.choice([one for one in others if hall.sellable(one[1])] or others)
    value, part = (sum(hall.touch(one)) // 2 for one in (place, other))
    qty = max(1, value * UNIT * (PPM - CASH_PPM) // PPM // part)
    lot = int(hall.issue(place).lot)
    size = max(1, min(dice.randrange(3, 30), hall.sellable(place[1]) // lot)) * lot
    full = hall.sellable(place[1]) + size * dice.randrange(1, 4)
    fitting = max(1, min(PPM, hall.sellable(other[1]) * PPM // full))  # a hedge sells no more than is held
    return StartQuoting(
        request_id=request_id,
        account=account,
        symbol=place[1],
        qty_max=Qty(size * dice.randrange(2, 8)),
        params=QuoteParams(
            half_spread_ppm=dice.randrange(100, 3_000),
            qty=Qty(size),
            inventory_max=Qty(full),
            skew_ppm=dice.choice((0, 1_000, 4_000)),
            hedge_qty=Qty(dice.choice((0, lot, size))),
            hedge_symbol=dice.choice(("", other[1], other[1])),
            hedge_ratio_ppm=dice.choice((PPM, fitting, fitting)),
        ),
        obligation=Obligation(spread_ppm_max=20_000, qty_min=Qty(1), react_s=2),
        inav=InavBasket(
            parts=(InavPart(symbol=other[1], qty=qty),), unit_qty=UNIT, cash=max(0, value * UNIT - qty * part)
        ),
    )
