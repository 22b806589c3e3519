import json

from hts.app.cli import main
from hts.wire.iso20022.writer import write
from tests.wire.iso20022.samples import ALL, FULL, LAYOUT


def run(tmp_path, data, *options):
    (tmp_path / "d.xml").write_bytes(data)
    return main(["decode", "--protocol", "iso20022", *options, str(tmp_path / "d.xml")])


def test_every_element_with_a_text_is_named(tmp_path, capsys):
    data = write(LAYOUT, FULL[1])
    assert run(tmp_path, data.replace(b"</TxId>", b"</TxId><Lnkgs><More>x</More></Lnkgs>") + data) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["message"], first["offset"]) == ("SettlementStatus sese.024.001.12", 0)
    root = "SctiesSttlmTxStsAdvc."
    expected = {
        "TxId.AcctOwnrTxId": "T-1",
        "TxId.AcctSvcrTxId": "S-1",
        "TxId.MktInfrstrctrTxId": "M-1",
        "PrcgSts.AckdAccptd.NoSpcfdRsn": "NORE",
        "MtchgSts.Mtchd": "",
        "SttlmSts.Pdg.Rsn[1].Cd.Cd": "AWMO",
        "SttlmSts.Pdg.Rsn[1].AddtlRsnInf": "no cash yet",
        "SttlmSts.Pdg.Rsn[2].Cd.Cd": "LATE",
    }
    assert second["fields"] == {root + name: value for name, value in expected.items()}
    assert first["fields"] == {**second["fields"], root + "Lnkgs.More": "x"}


def test_explain_tells_field_bytes_and_currency(tmp_path, capsys):
    assert run(tmp_path, write(LAYOUT, FULL[0]), "--explain") == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines() if "SttlmAmt" in line]
    assert [line.split(" ", 2)[2].replace(b"<Amt Ccy".hex(), "") for line in lines] == [
        "SctiesSttlmTxInstr.SttlmAmt.Amt 3d224b5257223e37... 7160000.00 amount, Amount",
        "SctiesSttlmTxInstr.SttlmAmt.Amt@Ccy 3d224b5257223e37... KRW",
        "SctiesSttlmTxInstr.SttlmAmt.CdtDbtInd 3c436474446274496e643e444249543c... DBIT direction, CreditDebit",
    ]


def test_every_message_is_read(tmp_path, capsys):
    assert run(tmp_path, b"".join(write(LAYOUT, message) for message in ALL)) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(ALL)
    assert f"{len(ALL)} messages, 0 bytes left over" in err


def test_bad_documents_and_leftovers_are_told(tmp_path, capsys):
    data = write(LAYOUT, FULL[1])
    assert run(tmp_path, data.replace(b"NORE", b"NONE") + data + b"<Document>") == 1
    err = capsys.readouterr().err
    assert "NORE expected, found 'NONE'" in err
    assert "1 messages, 1 that cannot be read, 10 bytes left over" in err.replace("1 message,", "1 messages,")
