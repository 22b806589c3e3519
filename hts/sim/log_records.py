"""What the simulated venue writes down, and its bytes.

Bodies of log frames, big-endian. Commands of the background flow come by the hundred a second, so a body is fixed
fields followed by texts of one length byte each; nothing names a field.

    'D'  day      epoch u32, trading date u32, seed i64, first trade_ns i64, count u16      a new day begins
                  count times: text symbol, i64 close of the day before
    'K'  checkpoint   hts.sim.checkpoint
    'R'  run      run u32, trade_ns i64                                          a process took over
    'T'  tick     trade_ns i64                                                   scheduled changes up to then
    'E'  enter    trade_ns i64, in_seq u32, ClOrdID u64, side, type, tif (one ASCII each), px i64, qty u64,
                  texts session, symbol, account, request id
    'C'  cancel   trade_ns i64, in_seq u32, ClOrdID u64, original u64, texts session, request id
    'A'  amend    trade_ns i64, in_seq u32, ClOrdID u64, original u64, px i64, qty u64, texts session, request id
    'M'  mass cancel  trade_ns i64, in_seq u32, ClOrdID u64, reason u16, texts session, account, symbol
    'S'  mass status  trade_ns i64, in_seq u32, request u64, text session
    'X'  kill switch  trade_ns i64, in_seq u32, ClOrdID u64, on u8, texts session, account
    'P'  print        trade_ns i64, px i64, qty u64, texts session, symbol, side
    'F'  full         trade_ns i64, msgpack of the command                       any command with more to say

A member's numbers have the widths of the order layout: what it can send can be written down.
"""

from collections.abc import Callable
from struct import Struct as Layout
from struct import error as LayoutError  # noqa: N812  it is a class
from typing import Union

import msgspec
from msgspec import Struct

from hts.base.errors import CorruptRecord
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.model.units import ClOrdID, Px, Qty
from hts.sim.commands import Amend, AnyCommand, Cancel, Enter, KillSwitch, MassCancel, MassStatus, PublicPrint

TEXT_LENGTH_MAX = 255


class DayStarted(Struct, frozen=True, kw_only=True):
    """A new day of the venue. `epoch` counts them; sequence numbers and orders begin anew.

    `closes`: (symbol, price) of the simulated day before; the others open at the base price they are listed with.
    """

    epoch: int
    trading_date: int
    seed: int
    trade_ns: int
    closes: tuple[tuple[str, int], ...] = ()


class Saved(Struct, frozen=True, kw_only=True):
    """A checkpoint: the state that all records before it lead to."""

    data: bytes


class RunStarted(Struct, frozen=True, kw_only=True):
    """The `run`th process of this day; each has its own feed session."""

    run: int
    trade_ns: int


class Tick(Struct, frozen=True, kw_only=True):
    """Scheduled changes up to `trade_ns` were carried out."""

    trade_ns: int


class Logged(Struct, frozen=True, kw_only=True):
    """A command and when it was applied."""

    trade_ns: int
    command: AnyCommand


LogRecord = Union[DayStarted, Saved, RunStarted, Tick, Logged]

_DAY = Layout(">cIIqqH")
_PX = Layout(">q")
_RUN = Layout(">cIq")
_TICK = Layout(">cq")
_ENTER = Layout(">cqIQcccqQ")
_CANCEL = Layout(">cqIQQ")
_AMEND = Layout(">cqIQQqQ")
_MASS_CANCEL = Layout(">cqIQH")
_MASS_STATUS = Layout(">cqIQ")
_KILL_SWITCH = Layout(">cqIQ?")
_PRINT = Layout(">cqqQ")
_FULL = Layout(">cq")
_FULL_DECODER = msgspec.msgpack.Decoder(AnyCommand)


def encode(record: LogRecord) -> bytes:
    """The body of a frame."""
    if isinstance(record, Logged):
        return _encode_command(record.trade_ns, record.command)
    if isinstance(record, Tick):
        return _TICK.pack(b"T", record.trade_ns)
    if isinstance(record, RunStarted):
        return _RUN.pack(b"R", record.run, record.trade_ns)
    if isinstance(record, Saved):
        return b"K" + record.data
    fixed = _DAY.pack(b"D", record.epoch, record.trading_date, record.seed, record.trade_ns, len(record.closes))
    return fixed + b"".join(_texts(symbol) + _PX.pack(px) for symbol, px in record.closes)


