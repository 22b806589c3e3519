import pytest
from hypothesis import given
from hypothesis import strategies as st

from hts.base.errors import CorruptRecord
from hts.model.enums import OrdType, Side, TimeInForce
from hts.model.reasons import Reason
from hts.sim.commands import Amend, Cancel, Enter, KillSwitch, MassCancel, MassStatus, PublicPrint
from hts.sim.log_records import DayStarted, Logged, RunStarted, Saved, Tick, decode, encode

GOLDEN = [
    (
        DayStarted(epoch=2, trading_date=20261123, seed=-1, trade_ns=5),
        "44 00000002 01352903 ffffffffffffffff 0000000000000005 0000",
    ),
    (
        DayStarted(epoch=2, trading_date=20261123, seed=1, trade_ns=5, closes=(("005930", 272_000), ("A", 1))),
        (
            "44 00000002 01352903 0000000000000001 0000000000000005 0002"
            " 06 303035393330 0000000000042680 01 41 0000000000000001"
        ),
    ),
    (Saved(data=b"\1\2"), "4b 0102"),
    (RunStarted(run=3, trade_ns=5), "52 00000003 0000000000000005"),
    (Tick(trade_ns=258), "54 0000000000000102"),
    (
        Logged(
            trade_ns=1,
            command=Enter(
                session="HTS01",
                cl_ord_id=2,
                in_seq=3,
                request_id="r",
                account="",
                symbol="005930",
                side=Side.SELL,
                ord_type=OrdType.LIMIT,
                time_in_force=TimeInForce.IOC,
                px=272_000,
                qty=4,
            ),
        ),
        (
            "45 0000000000000001 00000003 0000000000000002 32 32 33 0000000000042680 0000000000000004"
            " 05 4854533031 06 303035393330 00 01 72"
        ),
    ),
    (
        Logged(trade_ns=1, command=Cancel(session="A", cl_ord_id=2, in_seq=3, orig_cl_ord_id=4, request_id="r")),
        "43 0000000000000001 00000003 0000000000000002 0000000000000004 01 41 01 72",
    ),
    (
        Logged(trade_ns=1, command=Amend(session="A", cl_ord_id=2, in_seq=3, orig_cl_ord_id=4, px=5, qty=6)),
        "41 0000000000000001 00000003 0000000000000002 0000000000000004 0000000000000005 0000000000000006 01 41 00",
    ),
    (
        Logged(
            trade_ns=1,
            command=MassCancel(session="A", symbol="B", reason=Reason.CANCEL_ON_DISCONNECT),
        ),
        "4d 0000000000000001 00000000 0000000000000000 000f 01 41 00 01 42",
    ),
    (
        Logged(trade_ns=1, command=MassStatus(session="A", in_seq=7, mass_status_req_id=9)),
        "53 0000000000000001 00000007 0000000000000009 01 41",
    ),
    (
        Logged(trade_ns=1, command=KillSwitch(session="A", in_seq=7, cl_ord_id=9, account="B", on=True)),
        "58 0000000000000001 00000007 0000000000000009 01 01 41 01 42",
    ),
    (
        Logged(trade_ns=1, command=PublicPrint(session="REPLAY", symbol="A", side="", px=258, qty=3)),
        "50 0000000000000001 0000000000000102 0000000000000003 06 5245504c4159 01 41 00",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("record", "golden"), GOLDEN, ids=[g[:2] for _, g in GOLDEN])
def test_bytes_by_hand(record, golden):
    assert encode(record).hex() == golden.replace(" ", "")
    assert decode(bytes.fromhex(golden)) == record


@pytest.mark.parametrize(("record", "golden"), GOLDEN, ids=[g[:2] for _, g in GOLDEN])
def test_a_body_cut_or_lengthened_anywhere_is_refused(record, golden):
    if isinstance(record, Saved):
        return  # hts.sim.checkpoint knows its end
    body = bytes.fromhex(golden)
    for damaged in [body[:size] for size in range(len(body))] + [body + b"\0"]:
        with pytest.raises(CorruptRecord):
            decode(damaged)


def test_an_unknown_kind_or_code_is_refused():
    enter = bytearray.fromhex(GOLDEN[5][1])
    enter[21] = ord("9")
    for body in (b"", b"X123", bytes(enter)):
        with pytest.raises(CorruptRecord):
            decode(body)


@given(st.binary(max_size=80), st.sampled_from("DRTECAMSPK"))
def test_any_bytes_are_a_record_or_refused(body, kind):
    try:
        record = decode(kind.encode() + body)
    except CorruptRecord:
        return
    assert encode(record) == kind.encode() + body


WITH_MORE = [
    Enter(session="A", symbol="B", side=Side.BUY, qty=1, stop_px=5),
    Enter(session="A", symbol="B", side=Side.BUY, qty=1, smp_id="G", smp_mode=2, client_type="P"),
    Amend(session="A", orig_cl_ord_id=1, px=5, qty=6, ord_type=OrdType.LIMIT),
    KillSwitch(session="A", on=True, side=Side.SELL),
]


@pytest.mark.parametrize("command", WITH_MORE)
def test_a_command_with_more_to_say_keeps_all_of_it(command):
    body = encode(Logged(trade_ns=258, command=command))
    assert (body[:9], decode(body)) == (b"F\0\0\0\0\0\0\1\2", Logged(trade_ns=258, command=command))
    for cut in range(len(body)):
        with pytest.raises(CorruptRecord):
            decode(body[:cut])
