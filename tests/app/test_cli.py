"""The command line: what is offered, and how it refuses."""

import subprocess
import sys

import pytest

from hts.app import cli


def test_help_lists_the_commands_that_exist(capsys):
    with pytest.raises(SystemExit) as done:
        cli.main(["--help"])
    assert done.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text for name in ("core", "sim", "up", "stop", "status", "doctor"))


@pytest.mark.parametrize("name", [name for name, _, _ in cli._available()])
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as done:
        cli.main([name, "--help"])
    assert done.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: hts {name}")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["dance"], "hts: expected a command ("),
        (["sim", "--bogus"], "hts sim: unrecognized arguments: --bogus; see hts sim --help\n"),
        (["sim", "--port-base", "x"], "hts sim: argument --port-base: invalid int value: 'x'; see hts sim --help\n"),
    ],
)
def test_a_wrong_word_is_one_line_and_exit_status_two(words, says, capsys):
    with pytest.raises(SystemExit) as done:
        cli.main(words)
    errors = capsys.readouterr().err
    assert (done.value.code, errors.startswith(says), errors.count("\n")) == (2, True, 1)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sim", "--clock", "soon"], 'hts: --clock: expected "YYYY-MM-DD HH:MM[:SS]", found "soon"\n'),
        (
            ["sim", "--clock", "2026-11-22 09:00"],
            "hts: --clock: expected a trading day, found 2026-11-22; the next one is 20261123\n",
        ),
        (["sim", "--speed", "0"], "hts: command line: venue.speed: expected above 0, at most 1000\n"),
        (["core", "--port-base", "80"], "hts: --port-base: venue.port_base: expected 1024 to 65395\n"),
        (["sim", "--replay", "/none.csv"], "hts: /none.csv: cannot read the recording"),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_exit_status_two(words, says, capsys, tmp_path):
    assert cli.main([*words, "--home", str(tmp_path)]) == 2
    errors = capsys.readouterr().err
    assert (errors.startswith(says), errors.count("\n")) == (True, 1), errors


def test_stop_where_nothing_runs_says_so(capsys, tmp_path):
    assert cli.main(["stop", "--home", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"nothing ran in {tmp_path}\n"


def test_the_core_never_loads_qt():
    code = "import sys; import hts.app.core, hts.app.simulator; print('PySide6' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
