"""KRX book records: decode to BookUpdate and encode from it, microseconds each (best of nine runs).

The last line printed is a JSON list of rows: name, value, unit, aim.
"""

import json
import sys
import timeit
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hts.gateway.krx_md import KrxMdGateway, MdConfig  # noqa: E402
from hts.model.enums import Market, Phase  # noqa: E402
from hts.model.instruments import Instrument, TickTable  # noqa: E402
from hts.model.quotes import BookUpdate, Packet  # noqa: E402
from hts.model.units import Px  # noqa: E402
from hts.sim.events import BookChanged  # noqa: E402
from hts.sim.publisher import Publisher, PublisherConfig  # noqa: E402
from hts.wire.mdcs.encode import Encoder  # noqa: E402
from hts.wire.mdcs.layout import MdcsLayout  # noqa: E402
from hts.wire.mdcs.packets import decode_packet, encode_packet  # noqa: E402
from hts.wire.mdcs.records import Decoder  # noqa: E402

NOW_NS = 1_795_392_000_123_456_000
ROUNDS = 2000


def microseconds(call) -> float:
    return min(timeit.repeat(call, number=ROUNDS, repeat=9)) / ROUNDS * 1e6


class OneBook:
    """An exchange with one book that never changes."""

    def __init__(self, book: BookUpdate) -> None:
        self._book = book

    def depth(self, symbol: str, levels: int = 10) -> BookUpdate:  # noqa: ARG002  the exchange's signature
        return self._book


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
    gateway = KrxMdGateway(layout, MdConfig(), lambda *_: tick_table, known=(issue,))
    publisher = Publisher(layout, (issue,), OneBook(book), PublisherConfig(session=1))
    change = (BookChanged(trade_ns=NOW_NS, symbol="005930"),)

    def publish() -> None:
        publisher.on_events(change, NOW_NS, 0)
        publisher.datagrams()

    calls = {
        "mdcs_decode_b601": (lambda: decoder.decode(record, 1, NOW_NS), "<= 12"),
        "mdcs_encode_b601": (lambda: encoder.book(book, 1), "<= 12"),
        "mdcs_check_b601": (lambda: layout.split(record, 1), ""),
        "mdcs_decode_packet_header": (lambda: decode_packet(datagram), ""),
        "md_receive_packet_2_books": (lambda: gateway.receive_packet("A", datagram, 0, 0), ""),
        "md_publish_1_book_2_lines": (publish, ""),
    }
    rows = []
    for name, (call, aim) in calls.items():
        row = {"name": name, "value": round(microseconds(call), 2), "unit": "us"}
        rows.append({**row, "aim": aim} if aim else row)
    return rows


if __name__ == "__main__":
    print(json.dumps(main()))
