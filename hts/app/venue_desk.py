"""What the operators of the paper venues can do from another process: break a trade, or correct one.

One request is one JSON line with the token of this home; so is the answer: {"done": sentence} or {"error": sentence}.
"""

import hmac
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from hts.app.venue_shell import VenueShell
from hts.io import unix
from hts.io.streams import StreamServer
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import VENUE, BreakTrade
from hts.sim.exchange import Exchange

LINE_BYTES_MAX: Final = 4096
NO_CORRECTIONS: Final = ("NASDAQ",)


class VenueDesk:
    """Serves one socket for all venues of the process."""

    def __init__(self, shells: Mapping[str, VenueShell], token: str) -> None:
        self._shells = shells
        self._token = token
        self._lines: dict[int, bytes] = {}
        self._server = StreamServer(self)

    async def listen(self, path: Path) -> None:
        """Raises ConfigError when somebody listens there already."""
        await unix.listen_local(self._server, path)

    def stop(self) -> None:
        """Close everything."""
        self._server.stop()

    # -- hts.io.streams.StreamOwner

    def connected(self, conn: int) -> None:
        self._lines[conn] = b""

    def received(self, conn: int, data: bytes) -> None:
        line = self._lines.get(conn, b"") + data
        self._lines[conn] = line[:LINE_BYTES_MAX]
        if b"\n" in line or len(line) >= LINE_BYTES_MAX:
            self._server.send(conn, json.dumps(self.answer(line.partition(b"\n")[0])).encode() + b"\n")
            self._server.close(conn)

    def disconnected(self, conn: int, reason: str) -> None:  # noqa: ARG002
        self._lines.pop(conn, None)

    def writable(self, conn: int) -> None:
        """An answer is one line; nothing waits for it."""

    # -- requests

    def answer(self, line: bytes) -> dict[str, str]:
        """Carry out one request."""
        try:
            request = json.loads(line)
        except ValueError:
            return {"error": "expected one JSON line"}
        if not isinstance(request, dict) or not hmac.compare_digest(str(request.get("token", "")), self._token):
            return {"error": "expected the token of this home"}
        shell = self._shells.get(str(request.get("venue", "")))
        if shell is None:
            return {"error": f"venue: expected one of {', '.join(self._shells)}, found {request.get('venue')!r}"}
        try:
            return {"done": self._break(shell, request)}
        except ValueError as error:
            return {"error": str(error)}

    def _break(self, shell: VenueShell, request: Mapping[str, Any]) -> str:
        """Raises ValueError for a trade that cannot be undone like that."""
        exchange = shell.venue.day.exchange
        number = _whole(request, "fill")
        by_match = bool(request.get("by_match"))
        match_id = number if by_match else exchange.trades.match_of_fill(number)
        sides = exchange.trades.of_match(match_id)
        if not sides:
            raise ValueError(f"fill: expected one of today's fills of a member at {shell.name}, found {number}")
        px = _price(exchange, sides[0].session, sides[0].order_id, request.get("px"))
        qty = _whole(request, "qty") if request.get("qty") else 0
        if qty and not px:
            px = sides[0].px
        if px and shell.name in NO_CORRECTIONS:
            raise ValueError(f"px: {shell.name} breaks trades and corrects none; its order wire cannot say so")
        before = exchange.trades.of_match(match_id)
        shell.act(BreakTrade(session=VENUE, match_id=match_id, px=Px(px), qty=Qty(qty)))
        if exchange.trades.of_match(match_id) == before:
            raise ValueError("expected another price, or fewer shares, than the trade has")
        return f"{shell.name}: trade {match_id} {'corrected' if px else 'broken'}, {len(sides)} members told"


def _whole(request: Mapping[str, Any], name: str) -> int:
    value = request.get(name)
    if type(value) is not int or value <= 0:
        raise ValueError(f"{name}: expected a number above 0, found {value!r}")
    return value


def _price(exchange: Exchange, session: str, order_id: int, text: object) -> int:
    """A price as people write it, in the units of the order's issue; 0 where none is asked for."""
    if text in (None, ""):
        return 0
    symbol = exchange.members[session].by_id[ClOrdID(order_id)].symbol
    decimals = exchange.issues[symbol].instrument.px_decimals
    try:
        scaled = Decimal(str(text)) * 10**decimals
    except InvalidOperation:
        scaled = Decimal(0)
    if scaled <= 0 or scaled != scaled.to_integral_value():
        raise ValueError(f"px: expected a price above 0 with up to {decimals} decimals, found {text!r}")
    return int(scaled)