def decode(body: bytes) -> LogRecord:
    """The record of a frame's body. CorruptRecord when it is not one of ours."""
    read = _READERS.get(body[:1])
    if read is None:
        raise CorruptRecord(f"expected a record kind of {b''.join(_READERS).decode()}, found {body[:1]!r}")
    try:
        return read(body)
    except (LayoutError, ValueError, IndexError, KeyError, msgspec.MsgspecError) as fault:
        raise CorruptRecord(f"a {body[:1].decode()} record of {len(body)} bytes cannot be read: {fault}") from fault


def _encode_command(trade_ns: int, command: AnyCommand) -> bytes:
    session = command.session
    if not command.is_plain:
        return _FULL.pack(b"F", trade_ns) + msgspec.msgpack.encode(command)
    if isinstance(command, Enter):
        fixed = _ENTER.pack(
            b"E", trade_ns, command.in_seq, command.cl_ord_id, _CODES[command.side],
            _CODES[command.ord_type], _CODES[command.time_in_force], command.px, command.qty,
        )  # fmt: skip
        return fixed + _texts(session, command.symbol, command.account, command.request_id)
    if isinstance(command, Cancel):
        fixed = _CANCEL.pack(b"C", trade_ns, command.in_seq, command.cl_ord_id, command.orig_cl_ord_id)
        return fixed + _texts(session, command.request_id)
    if isinstance(command, Amend):
        fixed = _AMEND.pack(
            b"A", trade_ns, command.in_seq, command.cl_ord_id, command.orig_cl_ord_id, command.px, command.qty
        )
        return fixed + _texts(session, command.request_id)
    if isinstance(command, MassCancel):
        fixed = _MASS_CANCEL.pack(b"M", trade_ns, command.in_seq, command.cl_ord_id, command.reason)
        return fixed + _texts(session, command.account, command.symbol)
    if isinstance(command, KillSwitch):
        fixed = _KILL_SWITCH.pack(b"X", trade_ns, command.in_seq, command.cl_ord_id, command.on)
        return fixed + _texts(session, command.account)
    if isinstance(command, PublicPrint):
        fixed = _PRINT.pack(b"P", trade_ns, command.px, command.qty)
        return fixed + _texts(session, command.symbol, command.side)
    assert isinstance(command, MassStatus), command
    return _MASS_STATUS.pack(b"S", trade_ns, command.in_seq, command.mass_status_req_id) + _texts(session)


def _texts(*texts: str) -> bytes:
    told = b""
    for text in texts:
        data = text.encode()
        size = len(data)
        assert size <= TEXT_LENGTH_MAX, text
        told += _LENGTHS[size] + data
    return told


def _read_texts(body: bytes, offset: int, count: int) -> list[str]:
    texts = []
    for _ in range(count):
        end = offset + 1 + body[offset]
        if end > len(body):
            raise ValueError(f"expected {end} bytes")
        texts.append(body[offset + 1 : end].decode())
        offset = end
    if offset != len(body):
        raise ValueError(f"expected {offset} bytes")
    return texts


def _read_day(body: bytes) -> DayStarted:
    _, epoch, trading_date, seed, trade_ns, count = _DAY.unpack_from(body)
    closes, offset = [], _DAY.size
    for _ in range(count):
        end = offset + 1 + body[offset]
        closes.append((body[offset + 1 : end].decode(), _PX.unpack_from(body, end)[0]))
        offset = end + _PX.size
    _read_texts(body, offset, 0)
    return DayStarted(epoch=epoch, trading_date=trading_date, seed=seed, trade_ns=trade_ns, closes=tuple(closes))


def _read_run(body: bytes) -> RunStarted:
    _, run, trade_ns = _RUN.unpack(body)
    return RunStarted(run=run, trade_ns=trade_ns)


def _read_tick(body: bytes) -> Tick:
    return Tick(trade_ns=_TICK.unpack(body)[1])


def _read_enter(body: bytes) -> Logged:
    _, trade_ns, in_seq, cl_ord_id, side, ord_type, time_in_force, px, qty = _ENTER.unpack_from(body)
    session, symbol, account, request_id = _read_texts(body, _ENTER.size, 4)
    command = Enter(
        session=session,
        cl_ord_id=ClOrdID(cl_ord_id),
        in_seq=in_seq,
        request_id=request_id,
        account=account,
        symbol=symbol,
        side=_SIDES[side],
        ord_type=_ORD_TYPES[ord_type],
        time_in_force=_TIMES_IN_FORCE[time_in_force],
        px=Px(px),
        qty=Qty(qty),
    )
    return Logged(trade_ns=trade_ns, command=command)


