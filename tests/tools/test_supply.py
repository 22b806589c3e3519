"""What the lock files must be, and what licences may be shipped."""

import pytest

from tests.tools.scripts import ROOT, script

supply = script("supply")
HASH = "    --hash=sha256:" + "0123456789abcdef" * 4
GOOD = (
    f"# by make lock\nalpha==1.2 ; sys_platform == 'linux' \\\n{HASH} \\\n{HASH}\n    # via hts\nbeta==3 \\\n{HASH}\n"
)


def test_a_lock_file_is_read_package_by_package():
    assert list(supply.requirements(GOOD)) == [("alpha", "1.2", 2), ("beta", "3", 1)]
    assert supply.lock_problems("a.lock", GOOD) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"alpha>=1.2 \\\n{HASH}\n", "a.lock: alpha>=1.2: expected one version (==), found none; run `make lock`"),
        ("alpha==1.2\n", "a.lock: alpha: expected a SHA-256, found none; run `make lock`"),
        (
            f"pyside6-essentials==6.12.0 \\\n{HASH}\n",
            "a.lock: pyside6-essentials 6.12.0 may not be used: it corrupts the reference count of None on Python 3.11",
        ),
        (f"--index-url x\nalpha==1 \\\n{HASH}\n", "a.lock:1: an address stands in it; make it with `make lock`"),
        (f"alpha @ file://x \\\n{HASH}\n", "a.lock:1: an address stands in it; make it with `make lock`"),
    ],
)
def test_what_a_lock_file_may_not_be(text, problem):
    assert problem in supply.lock_problems("a.lock", text)


def test_the_lock_files_hold():
    found = [
        problem
        for name in (supply.RUN_LOCK, supply.DEV_LOCK)
        for problem in supply.lock_problems(name, (ROOT / name).read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ["MIT License", "Apache-2.0 OR BSD-3-Clause", "LGPL-3.0-only OR GPL-2.0-only", "MPL-2.0"]
)
def test_licences_that_may_be_shipped(text):
    assert supply.is_accepted(text)


@pytest.mark.parametrize("text", ["", "GPL-3.0-only", "AGPL-3.0", "Proprietary", "SUBMIT"])
def test_licences_that_may_not(text):
    assert not supply.is_accepted(text)


def test_what_we_run_with_may_be_shipped():
    lock = (ROOT / supply.RUN_LOCK).read_text(encoding="utf-8")
    assert supply.licence_problems(lock) == []
    assert {"pyside6-essentials", "fido2", "keyring", "msgspec"} <= {name for name, _, _ in supply.licences(lock)}
