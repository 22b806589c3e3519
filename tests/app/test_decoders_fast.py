import json

from hts.app.cli import main
from tests.wire.fast.support import NAMESPACE
from tests.wire.fast.test_decoder import GOLDEN

TEMPLATES = f"""<templates xmlns="{NAMESPACE}"><template name="Book" id="1">
<uInt32 name="seq" id="34"><increment/></uInt32><sequence name="entries"><length name="count"/>
<string name="symbol"><copy/></string><decimal name="px"><exponent><default value="-2"/></exponent>
<mantissa><delta/></mantissa></decimal></sequence>
<group name="extra" presence="optional"><byteVector name="raw"/></group></template></templates>"""


def run(tmp_path, data, *options):
    (tmp_path / "t.xml").write_text(TEMPLATES, encoding="utf-8")
    (tmp_path / "m.fast").write_bytes(data)
    words = ["decode", "--protocol", "fast", "--templates", str(tmp_path / "t.xml"), *options]
    return main([*words, str(tmp_path / "m.fast")])


def test_every_field_is_named(tmp_path, capsys):
    data = bytes.fromhex("".join(GOLDEN))
    assert run(tmp_path, data) == 0
    out, err = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(row["offset"], row["message"]) for row in rows] == [(0, "Book"), (11, "Book"), (16, "Book")]
    assert rows[0]["fields"] == {
        "presence_map": "1100000",
        "template_id": 1,
        "seq": 1,
        "count": 2,
        "entries[1].presence_map": "1000000",
        "entries[1].symbol": "AB",
        "entries[1].px": "1.25",
        "entries[2].presence_map": "0000000",
        "entries[2].symbol": "AB",
        "entries[2].px": "1.26",
    }
    assert rows[1]["fields"]["extra.raw"] == "8000"
    assert "3 messages, 0 bytes left over" in err


def test_explain_tells_bytes_and_operators(tmp_path, capsys):
    assert run(tmp_path, bytes.fromhex(GOLDEN[0]), "--explain") == 0
    lines = capsys.readouterr().out.splitlines()
    found = [line for line in lines if " seq " in line or ".px " in line]
    assert [" ".join(line.split()) for line in found] == [
        "2 1 seq 81 1 tag 34, uInt32, increment",
        "7 2 entries[1].px 00fd 1.25 decimal, default and delta",
        "10 1 entries[2].px 81 1.26 decimal, default and delta",
    ]


def test_other_choices_of_the_sender_are_told(tmp_path, capsys):
    # The second message repeats the template identifier, the third sends its number though it follows.
    assert run(tmp_path, bytes.fromhex(GOLDEN[0] + "c08180" + "a08380" + "8080"), "--explain") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition("  ")[2] for line in lines if " template_id " in line] == [
        "Book",
        "Book, sent in 3 bytes where our encoder takes 2",
        "Book, sent in 3 bytes where our encoder takes 2",
        "Book",
    ]


def test_leftovers_and_unknown_templates_are_told(tmp_path, capsys):
    assert run(tmp_path, bytes.fromhex(GOLDEN[0] + "c0ff80")) == 1
    err = capsys.readouterr().err
    assert "3 bytes left over" in err
    assert "found 127 [ERR D9]" in err
    assert run(tmp_path, bytes.fromhex(GOLDEN[0])[:-1]) == 1
    assert "found 10 bytes of one" in capsys.readouterr().err


def test_template_file_is_asked_for_and_checked(tmp_path, capsys):
    (tmp_path / "m.fast").write_bytes(b"")
    assert main(["decode", "--protocol", "fast", str(tmp_path / "m.fast")]) == 2
    assert "--templates FILE" in capsys.readouterr().err
    (tmp_path / "bad.xml").write_text("<templates>", encoding="utf-8")
    for name, line in (("none.xml", "cannot read"), ("bad.xml", "[ERR S1]")):
        words = ["--templates", str(tmp_path / name), str(tmp_path / "m.fast")]
        assert main(["decode", "--protocol", "fast", *words]) == 2
        assert line in capsys.readouterr().err