def _read_cancel(body: bytes) -> Logged:
    _, trade_ns, in_seq, cl_ord_id, orig = _CANCEL.unpack_from(body)
    session, request_id = _read_texts(body, _CANCEL.size, 2)
    command = Cancel(
        session=session,
        cl_ord_id=ClOrdID(cl_ord_id),
        in_seq=in_seq,
        orig_cl_ord_id=ClOrdID(orig),
        request_id=request_id,
    )
    return Logged(trade_ns=trade_ns, command=command)


def _read_amend(body: bytes) -> Logged:
    _, trade_ns, in_seq, cl_ord_id, orig, px, qty = _AMEND.unpack_from(body)
    session, request_id = _read_texts(body, _AMEND.size, 2)
    command = Amend(
        session=session,
        cl_ord_id=ClOrdID(cl_ord_id),
        in_seq=in_seq,
        orig_cl_ord_id=ClOrdID(orig),
        request_id=request_id,
        px=Px(px),
        qty=Qty(qty),
    )
    return Logged(trade_ns=trade_ns, command=command)


def _read_mass_cancel(body: bytes) -> Logged:
    _, trade_ns, in_seq, cl_ord_id, reason = _MASS_CANCEL.unpack_from(body)
    session, account, symbol = _read_texts(body, _MASS_CANCEL.size, 3)
    command = MassCancel(
        session=session,
        cl_ord_id=ClOrdID(cl_ord_id),
        in_seq=in_seq,
        account=account,
        symbol=symbol,
        reason=Reason(reason),
    )
    return Logged(trade_ns=trade_ns, command=command)


def _read_mass_status(body: bytes) -> Logged:
    _, trade_ns, in_seq, mass_status_req_id = _MASS_STATUS.unpack_from(body)
    (session,) = _read_texts(body, _MASS_STATUS.size, 1)
    command = MassStatus(session=session, in_seq=in_seq, mass_status_req_id=mass_status_req_id)
    return Logged(trade_ns=trade_ns, command=command)


def _read_kill_switch(body: bytes) -> Logged:
    _, trade_ns, in_seq, cl_ord_id, on = _KILL_SWITCH.unpack_from(body)
    session, account = _read_texts(body, _KILL_SWITCH.size, 2)
    command = KillSwitch(session=session, in_seq=in_seq, cl_ord_id=ClOrdID(cl_ord_id), account=account, on=on)
    return Logged(trade_ns=trade_ns, command=command)


def _read_print(body: bytes) -> Logged:
    _, trade_ns, px, qty = _PRINT.unpack_from(body)
    session, symbol, side = _read_texts(body, _PRINT.size, 3)
    return Logged(
        trade_ns=trade_ns, command=PublicPrint(session=session, symbol=symbol, side=side, px=Px(px), qty=Qty(qty))
    )


def _read_full(body: bytes) -> Logged:
    return Logged(trade_ns=_FULL.unpack_from(body)[1], command=_FULL_DECODER.decode(body[_FULL.size :]))


_LENGTHS = tuple(bytes((size,)) for size in range(TEXT_LENGTH_MAX + 1))
_CODES: dict[Side | OrdType | TimeInForce, bytes] = {
    member: str(member.value).encode() for enum in (Side, OrdType, TimeInForce) for member in enum
}
_SIDES = {side.value.encode(): side for side in Side}
_ORD_TYPES = {ord_type.value.encode(): ord_type for ord_type in OrdType}
_TIMES_IN_FORCE = {time_in_force.value.encode(): time_in_force for time_in_force in TimeInForce}
_READERS: dict[bytes, Callable[[bytes], LogRecord]] = {
    b"D": _read_day,
    b"K": lambda body: Saved(data=body[1:]),
    b"R": _read_run,
    b"T": _read_tick,
    b"E": _read_enter,
    b"C": _read_cancel,
    b"A": _read_amend,
    b"M": _read_mass_cancel,
    b"S": _read_mass_status,
    b"X": _read_kill_switch,
    b"P": _read_print,
    b"F": _read_full,
}
