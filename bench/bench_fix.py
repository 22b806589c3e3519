"""FIX 4.4: parse with full dictionary validation and 12 reads, and build, microseconds each (best of nine runs).

The peer is the `quickfix` package, measured in the same run where it is installed; its parse checks the structure
against its dictionary in XML, which is read from the data beside the project. The last line printed is a JSON list of
rows: name, value, unit, aim, and the peer's value where there is one.
"""

import json
import timeit

from kit import SHARED, row

from hts.app.fix_tables import load_dictionary
from hts.wire.fix.codec import Template, check_sum
from hts.wire.fix.framing import FrameReader
from hts.wire.fix.shapes import Inspector

ROUNDS = 3000
BODY = (
    "35=8|34=1234|49=EXCH|52=20250102-09:30:00.123|56=CLIENT1|37=ORD0000012345|11=CL0000067890|17=EX0000099999|150=F|"
    "39=1|55=005930|54=1|38=1000|40=2|44=71200|59=0|32=100|31=71200|151=900|14=100|6=71200|"
    "60=20250102-09:30:00.122|1=ACC01|58=partial fill|"
)
READ = (37, 11, 17, 150, 39, 55, 54, 32, 31, 151, 14, 6)
ORDER = (
    (11, "CL0000067890"), (1, "ACC01"), (21, "1"), (55, "005930"), (54, "1"), (60, "20250102-09:30:00.122"),
    (38, "1000"), (40, "2"), (44, "71200"), (59, "0"),
)  # fmt: skip


def microseconds(call) -> float:
    return min(timeit.repeat(call, number=ROUNDS, repeat=9)) / ROUNDS * 1e6


def report() -> bytes:
    body = BODY.replace("|", "\x01").encode()
    data = b"8=FIX.4.4\x019=%d\x01%b" % (len(body), body)
    return b"%b10=%03d\x01" % (data, check_sum(data))


def ours(frame: bytes) -> tuple[float, float, float]:
    """Known shape, any shape, build."""
    inspector = Inspector(load_dictionary("FIX.4.4"))
    reader = FrameReader()

    def parse() -> None:
        reader.append(frame)
        message, refusal = inspector.inspect(reader.next_frame())
        assert refusal is None
        get = message.get
        for tag in READ:
            get(tag)

    fresh = Inspector(load_dictionary("FIX.4.4"))

    def parse_fresh() -> None:
        message = fresh.parse(frame)
        assert fresh.validate(message) is None
        for tag in READ:
            message.get(tag)

    template = Template("FIX.4.4", "D", ((49, b"CLIENT1"), (56, b"EXCH")), [tag for tag, _ in ORDER])
    values = [value.encode() for _, value in ORDER]
    parse()
    return (
        microseconds(parse),
        microseconds(parse_fresh),
        microseconds(lambda: template.build(1234, b"20250102-09:30:00.122", *values)),
    )


def theirs(frame: bytes) -> tuple[float, float] | None:
    """Parse and build of the peer; None where it is not installed."""
    try:
        import quickfix
        import quickfix44
    except ImportError:
        return None
    dictionary = quickfix.DataDictionary(str(SHARED / "fix" / "FIX44.xml"))
    text = frame.decode()

    def parse() -> None:
        message = quickfix.Message(text, dictionary, True)
        for tag in READ:
            message.getField(tag)

    def build() -> None:
        message = quickfix44.NewOrderSingle()
        header = message.getHeader()
        for tag, value in ((49, "CLIENT1"), (56, "EXCH"), (34, "1234"), (52, "20250102-09:30:00.122")):
            header.setField(tag, value)
        for tag, value in ORDER:
            message.setField(tag, value)
        message.toString()

    return microseconds(parse), microseconds(build)


def main() -> list[dict]:
    frame = report()
    parse, parse_fresh, build = ours(frame)
    peer = theirs(frame)
    aims = {"parse": "<= 14", "build": "<= 2.6"}
    more = {"parse": {}, "build": {}}
    if peer is not None:
        more["parse"] = {"peer": "quickfix", "peer_value": round(peer[0], 2)}
        more["build"] = {"peer": "quickfix", "peer_value": round(peer[1], 2)}
        aims = {"parse": f"<= {peer[0] / 1.5:.2f}", "build": f"<= {peer[1] / 10:.2f}"}
    return [
        row("fix.parse_validate_read12", parse, "us", aims["parse"], **more["parse"]),
        row("fix.parse_validate_read12.unknown_shape", parse_fresh, "us"),
        row("fix.build_new_order_single", build, "us", aims["build"], **more["build"]),
    ]


if __name__ == "__main__":
    print(json.dumps(main()))
