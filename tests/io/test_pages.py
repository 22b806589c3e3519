"""Large pages: which regions, which places in them, and that nothing is lost or grows."""

import mmap
import re
import subprocess
import sys
from pathlib import Path

import pytest

from hts.io.pages import LARGE_BYTES, gather_pages, large_pages, private_regions

ROOT = Path(__file__).resolve().parents[2]
SMAPS = """\
55d000000000-55d000200000 r-xp 00000000 fe:00 1234                       /usr/bin/python3
Size:               2048 kB
Rss:                1024 kB
55d000a00000-55d000e00000 rw-p 00000000 00:00 0                          [heap]
Size:               4096 kB
Rss:                4000 kB
Pss:                4000 kB
7f0000000000-7f0000800000 rw-p 00000000 00:00 0
Size:               8192 kB
Rss:                 100 kB
7f0001000000-7f0001100000 rw-p 00000000 fe:00 99                         /usr/lib/libc.so.6
Rss:                  64 kB
7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                          [stack]
Rss:                 132 kB
VmFlags: rd wr mr mw me gd ac
"""


def test_regions_are_those_of_the_process_own_data_alone():
    assert list(private_regions(SMAPS)) == [
        (0x55D000A00000, 0x55D000E00000, 4000 * 1024),
        (0x7F0000000000, 0x7F0000800000, 100 * 1024),
    ]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (0, LARGE_BYTES, [0]),
        (1, LARGE_BYTES, []),
        (1, 2 * LARGE_BYTES, [LARGE_BYTES]),
        (0, 2 * LARGE_BYTES - 1, [0]),
        (4096, 4096 + 3 * LARGE_BYTES, [LARGE_BYTES, 2 * LARGE_BYTES]),
    ],
)
def test_only_whole_large_pages_are_made(start: int, end: int, found: list[int]):
    assert list(large_pages(start, end)) == found


def kib(name: str) -> int:
    return int(re.search(rf"^{name}:\s+(\d+)", Path("/proc/self/smaps_rollup").read_text(), re.MULTILINE)[1])


def gather_and_look():
    """In a process of its own: one that ran thousands of tests grows by what its other regions lack."""
    size = 8 * LARGE_BYTES
    full, empty = mmap.mmap(-1, size, mmap.MAP_PRIVATE), mmap.mmap(-1, 8 * size, mmap.MAP_PRIVATE)
    pattern = bytes(range(256)) * (size // 256)
    full[:] = pattern
    empty[:1] = b"x"
    before, large = kib("Rss"), kib("AnonHugePages")
    made = sum(gather_pages())
    assert full[:] == pattern
    assert kib("AnonHugePages") - large >= made * LARGE_BYTES // 1024 * 9 // 10
    assert kib("Rss") - before < size // 1024
    full.close()
    empty.close()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's pages")
def test_what_is_gathered_stays_as_it_was_and_what_is_empty_stays_so():
    code = f"import {__name__} as here; here.gather_and_look()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
