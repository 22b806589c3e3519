"""A client for people's own programs: orders, algorithms and market data over the WebSocket door.

    async with Api("ws://127.0.0.1:8791/", token="hts_...", account="8801-2745-01") as api:
        outcome = await api.buy("005930", 10, px=71_000)
        async for event in api.events():
            ...

Messages are dictionaries as docs/api.md lists them. `request_id`s are made here, unique for ever: the same one twice
would be answered with the first outcome.
"""

import asyncio
import json
import secrets
import ssl
from collections.abc import AsyncIterator
from typing import Any, Final, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

EVENTS_MAX: Final = 10_000  # kept for a reader that is late; older ones fall out
BUY, SELL = "1", "2"
LIMIT, MARKET = "2", "1"
DAY, IOC, FOK = "0", "3", "4"


class ApiError(Exception):
    """The door or the core refused. `answer` is the whole message."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer.get("reason") or json.dumps(answer))
        self.answer = answer


class Api:
    """One connection. Calls wait for the core's outcome; events come as they are told.

    `tls` for a door on another machine: `hts.app.house.terminal_context` makes it of a pairing.
    """

    def __init__(self, url: str, *, token: str, account: str, tls: ssl.SSLContext | None = None) -> None:
        self._url = url
        self._tls = tls
        self._token = token
        self._account = account
        self._run = secrets.token_hex(5)
        self._count = 0
        self._peer: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(EVENTS_MAX)
        self.ready = asyncio.Event()  # the whole state was told, and the core is not recovering
        self._is_told = self._has_recovered = False
        self.orders: dict[int, dict[str, Any]] = {}
        self.books: dict[tuple[str, str], dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        headers = {"Authorization": f"Bearer {self._token}"}
        self._peer = await connect(self._url, additional_headers=headers, max_size=None, ssl=self._tls)
        self._reader = asyncio.create_task(self._read(self._peer))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._peer is not None:
            await self._peer.close()
        if self._reader is not None:
            await self._reader

    # -- orders

    async def buy(self, symbol: str, qty: int, *, px: int = 0, **terms: Any) -> dict[str, Any]:
        """Enter a buy; without a price at the market. `terms` are further fields of a new order."""
        return await self.enter(symbol, BUY, qty, px=px, **terms)

    async def sell(self, symbol: str, qty: int, *, px: int = 0, **terms: Any) -> dict[str, Any]:
        """Enter a sell."""
        return await self.enter(symbol, SELL, qty, px=px, **terms)

    async def enter(self, symbol: str, side: str, qty: int, *, px: int = 0, **terms: Any) -> dict[str, Any]:
        """NewOrderSingle(D). Returns the outcome; raises ApiError when it is denied."""
        kind = LIMIT if px else MARKET
        return await self.ask("new", symbol=symbol, side=side, ord_type=kind, px=px, qty=qty, **terms)

    async def replace(self, order_id: int, *, px: int, qty: int) -> dict[str, Any]:
        """OrderCancelReplaceRequest(G)."""
        return await self.ask("replace", cl_ord_id=order_id, px=px, qty=qty)

    async def cancel(self, order_id: int) -> dict[str, Any]:
        """OrderCancelRequest(F)."""
        return await self.ask("cancel", cl_ord_id=order_id)

    async def cancel_all(self, symbol: str = "") -> dict[str, Any]:
        """Everything of the account, or of one issue."""
        return await self.ask("cancel_all", symbol=symbol)

    async def route(self, symbol: str, side: str, qty: int, *, px: int = 0, **how: Any) -> dict[str, Any]:
        """An order over all venues; `how` are further fields of a route request."""
        return await self.ask("route", symbol=symbol, request={"side": side, "qty": qty, "px": px, **how})

    async def start_algo(self, kind: str, symbol: str, side: str, qty: int, **params: Any) -> dict[str, Any]:
        """An execution algorithm; the outcome's order_id is the work's id."""
        fields = {"algo_id": 0, "account": "", "kind": kind, "symbol": symbol, "side": side, "qty": qty, **params}
        return await self.ask("algo", params=fields)

    async def basket(self, lines: list[dict[str, Any]], *, minutes: int = 0, **how: Any) -> dict[str, Any]:
        """A list of orders as one piece of work: symbol, side, and qty or ratio_ppm (of `budget`) by line."""
        return await self.ask("basket", lines=lines, minutes=minutes, **how)

    async def watch_holdings(self, *, symbols: tuple[str, ...] = (), **terms: Any) -> dict[str, Any]:
        """Watch orders on all holdings: profit_ppm, loss_ppm, trail_ppm, break_out_ppm, daily ..."""
        return await self.ask("watch", terms=terms, symbols=symbols)

    async def quote_etf(self, symbol: str, *, qty_max: int, **terms: Any) -> dict[str, Any]:
        """Quote an ETF on both sides; `terms`: params, obligation and inav as in hts/model/quoting.py."""
        return await self.ask("quote", symbol=symbol, qty_max=qty_max, **terms)

    async def control(self, work_id: int, act: str) -> dict[str, Any]:
        """Act on what the core works on: pause, resume or cancel."""
        return await self.ask("control", work_id=work_id, act=act)

    async def amend_work(self, work_id: int, **terms: Any) -> dict[str, Any]:
        """Other terms of an algorithm (px, qty, end_ns, participation_ppm), another price of a conditional order."""
        return await self.ask("amend_work", work_id=work_id, **terms)

    async def subscribe(self, *symbols: str) -> None:
        """Books and trades of these issues only; none named: all."""
        await self._send({"type": "sub", "symbols": symbols})

    async def ask(self, kind: str, *, request_id: str = "", **fields: Any) -> dict[str, Any]:
        """Any intent by its type; waits for its outcome. Raises ApiError when it is refused.

        A `request_id` of the caller's own must never have been used before, except to ask for the same thing again.
        """
        self._count += 1
        request_id = request_id or f"{self._run}-{self._count}"
        future = asyncio.get_running_loop().create_future()
        self._waiting[request_id] = future
        await self._send({"type": kind, "request_id": request_id, "account": self._account, **fields})
        answer: dict[str, Any] = await future
        if answer["type"] == "error" or not answer.get("accepted", True):
            raise ApiError(answer)
        return answer

    # -- what is told

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Everything the core tells, oldest first, until the connection ends."""
        while (event := await self._events.get()) is not None:
            yield event

    def told(self) -> list[dict[str, Any]]:
        """What `events` would give without waiting."""
        found = []
        while not self._events.empty():
            event = self._events.get_nowait()
            if event is not None:
                found.append(event)
        return found

    @property
    def is_closed(self) -> bool:
        """Whether the connection has ended."""
        return self._reader is None or self._reader.done()

    async def _send(self, message: dict[str, Any]) -> None:
        assert self._peer is not None, "use `async with`"
        await self._peer.send(json.dumps(message))

    async def _read(self, peer: ClientConnection) -> None:
        try:
            async for text in peer:
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        reason = {"type": "error", "error": "closed", "reason": peer.close_reason or "the connection ended"}
        for future in self._waiting.values():
            if not future.done():
                future.set_result(reason)
        self._put(None)

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind in ("outcome", "error"):
            future = self._waiting.pop(message.get("request_id", ""), None)
            if future is not None and not future.done():
                future.set_result(message)
        elif kind == "order":
            self.orders[message["order_id"]] = message
        elif kind == "book":
            self.books[message["venue"], message["symbol"]] = message
        elif kind == "snapshot_end":
            self._is_told = True
        elif kind == "status":
            self._has_recovered = message["core"] != "recovering"
        if self._is_told and self._has_recovered:
            self.ready.set()
        self._put(message)

    def _put(self, message: dict[str, Any] | None) -> None:
        if self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(message)
