# ruff: noqa: ISC001  golden bytes are written field by field
"""The parsed layout, two issues, and the records written by hand from the table."""

import tomllib
from pathlib import Path

from hts.model.enums import Market, Phase
from hts.model.instruments import Instrument, TickTable
from hts.model.quotes import BookUpdate, PhaseUpdate, TradeUpdate
from hts.wire.mdcs.layout import MdcsLayout

ROOT = Path(__file__).resolve().parents[3]
LAYOUT_FILE = ROOT / "resources" / "protocols" / "krx_mdcs.toml"
TABLE = tomllib.loads(LAYOUT_FILE.read_text(encoding="utf-8"))
LAYOUT = MdcsLayout.parse(TABLE)

SECOND = 1_000_000_000
# 2026-11-23 is a Monday; its Korean midnight is 2026-11-22 15:00 UTC.
MIDNIGHT_NS = 1_795_359_600 * SECOND
OPEN_NS = MIDNIGHT_NS + 9 * 3600 * SECOND
TICKS = TickTable(starts=(0, 2_000, 5_000, 20_000, 50_000, 200_000, 500_000), steps=(1, 5, 10, 50, 100, 500, 1_000))
CENTS = TickTable(starts=(0,), steps=(1,))


def ticks(market: Market, _is_etf: bool, _trading_date: int) -> TickTable:
    return CENTS if market is Market.REPLAY else TICKS


SAMSUNG = Instrument(
    symbol="005930",
    isin="KR7005930003",
    market=Market.KOSPI,
    name_ko="삼성전자",
    name_en="SamsungElec",
    listed_shares=5_919_637_922,
    ticks=TICKS,
    trading_date=20261123,
    base_px=71_500,
    upper_px=92_900,
    lower_px=50_100,
    prev_close_px=71_500,
    prev_volume=12_345_678,
    prev_value=882_715_977_000,
)
ECOPRO = Instrument(
    symbol="247540",
    isin="KR7247540008",
    isin_is_synthetic=True,
    market=Market.KOSDAQ,
    name_ko="에코프로비엠",
    name_en="ECOPROBM",
    is_etf=True,
    lot=10,
    ticks=TICKS,
    trading_date=20261123,
    base_px=150_000,
    upper_px=195_000,
    lower_px=105_000,
)
APPLE = Instrument(
    symbol="AAPL",
    isin="US0378331005",
    market=Market.REPLAY,
    name_ko="애플",
    name_en="Apple Inc.",
    currency="USD",
    px_decimals=2,
    ticks=CENTS,
    trading_date=20261123,
    base_px=58_533,
    upper_px=76_092,
    lower_px=40_974,
)
ISSUES = (SAMSUNG, ECOPRO, APPLE)

BOOK = BookUpdate(
    "005930",
    OPEN_NS + 123_456_000,
    (71_600, 71_500, 120, 3_400, 71_700, 71_400, 98, 77) + (0, 0, 0, 0) * 8,
    218,
    3_477,
    0,
    0,
    Phase.CONTINUOUS,
)
BOOK_RECORD = (
    b"B6" b"01S" b"00000042" b"G1" b"40" b"KR7005930003" b"000001" b"090000123456"
    b"00000071600" b"00000071500" b"000000000120" b"000000003400"
    b"00000071700" b"00000071400" b"000000000098" b"000000000077" + b"0" * (46 * 8) + b"000000000218" b"000000003477"
    b"00000000000" b"000000000000" b"00000000000" b"000000000000" b"000000000000" b"\xff"
)  # fmt: skip

TRADE = TradeUpdate(
    "005930", OPEN_NS + 5_000_000, 71_600, 10, "1", 71_400, 71_700, 71_300, 1_010, 72_316_000, Phase.CONTINUOUS
)
TRADE_RECORD = (
    b"A3" b"01S" b"00000043" b"G1" b"40" b"KR7005930003" b"000001" b"090000005000"
    b"2" b"00000000100" b"00000071600" b"0000000010" b"00000071400" b"00000071700" b"00000071300"
    b"000000001010" b"0000000000000072316000" b"2" b"000000000000000" b"00000071700" b"00000071600" b"\xff"
)  # fmt: skip

OPERATION = PhaseUpdate("", OPEN_NS + 7_000, Phase.CONTINUOUS, MIDNIGHT_NS + (15 * 3600 + 20 * 60) * SECOND)
OPERATION_RECORD = (
    b"A7" b"01S" b"00000044" b"G1" b"40" b"            " b"000000" b"090000000007"
    b"NXT" b"152000000" b"00000" b"000" b"\xff"
)  # fmt: skip

SNAPSHOT_RECORD = (
    b"B2" b"01S" b"G1" b"40" b"KR7005930003" b"000001"
    b"2" b"00000000100" b"00000092900" b"00000050100" b"00000071600" b"00000071400" b"00000071700" b"00000071300"
    b"000000001010" b"0000000000000072316000" b"2"
    b"00000071600" b"00000071500" b"000000000120" b"000000003400"
    b"00000071700" b"00000071400" b"000000000098" b"000000000077" + b"0" * (46 * 8) + b"000000000218" b"000000003477"
    b"00000000000" b"000000000000" b" " b"N" b"00000000000" b"000000000000" b"000000000000" b"\xff"
)  # fmt: skip

ISSUE_RECORD = (
    b"A0" b"01S" b"00000001" b"000003" b"20261123" b"KR7005930003" b"000001" b"A005930  "
    + "삼성전자".encode("euc_kr") + b" " * 32 + b"SamsungElec" + b" " * 29
    + b"00000" b"   " b"ST" b" " b"  " b"  " b" " b"  " b" " b" " b" " b"  " b" " b" " b" " b" " b"N"
    + b" " * 10 + b" " b" " b" "
    b"00000071500" b" " b"00000071500" b"000012345678" b"0000000000882715977000" b"00000092900" b"00000050100"
    b"00000000000" b"00000000000" b"00000000000" + b" " * 8 + b"0000005919637922" b" "
    + b" " * 32 + b"0" * 13 + b"0" * 22 + b" " + b"00000" * 7 + b"  " b" " b" "
    + b"00000000000" * 3 + b"00000000001" b"00000000000" b" " + b" " * 12 + b"KRW" b"   "
    + b" " * 7 + b"0" * 13 + b" " * 3 + b"0" * 13 + b" " + b" " * 8 + b"  " + b" " * 8 + b"  " + b" " * 16
    + b" " b"  " + b" " * 6 + b"   " b"  " b"  " + b" " * 12 + b" " * 5 + b" " * 3 + b"0" * 23 + b" " * 6 + b"\xff"
)  # fmt: skip
