import pytest

from hts.base.errors import ConfigError, LocalProtocolError, RemoteProtocolError
from hts.wire.fast.errors import CODES, LIMIT, FastLocalError, FastRemoteError, Fault, TemplateError
from tests.wire.fast.support import ROOT


def test_every_code_of_the_specification_is_there():
    expected = {f"S{n}" for n in range(1, 6)} | {f"D{n}" for n in range(1, 13)} | {f"R{n}" for n in range(1, 10)}
    assert set(CODES) == expected | {LIMIT}


def test_page_tells_the_codes():
    page = (ROOT / "docs/wire/fast.md").read_text(encoding="utf-8")
    found = dict(
        line.strip("| ").split(" | ", 1) for line in page.splitlines() if line[2:4].strip(" |") and "|" in line
    )
    assert {code: found.get(code) for code in CODES} == CODES


def test_errors_say_code_place_and_whose_fault():
    remote, local = FastRemoteError("D9", "text", 7), FastLocalError("D3", "text")
    template = TemplateError("S1", "text")
    assert [str(error) for error in (remote, local, template)] == [
        "FAST message at byte 7: text [ERR D9]",
        "FAST: text [ERR D3]",
        "FAST templates: text [ERR S1]",
    ]
    assert isinstance(remote, RemoteProtocolError)
    assert isinstance(local, LocalProtocolError)
    assert isinstance(template, ConfigError)
    with pytest.raises(AssertionError):
        Fault("D99", "no such code")
