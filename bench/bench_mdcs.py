"""KRX book records: decode to BookUpdate and encode from it, microseconds each (best of nine runs)."""

import json
import sys
import timeit
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hts.model.enums import Market, Phase  # noqa: E402
from hts.model.instruments import Instrument, TickTable  # noqa: E402
from hts.model.quotes import BookUpdate, Packet  # noqa: E402
from hts.model.units import Px  # noqa: E402
from hts.wire.mdcs.encode import Encoder  # noqa: E402
from hts.wire.mdcs.layout import MdcsLayout  # noqa: E402
from hts.wire.mdcs.packets import decode_packet, encode_packet  # noqa: E402
from hts.wire.mdcs.records import Decoder  # noqa: E402

NOW_NS = 1_795_392_000_123_456_000
ROUNDS = 2000


def microseconds(call) -> float:
    return min(timeit.repeat(call, number=ROUNDS, repeat=9)) / ROUNDS * 1e6


def main() -> list[dict]:
    table = tomllib.loads((ROOT / "resources" / "protocols" / "krx_mdcs.toml").read_text(encoding="utf-8"))
    layout = MdcsLayout.parse(table)
    tick_table = TickTable(starts=(0,), steps=(100,))
    issue = Instrument(
        symbol="005930",
        isin="KR7005930003",
        market=Market.KOSPI,
        name_ko="삼성전자",
        name_en="Samsung",
        ticks=tick_table,
        base_px=Px(71_500),
        upper_px=Px(92_900),
        lower_px=Px(50_100),
    )
    levels = tuple(x for i in range(10) for x in (71_600 + 100 * i, 71_500 - 100 * i, 120_345 + i, 98_765 + i))
    book = BookUpdate("005930", NOW_NS, levels, 1_203_495, 987_695, 0, 0, Phase.CONTINUOUS)
    encoder = Encoder(layout, (issue,))
    decoder = Decoder(layout, lambda *_: tick_table, known=(issue,))
    record = encoder.book(book, 1)
    assert len(decoder.decode(record, 1, NOW_NS)) == 1
    packet = Packet(line="A", session=1, first_seq=1, count=2, payload=record * 2, trade_ns=NOW_NS)
    datagram = encode_packet(packet)
    return [
        {"name": "mdcs_decode_b601", "value": microseconds(lambda: decoder.decode(record, 1, NOW_NS)), "unit": "us"},
        {"name": "mdcs_encode_b601", "value": microseconds(lambda: encoder.book(book, 1)), "unit": "us"},
        {"name": "mdcs_check_b601", "value": microseconds(lambda: layout.split(record, 1)), "unit": "us"},
        {"name": "mdcs_decode_packet_header", "value": microseconds(lambda: decode_packet(datagram)), "unit": "us"},
    ]


if __name__ == "__main__":
    for row in main():
        print(json.dumps(row))
