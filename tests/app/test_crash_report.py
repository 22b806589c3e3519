import pytest

from hts.app.crash_report import (
    HIDDEN,
    REPORTS_KEPT,
    compose,
    redacted,
    report_path,
    secrets_of,
    stack_of,
    write_report,
)
from hts.base.errors import ConfigError

AT = 1_795_132_800_123_000_000  # 2026-11-20 00:00:00.123 UTC


def test_secrets_are_found_where_they_are_kept(tmp_path):
    token = tmp_path / "token"
    token.write_text("ab" * 32, encoding="ascii")
    environment = {"HTS_VAULT_PASSPHRASE": "open sesame", "HOME": "/home/me", "API_TOKEN": "abc", "MY_KEY": "k-123456"}
    assert secrets_of(token, environment, ["paper1"]) == ("ab" * 32, "open sesame", "k-123456", "paper1")
    assert secrets_of(tmp_path / "none", {}) == ()


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("open sesame and open sesame", f"{HIDDEN} and {HIDDEN}"),
        ("id 0123456789abcdef0123456789ABCDEF!", f"id {HIDDEN}!"),
        ("logon(password='tulip', member='HTS01')", f"logon(password='{HIDDEN}', member='HTS01')"),
        (f"the door at wss://desk:1/ refused hts_{'0a' * 32}", f"the door at wss://desk:1/ refused {HIDDEN}"),
        ('{"token": "xyz", "n": 1}', f'{{"token": "{HIDDEN}", "n": 1}}'),
        ("PASSPHRASE=abc def", f"PASSPHRASE={HIDDEN} def"),
        ("005930 at 273000, 10 shares", "005930 at 273000, 10 shares"),
    ],
)
def test_what_might_be_a_secret_is_struck_out(text, without):
    assert redacted(text, ["open sesame"]) == without


def test_a_report_tells_when_what_and_where_but_no_values(tmp_path):
    def fails(password):
        raise ValueError("expected 5, found 2")

    with pytest.raises(ValueError, match="expected 5") as caught:
        fails("tulip")
    stack = stack_of(caught.type, caught.value, caught.tb)
    path = report_path(tmp_path, AT)
    write_report(path, compose("an exception", stack, AT, {"workspace": "day"}), ())
    text = path.read_text(encoding="utf-8")
    assert path.name.startswith("crash-20261120-000000-123-")
    assert "when       2026-11-20T00:00:00.123+00:00\nwhat       an exception\n" in text
    assert "workspace  day\n" in text
    assert "in fails" in text
    assert "ValueError: expected 5, found 2" in text
    assert "tulip" not in text.replace('fails("tulip")', "")


def test_only_the_newest_reports_are_kept(tmp_path):
    for number in range(REPORTS_KEPT + 3):
        kind = "stall" if number % 2 else "crash"
        write_report(tmp_path / f"{kind}-202611{number:02}-1.txt", "x", ())
    kept = sorted(path.name.partition("-")[2] for path in tmp_path.iterdir())
    assert kept == [f"202611{number:02}-1.txt" for number in range(3, REPORTS_KEPT + 3)]


def test_a_disk_that_refuses_is_one_line(tmp_path):
    (tmp_path / "log").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot write the report"):
        write_report(tmp_path / "log" / "a.txt", "x", ())
