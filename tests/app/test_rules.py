"""`hts rules` lists every rule with the limits in force."""

import json

from hts.app.cli import main
from hts.model.denials import Rule


def listed(capsys, home, *words):
    assert main(["rules", "--home", str(home), *words]) == 0
    return capsys.readouterr().out


def test_every_rule_is_told_with_the_limits_of_the_settings(tmp_path, capsys):
    (tmp_path / "config.toml").write_text("[limits]\norder_qty_max = 77\n", encoding="utf-8")
    rules = {rule["id"]: rule for rule in json.loads(listed(capsys, tmp_path, "--json"))["rules"]}
    assert rules["qty_limit"]["limits"] == {"order_qty_max": {"account": 77}}
    assert rules["order_rate"]["limits"]["orders_per_second"] == {"account": 20, "firm": 1_000}
    assert rules["listed_shares"]["kind"] == "hard"
    assert {Rule.SELF_TRADE.value, Rule.COLLAR.value, Rule.MARKET_WALK.value} <= set(rules)


def test_a_person_reads_the_reason(tmp_path, capsys):
    text = listed(capsys, tmp_path)
    assert "listed_shares" in text
    assert "In 2018 a dividend" in text
    assert "daily_loss_max: account off" in text
