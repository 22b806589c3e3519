"""The style guide as a test: lengths, banned words, a test file per module, the import contracts."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(p for top in ("hts", "widgets", "themes") for p in (ROOT / top).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400

# Only below these folders may the pattern stand.
BANNED = [
    (
        r"\btime\.time\(|\btime\.monotonic|datetime\.now|datetime\.today",
        ("hts/io/", "hts/app/", "tests/"),
        "take the time as an argument",
    ),
    (
        r"\bfloat\(",
        ("hts/desk/", "widgets/", "hts/sim/", "hts/indicators/", "hts/app/", "hts/lab/", "themes/"),
        "prices and quantities are ints",
    ),
    (r"\bprint\(", ("hts/app/",), "only the command line prints"),
    (r"#\s*(TODO|FIXME|XXX|HACK)\b", (), "do it or write it down where it is found"),
    (r"\btime\.sleep\(|asyncio\.sleep\(0\.[0-9]", ("hts/io/", "hts/app/"), "wait for an event"),
    (r"except Exception\b", ("hts/app/",), "catch what can be named"),
    (r"#[0-9a-fA-F]{6}\b", ("themes/",), "colours are tokens"),
    (
        r"tokens\.(up|down)\b.*\b(Side|side|buys|is_buy)\b|\b(Side|side|buys|is_buy)\b.*tokens\.(up|down)\b",
        (),
        "sides are tokens.buy and tokens.sell",
    ),
    (r"GlobalColor\.(?!transparent\b)|QColor\(\s*[\"'0-9]|\brgba?\(\s*\d", ("themes/",), "colours are tokens"),
]


def functions(path: Path):
    text = path.read_text(encoding="utf-8")
    if text.count("\n") <= FUNCTION_LINES_MAX:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_functions_fit_a_screen():
    long = [
        f"{relative(p)}:{name} has {lines} lines"
        for p in SOURCES + TESTS
        for name, lines in functions(p)
        if lines > FUNCTION_LINES_MAX
    ]
    assert long == []


def test_files_are_one_noun():
    long = [
        f"{relative(p)} has {n} lines"
        for p in SOURCES + TESTS
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > FILE_LINES_MAX
    ]
    assert long == []


@pytest.mark.parametrize(("pattern", "allowed", "instead"), BANNED, ids=[b[2] for b in BANNED])
def test_banned_words(pattern, allowed, instead):
    found = [
        f"{relative(p)}:{number}: {line.strip()} ({instead})"
        for p in SOURCES
        if not relative(p).startswith(allowed or ("-",))
        for number, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == []


def test_no_module_keeps_a_copy_of_a_row_height():
    """Rows follow the density that is chosen while the program runs."""
    rows = re.compile(r"^\w+(: \w+)? = .*metrics\.(TABLE_ROW|LADDER_ROW|LADDER_BAR|GROUP_ROW)\b", re.MULTILINE)
    found = [relative(p) for p in SOURCES if rows.search(p.read_text(encoding="utf-8"))]
    assert found == []


def test_no_dead_module():
    """Every module is imported by another one, or is an entry point."""
    entries = {"hts.app.cli", "hts.app.__main__", "hts.app.api_client"}  # commands, and what scripts import
    lines = (line for p in SOURCES for line in p.read_text(encoding="utf-8").splitlines())
    text = "\n".join(line for line in lines if re.search(r"\bimport\b|\"(hts|widgets|themes)\.", line))
    dead = []
    for p in SOURCES:
        name = relative(p)[:-3].replace("/", ".")
        if p.name == "__init__.py" or name in entries:
            continue
        package, _, leaf = name.rpartition(".")
        ways = (
            rf"import {re.escape(name)}\b",
            rf"from {re.escape(name)} import",
            rf"from {re.escape(package)} import[^\n]*\b{leaf}\b",
            rf"\"{re.escape(name)}\"",  # named by string: a command
        )
        used = any(re.search(way, text) for way in ways)
        if not used:
            dead.append(name)
    assert dead == []


def test_no_host_of_a_registry_in_the_lock_files():
    for lock in ROOT.glob("*.lock"):
        assert not re.search(r"https?://", lock.read_text(encoding="utf-8")), lock.name


def test_import_contracts():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--config",
            "importlinter.ini",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
