"""Planted secrets are found, public constants are not. They are put together here, or the scan would find them."""

import pytest

from tests.tools.scripts import script

scan = script("secrets_scan")

PLANTED = [
    ("key = 'AKIA" + "Q3EGRZ7XJ5T2LMNB'", "AWS Access Key"),
    ("-----BEGIN EC " + "PRIVATE KEY-----", "Private Key"),
    ("at = 'https://user:hunter" + "2x9@broker.example/'", "Basic Auth Credentials"),
    ("t = 'ghp_16C7e42F292c6912" + "E7710c838347Ae178B4a'", "GitHub Token"),
    ("token = '9f86d081884c7d659a2feaa0" + "c55ad015a3bf4f1b2b0b8" + "22cd15d6c15b0f00a08'", "Hex High Entropy String"),
    ("s = 'dGhpc2lzYXNlY3Jl" + "dHRva2VuMTIzNDU2Nzg5'", "Base64 High Entropy String"),
]
HARMLESS = [
    "FRAME = bytes.fromhex('2b0000003f2d44e5e62089cdfa7d09a78e34a6f6b42c60ce')",
    'password = "paper"',
    "calls_over_5_ms_wall = measure_calls_over_5_ms(wall)",
    "00000000000000000000000000000000",
]


@pytest.mark.parametrize(("line", "kind"), PLANTED, ids=[kind for _, kind in PLANTED])
def test_a_planted_secret_is_found(tmp_path, line, kind):
    path = tmp_path / "settings.py"
    path.write_text(f"# a file\n{line}\n", encoding="utf-8")
    assert (str(path), 2, kind) in scan.scan([path])


def test_public_constants_are_not(tmp_path):
    path = tmp_path / "harmless.py"
    path.write_text("\n".join(HARMLESS), encoding="utf-8")
    assert scan.scan([path]) == []


def test_binary_files_are_passed_over(tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(b"\xff\xfe" + PLANTED[0][0].encode())
    assert scan.scan([path]) == []
