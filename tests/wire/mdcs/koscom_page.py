"""docs/wire/koscom_records.md as it must be: `python -m tests.wire.mdcs.koscom_page > docs/wire/koscom_records.md`."""

import re
import sys

from hts.wire.mdcs.tables import KINDS
from tests.wire.mdcs.test_tables import MDCS_TABLE, UDP_TABLE

HEAD = """# Every record of the KOSCOM feeds

Offsets, lengths and types of all records, made from `resources/protocols/krx_mdcs_full.toml` and
`resources/protocols/koscom_udp.toml` (a test keeps this page equal to them; it says how to make it again).
`docs/wire/koscom.md` tells how records are found and how numbers are written. A row `47 + 46 n | ask_px_# | 10 times`
stands for ten fields, `ask_px_1` at 47, `ask_px_2` at 93 and so on.
"""


def rows(text):
    """(offset, length, type, field, times) of a record's fields."""
    at, group, times = 0, None, 1
    for word in text.split():
        if word.endswith("*("):
            group, times = [], int(word[:-2])
        elif word == ")":
            stride = sum(length for _, _, length in group)
            start = at
            for name, kind, length in group:
                yield f"{start} + {stride} n", length, kind, name, f"{times} times"
                start += length
            at += stride * times
            group = None
        else:
            name, kind, length = re.fullmatch(r"(\S+):([A-Z])(\d+)", word).groups()
            field = (name, KINDS[kind], int(length))
            if group is None:
                yield str(at), field[2], field[1], name, ""
                at += field[2]
            else:
                group.append(field)


def record_section(record):
    """One record."""
    codes = " ".join(record["tr_codes"].split()) or "none given"
    job = f" Job code {record['job_code']}." if "job_code" in record else ""
    sent = f" Sent: {record['sent']}." if record["sent"] else ""
    lines = [f"\n### {record['id']} {record['title']}\n", f"{record['length']} bytes. TR codes: {codes}.{job}{sent}\n"]
    lines += ["| offset | length | type | field | repeated |", "|---|---|---|---|---|"]
    lines += [
        f"| {offset} | {length} | {kind} | `{name}` | {times} |"
        for offset, length, kind, name, times in rows(record["fields"])
    ]
    return "\n".join(lines)


def page():
    """The whole page."""
    parts = [HEAD]
    for table in (MDCS_TABLE, UDP_TABLE):
        protocol = table["protocol"]
        parts.append(f"\n## {protocol['name']}, {protocol['version']}\n")
        parts.append(f"Source: {protocol['source']}.")
        parts += [record_section(record) for record in table["record"]]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
