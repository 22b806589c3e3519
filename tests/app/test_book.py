"""`hts book`: csv, the comparison in words and as JSON, bad input in one line."""

import json

import pytest

from hts.app.book import main
from tests.support.lobster import recorded_files

MESSAGES = "34200.5,1,7,5,5854000,1\n34201,3,7,5,5854000,1\n34202,3,9,118,5853300,1\n"
BOOKS = (
    "5859400,200,5854000,5,5859800,150,5853300,118\n"
    "5859400,200,5853300,118,5859800,150,5853100,40\n"
    "5859400,200,5853100,40,5859800,150,-9999999999,0\n"
)


@pytest.fixture
def files(tmp_path):
    message_file, book_file = tmp_path / "X_message_2.csv", tmp_path / "X_orderbook_2.csv"
    message_file.write_text(MESSAGES, encoding="ascii")
    book_file.write_text(BOOKS, encoding="ascii")
    return message_file, book_file


def test_top_of_book_as_csv_and_the_comparison_on_the_other_stream(files, capsys):
    assert main([str(files[0])]) == 0
    captured = capsys.readouterr()
    assert captured.out == (
        "time,ask_px_1,ask_size_1,bid_px_1,bid_size_1\n"
        "34200.500000000,585.9400,200,585.4000,5\n"
        "34201.000000000,585.9400,200,585.3300,118\n"
        "34202.000000000,585.9400,200,,\n"
    )
    assert captured.err.splitlines() == [
        "3 events; the book is rebuilt from the messages",
        "best bid and ask equal the recorded after 2, all 2 levels after 1",
        "1 prices differed for a while (1 surfaced), 0 unexplained",
        "explained: just before, the price lay deeper than 2 levels, where the message file is silent",
        "with levels taken over as they come into view: equal after 3, all 2 levels after 3",
        "event 2 to 3: bid 585.3100 surfaced, rebuilt 0, recorded 40 (out of view just before)",
    ]


def test_json_is_one_object_and_the_csv_goes_to_a_file(files, capsys, tmp_path):
    out = tmp_path / "depth.csv"
    assert main([str(files[0]), "--orderbook", str(files[1]), "--levels", "2", "--out", str(out), "--json"]) == 0
    assert out.read_text(encoding="ascii").splitlines()[:2] == [
        "time,ask_px_1,ask_size_1,bid_px_1,bid_size_1,ask_px_2,ask_size_2,bid_px_2,bid_size_2",
        "34200.500000000,585.9400,200,585.4000,5,585.9800,150,585.3300,118",
    ]
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "file": str(files[0]),
        "events": 3,
        "depth": 2,
        "top_equal": 2,
        "depth_equal": 1,
        "informed_top_equal": 3,
        "informed_depth_equal": 3,
        "unexplained": 0,
        "differences": [
            {
                "first_event": 2,
                "until_event": 4,
                "side": "bid",
                "price": "585.3100",
                "rebuilt_size": 0,
                "recorded_size": 40,
                "kind": "surfaced",
                "explained": True,
            }
        ],
    }


def test_an_unexplained_difference_fails(files, capsys):
    files[1].write_text(BOOKS.replace("5859400,200,5853100", "5859400,199,5853100"), encoding="ascii")
    assert main([str(files[0]), "--json"]) == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out)["ok"] is False
    line = "event 3 to 3: ask 585.9400 changed, rebuilt 200, recorded 199 (UNEXPLAINED: in view just before)"
    assert captured.err.splitlines()[-1] == line


def test_without_recorded_books_only_the_series_is_given(files, capsys):
    files[1].unlink()
    assert main([str(files[0]), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["top_equal"] is None
    assert captured.err == "3 events; no orderbook file to compare with, and the book at the start is not known\n"


def test_bad_input_is_one_line(files, capsys, tmp_path):
    message_file, book_file = files
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"34200\xff")
    short = tmp_path / "short.csv"
    short.write_text(BOOKS[:46], encoding="ascii")
    cases = {
        (str(book_file),): f"hts book: {book_file}: line 1: expected 6 fields, found 8\n",
        (str(binary),): f"hts book: {binary}: expected a text file, found byte 255 at 5\n",
        (str(tmp_path / "no.csv"),): f"hts book: {tmp_path / 'no.csv'}: No such file or directory\n",
        (str(message_file), "--orderbook", str(short)): (
            f"hts book: {short}: line 2: expected as many books as messages, 3, found 1\n"
        ),
    }
    for argv, complaint in cases.items():
        assert main(argv) == 2
        assert capsys.readouterr().err == complaint
    assert main([str(tmp_path / "no.csv"), "--json"]) == 2
    assert capsys.readouterr().out == '{"ok": false}\n'


def test_levels_outside_the_layout_are_refused(files, capsys):
    for levels in ("0", "201", "x"):
        with pytest.raises(SystemExit) as caught:
            main([str(files[0]), "--levels", levels])
        assert caught.value.code == 2
        assert f"expected 1 to 200, found {levels}" in capsys.readouterr().err


def test_the_recorded_excerpt(capsys):
    message_file, _ = recorded_files()
    assert main([str(message_file), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["events"], result["top_equal"], result["depth_equal"], result["unexplained"]) == (999, 955, 113, 0)
    assert (result["informed_top_equal"], result["informed_depth_equal"]) == (999, 999)
