"""How long fuzz tests run: a second or two in `make test`, HTS_FUZZ_SECONDS each in `make campaign`."""

import os

TEST_SECONDS = 2.0


def fuzz_seconds(usual):
    """`usual` in the tests, HTS_FUZZ_SECONDS in a campaign."""
    return float(os.environ.get("HTS_FUZZ_SECONDS", usual))


def fuzz_rounds(usual):
    """`usual` rounds take about two seconds in the tests; a campaign plays as many more as it has time for."""
    return int(usual * fuzz_seconds(TEST_SECONDS) / TEST_SECONDS)
