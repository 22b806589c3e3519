"""Terminals that attach while orders and baskets change: all see in the end what one sees that was there before."""

import random

import pytest
from msgspec.structs import replace

import hts.link.server
from hts.model.effects import Publish
from hts.model.enums import Side
from hts.model.intents import CancelAll, Flatten
from hts.model.views import AccountView, FillView, OrderView, PositionView
from hts.model.work import BasketLine, WorkView
from hts.wire.link.messages import SnapshotBegin
from tests.engine.test_set_aside import ACCOUNT, OTHER, SYMBOL, _act, a_holder, sell, start
from tests.link.test_link import a_client, a_server


def name_of(view):
    """What a newer view of the same thing takes the place of."""
    match view:
        case OrderView():
            return "order", view.order_id
        case PositionView():
            return "holding", view.account, view.symbol
        case AccountView():
            return "money", view.account, view.currency
        case FillView():
            return "fill", view.venue, view.exec_id
        case WorkView():
            return "work", view.work_id
    return None


def as_told(view):
    """Without what goes on by itself: last prices and latencies."""
    if isinstance(view, OrderView):
        return replace(view, sent_us=0, ack_us=0)
    return replace(view, last_px=0, unrealised=0) if isinstance(view, PositionView) else view


class Looker:
    """A terminal that reads now and then."""

    def __init__(self, server, number):
        self._server, self._number, self._client = server, number, a_client()
        self.seen = {}
        server.connected(number)
        server.receive_data(number, self._client.hello())

    def read(self):
        """One slice, or what waits behind the last; whether there was anything."""
        data = self._server.data_to_send(self._number, market=False)
        for view in self._client.receive_data(data):
            if isinstance(view, SnapshotBegin):
                self.seen = {}
            if (name := name_of(view)) is not None:
                self.seen[name] = as_told(view)
            if isinstance(view, FillView) and view.exec_ref_id:
                self.seen.pop(("fill", view.venue, view.exec_ref_id), None)
        return bool(data)


def told_to(server, floor):
    """The floor's desk publishes to the server."""
    server._state = floor.desk.engine.views_now
    take = floor.desk.take

    def publishing(effects):
        for effect in effects:
            if isinstance(effect, Publish):
                server.publish(effect.view)
        return take(effects)

    floor.desk.take = publishing


def stormed(dice, floor, number, fills):
    """Something happens; `fills` (order, ExecID, shares) can be taken back."""
    orders = floor.desk.engine.core.state.orders
    before, was = floor.exec_id, {order.order_id: order.cum_qty for order in orders}
    if dice.random() < 0.15 and fills:
        order_id, exec_id, qty = fills.pop()
        order = floor.order(order_id)
        left = order.leaves_qty + qty if order.is_working else 0
        if not order.pending:
            floor.undo(order_id, exec_id, qty, leaves_qty=left, ord_status=order.ord_status)
    elif dice.random() < 0.03:
        act = dice.choice((Flatten, CancelAll))
        floor.intent(act(request_id=f"z{number}", account=ACCOUNT, symbol=SYMBOL))
    else:
        _act(dice, floor, number)
        grown = [(order, order.cum_qty - was.get(order.order_id, order.cum_qty)) for order in orders]
        fills += [
            (order.order_id, floor.exec_id, int(qty)) for order, qty in grown if qty > 0 and floor.exec_id > before
        ]


@pytest.mark.parametrize("seed", [*range(9), 43])
def test_all_terminals_see_the_same_in_the_end(seed, monkeypatch):
    monkeypatch.setattr(hts.link.server, "SLICE_FRAMES", 2)
    dice = random.Random(seed)
    floor, server = a_holder(qty=dice.randint(8, 20)), a_server()
    told_to(server, floor)
    lookers, fills = [Looker(server, 1)], []
    lines = [
        sell(dice.randint(1, 8), dice.choice((0, 70_500, 71_000))),
        BasketLine(symbol=OTHER, side=Side.BUY, qty=dice.randint(1, 12), px=dice.choice((0, 71_000))),
        BasketLine(symbol=SYMBOL, side=Side.BUY, qty=dice.randint(1, 9)),
    ]
    start(floor, *lines, minutes=dice.choice((0, 0, 3)), is_whole=False)
    for number in range(60):
        stormed(dice, floor, number, fills)
        if dice.random() < 0.1:
            lookers.append(Looker(server, len(lookers) + 1))
        for one in lookers:
            if dice.random() < 0.4:
                one.read()
    truth = {name: as_told(view) for view in floor.desk.engine.snapshot_views() if (name := name_of(view))}
    assert len(truth) > 6
    for one in lookers:
        while one.read():
            pass
        assert one.seen == truth
