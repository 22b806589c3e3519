"""FIX 4.4: parse with full dictionary validation and 12 reads, and build, microseconds each, best of many rounds.

The messages are reports with ever new numbers, times and prices. "New shapes" are the same with their fields in 400
orders, so that none is met often enough to be learned.

The peer is the `quickfix` package, on the same messages in the same run where it is installed; its dictionary in XML is
read from the data beside the project. The last line printed is a JSON list of rows: name, value, unit, aim, and the
peer's value where there is one.
"""

import itertools
import random
import timeit
from collections.abc import Callable

from kit import SHARED, finish, row

from hts.app.fix_tables import load_dictionary
from hts.wire.fix.codec import Template, check_sum
from hts.wire.fix.framing import FrameReader
from hts.wire.fix.shapes import Inspector

PEER = "quickfix"
TURNS = 60
ROUNDS = 250
MESSAGES = 400
# What is measured: the row's name, how many times as fast as the peer it should be, microseconds where it is absent.
AIMS = {
    "parse": ("fix.parse_validate_read12", 1.5, 14),
    "parse_new": ("fix.parse_validate_read12.new_shapes", 1.5, 14),
    "build": ("fix.build_new_order_single", 10, 2.6),
}
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


def microseconds(calls: dict[str, Callable[[], None]]) -> dict[str, float]:
    """The best of many short rounds of each; the calls take turns, so that all meet the same noise."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(TURNS):
        for name, call in calls.items():
            best[name] = min(best[name], timeit.timeit(call, number=ROUNDS) / ROUNDS * 1e6)
    return best


def framed(body: str) -> bytes:
    data = body.replace("|", "\x01").encode()
    start = b"8=FIX.4.4\x019=%d\x01%b" % (len(data), data)
    return b"%b10=%03d\x01" % (start, check_sum(start))


def stream(*, is_shuffled: bool) -> list[bytes]:
    """Reports with ever new numbers, times and prices; shuffled: their bodies in as many orders, never learned."""
    dice = random.Random(1)
    found = []
    for number in range(MESSAGES):
        new = {"34": f"{1000 + number}", "37": f"ORD{number:010}", "11": f"CL{2 * number:010}", "17": f"EX{number:010}"}
        new |= {"52": f"20250102-09:30:{number % 60:02}.{number:03}", "60": f"20250102-09:30:{number % 60:02}.122"}
        new |= {"31": f"{71000 + dice.randrange(200)}", "14": f"{dice.randrange(1000)}"}
        fields = [f"{tag}={new.get(tag, value)}" for tag, _, value in (f.partition("=") for f in BODY.split("|")[:-1])]
        head, body = fields[:5], fields[5:]
        found.append(framed("|".join([*head, *(dice.sample(body, len(body)) if is_shuffled else body)]) + "|"))
    return found


def reading(inspector: Inspector, frames: list[bytes]) -> Callable[[], None]:
    """Frame, parse, validate, read twelve fields of the next frame."""
    reader = FrameReader()
    turn = itertools.cycle(frames)

    def parse() -> None:
        reader.append(next(turn))
        message, refusal = inspector.inspect(reader.next_frame())
        assert refusal is None
        get = message.get
        for tag in READ:
            get(tag)

    return parse


def ours() -> dict[str, Callable[[], None]]:
    """A shape that was met before, ever new shapes, and building."""
    template = Template("FIX.4.4", "D", ((49, b"CLIENT1"), (56, b"EXCH")), [tag for tag, _ in ORDER])
    values = [value.encode() for _, value in ORDER]
    return {
        "parse": reading(Inspector(load_dictionary("FIX.4.4")), stream(is_shuffled=False)),
        "parse_new": reading(Inspector(load_dictionary("FIX.4.4")), stream(is_shuffled=True)),
        "build": lambda: template.build(1234, b"20250102-09:30:00.122", *values),
    }


def theirs() -> dict[str, Callable[[], None]]:
    """The peer on the same messages; nothing where it is not installed."""
    try:
        import quickfix
        import quickfix44
    except ImportError:
        return {}
    dictionary = quickfix.DataDictionary(str(SHARED / "fix" / "FIX44.xml"))

    def reading_theirs(frames: list[bytes]) -> Callable[[], None]:
        turn = itertools.cycle([frame.decode() for frame in frames])

        def parse() -> None:
            message = quickfix.Message(next(turn), dictionary, True)
            dictionary.validate(message)  # the constructor checks lengths and checksum only
            for tag in READ:
                message.getField(tag)

        return parse

    def build() -> None:
        message = quickfix44.NewOrderSingle()
        header = message.getHeader()
        for tag, value in ((49, "CLIENT1"), (56, "EXCH"), (34, "1234"), (52, "20250102-09:30:00.122")):
            header.setField(tag, value)
        for tag, value in ORDER:
            message.setField(tag, value)
        message.toString()

    found = {
        "parse": reading_theirs(stream(is_shuffled=False)),
        "parse_new": reading_theirs(stream(is_shuffled=True)),
        "build": build,
    }
    return {f"{PEER} {name}": call for name, call in found.items()}


def main() -> list[dict]:
    best = microseconds({**ours(), **theirs()})
    rows = []
    for key, (name, times, alone) in AIMS.items():
        peer = best.get(f"{PEER} {key}")
        more = {} if peer is None else {"peer": PEER, "peer_value": round(peer, 2)}
        aim = f"<= {alone}" if peer is None else f"<= {peer / times:.2f}"
        rows.append(row(name, best[key], "us", aim, **more))
    return rows


if __name__ == "__main__":
    finish(main())
